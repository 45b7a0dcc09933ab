"""Visitors of the made-up shop, each in three forms that say the same: a JSON body, the engine's struct, flat attributes.

30 % follow an advertisement or a mail, 12 % come from a search whose words are known, 23 % from one whose words are not,
10 % from social media, 25 % directly. 35 % are logged in, 7 % are abroad, 80 % of the others name their city. The visitors of a small site differ
as much from each other as those of a large one (see `pools`).
"""

from __future__ import annotations

import random
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct
from tests.bench.conditions import Facts
from tests.bench.pools import (
    BLOCKS,
    COLORS,
    COUNTRIES,
    INTERESTS,
    MOST_POINTS,
    PREFECTURE_NAMES,
    RANKS,
    SIZES,
    Pools,
    pools,
    popular,
)

from omotenashi.language.prefectures import prefecture_code
from omotenashi.model.text import fold
from omotenashi.model.visitor import Arrival, Member, Place, Visitor

_USER_AGENTS = {
    "mobile": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    "desktop": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "tablet": "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 Version/12.1 Mobile/15E148 Safari/604.1",
}
_LANGUAGES = {"ja": "ja,en;q=0.8", "en": "en,ja;q=0.5", "ko": "ko,en;q=0.7"}
_SENDERS = (
    ("google", "cpc", "paid"),
    ("line", "social", "social"),
    ("instagram", "social", "social"),
    ("newsletter", "email", "email"),
)
"""utm_source, utm_medium, and the kind of arrival that this is."""


class Came(Struct, frozen=True):
    """How a visitor came."""

    medium: str = "direct"
    source: str = ""
    referrer: str = ""
    keyword: str = ""
    """Empty: not known."""
    sender: str = ""
    sent_by: str = ""
    campaign: str = ""
    content: str = ""

    def parameters(self) -> dict[str, str]:
        """Return what the URL of the link to the site says of that."""
        if not self.campaign:
            return {}
        tags = {"campaign": self.campaign, "source": self.sender, "medium": self.sent_by, "content": self.content}
        words = {"term": self.keyword} if self.keyword else {}
        return {f"utm_{name}": value for name, value in (tags | words).items()}


class Guest(Struct, frozen=True):
    """One visitor on one page."""

    number: int
    came: Came
    path: str
    tags: tuple[str, ...]
    query: dict[str, str]
    country: str
    prefecture: str
    """Name; empty abroad."""
    city: str
    device: str
    language: str
    member: dict[str, str | int | bool | list[str]] | None

    def body(self) -> bytes:
        """Return the body of POST /v1/decide, for a caller with the key."""
        page = {"url": self._url(), "referrer": self._referrer(), "tags": self.tags}
        stated = {
            "user_agent": _USER_AGENTS[self.device],
            "accept_language": _LANGUAGES[self.language],
            "country": self.country,
            "prefecture": self.prefecture,
            "city": self.city,
        }
        client = {name: value for name, value in stated.items() if value}
        body: dict[str, object] = {"blocks": BLOCKS, "page": page, "client": client}
        return msgspec.json.encode(body | ({"member": self.member} if self.member is not None else {}))

    def visitor(self) -> Visitor:
        """Return what the signals make of that body."""
        return Visitor(
            arrival=self._arrival(),
            page=self.path,
            host="shop.example",
            page_tags=frozenset(self.tags),
            query={name: fold(value) for name, value in (self.query | self.came.parameters()).items()},
            place=self._place(),
            device=self.device,
            languages=(self.language, _LANGUAGES[self.language].partition(",")[2].partition(";")[0]),
            member=None if self.member is None else _member(self.member),
        )

    def facts(self) -> Facts:
        """Return flat attributes, all of them always there."""
        member = self.member or {}
        return {
            "keyword": self.came.keyword,
            "medium": self.came.medium,
            "source": self.came.source.lower(),
            "campaign": self.came.campaign,
            "campaign_content": self.came.content,
            "page": self.path,
            "page_tag": list(self.tags),
            "query_color": self.query.get("color", ""),
            "query_size": self.query.get("size", ""),
            "country": self.country,
            "prefecture": self.prefecture,
            "city": self.city,
            "device": self.device,
            "language": self.language,
            "logged_in": self.member is not None,
            "rank": member.get("rank", ""),
            "points": member.get("points", -1),
            "interests": member.get("interests", []),
            "newsletter": member.get("newsletter", False),
        }

    def _url(self) -> str:
        query = self.query | self.came.parameters()
        return f"https://shop.example{self.path}" + (f"?{urlencode(query)}" if query else "")

    def _referrer(self) -> str:
        came = self.came
        words = f"?p={quote(came.keyword)}" if came.keyword else ""
        return f"https://{came.referrer}{words}" if came.referrer else ""

    def _arrival(self) -> Arrival:
        came = self.came
        told = "campaign" if came.campaign else "referrer"
        return Arrival(
            came.keyword or None, told if came.keyword else "none", came.medium, came.source, came.referrer,
            came.campaign, came.sender, came.sent_by, came.content, self.path, told, told,
        )  # fmt: skip

    def _place(self) -> Place:
        code = prefecture_code(self.prefecture) if self.prefecture else None
        area = frozenset({code}) if code else None
        return Place(self.country, code, area, self.city or None, None, "caller", "strong")


def guests(count: int, rules: int, *, seed: int = 2) -> list[Guest]:
    """Return so many visitors of a site with so many rules."""
    chance, known = random.Random(seed), pools(rules)
    return [_guest(number, chance, known) for number in range(count)]


def _guest(number: int, chance: random.Random, known: Pools) -> Guest:
    abroad = chance.random() < 0.07
    prefecture = "" if abroad else popular(PREFECTURE_NAMES[12:] + PREFECTURE_NAMES[:12], chance)
    query = {"color": chance.choice(COLORS), "size": chance.choice(SIZES)} if chance.random() < 0.25 else {}
    return Guest(
        number=number,
        came=_came(chance, known),
        path=known.page(chance),
        tags=tuple(sorted({known.tags.brought(chance) for _ in range(chance.randrange(4))})),
        query=query,
        country=chance.choice(COUNTRIES) if abroad else "JP",
        prefecture=prefecture,
        city=known.cities.brought(chance) if not abroad and chance.random() < 0.8 else "",
        device=chance.choices(("mobile", "desktop", "tablet"), (65, 28, 7))[0],
        language=chance.choice(("en", "ko")) if abroad else chance.choices(("ja", "en", "ko"), (95, 4, 1))[0],
        member=_stated_member(number, chance) if chance.random() < 0.35 else None,
    )


def _came(chance: random.Random, known: Pools) -> Came:
    kind, keyword = chance.random(), known.keywords.brought(chance)
    if kind < 0.30:
        sender, sent_by, medium = chance.choice(_SENDERS)
        word = keyword if medium == "paid" else ""
        campaign, content = known.campaigns.brought(chance), known.contents.brought(chance)
        return Came(medium, sender, "", word, sender, sent_by, campaign, content)
    if kind < 0.42:
        return Came("search", "Yahoo! Japan", "search.yahoo.co.jp/search", keyword)
    if kind < 0.65:
        return Came("search", "Google", "www.google.com/")
    return Came("social", "Twitter", "t.co/x") if kind < 0.75 else Came()


def _stated_member(number: int, chance: random.Random) -> dict[str, str | int | bool | list[str]]:
    return {
        "id": f"u{number}",
        "rank": chance.choices(RANKS, (60, 25, 10, 5))[0],
        "points": int(MOST_POINTS * chance.random() ** 2),
        "interests": sorted(chance.sample(INTERESTS, chance.randrange(4))),
        "newsletter": chance.random() < 0.4,
    }


def _member(stated: dict[str, str | int | bool | list[str]]) -> Member:
    attributes = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stated.items() if name != "id"
    }
    return Member(str(stated["id"]), attributes)

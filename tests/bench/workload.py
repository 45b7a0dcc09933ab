"""A made-up shop of any size for the benchmarks: its rules, as data and as a rules folder. Seeded: the same every time.

Of the rules of a block 25 % ask for what was searched, 20 % for a campaign, 15 % for a page, 12 % for a tag of the page,
10 % for a city, 6 % for parameters of the URL, 12 % for members by rank, points and interests. Beside that each has one to
three conditions that many visitors fulfil, two to four in all; every eighth nests `any`, three in ten have a `not`. The last rule of a block
asks only for the latter: it is met late. With 100 to 10,000 rules a visitor of `guests` meets a rule in 23 to 33 % of the
blocks; the median stands half way down, a fifth of them in the first fifth, a fifth to a third in the last, and 67 to 77 %
of the blocks keep their original after all rules. Of a dozen seeds this is the one with which the sizes are most alike in that.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from tests.bench.conditions import (
    AllOf,
    AnyOf,
    Area,
    Between,
    Condition,
    Has,
    Is,
    Literal,
    Not,
    OneOf,
    Rule,
    Under,
    Words,
    yaml_lines,
)
from tests.bench.pools import (
    AREAS,
    BLOCKS,
    COLORS,
    COUNTRIES,
    DEVICES,
    INTERESTS,
    LANGUAGES,
    MOST_POINTS,
    PREFECTURE_NAMES,
    RANKS,
    SECTIONS,
    SIZES,
    Pools,
    pools,
)

SITE = """version: 1
timezone: Asia/Tokyo
language: ja
hosts: [shop.example]
attributes:
  rank: {label: ランク, type: choice, values: [一般, シルバー, ゴールド, プラチナ]}
  points: {label: ポイント, type: number}
  interests: {label: 関心, type: list}
  newsletter: {label: メールマガジン, type: yes_no}
"""


def rules(count: int, *, plain: bool = False, seed: int = 7) -> list[Rule]:
    """Return so many rules, block by block, in the order in which they are tried.

    `plain` ones use only what every engine can say; the others also words, areas, periods, days and hours.
    """
    draw = _Draw(random.Random(seed), pools(count), plain)
    found = []
    for place, block in enumerate(BLOCKS):
        size = len(range(place, count, len(BLOCKS)))
        for number in range(size):
            when = draw.broad_rule() if number == size - 1 and size > 1 else draw.rule()
            found.append(Rule(block, f"{block}-{number}", when, () if plain else draw.timing()))
    return found


def write_folder(folder: Path, found: Sequence[Rule]) -> Path:
    """Write the rules as a folder that `omo check` accepts, a file for each block; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.yaml").write_text(SITE)
    for block, of_block in groupby(found, key=lambda rule: rule.block):
        lines = ["blocks:", f"  {block}:", "    rules:"]
        for rule in of_block:
            lines += [f"      - name: {rule.name}", "        when:", *yaml_lines(rule.when, 10)]
            lines += [f"        {key}: {value}" for key, value in rule.timing]
            lines += [f"        show: {{html: <p>{rule.name}</p>}}"]
        (folder / f"{block}.yaml").write_text("\n".join([*lines, "    otherwise: original\n"]))
    return folder


class _Draw:
    """Draws rules. A rule has at most one condition on each kind of fact, so that none contradicts itself."""

    def __init__(self, chance: random.Random, known: Pools, plain: bool) -> None:  # noqa: FBT001 one of two mixes
        self.chance = chance
        self.known = known
        self.plain = plain
        leading = {
            self.keyword: 25, self.campaign: 20, self.page: 15, self.tag: 12, self.city: 10, self.query: 6, self.member: 12
        }  # fmt: skip
        self.leading: list[Callable[[], list[Condition]]] = list(leading)
        self.weights = list(leading.values())

    def rule(self) -> AllOf:
        """Return what few visitors fulfil."""
        lead = self.chance.choices(self.leading, self.weights)[0]
        parts = lead()
        if self.chance.random() < 1 / 8:
            parts = [AnyOf((self.together(parts), self.together(self.other(lead)())))]
        return AllOf((*parts, *self.beside(min(self.chance.choice((1, 1, 2, 2, 3)), 4 - len(parts)), lead)))

    def broad_rule(self) -> AllOf:
        """Return what many visitors fulfil."""
        return AllOf(tuple(self.beside(3, self.member)))

    def timing(self) -> tuple[tuple[str, str], ...]:
        """Return when a rule holds: mostly always, some for a period, a few on some days or at some hours."""
        kind = self.chance.random()
        if kind < 0.25:
            year, month = self.chance.randrange(2025, 2029), self.chance.randrange(1, 13)
            return ("from", f"{year}-{month:02}-01"), ("until", f"{year + 1}-{month:02}-28")
        if kind < 0.30:
            return (("hours", self.chance.choice(("09:00-18:00", "18:00-24:00", "22:00-06:00"))),)
        return (("days", self.chance.choice(("[土, 日]", "[金]", "平日"))),) if kind < 0.35 else ()

    # What few visitors fulfil

    def keyword(self) -> list[Condition]:
        found = self.some(self.known.keywords.named, 3)
        return [OneOf("keyword", found) if self.plain else Words("keyword", found)]

    def campaign(self) -> list[Condition]:
        named = OneOf("campaign", self.some(self.known.campaigns.named, 3))
        return (
            [named, OneOf("campaign_content", self.some(self.known.contents.named, 4))] if self.one_in(4) else [named]
        )

    def page(self) -> list[Condition]:
        return [Under("page", self.some(self.known.lines.named, 2))]

    def tag(self) -> list[Condition]:
        return [Has("page_tag", self.some(self.known.tags.named, 2))]

    def city(self) -> list[Condition]:
        return [OneOf("city", self.some(self.known.cities.named, 3))]

    def query(self) -> list[Condition]:
        found: list[Condition] = [OneOf("query.color", self.some(COLORS, 1)), OneOf("query.size", self.some(SIZES, 1))]
        return [*found, Under("page", self.some(self.known.lines.named, 3))]

    def member(self) -> list[Condition]:
        low = self.chance.randrange(1, MOST_POINTS)
        band = Between("member.points", low, low + self.chance.randrange(10, 200))
        return [band, Has("member.interests", self.some(INTERESTS, 2)), OneOf("member.rank", self.some(RANKS, 2))]

    def other(self, lead: Callable[[], list[Condition]]) -> Callable[[], list[Condition]]:
        """Return another kind, which does not ask for what the first asks."""
        return self.chance.choice([one for one in (self.keyword, self.campaign, self.tag, self.city) if one != lead])

    # What many visitors fulfil

    def beside(self, count: int, lead: Callable[[], list[Condition]]) -> list[Condition]:
        choices: list[Literal] = [
            OneOf("device", self.some(DEVICES, 2)),
            OneOf("language", self.some(LANGUAGES, 2)),
            OneOf("medium", self.some(("search", "paid", "social", "direct", "email"), 3)),
            OneOf("source", self.some(("google", "line", "instagram", "newsletter", "twitter"), 2)),
        ]
        if lead != self.city:
            choices.append(self.place())
        if lead != self.member:
            choices += [Is("logged_in", self.one_in(2)) if self.one_in(2) else self.about_member()]
        if lead not in (self.page, self.query):
            choices.append(Under("page", tuple(f"/{section}/" for section in self.some(SECTIONS, 3))))
        found: list[Condition] = list(self.chance.sample(choices, count))
        return [self.perhaps_not(found[0]), *found[1:]]

    def place(self) -> Literal:
        if self.one_in(6):
            return OneOf("country", ("JP",) if self.one_in(2) else self.some(COUNTRIES, 2))
        if not self.plain and self.one_in(3):
            return Area("area", self.some(AREAS, 3))
        return OneOf("prefecture", self.some(PREFECTURE_NAMES, 10))

    def about_member(self) -> Literal:
        choices: list[Literal] = [
            OneOf("member.rank", self.some(RANKS, 2)),
            Between("member.points", self.chance.randrange(1, 20) * 500),
            Is("member.newsletter", True),  # no other engine tells a no from what is not known
            Has("member.interests", self.some(INTERESTS, 3)),
        ]
        return self.chance.choice(choices)

    def perhaps_not(self, one: Condition) -> Condition:
        """Turn round what is known of every visitor: what is not known would not be met, turned round or not."""
        known = isinstance(one, OneOf) and one.field in ("device", "language", "medium", "source")
        return Not(one) if isinstance(one, OneOf) and known and self.one_in(2) else one

    def together(self, parts: list[Condition]) -> Condition:
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def some(self, values: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(self.chance.sample(list(values), self.chance.randint(1, most)))

    def one_in(self, count: int) -> bool:
        return self.chance.randrange(count) == 0

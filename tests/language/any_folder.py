"""Rules and visitors made up at random, out of few values, so that they meet."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from omotenashi.language.prefectures import area_prefectures, prefecture_code
from omotenashi.model.views import View, Views
from omotenashi.model.visitor import (
    Arrival,
    Cart,
    Deed,
    History,
    Member,
    MemberValue,
    Order,
    OrderLine,
    Place,
    Showing,
    Visitor,
)

SITE = """
version: 1
attributes:
  rank: {type: choice, values: [一般, ゴールド, プラチナ]}
  points: {type: number}
  birthday: {type: date}
  interests: {type: list}
  newsletter: {type: yes_no}
  city: {type: text}
places:
  渋谷: {lat: 35.6595, lng: 139.7005}
  新宿: {lat: 35.6896, lng: 139.7006}
  大阪: {lat: 34.7025, lng: 135.4959}
synonyms: [[スニーカー, 運動靴], [靴, シューズ]]
holidays: [2026-11-23, 2026-12-01]
search_console: {file: searches.csv}
"""
SEARCHES = """landing,query,clicks
/running,ランニング,60
/running,靴,40
/running/shoes,ランニングシューズ,100
/trail/shoes,運動靴,49
/trail/shoes,(rest),51
/,かけっこ,10
"""
DAY = 86_400
NOON = 1_795_921_200
"""2026-11-29 12:00 in Tokyo, a Sunday."""
_QUERIES = [
    None,
    "",
    "ランニング",
    "ランニングシューズ",
    "ランニング シューズ",
    "レディースランニングシューズ",
    "運動靴",
]
_QUERIES += [
    "スニーカー 白",
    "靴",
    "ランニング 靴",
    "革靴",
    "ラン",
    "running shoes",
    "シューズ ランニング",
    "ランニング 運動靴",
]
_WORDS: list[Any] = [
    "ランニング",
    "ランニングシューズ",
    "ランニング シューズ",
    "スニーカー",
    "運動靴",
    "靴",
    "ランニング スニーカー",
]
_WORDS += [{"contains": "ラン"}, {"contains": "ランニング"}, {"contains": "シューズ"}, {"exact": "ランニング"}]
_WORDS += [{"exact": "ランニング シューズ"}, {"contains": "靴"}, {"contains": "ング シュ"}]
_WORDS += [{"estimated": ["ランニング"]}, {"estimated": ["靴", "スニーカー"], "share": "40%"}]
_PATHS = [
    "/",
    "/running",
    "/running/shoes",
    "/running/shoes/a",
    "/running/wear",
    "/trail/shoes",
    "/a/b/c/x",
    "/running/x",
]
_PATTERNS = [
    "/",
    "/**",
    "/running/**",
    "/running/shoes/**",
    "/running/*",
    "/running/shoes",
    "/*/shoes",
    "/**/x",
    "/running/**/x",
]
_PATTERNS += ["/trail/**", "/*", "/**/shoes/*", "/run*", "/r*/**"]
_REFERRERS = ["", "shop.example", "shop.example/a", "www.shop.example/a/b", "blog.example.com/x", "example.com/a"]
_HOSTS = ["shop.example", "*.shop.example", "shop.example/a", "*.shop.example/a/**", "*.example.com", "example.com"]
_PREFECTURES = ["東京都", "神奈川県", "大阪府", "北海道", "千葉県"]
_AREAS = ["関東", "関西", "首都圏", "北海道", "近畿"]
_SPANS = ["1 hour", "1 day", "7 days", "30 days", "1 month", "1 year", "28 days"]
_SECONDS = [
    60,
    3600,
    3601,
    DAY,
    3 * DAY,
    7 * DAY,
    20 * DAY,
    28 * DAY,
    30 * DAY,
    31 * DAY,
    100 * DAY,
    366 * DAY,
    400 * DAY,
]


def rules(random: Random) -> str:
    """Return the text of a file with one block; each rule on a line of its own, from the fifth on."""
    fields = random.sample(random.choice([*_NEIGHBOURS, sorted(_FIELDS)]), random.choice([1, 1, 2]))
    segments = {name: {"when": _when(random, fields, 1)} for name in ("s", "t")}
    made: list[dict[str, Any]] = []
    for number in range(random.randint(2, 5)):
        made.append(_rule(random, fields, number, made))
    lines = [f"    - {json.dumps(rule)}" for rule in made]
    asked = random.choice(["", "", "", "", "    needs_consent: personalization", "    needs_consent: measurement"])
    head = [f"segments: {json.dumps(segments)}", "blocks:", "  b:", "    rules:"]
    return "\n".join([*head, *lines, asked, "    otherwise: original\n"])


def _rule(random: Random, fields: list[str], number: int, above: list[dict[str, Any]]) -> dict[str, Any]:
    rule: dict[str, Any] = {"name": f"r{number}", "when": _when(random, fields, 2)}
    if above and random.random() < 0.2:
        rule["when"]["all"] = [random.choice(above)["when"]]
    times: dict[str, list[Any]] = {
        "from": ["2026-11-29", "2026-11-28 10:00", "2026-11-01"],
        "until": ["2026-11-29", "2026-12-02", "2026-11-29 12:00"],
        "days": [
            *(["土", "日"], ["平日"], ["祝"], ["月", "火"], ["土", "日", "平日", "祝"], ["火", "水", "木", "金"]),
            *(
                ["月末"],
                ["五十日"],
                ["五十日", "月"],
                ["1日", "月末"],
                ["30日"],
                ["5日", "10日", "15日", "20日", "25日", "30日"],
            ),
        ],
        "hours": [["09:00-17:00"], ["22:00-02:00"], ["00:00-24:00"], ["12:00-13:00", "20:00-03:00"], ["02:00-22:00"]],
        "limit": [{"times": 2, "per": "7 days"}],
    }
    if random.random() < 0.3:
        rule |= {key: random.choice(values) for key, values in times.items() if random.random() < 0.4}
    if random.random() < 0.05:
        rule |= {"goal": random.choice(["purchase", "demo"]), "cooldown": random.choice(_SPANS)}
    elif random.random() < 0.05:
        split = [{"name": f"only {show}", "share": "50%", "show": show} for show in ("original", "nothing")]
        return {**rule, "experiment": {"id": f"e{number}", "goal": "demo", "split": split}}
    return {**rule, "show": random.choice(["original", "nothing"])}


def _when(random: Random, fields: list[str], depth: int) -> dict[str, Any]:
    names = random.sample(fields, random.randint(1, len(fields)))
    when = {name: _listed(random, _FIELDS[name]) for name in names}
    if depth and random.random() < 0.25:
        when |= {random.choice(["any", "all"]): [_when(random, fields, depth - 1) for _ in range(2)]}
    if depth and random.random() < 0.25:
        when |= {"not": _when(random, fields, depth - 1)}
    if depth == 2 and random.random() < 0.1:
        when |= {"segment": random.choice(["s", "t", {"all": ["s", "t"]}])}
    return when


def _listed(random: Random, value: Callable[[Random], Any]) -> Any:
    roll = random.random()
    if roll < 0.06:
        return "unknown"
    if roll < 0.4:
        return [value(random) for _ in range(random.randint(1, 3))]
    return {"all": [value(random), value(random)]} if roll < 0.45 else value(random)


def _among(*values: Any) -> Callable[[Random], Any]:
    return lambda random: random.choice(values)


def _bounds(random: Random, numbers: list[int]) -> dict[str, int]:
    low, high = sorted(random.choices(numbers, k=2))
    return random.choice([{"at_least": low}, {"at_most": high}, {"at_least": low, "at_most": high}])


def _windowed(random: Random, inside: dict[str, Any]) -> dict[str, Any]:
    roll = random.random()
    if roll < 0.25:
        return {**inside, "none_within": random.choice(_SPANS)}
    if roll < 0.7:
        inside = {**inside, **_bounds(random, [0, 1, 2, 3])}
    return {**inside, "within": random.choice(_SPANS)} if random.random() < 0.6 else inside


def _viewed(random: Random) -> dict[str, Any]:
    kind = random.choice(["page", "tag", "item", "category"])
    values = _PATTERNS if kind == "page" else ["a", "b"]
    return _windowed(random, {kind: random.sample(values, random.randint(1, 2))})


def _bought(random: Random) -> dict[str, Any]:
    condition = _windowed(random, random.choice([{}, {"item": "a"}, {"category": ["a", "b"]}]))
    if "none_within" not in condition and (not condition or random.random() < 0.4):
        condition["amount"] = _bounds(random, [100, 1000])
    return condition


def _cart(random: Random) -> Any:
    condition: dict[str, Any] = {}
    if random.random() < 0.6:
        condition["abandoned_for"] = random.choice(["1 hour", "1 day"])
    if random.random() < 0.5:
        condition["until"] = random.choice(["1 day", "7 days"])
    if random.random() < 0.4:
        condition["amount"] = _bounds(random, [100, 1000])
    answer: Any = random.choice(["yes", "no"])
    return condition or answer


def _birthday(random: Random) -> Any:
    spans = {random.choice(["within", "in"]): random.choice(["7 days", "30 days", "1 year"])}
    days: Any = {random.choice(["before", "after"]): random.choice(["1990-12-01", "2026-11-29"])}
    plain: list[Any] = ["today", "this month"]
    return random.choice([*plain, {"month": random.choice([11, 12])}, "1990-11-29", spans, days])


_FIELDS: dict[str, Callable[[Random], Any]] = {
    "keyword": _among(*_WORDS),
    "site_search": _among(*(word for word in _WORDS if "estimated" not in word)),
    "medium": _among("search", "paid", "direct"),
    "source": _among("google", "yahoo"),
    "referrer": _among(*_HOSTS),
    "campaign": _among("a", "b"),
    "landing": _among(*_PATTERNS),
    "page": _among(*_PATTERNS),
    "page_tag": _among("a", "b"),
    "query.color": _among("a", "b"),
    "country": _among("JP", "US"),
    "area": _among(*_AREAS),
    "prefecture": _among(*_PREFECTURES),
    "city": _among("a", "b"),
    "near": lambda random: {
        "place": random.choice(["渋谷", "新宿", "大阪"]),
        "within": random.choice(["1 km", "5 km", "10 km"]),
    },
    "device": _among("mobile", "tablet", "desktop"),
    "language": _among("ja", "en", "en-us"),
    "logged_in": _among("yes", "no"),
    "member.rank": _among("一般", "ゴールド", "プラチナ"),
    "member.points": lambda random: _bounds(random, [0, 10, 20, 30]),
    "member.birthday": _birthday,
    "member.interests": _among("a", "b"),
    "member.newsletter": _among("yes", "no"),
    "member.city": _among("a", "b"),
    "viewed": _viewed,
    "bought": _bought,
    "did": lambda random: _windowed(random, {"event": random.choice(["demo", ["demo", "call"]])}),
    "cart": _cart,
    "visits": lambda random: _bounds(random, [0, 1, 2, 3]) | random.choice([{}, {"within": random.choice(_SPANS)}]),
    "last_visit": lambda random: {random.choice(["before", "within"]): random.choice(_SPANS)},
    "lifecycle": _among("new", "active", "lapsing", "lapsed"),
    "shown": lambda random: {"rule": random.choice(["r0", "r1"]), "times": random.choice([1, 2, {"at_most": 1}])},
    "consent": _among("personalization", "measurement"),
}
_NEIGHBOURS = [
    ["country", "area", "prefecture"],
    ["logged_in", "member.rank", "member.points", "member.newsletter", "member.birthday", "member.interests"],
    ["consent", "viewed", "visits", "cart"],
    ["bought", "last_visit", "did", "lifecycle", "shown"],
    ["keyword", "site_search"],
    ["page", "landing", "referrer"],
    ["device", "medium"],
    ["near", "language", "page_tag"],
]
"""Fields that tell something of one another, or are alike."""


def visitor(random: Random) -> tuple[Visitor, int]:
    """Return a visitor who can be, and a moment (epoch seconds)."""
    now = NOON + random.choice(
        [0, 3600, -10 * 3600, 11 * 3600, 14 * 3600, 24 * 3600, 36 * 3600, 48 * 3600, -86_400, -20 * DAY]
    )
    consent = frozenset(random.sample(["personalization", "measurement"], random.randint(0, 2)))
    stored = "personalization" in consent and random.random() < 0.9
    arrival = Arrival(
        keyword=random.choice(_QUERIES),
        medium=random.choice(["search", "paid", "direct", "social"]),
        source=random.choice(["google", "yahoo", ""]),
        referrer=random.choice(_REFERRERS),
        campaign=random.choice(["a", "b", "c", ""]),
        landing=random.choice(_PATHS),
    )
    return Visitor(
        arrival=arrival,
        page=random.choice(_PATHS),
        page_tags=frozenset(random.sample(["a", "b", "c"], random.randint(0, 2))),
        site_search=random.choice(_QUERIES) or "",
        query=random.choice([{}, {"color": "a"}, {"color": "b"}, {"color": "c"}]),
        place=_place(random),
        device=random.choice([None, "mobile", "tablet", "desktop"]),
        languages=random.choice([None, ("ja",), ("en", "ja"), ("en-us",), ("fr",)]),
        member=_member(random) if random.random() < 0.6 else None,
        consent=consent,
        history=_history(random, now) if stored else None,
        id="a-visitor" if consent else None,
    ), now


def _place(random: Random) -> Place:
    location = random.choice([None, (35.66, 139.70), (35.69, 139.70), (34.70, 135.50), (35.62, 139.72), (35.75, 139.7)])
    city = random.choice([None, "a", "b", "c"])
    roll = random.random()
    if roll < 0.25:
        return Place(country=random.choice([None, "JP", "US", "FR"]), city=city, location=location)
    if roll < 0.4:
        area = area_prefectures(random.choice(["関東", "関西", "首都圏", "東北"]))
        return Place("JP", None, area, city, location)
    code = prefecture_code(random.choice([*_PREFECTURES, "京都府", "沖縄県"]))
    assert code is not None
    return Place("JP", code, frozenset({code}), city, location)


def _member(random: Random) -> Member:
    attributes: dict[str, list[MemberValue]] = {
        "rank": ["一般", "ゴールド", "プラチナ"],
        "points": [0, 9, 10, 15, 20, 30, 31],
        "birthday": [date(1990, 11, 29), date(1990, 12, 1), date(2026, 11, 29), date(1990, 11, 30), date(2026, 12, 2)],
        "interests": [(), ("a",), ("a", "b"), ("c",)],
        "newsletter": [True, False],
        "city": ["a", "b", "c"],
    }
    return Member("m", {name: random.choice(values) for name, values in attributes.items() if random.random() < 0.7})


def _history(random: Random, now: int) -> History:
    def at() -> int:
        return now - random.choice(_SECONDS)

    def some(make: Callable[[], Any]) -> list[Any]:
        return [make() for _ in range(random.choice([0, 0, 1, 2, 3, 4]))]

    def since() -> int | None:
        return at() if random.random() < 0.2 else None

    names = ["a", "b", "c"]

    def lines() -> tuple[OrderLine, ...]:
        return (OrderLine(random.choice(names), random.choice(names), random.choice([50, 100, 1000])),)

    return History(
        views=Views(
            some(lambda: View(at(), random.choice(_PATHS), (random.choice(names),), (random.choice(names),), (random.choice(names),)))
        ),
        orders=some(lambda: Order(at(), random.choice([50, 100, 1000]), lines())),
        deeds=some(lambda: Deed(at(), random.choice(["demo", "call"]))),
        showings=some(lambda: Showing(at(), random.choice(["b/r0", "b/r1"]))),
        visits=[now, *some(at)],
        last_visit=random.choice([None, at()]),
        first_seen=random.choice([None, at()]),
        cart=random.choice([None, Cart(at(), random.choice([50, 100, 1000, 2000]))]),
        cart_known=random.random() < 0.9,
        stage=random.choice([None, "new", "active", "lapsing", "lapsed"]),
        views_since=since(),
        visits_since=since(),
        deeds_since=since(),
        orders_since=since(),
        showings_since=since(),
        limits_since=since(),
    )  # fmt: skip

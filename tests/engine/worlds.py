"""Rules and visitors of every kind, drawn by chance from values that often meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from zoneinfo import ZoneInfo

from omotenashi.language import condition as c
from omotenashi.language.condition import Condition, Conjunction, Disjunction, Fact, Negation
from omotenashi.language.program import Block, Experiment, Program, Rule, Show, Variant
from omotenashi.language.syntax import LimitSpec
from omotenashi.model.errors import Position
from omotenashi.model.landings import Landing
from omotenashi.model.views import View, Views
from omotenashi.model.visitor import (
    Arrival,
    Cart,
    Deed,
    History,
    Member,
    Order,
    OrderLine,
    Place,
    Showing,
    Visitor,
)

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = 1_795_000_000
HERE = Position("x.yaml", 1, 1, 2)
DAY = 86_400
WORDS = (
    "ランニング",
    "シューズ",
    "温泉",
    "京都",
    "shoes",
    "トレイル シューズ",
    "スニーカー",
    "運動靴",
    "パン",
    "防水 靴",
)
SEARCHES = (
    *WORDS,
    "東京都",
    "箱根温泉",
    "防水の靴",
    "靴 防水 メンズ",
    "running shoes",
    "ランニングシューズ",
    "トレイル",
    "パンツ",
)
SYNONYMS = {"すにーかー": ("スニーカー", "運動靴"), "運動靴": ("スニーカー", "運動靴")}
PATTERNS = ("/", "/**", "/running/**", "/running/*", "/sale", "/**/new", "/*/sale/**", "/shop/*/item-*", "/shop/a/**/x")
PAGES = ("/", "/running", "/running/a", "/running/a/new", "/sale", "/x/sale", "/shop/a/item-3", "/shop/a/b/x", "/new")
HOSTS = ("example.com", "*.example.com", "blog.example.com/running/**", "t.co")
REFERRERS = ("", "example.com", "blog.example.com/running/a", "example.com/x", "t.co/abc", "notexample.com")
CODES = ("JP-13", "JP-14", "JP-27", "JP-01", "JP-47")
PLACES = ((35.6595, 139.7005), (34.7025, 135.4959), (43.0687, 141.3508))
LANDINGS = {
    "/running": Landing(100, (("ランニング シューズ", 60), ("温泉", 10))),
    "/sale": Landing(10, (("スニーカー", 3),)),
}
HOLIDAYS = frozenset((date(2026, 11, 23), date(2026, 11, 3)))
EVENTS = ("sign_up", "資料請求")
ITEMS = ("A1", "b2")
IDS = ("block0/0", "block0/1", "block1/2")
UNKNOWN = (
    *("keyword", "prefecture", "area", "city", "country", "near", "device", "language", "member.rank", "member.points"),
    *("viewed", "bought", "did", "visits", "last_visit", "lifecycle", "shown", "cart", "referrer", "page"),
)


def program(chance: Random, sizes: tuple[int, ...], *, many: int = 6) -> Program:
    """Blocks of so many rules; `many` different values of what sites have many of."""
    blocks = {f"block{n}": block(chance, f"block{n}", size, many) for n, size in enumerate(sizes)}
    segments = {f"segment{n}": condition(chance, many, 3) for n in range(3)}
    return Program(blocks, segments, SYNONYMS, "Asia/Tokyo", landings=LANDINGS)


def block(chance: Random, name: str, size: int, many: int) -> Block:
    rules = tuple(rule(chance, name, number, many) for number in range(size))
    return Block(name, "", rules, Show("original"))


def rule(chance: Random, block: str, number: int, many: int) -> Rule:
    name = f"{block}/{number}"
    parts = [condition(chance, many, chance.choice((1, 2, 3))) for _ in range(chance.choice((1, 1, 2)))]
    show: Show | Experiment = Show("original")
    if chance.random() < 0.05:
        parts.append(fact("limit", c.LimitLeft(name, 2, c.Span(DAY))))
    if chance.random() < 0.05:
        parts.append(fact("cooldown", c.CooledDown(chance.choice(("purchase", *EVENTS)), c.Span(DAY))))
    if chance.random() < 0.05:
        parts.append(fact("experiment", c.TakesPart("xmas")))
        show = Experiment("xmas", (Variant("a", 50, Show("original")), Variant("b", 50, Show("nothing"))))
    limit = LimitSpec(2, c.Span(DAY)) if chance.random() < 0.05 else None
    return Rule(block, name, name, Conjunction(tuple(parts)), limit, show, HERE)


def condition(chance: Random, many: int, depth: int) -> Condition:
    if depth == 0 or chance.random() < 0.4:
        return chance.choice(FACTS)(chance, many)
    parts = tuple(condition(chance, many, depth - 1) for _ in range(chance.randrange(4)))
    kind = chance.randrange(3)
    if kind == 0 and parts:
        return Negation(parts[0])
    return Disjunction(parts) if kind == 1 else Conjunction(parts)


def fact(field: str, operand: c.Operand) -> Fact:
    return Fact(field, operand, HERE)


def one_of(field: str, *values: str) -> Callable[[Random, int], Fact]:
    def make(chance: Random, _: int) -> Fact:
        return fact(field, c.OneOf(frozenset(chance.sample(values, chance.choice((1, 1, 2))))))

    return make


def numbered(field: str, prefix: str) -> Callable[[Random, int], Fact]:
    def make(chance: Random, many: int) -> Fact:
        values = (f"{prefix}{chance.randrange(many)}" for _ in range(chance.choice((1, 1, 3))))
        return fact(field, c.OneOf(frozenset(values)))

    return make


def words(field: str) -> Callable[[Random, int], Fact]:
    def make(chance: Random, many: int) -> Fact:
        texts = [*WORDS, f"品番{chance.randrange(many)}", f"防水 靴 {chance.randrange(many)}"]
        modes = ("word", "word", "word", "contains", "exact")
        found = (c.Word(chance.choice(texts), chance.choice(modes)) for _ in range(chance.choice((1, 2, 3))))
        return fact(field, c.Words(tuple(found)))

    return make


def estimated(chance: Random, _: int) -> Fact:
    return fact("keyword", c.Estimated((c.Word(chance.choice(WORDS)),), chance.choice((1, 10, 50, 100))))


def paths(field: str) -> Callable[[Random, int], Fact]:
    def make(chance: Random, many: int) -> Fact:
        patterns = (*PATTERNS, f"/shop/line-{chance.randrange(many)}/**", f"/p{chance.randrange(many)}")
        return fact(field, c.Paths(tuple(chance.sample(patterns, chance.choice((1, 1, 2))))))

    return make


def range_of(chance: Random, values: range) -> c.Range:
    low, high = sorted((chance.choice(values), chance.choice(values)))
    return chance.choice((c.Range(low), c.Range(None, high), c.Range(low, high), c.Range(low, low)))


def window(chance: Random, span: c.Span | None = None) -> c.Window:
    span = span or chance.choice((None, c.Span(DAY), c.Span(30 * DAY)))
    return c.Window(chance.choice((c.Range(1), c.Range(2), c.Range(None, 0), c.Range(None, 1), c.Range(1, 2))), span)


def viewed(chance: Random, _: int) -> Fact:
    kind = chance.choice(("page", "tag", "item", "category"))
    values = {"page": PATTERNS, "tag": ("x", "y"), "item": ("a1", "b2"), "category": ("g", "h")}[kind]
    return fact("viewed", c.Viewed(kind, (chance.choice(values),), window(chance)))


def bought(chance: Random, _: int) -> Fact:
    kind = chance.choice(("", "item", "category"))
    values = {"": (), "item": ("a1",), "category": ("g",)}[kind]
    amount = chance.choice((None, c.Range(1000), c.Range(None, 3000)))
    return fact("bought", c.Bought(kind, values, window(chance), amount))


def times(chance: Random, _: int) -> Fact:
    if chance.random() < 0.5:
        epoch = NOW + chance.randrange(-5, 5) * DAY / 4
        return fact(*chance.choice((("from", c.NotBefore(epoch)), ("until", c.Before(epoch)))))
    spans = tuple(chance.sample(((540, 1080), (1320, 360), (1080, 1440), (0, 60)), chance.choice((1, 2))))
    if chance.random() < 0.5:
        return fact("hours", c.Hours(spans))
    weekdays = frozenset(chance.sample(range(7), 2))
    return fact("days", chance.choice((
        c.Days(weekdays, hours=spans), c.Days(frozenset(), HOLIDAYS, workdays=True), c.Days(weekdays),
        c.Days(frozenset(), HOLIDAYS, holidays_too=True), c.Days(frozenset(), gotobi=True, month_end=True),
        c.Days(frozenset(), dates=frozenset((1, 21, 22))),
    )))  # fmt: skip


def dated(chance: Random, _: int) -> Fact:
    kind = chance.choice(("before", "after", "on", "within", "in", "this_month", "today", "month"))
    day = f"2026-11-{chance.randrange(10, 30)}" if kind in ("before", "after", "on") else ""
    span, month = c.Span(chance.choice((7, 30)) * DAY), chance.choice((11, 12))
    return fact(
        "member.birthday",
        c.DateTest(kind, day, span if kind in ("within", "in") else c.Span(), month if kind == "month" else 0),
    )


FACTS: tuple[Callable[[Random, int], Fact], ...] = (
    words("keyword"), words("keyword"), words("site_search"), estimated,
    paths("page"), paths("landing"),
    numbered("campaign", "c"), numbered("campaign", "c"), numbered("page_tag", "t"), numbered("city", "市"),
    numbered("query.color", "q"), numbered("member.interests", "i"),
    one_of("device", "mobile", "tablet", "desktop"), one_of("medium", "search", "paid", "direct"),
    one_of("source", "google", "line"), one_of("country", "JP", "US"), one_of("member.rank", "gold", "silver"),
    one_of("consent", "personalization", "measurement"), one_of("needs_consent", "personalization", "measurement"),
    lambda chance, _: fact("prefecture", c.Prefectures(frozenset(chance.sample(CODES, chance.choice((1, 2, 3)))))),
    lambda chance, _: fact("near", c.Near(*chance.choice(PLACES), chance.choice((1.0, 300.0, 900.0)))),
    lambda chance, _: fact("language", c.Languages(frozenset((chance.choice(("ja", "zh", "zh-tw", "en")),)))),
    lambda chance, _: fact("referrer", c.HostPaths(tuple(chance.sample(HOSTS, chance.choice((1, 2)))))),
    lambda chance, _: fact("logged_in", c.Truth(chance.random() < 0.5)),
    lambda chance, _: fact("member.newsletter", c.Truth(chance.random() < 0.5)),
    lambda chance, many: fact("member.points", range_of(chance, range(0, many, max(1, many // 1000)))),
    dated, times, times, viewed, bought,
    lambda chance, _: fact("did", c.Did((chance.choice(EVENTS),), window(chance))),
    lambda chance, _: fact("visits", c.Visits(window(chance))),
    lambda chance, _: fact("last_visit", chance.choice((c.LastVisit(before=c.Span(DAY)), c.LastVisit(within=c.Span(DAY))))),
    lambda chance, _: fact("cart", chance.choice((
        c.InCart(), c.InCart(filled=False), c.InCart(c.Span(3600), c.Span(DAY), c.Range(1000)), c.InCart(amount=c.Range(None, 2000)),
    ))),
    lambda chance, _: fact("lifecycle", c.InStage(frozenset(chance.sample(("new", "active", "lapsing", "lapsed"), 2)))),
    lambda chance, _: fact("shown", c.Shown("id", (chance.choice(IDS),), window(chance))),
    lambda chance, _: fact(chance.choice(UNKNOWN), c.Unknown()),
)  # fmt: skip


# Visitors


def visitor(chance: Random, *, many: int = 6) -> Visitor:
    """Half of all facts are not known, of a tenth of the visitors none."""
    if chance.random() < 0.1:
        return Visitor()
    return Visitor(
        arrival=_arrival(chance, many),
        page=chance.choice((*PAGES, f"/shop/line-{chance.randrange(many)}/a", f"/p{chance.randrange(many)}")),
        page_tags=frozenset(f"t{chance.randrange(many)}" for _ in range(chance.randrange(3))),
        site_search=chance.choice(("", chance.choice(SEARCHES))),
        query=chance.choice(({}, {"color": f"q{chance.randrange(many)}"})),
        place=_place(chance, many),
        device=chance.choice((None, "mobile", "tablet", "desktop")),
        languages=chance.choice((None, (), ("ja",), ("zh-tw", "en"), ("en-us", "ja"))),
        member=_member(chance, many) if chance.random() < 0.6 else None,
        consent=frozenset(chance.sample(("personalization", "measurement"), chance.randrange(3))),
        history=_history(chance) if chance.random() < 0.6 else None,
        id=chance.choice((None, "visitor-0123456789", "visitor-9876543210")),
    )


def moment(chance: Random) -> float:
    """Around midnight, now, or on another day."""
    return NOW + chance.choice((0, chance.randrange(-DAY, DAY), 60 * chance.randrange(-3000, 3000)))


def _arrival(chance: Random, many: int) -> Arrival:
    search = " ".join(
        chance.sample((*SEARCHES, f"品番{chance.randrange(many)}", f"{chance.randrange(many)}"), chance.randrange(4))
    )
    return Arrival(
        keyword=chance.choice((None, search)),
        medium=chance.choice(("search", "paid", "direct")),
        source=chance.choice(("", "Google", "LINE")),
        referrer=chance.choice(REFERRERS),
        campaign=chance.choice(("", f"c{chance.randrange(many)}")),
        landing=chance.choice(PAGES),
    )


def _place(chance: Random, many: int) -> Place:
    if chance.random() < 0.3:
        return Place()
    code, city = chance.choice(CODES), chance.choice((None, f"市{chance.randrange(many)}"))
    location = chance.choice((None, *PLACES, (35.68, 139.76)))
    if chance.random() < 0.6:
        return Place("JP", code, frozenset((code,)), city, location)
    return Place(chance.choice(("JP", "US")), None, frozenset(chance.sample(CODES, 2)), city, location)


def _member(chance: Random, many: int) -> Member:
    attributes = {
        "rank": chance.choice(("Gold", "silver", "一般")),
        "points": chance.choice((chance.randrange(many), chance.random() * many)),
        "newsletter": chance.random() < 0.5,
        "birthday": chance.choice((date(2000, 2, 29), date(chance.choice((1990, 2000, 2026)), chance.choice((2, 11, 12)), chance.randrange(1, 29)))),
        "interests": tuple(f"I{chance.randrange(many)}" for _ in range(chance.randrange(3))),
    }  # fmt: skip
    return Member("u1", {name: given for name, given in attributes.items() if chance.random() < 0.8})


def _history(chance: Random) -> History:
    def ago() -> int:
        return NOW - chance.choice((0, 1000, DAY // 2, DAY, 3 * DAY, 20 * DAY, 31 * DAY))

    def lost() -> int | None:
        return chance.choice((None, None, ago()))

    def some(most: int) -> range:
        return range(chance.randrange(most))

    def times(most: int) -> list[int]:
        return sorted(ago() for _ in some(most))

    views = [
        View(
            ago(),
            chance.choice(("", *PAGES)),
            chance.choice(((), ("x",))),
            chance.choice(((), ("A1",))),
            chance.choice(((), ("g", "h"))),
        )
        for _ in some(6)
    ]
    lines = (OrderLine("A1", "G", 1500), OrderLine("c3", "k", 2000))
    return History(
        views=Views(views),
        orders=[Order(at, chance.choice((500, 3000)), chance.choice(((), lines[:1], lines))) for at in times(3)],
        deeds=[Deed(at, chance.choice(("Sign_Up", *EVENTS))) for at in times(4)],
        showings=[Showing(at, chance.choice(IDS)) for at in times(5)],
        visits=times(4),
        last_visit=chance.choice((None, ago())),
        first_seen=chance.choice((None, ago())),
        cart=chance.choice((None, Cart(ago(), chance.choice((500.0, 1500.0))))),
        cart_known=chance.random() < 0.8,
        stage=chance.choice((None, "new", "lapsed")),
        views_since=lost(), visits_since=lost(), deeds_since=lost(), orders_since=lost(), showings_since=lost(), limits_since=lost(),
        unknown=frozenset(chance.sample(("viewed", "cart", "bought"), chance.choice((0, 0, 1)))),
    )  # fmt: skip

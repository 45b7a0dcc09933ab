"""Sentences tell conditions apart, in both languages, and leave no word of the vocabulary untold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omotenashi.language import condition as c
from omotenashi.language.condition import Condition, Conjunction, Disjunction, Fact, InSegment, Negation, Range, Span
from omotenashi.language.describe.conditions import condition_entry
from omotenashi.language.describe.entries import Entry, Section, as_markdown, as_text
from omotenashi.language.describe.folder import describe
from omotenashi.language.describe.voice import Voice
from omotenashi.language.syntax import (
    BlockSpec,
    ExperimentSpec,
    Folder,
    LimitSpec,
    RuleSpec,
    SegmentSpec,
    ShowSpec,
    VariantSpec,
)
from omotenashi.language.vocabulary import FIELDS
from omotenashi.model.errors import Position
from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.site import load

HERE = Position("case.yaml", 1, 1, 2)
ORIGINAL = ShowSpec("original", "original", HERE)
SITE = SiteFacts(
    attributes={
        "rank": Attribute("rank", "choice", ("A", "B"), label="ランク"),
        "points": Attribute("points", "number"),
        "birthday": Attribute("birthday", "date"),
        "news": Attribute("news", "yes_no"),
    },
    places={"渋谷店": (35.5, 139.5), "大阪店": (34.5, 135.5)},
    synonyms=(("靴", "シューズ"),),
)
SEGMENTS = tuple(SegmentSpec(name, "同じ説明", c.ALWAYS, HERE) for name in ("a", "b"))
FOLDER = Folder(segments=SEGMENTS)
LANGUAGES = ("ja", "en")

# Few different values, among them those that look like what sentences are made of, so that a collision is soon found
texts = st.sampled_from(["a", "b", "a」か「b", "a” or “b", 'a』「"', "aかb", "a (counted together)"])
several = st.frozensets(texts, min_size=1, max_size=2)
tuples = several.map(lambda found: tuple(sorted(found)))
patterns = st.frozensets(st.sampled_from(["/", "/a", "/a/**", "/a/*", "/**", "/a/**/b"]), min_size=1, max_size=2)
spans = st.sampled_from([Span(60), Span(3600), Span(86400), Span(90000), Span(months=1), Span(months=12), Span(1)])
counts = st.sampled_from([None, 0.0, 1.0, 2.0, 2.5, 1000.0])
ranges = st.builds(Range, counts, counts).filter(lambda one: one != Range())
whole = st.sampled_from([None, 0, 1, 2, 3])
windows = st.builds(c.Window, st.builds(Range, whole, whole).filter(lambda one: one != Range()), st.none() | spans)
words = st.builds(
    c.Word, texts | st.sampled_from(["靴", "シューズ", "長 靴"]), st.sampled_from(["word", "contains", "exact"])
)
minutes = st.sampled_from([0, 60, 540, 1320])
operands: dict[str, st.SearchStrategy[c.Operand]] = {
    "keyword": st.frozensets(words, min_size=1, max_size=3).map(lambda found: c.Words(tuple(sorted(found, key=repr))))
    | st.builds(c.Estimated, st.tuples(words.map(lambda word: c.Word(word.text))), st.sampled_from([50, 62.5])),
    "site_search": st.builds(c.Words, st.tuples(words)),
    "medium": st.builds(c.OneOf, st.frozensets(st.sampled_from(["search", "ai", "paid"]), min_size=1)),
    "device": st.builds(c.OneOf, st.frozensets(st.sampled_from(["mobile", "desktop"]), min_size=1)),
    "consent": st.builds(c.OneOf, st.frozensets(st.sampled_from(["personalization", "measurement"]), min_size=1)),
    **{
        field: st.builds(c.OneOf, several)
        for field in (
            "source",
            "campaign",
            "campaign_source",
            "campaign_medium",
            "campaign_content",
            "page_tag",
            "city",
        )
    },
    "query.x": st.builds(c.OneOf, several),
    "query.y": st.builds(c.OneOf, several),
    "member.rank": st.builds(c.OneOf, several),
    "country": st.builds(c.OneOf, st.frozensets(st.sampled_from(["JP", "US", "NO"]), min_size=1)),
    "page": patterns.map(lambda found: c.Paths(tuple(sorted(found)))),
    "landing": patterns.map(lambda found: c.Paths(tuple(sorted(found)))),
    "referrer": st.builds(
        c.HostPaths, st.tuples(st.sampled_from(["x.example", "*.x.example", "x.example/a", "x.example/a/**"]))
    ),
    "prefecture": st.builds(c.Prefectures, st.frozensets(st.sampled_from(["JP-13", "JP-27"]), min_size=1)),
    "area": st.builds(c.Prefectures, st.frozensets(st.sampled_from(["JP-13", "JP-27"]), min_size=1)),
    "language": st.builds(c.Languages, st.frozensets(st.sampled_from(["ja", "en", "en-us", "fr"]), min_size=1)),
    "near": st.builds(
        c.Near, st.sampled_from([35.5, 34.5]), st.sampled_from([139.5, 135.5]), st.sampled_from([0.5, 5.0])
    ),
    "logged_in": st.builds(c.Truth, st.booleans()),
    "member.news": st.builds(c.Truth, st.booleans()),
    "member.points": ranges,
    "member.birthday": st.one_of(
        st.builds(
            c.DateTest, st.sampled_from(["before", "after", "on"]), st.sampled_from(["2000-01-01", "2000-12-01"])
        ),
        st.builds(lambda kind, span: c.DateTest(kind, span=span), st.sampled_from(["within", "in"]), spans),
        st.builds(lambda month: c.DateTest("month", month=month), st.integers(1, 12)),
        st.sampled_from([c.DateTest("this_month"), c.DateTest("today")]),
    ),
    "viewed": st.one_of(
        st.builds(c.Viewed, st.sampled_from(["tag", "item", "category"]), tuples, windows),
        st.builds(c.Viewed, st.just("page"), patterns.map(lambda found: tuple(sorted(found))), windows),
    ),
    "bought": st.one_of(
        st.builds(c.Bought, st.sampled_from(["item", "category"]), tuples, windows, st.none() | ranges),
        st.builds(c.Bought, st.just(""), st.just(()), windows, st.none() | ranges),
    ),
    "did": st.builds(c.Did, tuples, windows),
    "visits": st.builds(c.Visits, windows),
    "last_visit": st.builds(c.LastVisit, spans) | st.builds(lambda span: c.LastVisit(within=span), spans),
    "cart": st.builds(c.InCart, st.none() | spans, st.none() | spans, st.none() | ranges)
    | st.just(c.InCart(filled=False)),
    "lifecycle": st.builds(
        c.InStage, st.frozensets(st.sampled_from(["new", "active", "lapsing", "lapsed"]), min_size=1)
    ),
    "shown": st.builds(c.Shown, st.sampled_from(["rule", "block"]), tuples, windows),
    "cooldown": st.builds(c.CooledDown, st.sampled_from(["purchase", "sign_up"]), spans),
    "limit": st.builds(c.LimitLeft, st.just("x"), st.integers(1, 3), spans),
    "experiment": st.builds(c.TakesPart, texts),
    "from": st.builds(c.NotBefore, st.sampled_from([0.0, 60.0, 54000.0, 54001.0])),
    "until": st.builds(c.Before, st.sampled_from([0.0, 60.0, 54000.0, 54001.0])),
    "hours": st.builds(
        c.Hours, st.tuples(st.tuples(minutes, minutes | st.just(1440)).filter(lambda one: one[0] != one[1]))
    ),
    "days": st.builds(
        c.Days,
        st.frozensets(st.integers(0, 6), min_size=1),
        holidays_too=st.booleans(),
        workdays=st.booleans(),
        dates=st.frozensets(st.integers(1, 31), max_size=2),
        gotobi=st.booleans(),
        month_end=st.booleans(),
    ),
}
unknown = st.sampled_from(
    [*(field for field in operands if field in {one.name for one in FIELDS}), "member.rank", "member.points"]
)
facts_ = st.one_of(
    *(st.builds(Fact, st.just(field), operand, st.just(HERE)) for field, operand in operands.items()),
    st.builds(Fact, unknown, st.just(c.Unknown()), st.just(HERE)),
    st.builds(InSegment, st.sampled_from(["a", "b"]), st.just(HERE)),
)


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Conjunction, parts), st.builds(Disjunction, parts), st.builds(Negation, inner))


conditions: st.SearchStrategy[Condition] = st.recursive(facts_, _combined, max_leaves=5)


@given(st.lists(conditions, min_size=2, max_size=12))
def test_two_conditions_are_told_alike_only_if_they_are_alike(found: list[Condition]) -> None:
    for language in LANGUAGES:
        told: dict[Entry, Condition] = {}
        for condition in found:
            entry = condition_entry(condition, Voice(language, SITE, FOLDER))
            assert told.setdefault(entry, condition) == condition


@pytest.mark.parametrize("field", operands)
def test_two_values_of_a_field_are_told_alike_only_if_they_are_alike(field: str) -> None:
    told: dict[tuple[str, str], c.Operand] = {}

    @given(operands[field])
    def tell(operand: c.Operand) -> None:
        for language in LANGUAGES:
            text = condition_entry(Fact(field, operand, HERE), Voice(language, SITE, FOLDER)).text
            assert told.setdefault((language, text), operand) == operand

    tell()


@given(conditions)
def test_a_list_on_the_page_shows_what_belongs_to_what(condition: Condition) -> None:
    entry = condition_entry(condition, Voice("ja", SITE, FOLDER))
    lines = as_text("", [Section("", (), (entry,))]).splitlines()[3:]
    depths = [len(line) - len(line.lstrip()) for line in lines]
    assert depths == list(_depths(entry, 2))


def _depths(entry: Entry, depth: int) -> Iterator[int]:
    yield depth
    for inner in entry.inner:
        yield from _depths(inner, 5 if depth == 2 else depth + 2)


def test_every_type_of_operand_is_told() -> None:
    told: set[type] = {c.Unknown}
    for operand in operands.values():

        @given(operand)
        def collect(one: c.Operand) -> None:
            told.add(type(one))

        collect()
    assert told == set(get_args(get_type_hints(Fact)["operand"]))


def test_every_field_of_the_vocabulary_is_told_in_the_described_site() -> None:
    folder = load(Path(__file__).parents[2] / "sites" / "described").folder
    asked = [
        fact.field.partition(".")[0]
        for block in folder.blocks
        for rule in block.rules
        for fact in c.facts(rule.when)
        if not isinstance(fact.operand, c.Unknown)
    ]
    assert {field.name for field in FIELDS} - {*asked, "segment"} == set()


@pytest.mark.parametrize("field", [field.name for field in FIELDS if field.name not in ("segment", "member", "query")])
def test_not_knowing_is_told_for_every_field_in_japanese_without_english_names(field: str) -> None:
    said = condition_entry(Fact(field, c.Unknown(), HERE), Voice("ja", SITE, FOLDER)).text
    assert "がわからない" in said
    assert not re.search(r"[a-z]", said)


def _told(block: BlockSpec, language: str = "ja") -> list[str]:
    title, sections = describe(Folder(blocks=(block,)), SiteFacts(), {}, language)
    return as_text(title, sections[:1]).splitlines()[3:]


def _rule(when: Condition = c.ALWAYS, **more: object) -> RuleSpec:
    parts: dict[str, object] = {"limit": None, "cooldown": None, "show": ORIGINAL, **more}
    return RuleSpec("r", "b/r", conditional=True, when=when, timing=(), position=HERE, **parts)  # type: ignore[arg-type]


def test_an_experiment_is_told_with_its_shares_and_its_goal() -> None:
    sides = (
        VariantSpec("赤", 45, ShowSpec("html", "<p>赤い帯</p>", HERE), HERE),
        VariantSpec("対照", 55, ORIGINAL, HERE),
    )
    rule = _rule(show=None, experiment=ExperimentSpec("xmas", "purchase", sides, HERE))
    assert _told(BlockSpec("b", "", (rule,), ORIGINAL, HERE))[1:6] == [
        "  1. r 【同意した人だけ】",
        "     ・条件: なし(だれにでも)",
        "     ・表示するもの: 実験「xmas」として、次の割合で分ける(同じ人にはいつも同じもの。目標は「purchase」)",
        "       ・「赤」 45%: 「赤い帯」",
        "       ・「対照」 55%: CMSのもとの内容のまま",
    ]


def test_a_block_says_what_consent_it_needs_and_where_it_stands() -> None:
    block = BlockSpec("b", "", (_rule(),), ORIGINAL, HERE, needs_consent="measurement", selector="#top")
    assert _told(block, "en")[:3] == [
        "The rules are tried from top to bottom; the first that applies decides.",
        "The rules are only for visitors who consented to “measurement”; others get what is shown if none applies.",
        "On pages without a marker its place is the CSS selector “#top”.",
    ]


def test_a_rule_that_can_match_without_consent_is_not_marked() -> None:
    bought = Fact("bought", c.Bought("", (), c.Window(Range(1))), HERE)
    mobile = Fact("device", c.OneOf(frozenset(("mobile",))), HERE)
    rules = [
        _rule(Disjunction((bought, mobile))),
        _rule(Conjunction((bought, mobile))),
        _rule(Negation(Conjunction((bought, mobile)))),
        _rule(Negation(Disjunction((bought, mobile)))),
        _rule(limit=LimitSpec(1, Span(86400))),
    ]
    lines = _told(BlockSpec("b", "", tuple(rules), ORIGINAL, HERE))
    marked = ["同意した人だけ" in line for line in lines if re.match(r"  \d\. ", line)]
    assert marked == [False, True, False, True, True]


def test_a_part_that_is_never_true_opens_no_rule_to_those_without_consent() -> None:
    never = Fact("consent", c.Unknown(), HERE)
    unseen = Fact("viewed", c.Viewed("item", ("a",), c.Window(Range(None, 0))), HERE)
    without_record = Fact("viewed", c.Unknown(), HERE)
    only_with_consent: list[Condition] = [
        Disjunction((never, unseen)),
        Negation(without_record),
        Conjunction((Negation(never), unseen)),
    ]
    for_others_too: list[Condition] = [Negation(never), Disjunction((Negation(never), unseen)), without_record]
    rules = tuple(_rule(when) for when in only_with_consent + for_others_too)
    lines = _told(BlockSpec("b", "", rules, ORIGINAL, HERE))
    marked = ["同意した人だけ" in line for line in lines if re.match(r"  \d\. ", line)]
    assert marked == [True, True, True, False, False, False]


def test_what_is_fetched_is_told_with_what_stays_if_it_does_not_come() -> None:
    show = ShowSpec("url", "https://cms.example/a", HERE, timeout=200)
    block = BlockSpec("a", "", (), show, HERE, deadline=30)
    said = "「https://cms.example/a」 から取り寄せた内容。取り寄せられないときや200ミリ秒以内に届かないときは、CMSのもとの内容のまま"
    assert any(said in line for line in _told(block))
    waits = "What is fetched is waited for 30 ms at most; if it does not come, the CMS's own content stays."
    with_rules = BlockSpec("a", "", (_rule(),), ORIGINAL, HERE, deadline=30)
    assert waits in [line.strip() for line in _told(with_rules, "en")]


def test_the_zone_is_told_where_a_rule_asks_for_today() -> None:
    birthday = Fact("member.birthday", c.DateTest("in", span=Span(7 * 86400)), HERE)
    block = BlockSpec("a", "", (_rule(birthday),), ORIGINAL, HERE)
    _, sections = describe(Folder(blocks=(block,)), SiteFacts(), {}, "ja")
    assert Entry("「きょう」「今月」は、Asia/Tokyo の日付で数えます。") in sections[-1].entries


def test_what_editors_wrote_is_no_markup() -> None:
    assert (
        as_markdown("a*b", [Section("[x](y)", (), (Entry("_z_ <b>"),))])
        == r"""# a\*b

## \[x\](y)

- \_z\_ \<b\>"""
    )

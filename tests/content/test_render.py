"""Whatever is put into a content is escaped, and has a default."""

from __future__ import annotations

from datetime import date
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omotenashi.content.render import HIDDEN, filled, form_of, render
from omotenashi.language.placeholders import Placeholder, Template, template
from omotenashi.language.program import Show
from omotenashi.language.report import Report
from omotenashi.model.errors import Position
from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.model.visitor import Arrival, Member, MemberValue, Place, Visitor

SITE = SiteFacts(attributes={name: Attribute(name, "text") for name in ("name", "points", "birthday", "interests")})


def shown(text: str, visitor: Visitor | None = None, word: str | None = None) -> str | None:
    report = Report()
    show = Show("html", template(text, SITE, Position("x.yaml", 1, 1, 2), report))
    assert report.diagnostics == []
    return render(show, visitor or Visitor(), word)


def member(**attributes: MemberValue) -> Visitor:
    return Visitor(member=Member("1", attributes))


def test_the_original_is_nothing_to_render_and_nothing_is_a_comment() -> None:
    assert render(Show("original"), Visitor()) is None
    assert render(Show("nothing"), Visitor()) == HIDDEN


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("佐藤", "佐藤"),
        (1200, "1200"),
        (0.5, "0.5"),
        (1200.0, "1200"),
        (date(1990, 4, 1), "1990-04-01"),
        (True, "はい"),
    ],
)
def test_a_fact_is_written_as_people_write_it(value: MemberValue, text: str) -> None:
    assert shown("{member.name|x}", member(name=value)) == text


def test_a_list_is_joined() -> None:
    assert shown("{member.interests|x}", member(interests=("山", "川"))) == "山、川"


@pytest.mark.parametrize("visitor", [Visitor(), member(), member(name="")])
def test_the_default_stands_in_for_what_is_not_known(visitor: Visitor) -> None:
    assert shown("<p>{member.name|お客}様</p>", visitor) == "<p>お客様</p>"


def test_an_empty_default_is_fine() -> None:
    assert shown("<p>{member.name|}</p>") == "<p></p>"


def test_the_keyword_is_the_rules_own_word_never_the_visitors_query() -> None:
    visitor = Visitor(arrival=Arrival(keyword="<script>マラソン"))
    assert shown("{keyword|走る}の特集", visitor, "マラソン") == "マラソンの特集"
    assert shown("{keyword|走る}の特集", visitor) == "走るの特集"


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        ("caller", "大阪府"),
        ("chosen", "大阪府"),
        ("member", "全国"),
        ("cdn", "全国"),
        ("mmdb", "全国"),
        ("none", "全国"),
    ],
)
def test_a_prefecture_is_named_only_when_the_visitor_chose_it(origin: str, text: str) -> None:
    visitor = Visitor(place=Place("JP", "JP-27", frozenset({"JP-27"}), origin=origin))
    assert shown("{prefecture|全国}", visitor) == text


def test_a_chosen_city_without_a_prefecture_names_none() -> None:
    assert shown("{prefecture|全国}", Visitor(place=Place("JP", city="堺市", origin="chosen"))) == "全国"


@pytest.mark.parametrize(
    "hostile", ["<img onerror=x>", '" onclick="x', "' x='", "&amp;", "<!--# exec -->", "<esi:include/>"]
)
def test_values_are_escaped_in_text_and_in_attributes(hostile: str) -> None:
    html = shown('<p title="{member.name|x}">{member.name|x}</p>', member(name=hostile))
    assert html is not None
    inner = html.removeprefix('<p title="').removesuffix("</p>")
    assert not set("<'") & set(inner.replace('">', "", 1))
    assert inner.count('"') == 1


@pytest.mark.parametrize(
    "text", ["<style>a{color:red}</style>", '<script>{"a": {"b": 1}}</script>', "{ }", "{member}", "{a|b}", "{{x}}"]
)
def test_other_braces_are_text(text: str) -> None:
    assert shown(text) == text


FACTS = st.sampled_from(["keyword", "prefecture", "member.name", "member.family.name"])
PARTS = st.lists(st.one_of(st.text(), st.builds(Placeholder, FACTS, st.text()))).map(tuple)
VALUES = st.one_of(st.none(), st.text(), st.integers(), st.just(()), st.lists(st.text(), min_size=1).map(tuple))


@given(PARTS, VALUES, VALUES, st.one_of(st.none(), st.text()))
def test_a_form_is_filled_in_as_its_template_says_part_by_part(
    parts: Template, name: MemberValue | None, family: MemberValue | None, word: str | None
) -> None:
    told = {"name": name, "family.name": family}
    known = {key: value for key, value in told.items() if value is not None}
    place = Place("JP", "JP-27", frozenset({"JP-27"}), origin="caller", confidence="strong")
    values = {"keyword": word, "prefecture": "大阪府"} | {f"member.{key}": value for key, value in known.items()}
    plain = "".join(part if isinstance(part, str) else put_in(part, values.get(part.fact)) for part in parts)
    assert "".join(filled(form_of(parts), Visitor(place=place, member=Member("1", known)), word)) == plain


def put_in(gap: Placeholder, value: MemberValue | None) -> str:
    if value is None or value == "":
        return escape(gap.default)
    return escape("、".join(value) if isinstance(value, tuple) else str(value))

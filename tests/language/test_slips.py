"""Slips are told at their very character, one diagnostic each; what only looks like one is left alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.language.slips_corpus import FILE, FINE, SLIPS, Slip

from omotenashi.language.messages import hint, message
from omotenashi.language.messages.slips import SLIPS as MESSAGES
from omotenashi.language.pages.slips import SLIPS as PAGES
from omotenashi.language.parse import parse
from omotenashi.language.report import Report
from omotenashi.model.errors import Diagnostic
from omotenashi.site import load

JARGON = re.compile(
    r"YAML|scalar|mapping|sequence|node|token|parser|block entr|document start|スカラー|マッピング|シーケンス|インデント|トークン",
    re.IGNORECASE,
)


def errors(folder: Path, text: str) -> list[Diagnostic]:
    """All errors of a folder with this one file of rules."""
    (folder / "site.yaml").write_text("version: 1\n")
    (folder / "rules.yaml").write_text(text, newline="")
    return [one for one in load(folder).diagnostics if one.level == "error"]


def written(slip: Slip) -> str:
    """The small file with some of its lines written differently."""
    first, last, lines, *_ = slip
    given = FILE.splitlines()
    return "\n".join([*given[: first - 1], lines, *given[last:]]) + "\n"


def said_of(text: str) -> list[tuple[str, int, int]]:
    report = Report()
    parse("x.yaml", text, report)
    return [(one.code, one.position.line, one.position.column) for one in report.diagnostics]


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_slip_gets_one_error_at_its_character(slip: Slip, tmp_path: Path) -> None:
    found = errors(tmp_path, written(slip))
    assert [(one.code, one.position.line, one.position.column) for one in found] == [slip[3:]]


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_what_is_said_of_a_slip_is_plain_and_shows_the_way_out(slip: Slip, tmp_path: Path) -> None:
    (error,) = errors(tmp_path, written(slip))
    for language in ("ja", "en"):
        assert hint(error, language)
        assert not JARGON.search(message(error, language) + hint(error, language))


@pytest.mark.parametrize("slip", SLIPS, ids=str)
@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_a_slip_is_found_with_the_line_ends_of_every_system(line_end: str, slip: Slip, tmp_path: Path) -> None:
    found = errors(tmp_path, written(slip).replace("\n", line_end))
    assert [(one.code, one.position.line, one.position.column) for one in found] == [slip[3:]]


def test_every_slip_has_a_page() -> None:
    assert MESSAGES.keys() == PAGES.keys()


@pytest.mark.parametrize("code", PAGES)
def test_the_example_of_a_page_gets_its_code_and_the_mended_one_none(code: str, tmp_path: Path) -> None:
    assert [one.code for one in errors(tmp_path, PAGES[code].wrong)] == [code]
    assert errors(tmp_path, PAGES[code].right) == []


@pytest.mark.parametrize("text", FINE)
def test_what_only_looks_like_a_slip_is_left_alone(text: str) -> None:
    assert [one for one in said_of(text) if one[0] != "E203"] == []


@pytest.mark.parametrize("text", [text for text in FINE if "\r" not in text and not text.startswith("?")])
def test_what_only_looks_like_a_slip_is_left_alone_beside_one(text: str) -> None:
    end = text.count("\n") + 1
    assert said_of(text + 'last: "not closed\n') == [("E121", end, 7)]


HINTS = [
    (4, '      - name: "リース"の季節', "'\"リース\"の季節'"),
    (4, "      - name: 'Winter's sale", '"Winter\'s sale"'),
    (4, "      - name: &Winter campaign", '"&Winter campaign"'),
    (4, "      - name: !Winter campaign # x", '"!Winter campaign"'),
    (4, "      - name: {Winter} campaign", '"{Winter} campaign"'),
    (5, "        when: {keyword: (a, b)}", "keyword: [a, b]"),
    (5, "        when: {visits: >2}", "{at_least: 3}"),
    (5, "        when: {keyword: #駅伝, device: mobile}", 'quotes: "#駅伝";'),
    (5, "        when: {keyword: [マラソン, #駅伝, ランニング]}", 'quotes: "#駅伝";'),
    (5, "        when: {keyword: [a,#駅伝], device: mobile} # 冬", 'quotes: "#駅伝";'),
    (5, "        when: {any: [{keyword: 冬 #駅伝}, {device: mobile}]}", 'quotes: "冬 #駅伝";'),
    (5, "        when: {keyword: 東京: 大阪, device: mobile}", 'quotes: "東京: 大阪";'),
    (6, "        show: {html: <p>a #1, 注意: x</p>}", 'quotes: "<p>a #1, 注意: x</p>";'),
    (6, "        show:\n          html:\n          <p>こんにちは</p>", "write html: | and"),
    (6, "        show:\n        <p>こんにちは</p>", "write html: | ("),
    (5, "        when: device: mobile}", "when: {device: mobile}"),
    (5, "        when: {device: mobile page: /x}", "mobile, page:"),
    (6, "        show: {html: “<p>a, b</p>”}", '"<p>a, b</p>"'),
]


@pytest.mark.parametrize(("line", "lines", "write"), HINTS, ids=[write for *_, write in HINTS])
def test_a_hint_has_the_very_text_to_write(line: int, lines: str, write: str, tmp_path: Path) -> None:
    (error,) = errors(tmp_path, written((line, line, lines, "", 0, 0)))
    assert write in hint(error, "en")


def test_a_label_of_a_rule_is_not_moved_into_the_middle_of_the_list(tmp_path: Path) -> None:
    rule = "      - name: b\n        label: x\n        when: {device: tablet}\n        show: nothing"
    (error,) = errors(tmp_path, written((4, 3, rule, "", 0, 0)))
    assert (error.code, error.position.line, error.position.column) == ("E228", 5, 9)


def test_a_habit_is_told_once_with_the_next_places_beside_it() -> None:
    report = Report()
    parse("x.yaml", "blocks:\n\thero:\n\t\totherwise: original\n", report)
    (error,) = report.diagnostics
    assert (error.code, error.position.line) == ("E111", 2)
    assert [(place.line, place.column, note) for place, note in error.related] == [(3, 1, "also")]


def test_several_slips_are_told_at_once() -> None:
    text = FILE.replace("name: a", "name：a").replace("show: nothing", "show: #hero")
    assert said_of(text) == [("E113", 4, 13), ("E119", 6, 15)]


@pytest.mark.parametrize(
    "text", ["[\u3000:", "{\u3000}\n", "\u3000\n", "- \u3000\n", ":\n", "a: [\u200b", "- ---\n\u3000\u200b"]
)
def test_a_file_of_odd_signs_is_refused_too(text: str) -> None:
    assert said_of(text)


def test_names_are_not_called_unknown_while_their_file_has_a_slip(tmp_path: Path) -> None:
    (tmp_path / "contents.yaml").write_text("contents:\n  hero：{html: <p>x</p>}\n")
    found = errors(tmp_path, FILE.replace("show: nothing", "show: hero"))
    assert [(one.code, one.position.file) for one in found] == [("E113", "contents.yaml")]


TEXTS = st.sampled_from([
    "冬の早割", "広告: 冬", "特集：冬", "人気 #1", "#fff", "[重要] 冬", "{member.last_name|お客}様", "don't", 'say "hi"', "100%",
    "@cosme", "*注*", "& more", "!", "- 5", "-5", "22:00-02:00", "https://a.example/b?c=d#e", "a, b", " lead", "trail ",
    "first\nsecond: x\n\n  third # y\n", "<p style=\"color: #fff\">「冬」 & 'x'</p>", "C:\\x", "~", "NO", "12", "“冬” です",
    "長い文章がここにあって、折り返される ほど 長く 続いて いく のです: そう # ですか", "x: [y", "a]", "}", "|", ">", "？",
])  # fmt: skip
KEYS = st.sampled_from(
    ["hero", "店のお知らせ", "x.y", "冬の早割(2026)", "a b", "don't", "https://x", "k-1", "12", "あ：い"]
)
TREES = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(
    tree=st.dictionaries(KEYS, TREES, min_size=1, max_size=4),
    flow=st.sampled_from([True, False, None]),
    style=st.sampled_from([None, '"', "'"]),
    width=st.sampled_from([20, 80, 1000]),
)
def test_no_tree_that_a_program_writes_has_a_slip(
    *, tree: dict[str, object], flow: bool | None, style: str | None, width: int
) -> None:
    text = yaml.safe_dump(
        tree, allow_unicode=True, default_flow_style=flow, default_style=style, width=width, sort_keys=False
    )
    assert said_of(text) == []

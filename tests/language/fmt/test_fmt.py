"""Files made tidy: what changes, what stays, and that the meaning does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from omotenashi.language.fmt.fix import _Judge, _shape, tidied
from omotenashi.language.fmt.lines import cut
from omotenashi.language.nodes import MapNode
from omotenashi.language.parse import parse
from omotenashi.language.report import Report
from omotenashi.model.site_facts import SiteFacts

ROOT = Path(__file__).parents[3]
SAMPLES = sorted([*(ROOT / "rules").glob("*.yaml"), *(ROOT / "tests" / "cases").glob("*.good.yaml")])


def _meaning(text: str) -> object:
    report = Report()
    tree = parse("case.yaml", text, report)
    assert tree is not None, report.diagnostics
    return _shape(tree)


def _tidied(text: str) -> str:
    made = tidied("case.yaml", text, SiteFacts())
    assert made.readable
    return made.text


MESSY = """\
# この帯は、編集部が直します。@@
blocks:
    hero:\t\t# いちばん上
        label:\tトップ@@


        rules:
        # 一つ目
        -   name: "冬,夏 {a,b}"   # 名前
            when: {keyword: [冬,夏, 'a,b',"c" ], device: mobile,not: {page: [/a,/b]}}
            show:
                html: |
                  <p>a,b</p>@@
                    <b>{x,y}\t</b>

                  # これは文章です
        # 二つ目
        - name: 点
          # ここも
          when: {query.x: [1,2, 5,000]}
          show: nothing
          # 終わり
        otherwise:   original



""".replace("@@", "  ")
TIDY = """\
# この帯は、編集部が直します。
blocks:
  hero: # いちばん上
    label: トップ


    rules:
    # 一つ目
    - name: "冬,夏 {a,b}"   # 名前
      when: {keyword: [冬, 夏, 'a,b', "c" ], device: mobile, not: {page: [/a, /b]}}
      show:
        html: |
          <p>a,b</p>@@
            <b>{x,y}\t</b>

          # これは文章です
    # 二つ目
    - name: 点
      # ここも
      when: {query.x: [1,2, 5,000]}
      show: nothing
      # 終わり
    otherwise:   original
""".replace("@@", "  ")


def test_lines_are_made_alike_and_comments_quotes_and_texts_stay() -> None:
    assert _tidied(MESSY) == TIDY


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_tidy_file_is_left_as_it_is(sample: Path) -> None:
    assert _tidied(sample.read_text()) == sample.read_text()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
@pytest.mark.parametrize("factor", [1, 2, 3, 4])
def test_any_indentation_becomes_two_spaces_and_nothing_else_changes(sample: Path, factor: int) -> None:
    text = sample.read_text()
    wide = re.sub("^( *)(- )?", lambda found: _widened(found, factor), text, flags=re.MULTILINE)
    if "|\n" in text:
        assert _meaning(_tidied(wide)) == _meaning(wide)
    else:
        assert _tidied(wide) == text


def _widened(found: re.Match[str], factor: int) -> str:
    dash = "-" + " " * (2 * factor - 1) if found[2] else ""
    return found[1] * factor + dash


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_ends_of_lines_of_another_system_become_ours(sample: Path) -> None:
    text = sample.read_text()
    assert _tidied(text.replace("\n", "\r\n")) == text
    assert _tidied("\ufeff" + re.sub(r"(?<=\S)\n", " \t\r\n", text)).replace(" \t", "") == text


messes = st.lists(
    st.tuples(
        st.integers(0, 400), st.sampled_from([" ", "\t", "   ", "\n", "\n\n", "# x\n", " # y", ",", "\r\n", "  "])
    ),
    max_size=6,
)


@settings(deadline=None)
@given(st.sampled_from(SAMPLES), messes)
def test_whatever_is_spoilt_the_meaning_stays_and_a_second_time_changes_nothing(
    sample: Path, spoilt: list[tuple[int, str]]
) -> None:
    text = sample.read_text()[:6000].rsplit("\n  - ", 1)[0] + "\n"
    for place, mess in spoilt:
        at = place * len(text) // 400
        text = text[:at] + mess + text[at:]
    report = Report()
    tree = parse("case.yaml", text, report)
    made = tidied("case.yaml", text, SiteFacts())
    assert tidied("case.yaml", made.text, SiteFacts()) == made
    if tree is not None and not report.diagnostics and made.readable and _shape(tree) != _meaning(made.text):
        assert _faults(made.text) < _faults(text)


def _faults(text: str) -> int:
    return _Judge("case.yaml", SiteFacts(), is_site=False).faults(text)


plain = st.text("ab冬 :#,'\"|>-[]{}\n\t", max_size=12)
trees = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain, inner, max_size=3), max_leaves=8
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["blocks", "x y", "label"]), trees, max_size=3),
    st.integers(2, 6),
    st.booleans(),
    st.integers(5, 100),
)
def test_no_text_of_any_tree_is_changed(tree: dict[str, object], indent: int, flow: bool, width: int) -> None:  # noqa: FBT001 drawn
    text = yaml.safe_dump(tree, allow_unicode=True, indent=indent, default_flow_style=flow, width=width)
    report = Report()
    read = parse("case.yaml", text, report)
    if read is not None and not report.diagnostics:
        made = tidied("case.yaml", text, SiteFacts())
        assert yaml.safe_load(made.text) == yaml.safe_load(text) or _faults(made.text) < _faults(text)
        assert tidied("case.yaml", made.text, SiteFacts()) == made


@settings(deadline=None)
@given(st.text("ab \t\n\r:#,'\"|>-[]{}・：　冬", max_size=60))
def test_the_lines_of_any_text_put_together_are_the_text(text: str) -> None:
    assert "\n".join(line.text for line in cut(text)) == text


BLOCK = "blocks:\n  hero:\n    rules:\n      - name: 冬\n        when: {device: mobile}\n        show: nothing\n    otherwise: original\n"
SLIPS = {
    "tabs as indentation": BLOCK.replace("  ", "\t"),
    "four columns for a tab": BLOCK.replace("      - name", "\t  - name").replace("        ", "\t\t"),
    "full-width spaces as indentation": BLOCK.replace("        when", "\u3000\u3000\u3000\u3000when"),
    "each full-width space for one": BLOCK.replace("        when", "\u3000" * 8 + "when"),
    "no-break spaces as indentation": BLOCK.replace("        show", "\u00a0" * 8 + "show"),
    "a full-width colon after a key": BLOCK.replace("name: ", "name："),
    "a full-width colon in braces": BLOCK.replace("{device: ", "{device："),
    "a full-width colon after a name": BLOCK.replace("hero:", "hero："),
    "a full-width colon with a full-width space": BLOCK.replace("when: ", "when：\u3000"),
    "no space after a colon": BLOCK.replace("show: ", "show:"),
    "no space after a colon in braces": BLOCK.replace("{device: ", "{device:"),
    "a full-width space after a colon": BLOCK.replace("otherwise: ", "otherwise:\u3000"),
    "a full-width dash": BLOCK.replace("- name", "－ name"),
    "a long vowel for a dash": BLOCK.replace("- name", "ー name"),
    "a dot for a dash": BLOCK.replace("- name", "・name"),
    "a star for a dash": BLOCK.replace("- name", "* name"),
    "no space after a dash": BLOCK.replace("- name", "-name"),
    "full-width braces": BLOCK.replace("{device: mobile}", "｛device: mobile｝"),
    "a space that nobody sees": BLOCK.replace("when:", "wh\u200ben:"),
    "several at once": BLOCK.replace("- name: ", "－ name：")
    .replace("  hero:", "\u3000hero：")
    .replace("{device: ", "{device："),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_mended(slip: str) -> None:
    assert SLIPS[slip] != BLOCK
    assert _tidied(SLIPS[slip]) == BLOCK


def test_only_lines_are_mended_that_need_it() -> None:
    meant = "      - name: 春\n        when: {query.x: a：b}\n        show: {html: 春、夏}\n"
    wrong = BLOCK.replace("{device: mobile}", "{prefecture: [東京都、神奈川県]}").replace(
        "    otherwise", meant + "    otherwise"
    )
    assert _tidied(wrong) == wrong.replace("東京都、神奈川県", "東京都, 神奈川県")


def test_a_number_between_brackets_loses_the_commas_that_would_end_it() -> None:
    wrong = BLOCK.replace("{device: mobile}", "{cart: {amount: {at_least: 5,000, at_most: 1,000,000}}}")
    assert _tidied(wrong) == BLOCK.replace("{device: mobile}", "{cart: {amount: {at_least: 5000, at_most: 1000000}}}")


def test_japanese_keys_are_mended_likewise() -> None:
    text = "ブロック：\n　hero：\n　　ルール：\n　　　・名前：冬\n　　　　条件：｛端末：スマホ｝\n　　　　表示：出さない\n　　それ以外：もとのまま\n"
    assert _tidied(text) == (
        "ブロック:\n  hero:\n    ルール:\n      - 名前: 冬\n        条件: {端末: スマホ}\n        表示: 出さない\n    それ以外: もとのまま\n"
    )


def test_a_list_of_prefectures_gets_its_commas() -> None:
    wrong = BLOCK.replace("{device: mobile}", "{prefecture: [東京都、神奈川県， 千葉県]}")
    assert _tidied(wrong) == BLOCK.replace("{device: mobile}", "{prefecture: [東京都, 神奈川県, 千葉県]}")


@pytest.mark.parametrize(
    "text",
    [
        BLOCK.replace("name: 冬", "name: 特集：冬、夏・秋"),
        BLOCK.replace("show: nothing", "show: {html: \"<a b='c：d'>・［x］</a>\"}"),
        BLOCK.replace(
            "show: nothing",
            "show:\n          html: |\n            when：x\n            ・name:y\n            \tz\u200b  \n",
        ),
        BLOCK + "# when：x ・name　y\n",
    ],
)
def test_what_was_meant_is_left_alone(text: str) -> None:
    assert _tidied(text) == text.rstrip("\n") + "\n"


@pytest.mark.parametrize(
    "text", [BLOCK.replace("mobile}", "mobile"), BLOCK + "---\nblocks: {}\n", BLOCK.replace("冬", '"冬')]
)
def test_what_cannot_be_read_stays_as_it_is(text: str) -> None:
    made = tidied("case.yaml", text, SiteFacts())
    assert (made.text, made.readable) == (text, False)


def test_a_mistake_that_is_no_slip_does_not_keep_a_file_from_being_tidy() -> None:
    assert _tidied(BLOCK.replace("mobile", "mobil ").replace("冬", "冬  ")) == BLOCK.replace("mobile", "mobil ")


@pytest.mark.parametrize("blank", ["　", "\t"])
@pytest.mark.parametrize("colon", [":", "："])
def test_a_mend_leaves_the_lines_of_a_long_content_alone(colon: str, blank: str) -> None:
    content = "            はじめ\n" + "".join(f"            {blank}{number}行目\n" for number in range(66))
    right = BLOCK.replace("show: nothing\n", f"show:\n          html: |\n{content}")
    assert _tidied(right.replace("html:", f"html{colon}")) == right


def test_harmless_lines_cost_no_more_where_there_is_a_mistake_that_is_no_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counted(name: str, text: str, report: Report) -> MapNode | None:
        parsed.append(text)
        return parse(name, text, report)

    monkeypatch.setattr("omotenashi.language.fmt.fix.parse", counted)
    content = "".join(f"            　{number}行目\n" for number in range(48))
    text = BLOCK.replace("show: nothing\n", f"show:\n          html: |\n{content}").replace("device", "divice")
    assert _tidied(text) == text
    assert len(parsed) < 24

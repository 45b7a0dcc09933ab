"""One mistake gives one diagnostic, whatever else in the folder rests on what is mistaken."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.site import load

SITE = """version: 1
language: ja
attributes:
  rank: {type: choice, values: [一般, ゴールド]}
places: {渋谷店: {lat: 35.6, lng: 139.7}}
"""
PAGE = """contents:
  banner: {html: <p>バナー</p>}
segments:
  vip: {when: {member.rank: ゴールド}}
blocks:
  hero:
    rules:
      - name: A
        when: {segment: vip, near: {place: 渋谷店, within: 1 km}}
        show: banner
      - name: B
        when: {member.rank: ゴールド, shown: {rule: A, times: 3}}
        show: banner
    otherwise: original
tests:
  - name: t
    visitor: {member.rank: ゴールド, consent: [personalization]}
    expect: {hero: B}
  - name: u
    visitor: {member.rank: ゴールド, location: "35.6, 139.7"}
    expect: {hero: A}
"""
SLIPS = [
    ("contents:", "contnets:", "E201"),
    ("segments:", "segmnets:", "E201"),
    ("blocks:", "bloks:", "E201"),
    ("rules:", "ruels:", "E201"),
    ("rules:", "rule:", "E201"),
    ("- name: A", "- nmae: A", "E201"),
    ("- name: A", "- when: {device: mobile}", "E106"),
    ("  banner:", "  baner:", "E402"),
    ("  vip:", "  vipp:", "E401"),
    ("  hero:", "  heroo:", "E408"),
    ("- name: B", "- name: otherwise", "E208"),
    ("otherwise:", "otherwize:", "E201"),
    ("when: {member.rank: ゴールド}", "wenn: {member.rank: ゴールド}", "E201"),
    ("attributes:", "attribute:", "E201"),
    ("places:", "plases:", "E201"),
    ("  rank:", "  ranku:", "E405"),
    ("values:", "value:", "E201"),
    ("type: choice", "type: choise", "E305"),
    ("渋谷店: {lat", "渋谷支店: {lat", "E404"),
]


@pytest.mark.parametrize(("right", "wrong", "code"), SLIPS, ids=[wrong.strip() for _, wrong, _ in SLIPS])
def test_one_mistake_is_told_once(tmp_path: Path, right: str, wrong: str, code: str) -> None:
    in_site = right in SITE
    (tmp_path / "site.yaml").write_text(SITE.replace(right, wrong) if in_site else SITE)
    (tmp_path / "page.yaml").write_text(PAGE if in_site else PAGE.replace(right, wrong, 1))
    found = [one.code for one in load(tmp_path).diagnostics]
    assert found == [code]


def test_a_block_that_was_copied_and_not_renamed_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "page.yaml").write_text(
        PAGE.replace("tests:", "  hero:\n    otherwise: nothing\ntests:").replace(
            "expect: {hero: B}", "expect: {side: B}"
        )
    )
    assert [one.code for one in load(tmp_path).diagnostics] == ["E106"]


def test_what_is_not_mistaken_gets_nothing(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "page.yaml").write_text(PAGE)
    assert [one for one in load(tmp_path).diagnostics if one.level == "error"] == []


def test_further_uses_of_a_name_that_is_not_there_are_second_places(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "page.yaml").write_text(PAGE.replace("  banner:", "  baner:"))
    (only,) = load(tmp_path).diagnostics
    assert only.position.line == 10
    assert [(place.line, word) for place, word in only.related] == [(13, "also")]


def test_a_block_that_stands_twice_is_one_mistake_though_tests_expect_rules_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "page.yaml").write_text(PAGE)
    (tmp_path / "more.yaml").write_text("blocks:\n  hero:\n    otherwise: original\n")
    assert [one.code for one in load(tmp_path).diagnostics] == ["E409"]


@pytest.mark.parametrize(
    ("html", "found"),
    [(b"<p>a\0b</p>", ("E108", 1, 5)), (b"<p>x</p>" * 140_000, ("E412", 1, 1))],
    ids=["NUL", "too large"],
)
def test_a_content_that_cannot_be_shown_is_refused(tmp_path: Path, html: bytes, found: tuple[str, int, int]) -> None:
    (tmp_path / "contents").mkdir()
    (tmp_path / "contents" / "a.html").write_bytes(html)
    (tmp_path / "page.yaml").write_text("blocks: {hero: {otherwise: {file: a.html}}}\n")
    (only,) = load(tmp_path).diagnostics
    assert (only.code, only.position.line, only.position.column) == found


@pytest.mark.parametrize("written", ["{会員.rank｜お客}", "｛会員.rank｜お客｝", "{会員．rank|お客}"])
def test_a_placeholder_in_wide_signs_is_told_how_to_write_it(tmp_path: Path, written: str) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "page.yaml").write_text(f"blocks: {{hero: {{otherwise: {{html: '<p>{written}</p>'}}}}}}\n")
    (only,) = load(tmp_path).diagnostics
    assert (only.code, only.values["write"]) == ("E322", "{会員.rank|お客}")


def test_a_backslash_does_not_lead_out_of_contents(tmp_path: Path) -> None:
    (tmp_path / "contents" / "hero").mkdir(parents=True)
    (tmp_path / "contents" / "hero" / "a.html").write_text("<p>a</p>")
    (tmp_path / "page.yaml").write_text("blocks: {hero: {otherwise: {file: hero\\a.html}}}\n")
    (only,) = load(tmp_path).diagnostics
    assert (only.code, only.values["write"]) == ("E403", "hero/a.html")

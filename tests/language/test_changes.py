"""Which rules of two versions are the same, and what was changed of them."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from omotenashi.language.changes import Change, Version, _longest_rising, changes, pairs, same_rules
from omotenashi.site import load


def version(rules: str, folder: Path, **blocks: str) -> Version:
    folder.mkdir()
    other = "".join(f"  {name}: {text}\n" for name, text in blocks.items())
    (folder / "page.yaml").write_text(
        f"segments:\n  s: {{when: {{device: tablet}}}}\nblocks:\n  hero:\n    rules: [{rules}]\n    otherwise: original\n{other}"
    )
    loaded = load(folder)
    assert loaded.site is not None, loaded.diagnostics
    return Version(loaded.folder, loaded.facts, loaded.texts)


def told(old: str, new: str, folder: Path) -> list[tuple[str, str, str]]:
    return [(one.kind, one.what, one.name) for one in both(old, new, folder)]


def both(old: str, new: str, folder: Path) -> tuple[Change, ...]:
    return changes(version(old, folder / "old"), version(new, folder / "new"))


A = "{name: a, when: {device: mobile}, show: nothing}"
B = "{name: b, when: {device: desktop}, show: nothing}"
C = "{name: c, when: {segment: s}, show: nothing}"


def test_the_order_and_the_spelling_of_conditions_do_not_matter(tmp_path: Path) -> None:
    one = "{name: a, when: {device: [mobile, tablet], prefecture: 東京, segment: s}, show: nothing}"
    other = "{名前: a, 条件: {セグメント: S, 都道府県: Tokyo, 端末: [タブレット, スマホ]}, 表示: 出さない}"
    assert told(one, other, tmp_path) == []


def test_another_place_in_the_file_is_no_change(tmp_path: Path) -> None:
    shown = "{name: x, when: {shown: {rule: a}}, show: nothing}"
    assert told(f"{A}, {shown}", f"\n\n      {A},\n {shown}", tmp_path) == []


def test_a_rule_with_the_same_id_is_the_same_under_another_name(tmp_path: Path) -> None:
    one = "{name: a, id: one, when: {device: mobile}, show: nothing}"
    other = "{name: b, id: one, when: {device: desktop}, show: original}"
    assert told(one, other, tmp_path) == [("renamed", "rule", "b"), ("condition", "rule", "b"), ("show", "rule", "b")]


def test_a_rule_that_gets_an_id_is_the_same_by_its_name(tmp_path: Path) -> None:
    assert told(A, A.replace("name: a", "name: a, id: one"), tmp_path) == [("id", "rule", "a")]


def test_how_long_is_waited_for_a_content_is_part_of_what_is_shown(tmp_path: Path) -> None:
    one = "{name: a, show: {url: 'https://example.com/a', timeout: 100 ms}}"
    assert told(one, one.replace("100", "300"), tmp_path) == [("show", "rule", "a")]


def test_ten_thousand_rules_are_paired_when_half_of_them_moved(tmp_path: Path) -> None:
    rules = version(A, tmp_path / "one").folder.blocks[0].rules * 10_000
    old = [replace(rule, id=f"r{n}", name=f"r{n}") for n, rule in enumerate(rules)]
    new = [*old[5000:], *(replace(rule) for rule in old[:5000])]
    assert [(one.id, other.id) for one, other in pairs(old, new)] == [(rule.id, rule.id) for rule in old]


def test_a_rule_that_is_alike_in_all_but_the_name_was_renamed(tmp_path: Path) -> None:
    old, new = version(f"{A}, {B}", tmp_path / "old"), version(f"{A}, {B.replace('b', 'z', 1)}", tmp_path / "new")
    assert [(one.kind, one.name) for one in changes(old, new)] == [("renamed", "z")]
    assert same_rules(old.folder, new.folder) == {"hero/a": "hero/a", "hero/b": "hero/z"}


def test_a_rule_that_is_not_alike_is_another(tmp_path: Path) -> None:
    other = "{name: z, when: {device: mobile}, show: original}"
    assert told(A, other, tmp_path) == [("gone", "rule", "a"), ("added", "rule", "z")]


def test_the_fewest_rules_are_said_to_have_moved(tmp_path: Path) -> None:
    (moved,) = both(f"{A}, {B}, {C}", f"{C}, {A}, {B}", tmp_path)
    assert (moved.kind, moved.name, moved.places) == ("moved", "c", (3, 1))


def test_limits_and_cooldowns(tmp_path: Path) -> None:
    limited = A.replace("show", "limit: {times: 3, per: 7 days}, show")
    assert told(A, limited, tmp_path) == [("limit", "rule", "a")]


def test_blocks_segments_and_what_is_shown_otherwise(tmp_path: Path) -> None:
    old = version(A, tmp_path / "old", side="{otherwise: original}", gone="{otherwise: original}")
    new = version(A, tmp_path / "new", side="{otherwise: nothing}", more="{otherwise: original}")
    assert [(one.kind, one.what, one.name) for one in changes(old, new)] == [
        ("gone", "block", "gone"),
        ("added", "block", "more"),
        ("otherwise", "block", "side"),
    ]


@given(st.permutations(range(7)).map(lambda numbers: numbers[:6]))
def test_the_longest_rising_subsequence_is_as_long_as_the_longest_of_all(numbers: list[int]) -> None:
    found = _longest_rising(numbers)
    kept = [number for number in numbers if number in found]
    assert kept == sorted(kept)
    rising = [part for size in range(7) for part in combinations(numbers, size) if list(part) == sorted(part)]
    assert len(kept) == max(map(len, rising))

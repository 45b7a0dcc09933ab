"""Files are read strictly: text stays text, positions are kept, and what YAML would allow too much of is refused."""

from __future__ import annotations

import pytest

from omotenashi.language.nodes import ListNode, MapNode, TextNode
from omotenashi.language.parse import decode, parse
from omotenashi.language.report import Report


def read(text: str) -> MapNode:
    report = Report()
    tree = parse("x.yaml", text, report)
    assert report.diagnostics == []
    assert tree is not None
    return tree


def refused(data: bytes) -> list[tuple[str, int, int]]:
    report = Report()
    text = decode("x.yaml", data, report)
    if text is not None:
        assert parse("x.yaml", text, report) is None
    assert report.unreadable
    return [(one.code, one.position.line, one.position.column) for one in report.diagnostics]


@pytest.mark.parametrize("scalar", ["NO", "yes", "12:30", "0600001", "1e3", "2026-12-25", "null", "~", "0x1F", ".inf"])
def test_every_scalar_is_the_text_that_was_written(scalar: str) -> None:
    (_, value), *_ = read(f"key: {scalar}\n").entries
    assert isinstance(value, TextNode)
    assert value.text == scalar


def test_positions_count_characters_from_one() -> None:
    tree = read("ブロック:\n  - {名前: ランニング}\n")
    (key, rules), *_ = tree.entries
    assert (key.position.line, key.position.column, key.position.end_column) == (1, 1, 5)
    assert isinstance(rules, ListNode)
    inner = rules.items[0]
    assert isinstance(inner, MapNode)
    value = inner.entries[0][1]
    assert (value.position.line, value.position.column, value.position.end_column) == (2, 10, 15)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "\ufeff"])
def test_a_file_without_content_is_an_empty_mapping(text: str) -> None:
    report = Report()
    decoded = decode("x.yaml", text.encode(), report)
    assert decoded is not None
    assert parse("x.yaml", decoded, report) == read("")


def test_windows_line_ends_and_a_byte_order_mark_are_fine() -> None:
    report = Report()
    text = decode("x.yaml", "\ufeffa: 1\r\nb: 2\r\n".encode(), report)
    assert text is not None
    assert [key.text for key, _ in read(text).entries] == ["a", "b"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("a: あ\n".encode("cp932"), ("E101", 1, 4)),
        ("a: あ\n".encode("utf-16"), ("E101", 1, 1)),
        (b"a: " + b"x" * 1_048_576, ("E102", 1, 1)),
        (b"a: [1, 2\nb: 3\n", ("E125", 1, 4)),
        (b"a: &x 1\nb: *x\n", ("E104", 1, 4)),
        (b"a: !!python/object:os.system 1\n", ("E104", 1, 4)),
        (b'a: !!str "1"\n', ("E104", 1, 4)),
        (b"a: 1\n---\nb: 2\n", ("E105", 2, 1)),
        (b"a: " + b"[" * 50_000, ("E107", 1, 23)),
        (b"a: " + b"{a: " * 50_000, ("E107", 1, 80)),
        (b"a: x\x00y\n", ("E108", 1, 5)),
        (b"- a\n- b\n", ("E203", 1, 1)),
        (b"? [a]\n: b\n", ("E203", 1, 3)),
    ],
)
def test_what_is_refused_is_refused_once_and_at_its_place(data: bytes, expected: tuple[str, int, int]) -> None:
    assert refused(data) == [expected]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-16", "UTF-16"), ("utf-32", "UTF-32"), ("euc_jp", "EUC-JP"), ("cp932", "Shift_JIS (cp932)")],
)
def test_the_encoding_of_a_file_is_told(encoding: str, name: str) -> None:
    report = Report()
    decode("x.yaml", "ブロック:\n  メイン: 冬の早割、半額\n".encode(encoding), report)
    assert [one.values["encoding"] for one in report.diagnostics] == [name]


def filled(unit: str, before: str = "") -> bytes:
    """Nearly the largest file that is accepted, of one unit again and again."""
    return (before + unit * ((1_048_000 - len(before)) // len(unit.encode()))).encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (filled('"'), "E132"),
        (filled('"', "a: "), "E122"),
        (filled("'a", "a: "), "E122"),
        (filled(":"), "E103"),
        (filled(": "), "E117"),
        (filled("："), "E203"),
        (filled("- "), "E107"),
        (filled("\t"), "E111"),
        (filled("["), "E107"),
        (filled("a,", "a: ["), "E102"),
        (filled("、", "a: ["), "E133"),
        (filled("k:\n"), "E102"),
        (filled(" " * 100 + "\n", "a: b") + b"'", "E121"),
        (b"a" + b" " * 1_000_000 + b":b: [\n", "E125"),
        ("".join(" " * depth + "a:\n" for depth in range(1400)).encode(), "E107"),
        (filled("\ufdfa", "a: "), "E152"),
        (filled("a ", "a: "), "E152"),
        (("a: [" + ("b " * 400 + ",") * 120 + "]").encode(), "E102"),
        (b"a: &a [x]\n" + b"".join(b"b%d: [*a, *a, *a]\n" % number for number in range(9)), "E104"),
    ],
    ids=range(19),
)
def test_bombs_are_refused(data: bytes, code: str) -> None:
    assert refused(data)[0][0] == code


def test_a_number_of_a_thousand_digits_is_a_text_like_any_other() -> None:
    (_, value), *_ = read("a: " + "9" * 1000 + "\n").entries
    assert isinstance(value, TextNode)
    assert len(value.text) == 1000


@pytest.mark.parametrize("text", ["a: {html: %s}\n" % ("b " * 100_000), "a: {show: '<p>%s</p>'}\n" % ("b " * 100_000)])
def test_what_people_see_may_be_long(text: str) -> None:
    assert read(text).entries


def test_merge_keys_are_plain_keys_and_so_unknown() -> None:
    assert read("a: {<<: x}\n").entries[0][0].text == "a"

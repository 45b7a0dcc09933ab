"""Whatever stands in a file: loading it raises nothing, and what is said of it is plain and points into the file.

OMO_TEST_FUZZ sets the number of examples of each test.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.language.slips_corpus import FILE, FINE

from omotenashi.language.messages import hint, message
from omotenashi.language.pages import PAGES
from omotenashi.site import load

ROOT = Path(__file__).parents[2]
SAMPLES = [
    *(path.read_text() for path in sorted([*ROOT.glob("rules/*.yaml"), *ROOT.glob("tests/cases/**/*.yaml")])),
    *(page.wrong for page in PAGES.values()),
    *FINE,
    FILE,
]
JARGON = re.compile(
    r"scalar|block sequence|flow mapping|flow sequence|simple key|document start|anchor|\balias|token|parser|Traceback"
    r"|スカラー|マッピング|シーケンス|インデント|トークン|パーサ",
    re.IGNORECASE,
)
TYPED = st.sampled_from(
    [
        *"\t\u3000\xa0\u200b\ufeff：；＝、，－ー・–—•*@%&!`|>#'\"“”‘’「」[]{}［］｛｝＃,:-? \n\r\0\x85\u2028\\あa1<",
        "- ",
        ": ",
        " #",
        "---\n",
        "  ",
        "{{",
        "|\n",
        "name: ",
        "when",
        "http://",
        "<<: ",
        "&a ",
        "*a",
        "!!str ",
    ]
)
LENGTHS = st.integers(0, 30)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "double", "swap", "drop line", "double line", "indent"]),
        st.floats(0, 1),
        TYPED,
        LENGTHS,
    ),
    min_size=1,
    max_size=6,
)
FUZZ = settings(
    max_examples=int(os.environ.get("OMO_TEST_FUZZ", "200")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@FUZZ
@given(data=st.binary(max_size=300))
def test_any_bytes_are_loaded_or_refused(data: bytes) -> None:
    _load_and_look(data)


@FUZZ
@given(typed=st.lists(TYPED, max_size=80))
def test_any_mix_of_signs_is_loaded_or_refused(typed: list[str]) -> None:
    _load_and_look("".join(typed).encode())


@FUZZ
@given(sample=st.sampled_from(SAMPLES), edits=EDITS)
def test_any_edit_of_a_file_is_loaded_or_refused(sample: str, edits: list[tuple[str, float, str, int]]) -> None:
    for edit in edits:
        sample = _edited(sample, *edit)
    _load_and_look(sample.encode())


def _edited(text: str, edit: str, where: float, typed: str, length: int) -> str:
    at = int(where * len(text))
    line = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at) + 1 or len(text)
    return {
        "insert": text[:at] + typed + text[at:],
        "delete": text[:at] + text[at + length :],
        "double": text[:at] + text[at : at + length] + text[at:],
        "swap": text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
        "drop line": text[:line] + text[end:],
        "double line": text[:end] + text[line:],
        "indent": text[:line] + typed + text[line:],
    }[edit]


def _load_and_look(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "site.yaml").write_text("version: 1\nattributes: {rank: {type: text}}\n")
        (folder / "rules.yaml").write_bytes(data)
        loaded = load(folder)
    lines = re.split("\r\n|\r|\n", data.decode(errors="replace").removeprefix("\ufeff"))
    for one in loaded.diagnostics:
        if one.position.file != "rules.yaml":
            continue
        place = one.position
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        assert place.column < place.end_column
        for language in ("ja", "en"):
            values = [str(value) for value in one.values.values()]
            said = message(one, language) + hint(one, language)
            for value in values:
                said = said.replace(value, "")
            assert not JARGON.search(said)

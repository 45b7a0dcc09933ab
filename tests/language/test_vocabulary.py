"""The vocabulary is one table, complete in both languages, and no name of it stands elsewhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from omotenashi.language import vocabulary
from omotenashi.language.guide import with_vocabulary
from omotenashi.language.meanings.fields import FIELD_EXAMPLES, GROUPS, field_meaning
from omotenashi.language.meanings.meaning import Section
from omotenashi.language.meanings.rules import CONDITIONS, KEYS, TESTS, VALUES
from omotenashi.language.meanings.site import SITE_FILE
from omotenashi.language.meanings.written import WRITTEN, Written
from omotenashi.language.parse import parse
from omotenashi.language.read_condition import read_when
from omotenashi.language.report import Report
from omotenashi.language.vocabulary import BROWSER_EVENTS, FIELDS, Field, Word, Words
from omotenashi.site import load

ROOT = Path(__file__).parents[2]
LANGUAGE = ROOT / "plugin" / "omotenashi" / "language"
SITE_FACTS = load(ROOT / "tests" / "cases").facts
SECTIONS = [*KEYS, *CONDITIONS, *VALUES, *TESTS, *SITE_FILE]
READERS = sorted(
    one for form in ("read*", "table_*", "values", "placeholders", "check*") for one in LANGUAGE.glob(f"{form}.py")
)


def _all_words() -> list[Word]:
    tables = vars(vocabulary).values()
    named = [word for table in tables if isinstance(table, Words) and table is not BROWSER_EVENTS for word in table.all]
    return named + [word for table in tables if isinstance(table, tuple) for word in table if isinstance(word, Word)]


def test_every_word_has_a_japanese_name_but_events_which_are_called_as_sites_send_them() -> None:
    assert [word.name for word in _all_words() if not word.ja] == []
    assert [field.name for field in FIELDS if not field.ja] == []


def test_every_word_has_a_meaning_somewhere() -> None:
    explained = {word for section in SECTIONS for word in section.words}
    assert [word.name for word in _all_words() if word not in explained] == []


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.en)
def test_every_word_has_a_meaning_in_both_languages_where_it_stands(section: Section) -> None:
    assert {word.name for word in section.words} == set(section.meanings)
    assert [name for name, meaning in section.meanings.items() if not (meaning.ja and meaning.en)] == []


def test_every_field_has_a_meaning_in_both_languages_a_group_and_an_example() -> None:
    names = [field.name for field in FIELDS]
    assert [field.name for field in FIELDS if not (field.ja_doc and field.en_doc)] == []
    assert [name for _, _, group in GROUPS for name in group] == names
    assert list(FIELD_EXAMPLES) == names


@pytest.mark.parametrize("form", WRITTEN, ids=lambda form: form.en)
def test_what_the_guide_says_of_forms_is_so(form: Written) -> None:
    assert [text for text in form.right if form.read(text) is None] == []
    assert [text for text in form.wrong if form.read(text) is not None] == []


def test_the_guide_holds_the_vocabulary_as_it_is() -> None:
    guide = (ROOT / "rules" / "README.md").read_text()
    assert with_vocabulary(guide) == guide, "run `make guide`"


@pytest.mark.parametrize("module", READERS, ids=lambda module: module.name)
def test_no_reader_has_a_table_of_japanese_names_of_its_own(module: Path) -> None:
    spelled = [*(word.names for word in _all_words()), *(field.names for field in FIELDS)]
    names = {name for each in spelled for name in each if not name.isascii() and len(name) > 1}
    tables = [
        node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, (ast.Dict, ast.Set, ast.List))
    ]
    values = [value for table in tables for value in (table.keys if isinstance(table, ast.Dict) else table.elts)]
    assert [value.value for value in values if isinstance(value, ast.Constant) and value.value in names] == []


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_the_examples_of_a_field_are_accepted(field: Field) -> None:
    for example in field_meaning(field).example.split("`、`"):
        written = example if example.startswith(f"{field.name}.") else f"{field.name}: {example}"
        assert _mistakes(written) == []


def _mistakes(condition: str) -> list[str]:
    report = Report()
    tree = parse("page.yaml", condition, report)
    assert tree is not None
    read_when(tree, SITE_FACTS, report)
    return [one.code for one in report.diagnostics if one.level == "error"]

"""The vocabulary as Markdown tables, for the editors' guide (rules/README.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from omotenashi.language.meanings.fields import GROUPS, field_meaning
from omotenashi.language.meanings.meaning import Meaning, Section
from omotenashi.language.meanings.rules import CONDITIONS, KEYS, TESTS, VALUES
from omotenashi.language.meanings.site import SITE_FILE
from omotenashi.language.meanings.written import WRITTEN
from omotenashi.language.prefectures import area_names, english_area_names
from omotenashi.language.vocabulary import FIELDS, Field, Word

_MARKED = re.compile(r"(<!-- vocabulary:(ja|en) -->\n).*?(<!-- /vocabulary -->)", re.DOTALL)
_CHAPTERS: tuple[tuple[str, str, tuple[Section, ...]], ...] = (
    ("ファイル、ブロック、ルール", "Files, blocks, rules", KEYS),
    ("条件の中に書くこと", "Within conditions", CONDITIONS),
    ("決まったことば", "Words", VALUES),
    ("テスト", "Tests", TESTS),
    ("site.yaml", "site.yaml", SITE_FILE),
)
_NAMED = {"member": "member.NAME", "query": "query.NAME"}


def with_vocabulary(guide: str) -> str:
    """Return a guide with the vocabulary's tables between <!-- vocabulary:ja --> (or en) and <!-- /vocabulary -->."""
    return _MARKED.sub(lambda found: f"{found[1]}{vocabulary_page(found[2])}{found[3]}", guide)


def vocabulary_page(language: str) -> str:
    """Return all tables, in ja or en."""
    japanese = language == "ja"
    lines = [*_fields(japanese=japanese), *_forms(japanese=japanese)]
    for ja, en, sections in _CHAPTERS:
        lines += ["", f"### {ja if japanese else en}", "", *_chapter(sections, japanese=japanese)]
    return "\n".join([*lines, ""])


def _fields(*, japanese: bool) -> Iterator[str]:
    by_name = {field.name: field for field in FIELDS}
    yield f"### {'条件の項目' if japanese else 'Fields of conditions'}"
    yield ""
    yield from _head(
        *(("", "項目", "日本語名", "意味", "例") if japanese else ("", "field", "in Japanese", "meaning", "example"))
    )
    for ja, en, names in GROUPS:
        for number, name in enumerate(names):
            yield _row(
                _once(ja if japanese else en, number), by_name[name], field_meaning(by_name[name]), japanese=japanese
            )
    areas = "、".join(area_names()) if japanese else ", ".join(english_area_names())
    yield ""
    yield (
        f"地方(`area`): {areas}"
        if japanese
        else f"Areas (`area`): {areas}; Greater Tokyo (首都圏) is Tokyo, Kanagawa, Saitama and Chiba."
    )


def _forms(*, japanese: bool) -> Iterator[str]:
    yield from ("", f"### {'数、期間、日付の書き方' if japanese else 'Numbers, spans, dates'}", "")
    yield from _head(*(("", "書き方", "書けません") if japanese else ("", "as written", "refused")))
    for form in WRITTEN:
        yield _line(form.ja if japanese else form.en, _codes(form.right), _codes(form.wrong))


def _chapter(sections: Sequence[Section], *, japanese: bool) -> Iterator[str]:
    yield from _head(
        *(("", "書くこと", "日本語名", "意味", "例") if japanese else ("", "word", "in Japanese", "meaning", "example"))
    )
    for section in sections:
        ready = [word for word in section.words if word.ready]
        for number, word in enumerate(ready):
            yield _row(
                _once(section.ja if japanese else section.en, number), word, section.meaning(word), japanese=japanese
            )


def _row(first: str, word: Word | Field, meaning: Meaning, *, japanese: bool) -> str:
    name = _NAMED.get(word.name, word.name) if isinstance(word, Field) else word.name
    example = f"`{meaning.example}`" if meaning.example else ""
    return _line(first, f"`{name}`", word.ja, meaning.ja if japanese else meaning.en, example)


def _once(title: str, number: int) -> str:
    """A title stands in the first of its rows."""
    return f"**{title}**" if number == 0 else ""


def _head(*titles: str) -> tuple[str, str]:
    return _line(*titles), "|" + "---|" * len(titles)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _codes(texts: Sequence[str]) -> str:
    return "、".join(f"`{text}`" for text in texts)

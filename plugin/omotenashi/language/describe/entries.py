"""What is said, as nested lists, and the two forms in which it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")


class Entry(Struct, frozen=True):
    """A line, and what belongs to it."""

    text: str
    inner: tuple[Entry, ...] = ()


class Section(Struct, frozen=True):
    """A heading, sentences below it, a list, and sentences after it."""

    title: str
    lead: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    numbered: bool = False
    close: tuple[str, ...] = ()


def as_text(title: str, sections: Iterable[Section]) -> str:
    """Return plain text; wide characters are no matter, since nothing is aligned."""
    blocks = [title]
    for section in sections:
        marks = _marks(section, "・")
        lines = [f"■ {section.title}", *section.lead]
        for mark, entry in zip(marks, section.entries, strict=True):
            lines += [f"  {mark}{entry.text}", *_nested(entry.inner, "     ", "・")]
        blocks.append("\n".join([*lines, *section.close]))
    return "\n\n".join(blocks)


def as_markdown(title: str, sections: Iterable[Section]) -> str:
    """Return CommonMark; what editors wrote is never taken for markup."""
    parts = [f"# {_plain(title)}"]
    for section in sections:
        parts += [f"## {_plain(section.title)}", *map(_plain, section.lead)]
        lines: list[str] = []
        for mark, entry in zip(_marks(section, "- "), section.entries, strict=True):
            escaped = _escaped(entry)
            lines += [f"{mark}{escaped.text}", *_nested(escaped.inner, " " * len(mark), "- ")]
        parts += ["\n".join(lines)] if lines else []
        parts += map(_plain, section.close)
    return "\n\n".join(parts)


def _marks(section: Section, bullet: str) -> list[str]:
    if not section.numbered:
        return [bullet] * len(section.entries)
    return [f"{number}. " for number in range(1, len(section.entries) + 1)]


def _nested(entries: tuple[Entry, ...], indent: str, bullet: str) -> Iterator[str]:
    for entry in entries:
        yield f"{indent}{bullet}{entry.text}"
        yield from _nested(entry.inner, indent + "  ", bullet)


def _escaped(entry: Entry) -> Entry:
    return Entry(_plain(entry.text), tuple(map(_escaped, entry.inner)))


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)

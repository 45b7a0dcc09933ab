"""A content's template and the visitor's facts to HTML. Whatever is put in is escaped."""

from __future__ import annotations

from datetime import date
from html import escape

from omotenashi.language.placeholders import Placeholder, Template
from omotenashi.language.prefectures import prefecture_name
from omotenashi.language.program import Show
from omotenashi.model.visitor import MemberValue, Visitor

HIDDEN = "<!-- omo:hidden -->"
"""Shows nothing; an empty answer would make an include show its stub."""
_SAID = frozenset({"caller", "chosen"})


def is_fixed(show: Show) -> bool:
    """Tell whether a content is the same for every visitor."""
    return show.kind != "url" and all(isinstance(part, str) for part in show.template)


def wants_word(show: Show) -> bool:
    """Tell whether a content puts in the rule's word that matched the visitor's keyword."""
    return any(not isinstance(part, str) and part.fact == "keyword" for part in show.template)


def render(show: Show, visitor: Visitor, matched_word: str | None = None) -> str | None:
    """Return the HTML to show, or None where the CMS keeps its own.

    `matched_word` is the rule's own word that matched the visitor's keyword, for contents that want it.
    """
    if show.kind in ("original", "url"):  # what is fetched is put in its place later
        return None
    if show.kind == "nothing":
        return HIDDEN
    return _filled(show.template, visitor, matched_word)


def _filled(template: Template, visitor: Visitor, matched_word: str | None) -> str:
    return "".join(part if isinstance(part, str) else _text(part, visitor, matched_word) for part in template)


def _text(placeholder: Placeholder, visitor: Visitor, matched_word: str | None) -> str:
    value = _value(placeholder.fact, visitor, matched_word)
    return escape(placeholder.default if value in (None, "") else _written(value))


def _value(fact: str, visitor: Visitor, matched_word: str | None) -> MemberValue | None:
    if fact == "keyword":
        return matched_word
    if fact == "prefecture":
        place = visitor.place  # what was guessed is never told
        return prefecture_name(place.prefecture) if place.prefecture and place.origin in _SAID else None
    return visitor.member.attributes.get(fact.removeprefix("member.")) if visitor.member else None


def _written(value: MemberValue | None) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, float):
        return f"{value:.10g}" if value != int(value) else str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    return "、".join(value) if isinstance(value, tuple) else str(value)

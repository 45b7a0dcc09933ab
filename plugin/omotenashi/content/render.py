"""A content's template and the visitor's facts to HTML. Whatever is put in is escaped."""

from __future__ import annotations

from datetime import date
from html import escape

from msgspec import Struct

from omotenashi.language.placeholders import Template
from omotenashi.language.prefectures import prefecture_name
from omotenashi.language.program import Show
from omotenashi.model.visitor import MemberValue, Visitor

HIDDEN = "<!-- omo:hidden -->"
"""Shows nothing; an empty answer would make an include show its stub."""
_SAID = frozenset({"caller", "chosen"})


def is_fixed(show: Show) -> bool:
    """Tell whether a content is the same for every visitor."""
    return show.kind != "url" and not has_gaps(show)


def has_gaps(show: Show) -> bool:
    """Tell whether facts of the visitor are put into a content."""
    return any(not isinstance(part, str) for part in show.template)


def render(show: Show, visitor: Visitor, matched_word: str | None = None) -> str | None:
    """Return the HTML to show, or None where the CMS keeps its own.

    `matched_word` is the rule's own word that matched the visitor's keyword, for contents that want it.
    """
    if show.kind in ("original", "url"):  # what is fetched is put in its place later
        return None
    if show.kind == "nothing":
        return HIDDEN
    return "".join(filled(form_of(show.template), visitor, matched_word))


class Gap(Struct, frozen=True):
    """Where a fact of the visitor is put in."""

    place: int
    """Among the parts."""
    fact: str
    """keyword, prefecture or member."""
    attribute: str = ""
    """The member's, folded."""


class Form(Struct, eq=False):
    """A content with gaps, ready to be filled in."""

    parts: tuple[str, ...]
    """What stands in a gap is for when its fact is not known."""
    gaps: tuple[Gap, ...]
    wants_word: bool
    """A gap is for the rule's word that matched the visitor's keyword."""
    wire: tuple[bytes, ...] = ()
    """What the web layer made of the parts, kept with them."""


def form_of(template: Template) -> Form:
    """Return a template as a form: done once for each content."""
    parts = tuple(part if isinstance(part, str) else escape(part.default) for part in template)
    facts = [(place, part.fact) for place, part in enumerate(template) if not isinstance(part, str)]
    gaps = tuple(Gap(place, fact.partition(".")[0], fact.partition(".")[2]) for place, fact in facts)
    return Form(parts, gaps, any(gap.fact == "keyword" for gap in gaps))


def filled(form: Form, visitor: Visitor, matched_word: str | None) -> list[str]:
    """Return the parts of a form that is filled in: HTML when they are joined."""
    parts = list(form.parts)
    for gap in form.gaps:
        value = _value(gap, visitor, matched_word)
        if value is not None and value != "":
            text = value if isinstance(value, str) else _written(value)
            parts[gap.place] = text if text.isalnum() else escape(text)
    return parts


def _value(gap: Gap, visitor: Visitor, matched_word: str | None) -> MemberValue | None:
    if gap.fact == "member":
        return visitor.member.attributes.get(gap.attribute) if visitor.member else None
    if gap.fact == "keyword":
        return matched_word
    place = visitor.place  # what was guessed is never told
    return prefecture_name(place.prefecture) if place.prefecture and place.origin in _SAID else None


def _written(value: MemberValue) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, float):
        return f"{value:.10g}" if value != int(value) else str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    return "、".join(value) if isinstance(value, tuple) else str(value)

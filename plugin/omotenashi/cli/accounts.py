"""Rules as they were found, as lines and as plain data: what `omo explain`, `omo test` and `omo visitor explain` print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from omotenashi.cli.common import say
from omotenashi.engine.absence import absence
from omotenashi.engine.account import Account, Finding
from omotenashi.engine.choose import Choice
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.reading import field_name, reading
from omotenashi.language.condition import Fact, LimitLeft, Span
from omotenashi.language.program import Show
from omotenashi.signals.origins import NO_ORIGINS, Origins, origin_of

MARKS = {True: "○", False: "×", None: "?"}
_LONGEST_HTML = 40
_VALUES = {True: "matched", False: "not", None: "unknown"}
_HEADINGS = {
    "all": ("次のすべて", "all of these"),
    "any": ("次のいずれか", "any of these"),
    "not": ("次に当てはまらない", "not this"),
}
_UNITS = ((86_400, "日", "days"), (3600, "時間", "hours"), (60, "分", "minutes"), (1, "秒", "seconds"))


class _Telling(Struct, frozen=True):
    """What is told of, and how."""

    occasion: Occasion
    language: str
    origins: Origins


def account_lines(account: Account, occasion: Occasion, language: str, origins: Origins = NO_ORIGINS) -> Iterator[str]:
    """Return a rule with its conditions as lines: each with a mark, with what was read, and with `origins` from where."""
    yield f"{MARKS[account.value]} {account.rule.name}"
    if not account.finding.parts:
        yield say(language, "    条件なし(いつも当てはまる)", "    no condition (always matches)")
    for part in account.finding.parts:
        yield from _lines(part, _Telling(occasion, language, origins), "    ")


def account_data(account: Account, occasion: Occasion, language: str, origins: Origins = NO_ORIGINS) -> dict[str, Any]:
    """Return a rule with its conditions as plain data."""
    telling = _Telling(occasion, language, origins)
    rule = account.rule
    return {
        "rule": rule.name,
        "id": rule.id,
        "file": rule.position.file,
        "line": rule.position.line,
        "value": _VALUES[account.value],
        "conditions": [_data(part, telling) for part in account.finding.parts],
    }


def won(choice: Choice, language: str) -> str:
    """Return who won: the rule, with the variant of its experiment in brackets, or that none matched."""
    if choice.rule is None:
        return say(language, "どのルールにも当てはまらない(それ以外)", "no rule matched (otherwise)")
    return say(language, f"「{choice.won}」", choice.won)


def show_text(show: Show, language: str) -> str:
    """Return what is shown, in a few words."""
    if show.kind == "original":
        return say(language, "もとのまま", "the original")
    if show.kind == "nothing":
        return say(language, "何も出さない", "nothing")
    if show.content or show.kind == "url":
        return show.content or show.url
    html = "".join(part if isinstance(part, str) else f"{{{part.fact}|{part.default}}}" for part in show.template)
    return html_text(html, language)


def html_text(html: str, language: str, longest: int = _LONGEST_HTML) -> str:
    """Return the beginning of an HTML in quotes: what people read of it, or its tags where that is nothing."""
    text = visible_text(html)
    short = text if len(text) <= longest else f"{text[:longest]}…"
    return say(language, f"「{short}」", f'"{short}"')


def visible_text(html: str) -> str:
    """Return what people read of an HTML, roughly; the HTML itself where that is nothing."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split()) or " ".join(html.split())


def condition_text(fact: Fact, language: str) -> str:
    """Return one condition as the editor wrote it."""
    name = fact.key or field_name(fact.field, language)
    if isinstance(fact.operand, LimitLeft):
        span = span_text(fact.operand.per, language)
        times = fact.operand.times
        return say(language, f"{name}: {span}に{times}回", f"{name}: {times_text(times)} per {span.removeprefix('1 ')}")
    return f"{name}: {fact.written}"


def times_text(times: int) -> str:
    """Return once or 3 times, in English."""
    return "once" if times == 1 else f"{times} times"


def span_text(span: Span, language: str) -> str:
    """Return a span of time in the largest unit that fits, such as 7日 or 90 minutes."""
    parts = []
    if span.months:
        years, months = divmod(span.months, 12)
        count, ja, en = (span.months, "か月", "months") if months else (years, "年", "years")
        parts.append(say(language, f"{count}{ja}", _counted(count, en)))
    if span.seconds:
        size, ja, en = next(unit for unit in _UNITS if span.seconds % unit[0] == 0)
        parts.append(say(language, f"{span.seconds // size}{ja}", _counted(span.seconds // size, en)))
    return " ".join(parts)


def _counted(count: int, units: str) -> str:
    return f"{count} {units.removesuffix('s') if count == 1 else units}"


def _lines(finding: Finding, telling: _Telling, indent: str) -> Iterator[str]:
    mark = f"{indent}{MARKS[finding.value]}"
    if finding.fact is not None:
        yield f"{mark} {condition_text(finding.fact, telling.language)}  ← {_read(finding, finding.fact, telling)}"
        return
    yield f"{mark} {_heading(finding, telling.language)}"
    parts = finding.parts
    if finding.kind in ("segment", "not") and parts[0].kind == "all":
        parts = parts[0].parts
    for part in parts:
        yield from _lines(part, telling, indent + "    ")


def _heading(finding: Finding, language: str) -> str:
    if finding.kind == "segment":
        return say(language, f"セグメント「{finding.name}」", f"segment {finding.name}")
    return say(language, *_HEADINGS[finding.kind])


def _read(finding: Finding, fact: Fact, telling: _Telling) -> str:
    occasion, language = telling.occasion, telling.language
    value = reading(fact, occasion, language)
    if finding.value is None:
        why = absence(fact, occasion, language)
        known = f"{value} " if value else ""
        return known + say(language, f"不明({why})", f"unknown ({why})")
    if value is None:
        return say(language, "不明", "unknown")
    origin = origin_of(fact, occasion.visitor.arrival, telling.origins)
    from_where = say(language, f"({origin.said('ja')})", f" ({origin.said('en')})") if origin and value else ""
    return say(language, f"読み取った値 {value or 'なし'}{from_where}", f"read: {value or 'none'}{from_where}")


def _data(finding: Finding, telling: _Telling) -> dict[str, Any]:
    value = _VALUES[finding.value]
    if finding.fact is None:
        name = {"segment": finding.name} if finding.name else {}
        parts = [_data(part, telling) for part in finding.parts]
        return {"kind": finding.kind, **name, "value": value, "conditions": parts}
    fact, occasion, language = finding.fact, telling.occasion, telling.language
    origin = origin_of(fact, occasion.visitor.arrival, telling.origins)
    read = reading(fact, occasion, language)
    return {
        "kind": "fact",
        "field": fact.field,
        "condition": condition_text(fact, language).partition(": ")[2],
        "value": value,
        "read": read,
        "origin": origin.code if origin and read else None,
        "unknown_because": absence(fact, occasion, language) if finding.value is None else None,
        "file": fact.position.file,
        "line": fact.position.line,
    }

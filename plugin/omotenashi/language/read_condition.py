"""`when`: a mapping of fields to a condition."""

from __future__ import annotations

from functools import lru_cache

from omotenashi.language import read_operand, reader
from omotenashi.language.condition import (
    ALWAYS,
    Condition,
    Conjunction,
    Disjunction,
    Fact,
    InSegment,
    Negation,
    Unknown,
)
from omotenashi.language.meant_forms import list_meant
from omotenashi.language.misplaced import unknown_condition
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.read_member import spread
from omotenashi.language.report import Report
from omotenashi.language.vocabulary import ALL, EXAMPLES, LOGIC, UNKNOWN, Field, Kind, find_field
from omotenashi.language.written import entry
from omotenashi.model.site_facts import SiteFacts

_MAPPINGS = (Kind.NEAR, Kind.VIEWED, Kind.BOUGHT, Kind.DID, Kind.SHOWN, Kind.LAST_VISIT)


def read_when(node: Node, site: SiteFacts, report: Report, what: str = "when") -> Condition:
    """Return the condition of a mapping under `what`: all of its fields. What is wrong is reported and left out."""
    fields = reader.mapping(node, what, report, EXAMPLES["when"], form="condition")
    if fields is None:
        return ALWAYS
    _distinct(fields, report)
    parts = [_entry(key, value, site, report) for key, value in fields.entries]
    return conjunction([part for part in parts if part is not None])


def conjunction(parts: list[Condition]) -> Condition:
    """Return all of the parts; one part is itself."""
    return parts[0] if len(parts) == 1 else Conjunction(tuple(parts))


def disjunction(parts: list[Condition], *, listed: bool = False) -> Condition:
    """Return any of the parts, `listed` where they are values of one key; one part is itself."""
    return parts[0] if len(parts) == 1 else Disjunction(tuple(parts), listed)


def _entry(key: TextNode, value: Node, site: SiteFacts, report: Report) -> Condition | None:
    found = _meant(key.text)
    if isinstance(found, str):
        return _logic(found, value, site, report)
    if found is None:
        if not report.full:
            unknown_condition(key, value, site, report)
        return None
    field, name = found
    return _listed(field, name, value, _Context(site, report, key))


def _logic(word: str, value: Node, site: SiteFacts, report: Report) -> Condition | None:
    if word == "not":
        if isinstance(value, ListNode):
            report.add("E206", value, write=entry("any", value))
            return None
        return Negation(read_when(value, site, report, word))
    if isinstance(value, ListNode) and _is_of_texts(value):
        report.add("E203", value, what=word, expected="conditions", write=list_meant("conditions", value))
        return None
    parts = [read_when(item, site, report, word) for item in reader.listing(value, word, report)]
    if not parts:
        return None
    return conjunction(parts) if word == "all" else disjunction(parts)


class _Context:
    """What a field's values are read with."""

    def __init__(self, site: SiteFacts, report: Report, key: TextNode) -> None:
        self.site = site
        self.report = report
        self.key = key


def _listed(field: Field, name: str, value: Node, context: _Context) -> Condition | None:
    """A single value, a list (any), or {all: […]}; {all: […]} may stand in a list, too."""
    value = spread(value) if field.kind is Kind.MEMBER else value
    everything = _all_of(value)
    if everything is not None:
        items = reader.one_or_more(everything, "all", context.report)
        parts = [part for item in items if (part := _single(field, name, item, context)) is not None]
        return Conjunction(tuple(parts), listed=True) if parts else None
    if not isinstance(value, ListNode) or (field.kind in _MAPPINGS and _is_of_texts(value)):
        return _single(field, name, value, context)
    items = reader.listing(value, context.key.text, context.report)
    parts = [part for item in items if (part := _item(field, name, item, context)) is not None]
    return disjunction(_merged(parts), listed=True) if parts else None


def _is_of_texts(node: ListNode) -> bool:
    """One mistake, not one for each of them."""
    return bool(node.items) and all(isinstance(item, TextNode) for item in node.items)


def _item(field: Field, name: str, node: Node, context: _Context) -> Condition | None:
    return _single(field, name, node, context) if _all_of(node) is None else _listed(field, name, node, context)


def _all_of(value: Node) -> Node | None:
    if isinstance(value, MapNode) and len(value.entries) == 1 and ALL.find(value.entries[0][0].text):
        return value.entries[0][1]
    return None


def _distinct(fields: MapNode, report: Report) -> None:
    """A field in Japanese and in English is the same field."""
    if len(fields.entries) < 2:
        return
    seen: dict[tuple[str, str], TextNode] = {}
    for key, _ in fields.entries:
        meant = _meant(key.text)
        name = (meant, "") if isinstance(meant, str) else (meant[0].name, meant[1]) if meant else None
        first = seen.setdefault(name, key) if name else key
        if first is not key:
            report.add("E106", key, (first.position, "first"), key=key.text)


@lru_cache(maxsize=1024)
def _meant(key: str) -> str | tuple[Field, str] | None:
    """all, any or not; or a field, and the name after its dot."""
    logic = LOGIC.find(key)
    return logic.name if logic else find_field(key)


def _single(field: Field, name: str, node: Node, context: _Context) -> Condition | None:
    if isinstance(node, TextNode) and UNKNOWN.find(node.text):
        if field.kind is Kind.SEGMENT:
            context.report.add("E305", node, value=node.text, what=field.name, known=())
            return None
        return Fact(_full(field, name), Unknown(), node.position, node.text, context.key.text)
    if field.kind is Kind.SEGMENT:
        found = reader.text(node, context.key.text, context.report)
        return InSegment(found.text, found.position, context.key.text) if found else None
    operand = read_operand.read(field, name, node, context.key, context.site, context.report)
    if operand is None:
        return None
    return Fact(_full(field, name), operand, node.position, _written(node), context.key.text)


def _merged(parts: list[Condition]) -> list[Condition]:
    """Join neighbouring values of one field into one test."""
    facts = [part for part in parts if isinstance(part, Fact)]
    merged = read_operand.join([fact.operand for fact in facts]) if len(facts) == len(parts) else None
    if merged is None:
        return parts
    first = facts[0]
    written = _listed_texts(tuple(fact.written for fact in facts))
    return [Fact(first.field, merged, first.position, written, first.key)]


@lru_cache(maxsize=1024)
def _listed_texts(texts: tuple[str, ...]) -> str:
    """Remembered, so that equal texts are kept once."""
    return f"[{', '.join(texts)}]"


def _full(field: Field, name: str) -> str:
    return _dotted(field.name, name) if name else field.name


@lru_cache(maxsize=1024)
def _dotted(field: str, name: str) -> str:
    return f"{field}.{name}"


def _written(node: Node) -> str:
    if isinstance(node, TextNode):
        return node.text
    if isinstance(node, ListNode):
        return "[" + ", ".join(map(_written, node.items)) + "]"
    return "{" + ", ".join(f"{key.text}: {_written(value)}" for key, value in node.entries) + "}"

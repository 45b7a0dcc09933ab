"""The member of a test's visitor: attributes of the declared types."""

from __future__ import annotations

from omotenashi.language import reader
from omotenashi.language.meant_forms import EXAMPLES_OF_FORMS
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.read_member import declared
from omotenashi.language.report import Report
from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.model.text import fold
from omotenashi.model.visitor import MemberValue


def read_member_facts(node: Node, site: SiteFacts, report: Report) -> dict[str, MemberValue]:
    """Return the attributes of `member: {rank: …}` by folded name; `member: {}` is nobody in particular."""
    if not isinstance(node, MapNode):
        report.add("E203", node, what="member", expected="mapping", example=EXAMPLES_OF_FORMS["member"])
        return {}
    facts: dict[str, MemberValue] = {}
    for key, value in node.entries:
        facts |= read_member_fact(key.text, key, value, site, report)
    return facts


def read_member_fact(name: str, key: TextNode, value: Node, site: SiteFacts, report: Report) -> dict[str, MemberValue]:
    """Return one attribute by folded name, or nothing after reporting what is wrong. `id` needs no declaration."""
    if name == "id":
        return {}
    attribute = declared(name, key, site, report)
    if attribute is None:
        return {}
    typed = _typed(attribute, value, key.text, report)
    return {} if typed is None else {fold(name): typed}


def _typed(attribute: Attribute, node: Node, what: str, report: Report) -> MemberValue | None:
    if attribute.type == "number":
        return reader.number_of(node, what, report)
    if attribute.type == "yes_no":
        return reader.yes_no_of(node, what, report)
    if attribute.type == "date":
        found = reader.moment_of(node, what, report)
        return found.day if found else None
    if attribute.type == "list":
        if isinstance(node, ListNode) and not node.items:
            return ()
        texts = [reader.text(item, what, report) for item in reader.one_or_more(node, what, report)]
        return tuple(one.text for one in texts if one)
    text = reader.text(node, what, report)
    if text and attribute.type == "choice" and fold(text.text) not in map(fold, attribute.values):
        reader.outside(text, what, attribute.values, report)
        return None
    return text.text if text else None

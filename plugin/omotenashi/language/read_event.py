"""Names of events, as `did` and `goal` ask for them."""

from __future__ import annotations

import difflib

from omotenashi.language import reader
from omotenashi.language.meant import event_meant
from omotenashi.language.nodes import Node, TextNode
from omotenashi.language.report import Report
from omotenashi.language.values import event_name
from omotenashi.language.vocabulary import EVENT_SLIPS
from omotenashi.model.text import fold

USUAL_EVENTS = (
    *("page_view", "view_item", "view_item_list", "view_cart", "view_search_results", "view_promotion"),
    *("select_item", "select_content", "select_promotion", "search", "share", "add_to_wishlist", "add_to_cart"),
    *("remove_from_cart", "begin_checkout", "add_shipping_info", "add_payment_info", "purchase", "refund"),
    *("login", "sign_up", "generate_lead"),
)
"""Google Analytics 4's recommended events that a site is likely to send."""
_NEAR = 0.85


def read_event(node: Node, what: str, report: Report) -> str | None:
    """Return the folded name of an event, or None after reporting that it is none."""
    found = reader.text(node, what, report)
    return event_called(found.text, found, report) if found else None


def event_called(text: str, at: TextNode, report: Report) -> str | None:
    """Return the folded name in a text that stands at a node; a near miss of a usual name gets a warning."""
    name, meant = event_name(text), _usual(fold(text))
    if name is None or name in EVENT_SLIPS:
        report.add("E332", at, value=text, write=event_meant(text), did_you_mean=meant)
        return None
    if meant:
        report.add("W502", at, value=text, did_you_mean=meant)
    return name


def _usual(name: str) -> str:
    """Return the usual name that was probably meant by another one, or empty text."""
    if name in EVENT_SLIPS:
        return EVENT_SLIPS[name]
    close = difflib.get_close_matches(name, USUAL_EVENTS, n=1, cutoff=_NEAR)
    return close[0] if close and close[0] != name else ""

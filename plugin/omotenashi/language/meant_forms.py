"""What to write where a text, a list or a mapping stands in the place of another: by what it is the value of."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from omotenashi.language.aliases import value_meant
from omotenashi.language.meant import limit_meant, location_meant, span_meant, yes_no_meant
from omotenashi.language.meant_dates import hours_meant
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.report import LONGEST_SLIP, suggestion
from omotenashi.language.values import kilometres, span, yes_no
from omotenashi.language.vocabulary import ATTRIBUTE_TYPES, DEVICES, RULE_KEYS, SHOW_WORDS, STAGES, Words, find_field
from omotenashi.language.written import entry, inline, quoted
from omotenashi.model.text import fold

_FILE = re.compile(r"[\w./\\-]+\.html?", re.IGNORECASE)
_WAY_TO_CONTENTS = re.compile(r"^(?:.*?/)?contents/|^\.?/+|^https?://[^/]*/")
_MARKUP = re.compile(r"\s*<[a-z!/]", re.IGNORECASE)
_COMPARISON = re.compile(r"(\S+?)\s*(?:==?|＝|\bis\b|が|は|:)\s*(\S.*)")


MISSING = {
    "otherwise": "otherwise: original",
    "show": "show: {html: …}",
    "name": "name: …",
    "when": "when: {device: mobile}",
    "expect": "expect: {…: original}",
    "times": "times: 3",
    "per": "per: 7 days",
    "place": "place: …",
    "within": "within: 5 km",
    "event": "event: purchase",
    "before / within": "before: 30 days",
    "page / tag / item / category": "page: /…",
    "rule / block": "rule: …",
    "type": "type: text",
    "values": "values: […]",
    "lat": "lat: 35.6595",
    "lng": "lng: 139.7005",
    "id": "id: …",
    "split": "split: [{name: A, share: 50%, show: …}, {name: B, share: 50%, show: …}]",
    "goal": "goal: purchase",
    "estimated": "estimated: [靴]",
    "file": "file: search-console.csv",
    "cookie": "cookie: OptanonConsent",
    "grants": 'grants: {personalization: "C0003:1"}',
    "personalization": "personalization: C0003:1",
}
"""What to add where a key is missing."""
EXAMPLES_OF_FORMS = {
    "block": "{otherwise: original}",
    "content": "{file: hero/sale.html}",
    "segment": "{when: {device: mobile}}",
    "rule": "{name: …, when: {device: mobile}, show: nothing}",
    "test": "{name: …, visitor: {device: mobile}, expect: {…: original}}",
    "rules": "- {name: …, when: {device: mobile}, show: nothing}",
    "tests": "- {name: …, visitor: {device: mobile}, expect: {…: original}}",
    "expect": "expect: {…: original}",
    "visitor": "visitor: {device: mobile}",
    "synonyms": "synonyms: [[スニーカー, 運動靴]]",
    "attributes": "attributes: {points: {type: number}}",
    "places": "places: {…: {lat: 35.6595, lng: 139.7005}}",
    "site_search": "site_search: {parameters: [q, s]}",
    "campaign_parameters": "campaign_parameters: {keyword: [kw]}",
    "consent": "consent: {default: denied}",
    "cookie": "cookie: {domain: example.com}",
    "search_console": "search_console: {file: search-console.csv}",
    "lifecycle": "lifecycle: {active: 30 days, lapsing: 90 days}",
    "condition": "when: {device: mobile}",
    "attribute": "{type: text}",
    "place": "{lat: 35.6595, lng: 139.7005}",
    "blocks": "blocks: {…: {otherwise: original}}",
    "contents": "contents: {…: {file: hero/sale.html}}",
    "segments": "segments: {…: {when: {device: mobile}}}",
    "member": "member: {rank: …}",
    "any": "any: [{device: mobile}, {logged_in: yes}]",
    "all": "all: [{device: mobile}, {logged_in: yes}]",
}
"""What a form looks like, where nothing better can be told; beside those of fields in the vocabulary."""


def mapping_meant(what: str, node: Node) -> str:
    """Return the mapping that was meant by another form as the value of `what`; empty text where one cannot tell."""
    of_node = _MAPPINGS.get(what)
    if of_node is None or (isinstance(node, TextNode) and len(node.text) > LONGEST_SLIP):
        return ""
    return of_node(node)


def list_meant(what: str, node: Node) -> str:
    """Return the list that was meant by another form as the value of `what`."""
    if isinstance(node, MapNode) and what in ("any", "all"):
        return f"[{', '.join(entry(key.text, value) for key, value in node.entries)}]"
    if isinstance(node, ListNode) and what == "conditions":
        each = [_when(item) for item in node.items]
        return f"[{', '.join(each)}]" if all(each) else ""
    if isinstance(node, MapNode) and what == "synonyms":
        groups = [(key, *(value.items if isinstance(value, ListNode) else (value,))) for key, value in node.entries]
        return f"[{', '.join(inline(ListNode(group, node.position)) for group in groups)}]"
    if isinstance(node, TextNode) and what in ("synonyms", "group"):
        group = f"[{', '.join(quoted(part) for part in re.split(r'[,、=＝] *', node.text))}]"
        return f"[{group}]" if what == "synonyms" else group
    return ""


_DENIED = frozenset(map(fold, ("not", "以外", "ne", "is_not", "not_in", "except", "除く")))
_WRAPPED = _DENIED | frozenset(
    map(fold, ("any", "いずれか", "in", "is", "eq", "equals", "one_of", "any_of", "values", "value", "または"))
)


def text_meant(node: Node, what: str = "") -> str:
    """Return the one text in a list, vip for {vip: yes}, 30 days for {days: 30}, 09:00-17:00 for {from: 9:00, …}."""
    if isinstance(node, ListNode):
        return inline(node.items[0]) if len(node.items) == 1 else ""
    if isinstance(node, MapNode) and len(node.entries) == 1 and fold(node.entries[0][0].text) in _WRAPPED:
        value = inline(node.entries[0][1])
        denies = fold(node.entries[0][0].text) in _DENIED
        return f"not: {{{what}: {value}}}" if denies and what else value
    if not isinstance(node, MapNode) or not all(isinstance(value, TextNode) for _, value in node.entries):
        return ""
    texts = [value.text for _, value in node.entries if isinstance(value, TextNode)]
    if len(texts) == 2:
        return hours_meant("-".join(texts))
    key = node.entries[0][0].text if len(texts) == 1 else ""
    if span(f"{''.join(texts)} {key}"):
        return f"{texts[0]} {key}"
    return key if texts and yes_no(texts[0]) else ""


def content_meant(text: str) -> str:
    """Return {file: …} for the name of a file, {html: …} for HTML; empty text for other texts."""
    if len(text) > LONGEST_SLIP:
        return ""
    if _MARKUP.match(text):
        return entry("html", text)
    bare = re.sub(_WAY_TO_CONTENTS, "", text)
    return f"{{file: {bare}}}" if _FILE.fullmatch(text) else ""


def file_meant(path: str, files: Sequence[str]) -> str:
    """Return the file under contents/ that was probably meant: the same without what leads there, else the nearest."""
    if len(path) > LONGEST_SLIP:
        return ""
    bare = re.sub(_WAY_TO_CONTENTS, "", path.strip().replace("\\", "/"))
    if bare in files:
        return bare
    same_end = [file for file in files if file.rpartition("/")[2] == bare.rpartition("/")[2]]
    return same_end[0] if len(same_end) == 1 else suggestion(bare, files)


def _defined(body: str) -> Callable[[Node], str]:
    """Names with something below, written as a list or as a name alone."""

    def meant(node: Node) -> str:
        if isinstance(node, TextNode):
            return entry(node.text, "").replace('""', body) if body else ""
        entries: list[tuple[TextNode, Node]] = []
        for item in node.items if isinstance(node, ListNode) else ():
            if not isinstance(item, MapNode) or not item.entries:
                return ""
            (_, first), *rest = item.entries
            named = isinstance(first, TextNode) and _NAME.find(item.entries[0][0].text) is not None
            entries += (
                [(first, MapNode(tuple(rest), item.position))]
                if named and isinstance(first, TextNode)
                else item.entries
            )
        return inline(MapNode(tuple(entries), node.position))

    return meant


_NAME = Words(*(word for word in RULE_KEYS.all if word.name in ("name", "id")))


def _attribute(node: Node) -> str:
    """A type alone, or the values of a choice."""
    if isinstance(node, ListNode):
        return f"{{type: choice, values: {inline(node)}}}"
    if not isinstance(node, TextNode):
        return ""
    word = ATTRIBUTE_TYPES.find(node.text)
    kind = word.name if word else value_meant(node.text, "type")
    return f"{{type: {kind}}}" if kind else ""


def _place(node: Node) -> str:
    """Latitude and longitude as one text or a list."""
    text = node.text if isinstance(node, TextNode) else inline(node)
    written = location_meant(text).strip('"')
    return f"{{lat: {written.split(', ')[0]}, lng: {written.split(', ')[1]}}}" if written else ""


def _when(node: Node) -> str:
    """A list of conditions, a comparison, or a word that stands for its field."""
    if isinstance(node, ListNode) and all(isinstance(item, MapNode) for item in node.items):
        entries = [pair for item in node.items if isinstance(item, MapNode) for pair in item.entries]
        if len({fold(key.text) for key, _ in entries}) == len(entries):
            return inline(MapNode(tuple(entries), node.position))
        return f"{{all: {inline(node)}}}"
    if not isinstance(node, TextNode):
        return ""
    found = _COMPARISON.fullmatch(node.text)
    if found and find_field(found[1]):
        return entry(found[1], found[2].strip("\"'「」"))
    for field, words in (("device", DEVICES), ("lifecycle", STAGES)):
        if Words(*words).find(node.text):
            return entry(field, node.text)
    return ""


def _near(node: Node) -> str:
    """A place, and perhaps a distance with it; or a list of them."""
    if isinstance(node, ListNode):
        return f"[{', '.join(map(_near, node.items))}]"
    if not isinstance(node, TextNode):
        return ""
    parts = re.split(r"[ 　,、]+|(?:から|の)(?=半?径?\d)", node.text, maxsplit=1)
    distance = parts[1] if len(parts) == 2 and kilometres(parts[1]) else "5 km"
    return f"{{place: {quoted(parts[0])}, within: {distance}}}"


def _viewed(node: Node) -> str:
    first = node.items[0] if isinstance(node, ListNode) and node.items else node
    if not isinstance(first, TextNode) or first.empty:
        return ""
    return entry("page" if first.text.startswith("/") else "tag", node)


def _bought(node: Node) -> str:
    if isinstance(node, TextNode):
        answer = fold(yes_no_meant(node.text) or node.text)
        if answer in ("yes", "true", fold("はい")):
            return "{at_least: 1}"
        if answer in ("no", "false", fold("いいえ")):
            return "{none_within: 10 years}"
    return entry("category", node)


def _last_visit(node: Node) -> str:
    if not isinstance(node, TextNode):
        return ""
    length = node.text if span(node.text) else span_meant(node.text)
    within = re.search(r"以内|within|last|過去", node.text)
    return f"{{{'within' if within else 'before'}: {length}}}" if length else ""


def _cart(node: Node) -> str:
    if not isinstance(node, TextNode):
        return ""
    left = node.text if span(node.text) else "1 hour" if re.search(r"放置|カゴ落ち|かご落ち|abandon", node.text) else ""
    return f"{{abandoned_for: {left}}}" if left else ""


def _limit(node: Node) -> str:
    return limit_meant(node.text) if isinstance(node, TextNode) else ""


def _named(key: str) -> Callable[[Node], str]:
    """A name, or a list of them, that lacks its key."""
    return lambda node: entry(key, node) if not isinstance(node, MapNode) and inline(node) not in ("", "[]") else ""


def _block(node: Node) -> str:
    """A block that is nothing but what it shows, or nothing but its rules."""
    if isinstance(node, TextNode):
        shown = node.text if SHOW_WORDS.find(node.text) else content_meant(node.text) or quoted(node.text)
        return f"{{otherwise: {shown}}}"
    return f"{{rules: {inline(node)}, otherwise: original}}" if inline(node) else ""


def _content(node: Node) -> str:
    return content_meant(node.text) or entry("html", node) if isinstance(node, TextNode) else ""


_MAPPINGS: dict[str, Callable[[Node], str]] = {
    "condition": _when,
    "near": _near,
    "viewed": _viewed,
    "bought": _bought,
    "did": _named("event"),
    "last_visit": _last_visit,
    "shown": _named("rule"),
    "cart": _cart,
    "limit": _limit,
    "blocks": _defined("{otherwise: original}"),
    "contents": _defined(""),
    "segments": _defined(""),
    "attribute": _attribute,
    "place": _place,
    "block": _block,
    "content": _content,
    "site_search": _named("parameters"),
    "campaign_parameters": _named("keyword"),
}

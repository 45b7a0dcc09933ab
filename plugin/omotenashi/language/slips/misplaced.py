"""Keys that stand in the mapping around or inside the one that they belong to: a line was indented too little or too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from omotenashi.language import vocabulary
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.vocabulary import LOGIC, Words, find_field
from omotenashi.model.errors import Diagnostic, Position


class Shape(Struct, frozen=True):
    """What may stand in a mapping: words, fields of conditions, or any name; and what stands under them."""

    words: Words | None = None
    under: Mapping[str, Shape] = {}
    fields: bool = False
    each: Shape | None = None
    """What stands under any name."""
    listed: bool = False
    """It is one of a list."""

    def word(self, key: str) -> str | None:
        """Return the canonical name of a key that belongs here."""
        if self.fields and find_field(key):
            return key
        word = self.words.find(key) if self.words else None
        return word.name if word else None

    def below(self, key: str) -> Shape | None:
        """Return what stands under a key."""
        return self.under.get(self.word(key) or "") if self.under else self.each


_WHEN = Shape(LOGIC, fields=True)
_SHOW = Shape(vocabulary.CONTENT_KEYS)
_RULE = Shape(vocabulary.RULE_KEYS, {"when": _WHEN, "limit": Shape(vocabulary.LIMIT_KEYS), "show": _SHOW}, listed=True)
_BLOCK = Shape(vocabulary.BLOCK_KEYS, {"rules": _RULE, "otherwise": _SHOW})
_SEGMENT = Shape(vocabulary.SEGMENT_KEYS, {"when": _WHEN})
_TEST = Shape(
    vocabulary.TEST_KEYS,
    {"visitor": Shape(vocabulary.FACT_EXTRAS, fields=True), "expect": Shape(each=Shape(vocabulary.EXPECT_KEYS))},
    listed=True,
)
_FILE = Shape(
    vocabulary.FILE_KEYS,
    {
        "blocks": Shape(each=_BLOCK),
        "segments": Shape(each=_SEGMENT),
        "contents": Shape(each=_SHOW),
        "tests": _TEST,
    },
)


_SITE = Shape(
    vocabulary.SITE_KEYS,
    {
        "attributes": Shape(each=Shape(vocabulary.ATTRIBUTE_KEYS)),
        "places": Shape(each=Shape(vocabulary.PLACE_KEYS)),
        "consent": Shape(vocabulary.CONSENT_KEYS),
        "site_search": Shape(vocabulary.SEARCH_KEYS),
        "campaign_parameters": Shape(vocabulary.CAMPAIGN_KEYS),
    },
)


class _Place(Struct, frozen=True):
    """A mapping, what it should be, and those around it from the inside outwards."""

    node: MapNode
    shape: Shape
    around: tuple[_Place, ...] = ()
    key: str = ""


def misplaced(tree: MapNode) -> list[Diagnostic]:
    """Return the first key that stands in the wrong mapping, or the first rule that lacks its dash."""
    shape = next((one for one in (_FILE, _SITE) if any(one.word(key.text) for key, _ in tree.entries)), None)
    places = _places(_Place(tree, shape)) if shape else ()
    return next(([wrong] for place in places if (wrong := _wrong(place))), [])


def _dash_too_many(place: _Place) -> Diagnostic | None:
    """A part of a rule or test that begins with a dash, as if it were another one."""
    for key, value in place.node.entries:
        shape = place.shape.below(key.text)
        if shape is None or not shape.listed or not isinstance(value, ListNode):
            continue
        above: set[str | None] = set()
        for item in value.items:
            parts = item.entries if isinstance(item, MapNode) else ()
            words = {shape.word(part.text) for part, _ in parts} or {None}
            if item.position.column != value.position.column + 2:
                break  # it has no dash
            if above and not words & {*above, None, "name", "id", "table"} and isinstance(item, MapNode):
                return _dash(item)
            above = words
    return None


def _dash(item: MapNode) -> Diagnostic:
    place = item.position
    column = max(1, place.column - 2)
    return Diagnostic("E148", Position(place.file, place.line, column, column + 1), {"sign": "-"})


def _places(place: _Place) -> Iterator[_Place]:
    yield place
    for key, value in place.node.entries:
        shape = place.shape.below(key.text)
        if shape is None:
            continue
        for node in value.items if isinstance(value, ListNode) and shape.listed else (value,):
            if isinstance(node, MapNode):
                yield from _places(_Place(node, shape, (place, *place.around), key.text))


def _wrong(place: _Place) -> Diagnostic | None:
    if extra := _dash_too_many(place):
        return extra
    if _lacks_dashes(place):
        return _no_dash(place.node.entries[0][0])
    seen: set[str] = set()
    before: tuple[TextNode, Node] | None = None
    for key, value in place.node.entries:
        word = place.shape.word(key.text)
        if word and word in seen and place.shape.listed and word == "name":
            return _no_dash(key)
        if word:
            seen.add(word)
        elif before and before[0].position.line == key.position.line:
            pass  # in braces nothing is indented
        elif wrong := _too_deep(key, value, place) or (before and _too_shallow(key, value, before, place)):
            return wrong
        before = (key, value)
    return None


def _lacks_dashes(place: _Place) -> bool:
    """A mapping where a list of rules or tests belongs."""
    if not place.shape.listed or not place.around or not place.node.entries:
        return False
    whole = next((value for key, value in place.around[0].node.entries if key.text == place.key), None)
    return whole is place.node and place.shape.word(place.node.entries[0][0].text) in ("name", "id", "when", "show")


def _too_deep(key: TextNode, value: Node, place: _Place) -> Diagnostic | None:
    """A key that a mapping further out lacks."""
    if place.shape.each and _fits(value, place.shape.each):
        return None
    inner = place
    for outer in place.around:
        if inner.shape.listed and not _ends_its_list(key, inner, outer):
            return None  # moved out, it would cut the list in two
        inner = outer
        word = outer.shape.word(key.text)
        if word and all(outer.shape.word(other.text) != word for other, _ in outer.node.entries):
            return _indented(key, _column(outer.node))
    return None


def _ends_its_list(key: TextNode, item: _Place, owner: _Place) -> bool:
    """Tell whether nothing of a list comes after a key in one of its items."""
    lists = [value for _, value in owner.node.entries if isinstance(value, ListNode) and item.node in value.items]
    last = item.node.entries[-1][0].position.line <= key.position.line
    return last and all(one.items[-1] is item.node for one in lists)


def _too_shallow(key: TextNode, value: Node, before: tuple[TextNode, Node], place: _Place) -> Diagnostic | None:
    """A key that belongs under the one before it, or under the last of what stands there."""
    over, filled = before
    shape = place.shape.below(over.text)
    if place.shape.each and _fits(value, place.shape.each):
        return None
    if _is_empty(filled) and place.around and place.shape.each and over.position.column - 1 > _usual(place):
        return _indented(over, _usual(place))
    if _is_empty(filled):
        meant = shape is not None and (shape.word(key.text) or (shape.each and _may_be_named(value, place)))
        return _indented(key, over.position.column + 1) if meant else None
    column = 0
    while shape is not None:
        filled = _last(filled) if shape.listed and isinstance(filled, ListNode) else filled
        if _is_empty(filled) and shape.word(key.text):
            return _indented(key, column)
        if not isinstance(filled, MapNode) or not filled.entries:
            return None
        column = filled.entries[-1][0].position.column + 1
        word = shape.word(key.text)
        if word and all(shape.word(other.text) != word for other, _ in filled.entries):
            return _indented(key, _column(filled))
        shape, filled = shape.each, _last(filled)
    return None


def _may_be_named(value: Node, place: _Place) -> bool:
    """Tell whether a key may be the name of a block, of a segment, of a block in a test."""
    return bool(place.around) or not isinstance(value, TextNode)


def _fits(value: Node, shape: Shape) -> bool:
    """Tell whether a value looks like what stands under a name. A text does in what a test expects."""
    if isinstance(value, TextNode):
        return shape.words is vocabulary.EXPECT_KEYS and not value.empty
    return isinstance(value, MapNode) and any(shape.word(key.text) for key, _ in value.entries)


def _usual(place: _Place) -> int:
    """The column in which what stands under a mapping's key begins, two right of it."""
    key = next(key for key, value in place.around[0].node.entries if value is place.node)
    return key.position.column + 1


def _column(node: MapNode) -> int:
    return node.entries[0][0].position.column - 1


def _last(node: Node) -> Node:
    if isinstance(node, ListNode) and node.items:
        return node.items[-1]
    return node.entries[-1][1] if isinstance(node, MapNode) and node.entries else node


def _is_empty(node: Node) -> bool:
    return isinstance(node, TextNode) and node.empty


def _indented(key: TextNode, wanted: int) -> Diagnostic:
    found = key.position.column - 1
    values = {"key": key.text, "spaces": str(wanted), "found": str(found)}
    return Diagnostic("E149", key.position, values)


def _no_dash(key: TextNode) -> Diagnostic:
    return Diagnostic("E136", key.position, {"right": f"- {key.text}:"})

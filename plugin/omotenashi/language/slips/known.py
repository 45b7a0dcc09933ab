"""Which keys the scan may take for granted: those of the vocabulary."""

from __future__ import annotations

from omotenashi.language import vocabulary
from omotenashi.language.vocabulary import BLOCK_KEYS, FILE_KEYS, LOGIC, SITE_KEYS, Kind, Words, find_field
from omotenashi.model.text import fold

_TABLES = [table for table in vars(vocabulary).values() if isinstance(table, Words)]
_KEYS = frozenset(fold(name) for table in _TABLES for name in table.names() + vocabulary.field_names())
_PROSE = frozenset(
    fold(name)
    for table in _TABLES
    for word in table.all
    if word.name in ("name", "label", "html", "contains", "id", "file", "url", "user_agent", "accept_language")
    for name in (word.name, word.ja)
)
_FIRST = frozenset(
    fold(name)
    for table in (vocabulary.RULE_KEYS, vocabulary.TEST_KEYS)
    for word in table.all
    if word.name in ("name", "id", "table")
    for name in (word.name, word.ja)
)


def is_key(text: str) -> bool:
    """Tell whether a text is a key of the vocabulary, in any spelling."""
    return fold(text) in _KEYS or is_field(text)


def is_field(text: str) -> bool:
    """Tell whether a text is a field of conditions (its value is never a sentence)."""
    return find_field(text) is not None


def takes_words(key: str) -> bool:
    """Tell whether what stands under a key is chosen from words, and so no prose with marks of its own."""
    return is_key(key) and fold(key) not in _PROSE


def takes_prose(key: str) -> bool:
    """Tell whether any sentence may stand under a key."""
    return fold(key) in _PROSE


def belong_together(first: str, second: str) -> bool:
    """Tell whether two keys may stand in one mapping."""
    if all(is_field(key) or LOGIC.find(key) for key in (first, second)):
        return True
    return any(table.find(first) and table.find(second) for table in _TABLES)


def takes_list(key: str) -> bool:
    """Tell whether a list of rules or tests stands under a key."""
    word = BLOCK_KEYS.find(key) or FILE_KEYS.find(key)
    return word is not None and word.name in ("rules", "tests")


def begins_item(key: str) -> bool:
    """Tell whether an item of a list of rules, variants or tests begins with a key."""
    return fold(key) in _FIRST


def holds_names(key: str) -> bool:
    """Tell whether what stands under a key of a file are names: of blocks, segments, attributes."""
    word = FILE_KEYS.find(key) or SITE_KEYS.find(key)
    return word is not None and word.name in ("blocks", "segments", "contents", "attributes", "places")


def compares(key: str) -> bool:
    """Tell whether a number may stand under a key, or the numbers from one to another."""
    field, cart = find_field(key), vocabulary.CART_KEYS.find(key)
    return (field is not None and field[0].kind in (Kind.VISITS, Kind.MEMBER)) or (
        cart is not None and cart.name == "amount"
    )


def takes_content(key: str) -> bool:
    """Tell whether the name of a content may stand under a key."""
    word = vocabulary.RULE_KEYS.find(key) or BLOCK_KEYS.find(key)
    return word is not None and word.name in ("show", "otherwise")


def names_blocks(key: str) -> bool:
    """Tell whether the keys under a key are the names of blocks that a test expects something of."""
    word = vocabulary.TEST_KEYS.find(key)
    return word is not None and word.name == "expect"


def same_key(first: str, second: str) -> bool:
    """Tell whether two keys are one, perhaps in two languages."""
    found = [(table.find(first), table.find(second)) for table in _TABLES]
    return fold(first) == fold(second) or any(one is not None and one is other for one, other in found)

"""Diagnostics in words, Japanese and English. The one table of codes."""

from __future__ import annotations

from omotenashi.language.messages.advice import ADVICE
from omotenashi.language.messages.analyses import ANALYSES
from omotenashi.language.messages.estimates import ESTIMATES
from omotenashi.language.messages.experiments import EXPERIMENTS
from omotenashi.language.messages.form import FORM
from omotenashi.language.messages.message import Message
from omotenashi.language.messages.names import NAMES
from omotenashi.language.messages.slips import SLIPS
from omotenashi.language.messages.tables import TABLES
from omotenashi.language.messages.values import VALUES
from omotenashi.language.messages.words import WORDS
from omotenashi.language.naming import in_language, is_table, named
from omotenashi.language.vocabulary import Word
from omotenashi.model.errors import Diagnostic

MESSAGES: dict[str, Message] = {
    **SLIPS,
    **FORM,
    **VALUES,
    **NAMES,
    **EXPERIMENTS,
    **ESTIMATES,
    **TABLES,
    **WORDS,
    **ANALYSES,
    **ADVICE,
}

_RELATED = {
    "first": ("最初はここ", "first here"),
    "also": ("ここも同じです", "here too"),
    "from": ("開始はここ", "begins here"),
    "by_word": ("語で照合する条件はここ", "this condition matches by word"),
    "clash": ("これと両立しません", "cannot hold together with this"),
    "hider": ("こちらが先に使われます", "this one is used first"),
    "original": ("同じルールはここ", "the same rule is here"),
    "abandoned_for": ("放置の長さはここ", "left for this long here"),
}
_EXPECTED = {
    "mapping": ("「名前: 値」の形の中身", "entries of the form name: value"),
    "list": ("リスト(「- 」で始まる行か [a, b])", "a list (lines that begin with a dash, or [a, b])"),
    "texts": ("1つの文字か、[a, b] のようなリスト", "one text, or a list such as [a, b]"),
    "text": ("1つの文字", "one text"),
    "block": ("ブロックの中身", "what a block has: rules and otherwise"),
    "content": ("コンテンツの中身(ファイルか HTML)", "a file or HTML"),
    "condition": ("「名前: 値」の形の条件", "a condition of the form {field: value}"),
    "conditions": ("条件のリスト", "a list of conditions"),
    "attribute": ("会員項目の種類", "what an attribute is: its type"),
    "place": ("場所の緯度と経度", "a place's latitude and longitude"),
    "groups": ("グループのリスト", "a list of groups"),
    "segment": ("セグメントの条件", "a segment's condition"),
    "rule": ("ルールの中身(名前・条件・表示)", "a rule: name, when, show"),
    "test": ("テストの中身(名前・訪問者・期待)", "a test: name, visitor, expect"),
}
_THINGS = {"whole file": ("ファイル", "the file"), "stated visitor": ("訪問者", "the visitor")}
"""What can be of the wrong form, and has no key."""
_USUAL = {
    "ja": "よく使うキー: {usual}(全部は rules/README.md「使えることば」)",
    "en": 'usual keys: {usual} (all of them: rules/README.md, "Fields and keys")',
}
_ATTRIBUTE = {
    "ja": "会員の属性なら、site.yaml の「{@attributes}」に書くと「{attribute}」で使えます。" + _USUAL["ja"],
    "en": "if it is an attribute of members, declare it in site.yaml ({@attributes}) and write {attribute}; "
    + _USUAL["en"],
}
"""Remedies of a condition that is none, with the usual ones instead of all."""
_UNCHANGED = {"ja": "(もとのままなら「{unchanged}」)", "en": " (or {unchanged}, to leave it as it is)"}
_VOCABULARY = ("what", "names")
"""Values that name keys; `key` does so where it is missing or noted, elsewhere it is what somebody wrote."""
_KEY_IS_OURS = ("E202", "N602")
_LONGEST_QUOTED = 100
_SNIPPETS = ("write", "example", "unchanged", "attribute")
"""Values that are pieces of a file."""


def message(diagnostic: Diagnostic, language: str, keys: str = "en") -> str:
    """Return the sentence for a diagnostic in ja or en; `keys` is the language of its file's keys."""
    entry = MESSAGES[diagnostic.code]
    return _filled(entry.ja if language == "ja" else entry.en, diagnostic, language, keys)


def hint(diagnostic: Diagnostic, language: str, keys: str = "en") -> str:
    """Return the remedy, or empty text where there is none to give: what to write before what was meant."""
    entry = MESSAGES[diagnostic.code]
    template = entry.ja_hint if language == "ja" else entry.en_hint
    if is_table(diagnostic.position.file):
        template = (entry.ja_cell if language == "ja" else entry.en_cell) or template
    written, meant = diagnostic.values.get("write"), diagnostic.values.get("did_you_mean")
    if written:
        general = "「{write}」と書きます" if language == "ja" else "write {write}"
        if diagnostic.values.get("unchanged"):
            template += _UNCHANGED[language]
        return _filled(template if "{write}" in template else general, diagnostic, language, keys)
    if meant:
        shown = _key_named(meant, diagnostic) if isinstance(meant, Word) else meant
        return f"「{shown}」ではありませんか" if language == "ja" else f"did you mean {shown}?"
    if diagnostic.values.get("usual"):
        template = (_ATTRIBUTE if diagnostic.values.get("attribute") else _USUAL)[language]
    if any(f"{{{name}}}" in template and not diagnostic.values.get(name) for name in ("known", "example", "write")):
        return ""
    return _filled(template, diagnostic, language, keys)


def in_general(code: str, language: str) -> tuple[str, str]:
    """Return the sentence and the remedy of a code as they are for any text; the remedy may be empty."""
    entry = MESSAGES[code]
    ja = language == "ja"
    sentence, remedy = (entry.ja, entry.ja_hint) if ja else (entry.en, entry.en_hint)
    special = any(f"{{{name}}}" in remedy for name in ("write", "known", "example"))
    general = _Named({}, "en", "…")
    return sentence.format_map(general), "" if special else remedy.format_map(general)


def related_note(word: str, language: str) -> str:
    """Return what is said about a second place."""
    ja, en = _RELATED[word]
    return ja if language == "ja" else en


def _key_named(word: Word, diagnostic: Diagnostic) -> str:
    """A key in the language in which the wrong one is written."""
    return word.name if str(diagnostic.values.get("key", "")).isascii() else word.ja


class _Named(dict[str, str]):
    """The values of a diagnostic; {@when} is the key `when` as the file would write it, anything else is `other`."""

    def __init__(self, values: dict[str, str], keys: str, other: str = "") -> None:
        super().__init__(values)
        self._keys = keys
        self._other = other

    def __missing__(self, name: str) -> str:
        return named(name[1:], self._keys) if name.startswith("@") else self._other


def _filled(template: str, diagnostic: Diagnostic, language: str, keys: str) -> str:
    values = {
        name: _shown(name, value, diagnostic.code, language, keys)
        for name, value in diagnostic.values.items()
        if f"{{{name}}}" in template
    }
    return template.format_map(_Named(values, keys))


def _shown(name: str, value: object, code: str, language: str, keys: str) -> str:
    if isinstance(value, Word):
        return value.ja if keys == "ja" and value.ja else value.name
    if isinstance(value, (list, tuple)):
        separator = "、" if language == "ja" else ", "
        return separator.join(_shown(name, one, code, language, keys) for one in value)
    if name == "expected" and value in _EXPECTED:
        return _EXPECTED[str(value)][0 if language == "ja" else 1]
    if name == "what" and value in _THINGS:
        return _THINGS[str(value)][0 if language == "ja" else 1]
    if name in _SNIPPETS:
        return in_language(str(value), keys)
    if name in _VOCABULARY or (name == "key" and code in _KEY_IS_OURS):
        return named(str(value), keys)
    text = str(value)
    return text if len(text) <= _LONGEST_QUOTED else f"{text[:_LONGEST_QUOTED]}…"

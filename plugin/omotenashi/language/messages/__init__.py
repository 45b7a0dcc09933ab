"""Diagnostics in words, Japanese and English. The one table of codes."""

from __future__ import annotations

from collections import defaultdict

from omotenashi.language.messages.advice import ADVICE
from omotenashi.language.messages.analyses import ANALYSES
from omotenashi.language.messages.experiments import EXPERIMENTS
from omotenashi.language.messages.form import FORM
from omotenashi.language.messages.message import Message
from omotenashi.language.messages.names import NAMES
from omotenashi.language.messages.slips import SLIPS
from omotenashi.language.messages.tables import TABLES
from omotenashi.language.messages.values import VALUES
from omotenashi.language.messages.words import WORDS
from omotenashi.model.errors import Diagnostic

MESSAGES: dict[str, Message] = {
    **SLIPS,
    **FORM,
    **VALUES,
    **NAMES,
    **EXPERIMENTS,
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
    "mapping": ("「キー: 値」の組", "a mapping (key: value)"),
    "list": ("リスト(- で始まる行か [a, b])", "a list (lines that begin with -, or [a, b])"),
    "text": ("文字", "a text"),
}


def message(diagnostic: Diagnostic, language: str) -> str:
    """Return the sentence for a diagnostic in ja or en."""
    entry = MESSAGES[diagnostic.code]
    return _filled(entry.ja if language == "ja" else entry.en, diagnostic, language)


def hint(diagnostic: Diagnostic, language: str) -> str:
    """Return the remedy, or empty text where there is none to give."""
    meant = diagnostic.values.get("did_you_mean")
    if meant:
        return f"「{meant}」ではありませんか" if language == "ja" else f"did you mean {meant}?"
    entry = MESSAGES[diagnostic.code]
    template = entry.ja_hint if language == "ja" else entry.en_hint
    if any(f"{{{name}}}" in template and not diagnostic.values.get(name) for name in ("known", "example")):
        return ""
    return _filled(template, diagnostic, language)


def related_note(word: str, language: str) -> str:
    """Return what is said about a second place."""
    ja, en = _RELATED[word]
    return ja if language == "ja" else en


def _filled(template: str, diagnostic: Diagnostic, language: str) -> str:
    values = {name: _shown(value, language) for name, value in diagnostic.values.items()}
    return template.format_map(defaultdict(str, values))


def _shown(value: object, language: str) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    if isinstance(value, str) and value in _EXPECTED:
        return _EXPECTED[value][0 if language == "ja" else 1]
    return str(value)

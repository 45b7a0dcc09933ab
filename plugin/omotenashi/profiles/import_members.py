"""Records of members: lines of a file -> consent and attributes by member, kept apart from what the member did."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from omotenashi.model.errors import StoreUnavailable, bad_request
from omotenashi.model.site_facts import Attribute
from omotenashi.model.text import fold
from omotenashi.profiles.import_tables import Columns
from omotenashi.profiles.importing import Before, Outcome, Refusal, Writing
from omotenashi.profiles.keys import member_key
from omotenashi.profiles.store import MemberRecord

_YES = frozenset({"yes", "true", "はい"})
_NO = frozenset({"no", "false", "いいえ", "denied"})
_SEPARATORS = re.compile(r"[,、;\s]+")
_DATE = re.compile(r"(\d{4})[-/](\d\d?)[-/](\d\d?)(?:[T ].*)?")
"""As ISO 8601 and as Excel writes it."""
_EXPECTED = {"number": "a number", "date": "a date such as 1990-04-01", "yes_no": "はい, いいえ, yes or no"}

Unreadable = Callable[[Mapping[str, str]], set[str]]
"""Returns which attributes cannot be read as the type that site.yaml declares."""


class Statement(NamedTuple):
    """What a line says about a member."""

    key: str
    consent: frozenset[str] | None
    attributes: Mapping[str, str]
    """By folded name; empty: the member has none."""


def member_columns(attributes: Mapping[str, Attribute]) -> Columns:
    """Return the columns of a file of members: id, consent, and the attributes by name or label."""
    names = {attribute.name: folded for folded, attribute in attributes.items()}
    labels = {attribute.label: folded for folded, attribute in attributes.items() if attribute.label}
    own = {"id": "id", "会員ID": "id", "member_id": "id", "consent": "consent", "同意": "consent"}
    sensitive = frozenset(folded for folded, attribute in attributes.items() if attribute.sensitive)
    return Columns({**labels, **names, **own}, needed=(("id",),), never=sensitive)


class MemberWork:
    """Reads and writes lines about members."""

    together = ""

    def __init__(
        self,
        secret: bytes,
        attributes: Mapping[str, Attribute],
        categories: frozenset[str],
        unreadable: Unreadable,
        now: int,
    ) -> None:
        """`secret` makes the keys of members; `categories` are those of consent."""
        self._secret = secret
        self._attributes = attributes
        self._categories = categories
        self._unreadable = unreadable
        self._now = now

    def read(self, values: Mapping[str, object]) -> Statement:
        """Return what a line says; raises RefusedRequest."""
        member = _text("id", values.get("id"))
        if not member:
            bad_request("id is missing")
        texts = {name: self._written(name, value) for name, value in values.items() if name not in ("id", "consent")}
        wrong = self._unreadable({name: text for name, text in texts.items() if text})
        if wrong:
            bad_request("; ".join(self._reason(self._attributes[name]) for name in texts if name in wrong))
        return Statement(member_key(member, self._secret), self._consent(values.get("consent")), texts)

    def write(self, before: Before, writing: Writing, lines: Sequence[tuple[int, Statement]]) -> Outcome:
        """Keep what a batch of lines says. What a line does not speak of stays as it is recorded."""
        refused = []
        for number, stated in lines:
            try:
                known = before.read_record(stated.key) or MemberRecord()
            except StoreUnavailable as error:
                refused.append(Refusal(number, str(error)))
                continue
            writing.write_record(stated.key, _changed(known, stated), self._now)
        return Outcome(refused)

    def _written(self, name: str, value: object) -> str:
        attribute = self._attributes[name]
        text = _text(attribute.name, value)
        date = _DATE.fullmatch(text) if attribute.type == "date" else None
        return f"{date[1]}-{int(date[2]):02}-{int(date[3]):02}" if date else text

    def _reason(self, attribute: Attribute) -> str:
        if attribute.type == "choice":
            return f"{attribute.name} is none of {', '.join(attribute.values)}"
        return f"{attribute.name} is not {_EXPECTED.get(attribute.type, 'a text')}"

    def _consent(self, stated: object) -> frozenset[str] | None:
        text = fold(_text("consent", stated))
        if not text:
            return frozenset() if isinstance(stated, list) else None
        if text in _NO:
            return frozenset()
        words = frozenset(_SEPARATORS.split(text))
        if text in _YES:
            return self._categories
        if not words <= self._categories:
            bad_request(
                f"consent is neither はい, いいえ, yes, no, denied nor of {', '.join(sorted(self._categories))}"
            )
        return words


def _changed(known: MemberRecord, stated: Statement) -> MemberRecord:
    attributes = {name: text for name, text in {**known.attributes, **stated.attributes}.items() if text}
    return MemberRecord(known.consent if stated.consent is None else stated.consent, attributes)


def _text(name: str, value: object) -> str:
    """Return a value of CSV or JSON as the text that is kept."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "、".join(value)
    if not isinstance(value, str):
        bad_request(f"{name} is neither a text nor a number")
    return value.strip()

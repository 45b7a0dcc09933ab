"""Everything that can go wrong and is meant to be read by people.

OmotenashiError
├── EditorError         what an editor asked for cannot be done: said in Japanese or in English
│   ├── WrongRules      the rules have errors
│   └── UnreadableFile  a file that is to be imported cannot be read
├── SettingsError       a setting is wrong: names the setting and the remedy
├── StoreUnavailable    the store did not answer in time or refused to write
└── RefusedRequest      a request that is answered with a problem document
"""

from __future__ import annotations

from typing import Any, NoReturn

from msgspec import Struct


class Position(Struct, frozen=True, gc=False):
    """A place in a file. Lines and columns count from 1, columns in characters."""

    file: str
    """Its name within the rules folder; empty for the folder itself."""
    line: int
    column: int
    end_column: int


class Diagnostic(Struct, frozen=True, gc=False):
    """One mistake, note or warning, as data; `language/messages.py` puts it into words."""

    code: str
    """Begins with E for an error, W for a warning, N for a note."""
    position: Position
    values: dict[str, Any] = {}
    """What the message's template names."""
    related: tuple[tuple[Position, str], ...] = ()
    """Second places and the code of what is said about them."""

    @property
    def level(self) -> str:
        """error, warning or note."""
        return {"E": "error", "W": "warning", "N": "note"}[self.code[0]]


class OmotenashiError(Exception):
    """Base of all errors that the project raises on purpose."""


class EditorError(OmotenashiError):
    """What an editor asked for cannot be done."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en

    def said(self, language: str) -> str:
        """Return the sentence in ja or en."""
        return self.ja if language == "ja" else self.en


class WrongRules(EditorError):
    """The rules have errors."""


class UnreadableFile(EditorError):
    """A file that is to be imported cannot be read."""


class SettingsError(OmotenashiError):
    """A setting is wrong."""


class StoreUnavailable(OmotenashiError):
    """The profile store cannot be read, or not written."""


class StoreRefused(StoreUnavailable):
    """The profile store answered that it does not do what it was asked; certainly nothing was done."""


class StoreTimeout(StoreUnavailable, TimeoutError):
    """The profile store did not answer in time; it may be about to."""


class RefusedRequest(OmotenashiError):
    """A request that is answered with a status and a problem document (RFC 9457)."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def bad_request(detail: str) -> NoReturn:
    """Raise RefusedRequest 400."""
    raise RefusedRequest(400, detail)

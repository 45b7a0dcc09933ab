"""From a line of JSON to the request that it describes, and from what is read of it to a line of JSON."""

from __future__ import annotations

import json

import msgspec
from msgspec.structs import fields

from omotenashi.model.errors import OmotenashiError
from omotenashi.web.lines import RequestLine

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes."""


class BadLine(OmotenashiError):
    """A line that is no request, with what is wrong with it in one word."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


KEYS = tuple(field.name for field in fields(RequestLine))

encoded_line = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(RequestLine)


class _Strict(RequestLine, frozen=True, forbid_unknown_fields=True):
    """The same, without anything else."""


_strict = msgspec.json.Decoder(_Strict)


def requested(line: bytes) -> tuple[RequestLine, tuple[str, ...]]:
    """Return the request that a line describes, and the names of what is none of its keys; raises BadLine."""
    if len(line) >= LONGEST_LINE:
        raise BadLine("too_long")
    try:
        return _strict.decode(line), ()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _read_closely(line)


def _read_closely(line: bytes) -> tuple[RequestLine, tuple[str, ...]]:
    """Read a line in which something is unknown or wrong. Half a surrogate pair becomes a replacement character."""
    try:
        found = json.loads(line)
        if not isinstance(found, dict):
            raise BadLine("no_object")
        text = json.dumps(found, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return _decoder.decode(text), tuple(name for name in found if name not in KEYS)
    except msgspec.ValidationError as error:
        raise BadLine("type", str(error).rpartition("$.")[2].partition("[")[0].rstrip("`")) from error
    except UnicodeDecodeError as error:
        raise BadLine("no_utf8") from error
    except (ValueError, RecursionError) as error:
        raise BadLine("no_json", str(error)) from error

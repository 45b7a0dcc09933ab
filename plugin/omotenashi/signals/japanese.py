"""EUC-JP and ISO-2022-JP as browsers send them: with the characters of makers, such as ① ㈱ 髙."""

from __future__ import annotations

import re

_EUC = re.compile(rb"[\x00-\x7f]+|\x8e[\xa1-\xdf]|[\xa1-\xfe][\xa1-\xfe]|(?s:.)")
_JIS = re.compile(rb"\x1b(\([BJI]|\$[@B])")


def read_in(data: bytes, codec: str) -> str:
    """Return `data` read in one of Python's codecs, with makers' characters where it is euc_jp or iso2022_jp_ext.

    Raises UnicodeDecodeError. Python's two codecs know the standard alone; what browsers send is CP51932 and CP50221,
    which are cp932 with other numbers, and so they are read.
    """
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        if codec == "euc_jp":
            return _euc_as_cp932(data).decode("cp932")
        if codec == "iso2022_jp_ext":
            return _jis_as_cp932(data).decode("cp932")
        raise


def _euc_as_cp932(data: bytes) -> bytes:
    return b"".join(_character(part) for part in _EUC.findall(data))


def _character(part: bytes) -> bytes:
    if part.isascii():
        return part
    if len(part) == 1:
        raise UnicodeDecodeError("euc_jp", part, 0, 1, "half a character")
    return part[1:] if part[0] == 0x8E else _pair(part[0] - 0xA0, part[1] - 0xA0)


def _pair(row: int, cell: int) -> bytes:
    """Return the two bytes of cp932 for a place in the table of JIS X 0208; both count from 1 to 94."""
    lead = (row + 1) // 2 + (0x80 if row < 63 else 0xC0)
    odd = cell + (0x3F if cell < 64 else 0x40)
    return bytes((lead, odd if row % 2 else cell + 0x9E))


def _jis_as_cp932(data: bytes) -> bytes:
    """Between its escapes ISO-2022-JP is ASCII, or EUC-JP without the high bits, or half-width kana likewise."""
    start, *rest = _JIS.split(data)
    parts = [start]
    for escape, text in zip(rest[::2], rest[1::2], strict=True):
        high = bytes(byte | 0x80 for byte in text)
        parts.append(_euc_as_cp932(high) if escape[:1] == b"$" else high if escape == b"(I" else text)
    return b"".join(parts)

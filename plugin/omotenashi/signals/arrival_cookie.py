"""How the visit began, in a signed cookie: for visitors who consent and whose profile cannot keep it.

The text is a letter, base64url (RFC 4648) of the moments and the arrival in MessagePack, a dot, and base64url of their
HMAC-SHA-256 (RFC 2104). It holds no id: whose it is goes into the signature alone, and the letter tells whether it is
somebody's. So a copy is worth nothing to somebody else, unless it was made before there was an id that lasts.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from omotenashi.model.visitor import SILENCE, Arrival
from omotenashi.signals.set_cookie import SetCookie

LIFE = SILENCE
"""Seconds."""
RENEWED_AFTER = 60
"""Seconds after which it is set anew. By so much a visit may end too early where the cookie alone keeps it."""
AHEAD = 60
"""Seconds by which the clock of another node may be fast."""
LONGEST = 1024
"""Characters."""
UNBOUND = ""
"""Whose a cookie is that was made before there was an id that lasts."""

_HOST, _SHARED, _PLAIN = "__Host-omo_arrival", "__Secure-omo_arrival", "omo_arrival"
ARRIVAL_COOKIE = SetCookie(_HOST, _SHARED, _PLAIN, LIFE)

_PURPOSE = b"omotenashi arrival cookie 1"
"""Makes the key another one than the hashes have; another number where the text changes its form."""
_LARGEST = (LONGEST - 45) // 4 * 3
"""Bytes of MessagePack: the letter, the dot and the signature take 45 characters."""
_BOUND, _UNBOUND = "b", "u"
"""The first letter."""
_CUTS = (600, 300, 200, 150, 100, 64)
"""Bytes to which every text is cut, the first that is enough; ten texts of 64 always fit, and two words."""
_FROM_NOWHERE = frozenset({"direct", "internal"})


class Kept(Struct, frozen=True):
    """What a cookie says. Moments are seconds since 1970-01-01 UTC."""

    arrival: Arrival
    began: int
    """When the visitor arrived."""
    set_at: int
    owner: str
    """Whose it is: the key of a profile, or UNBOUND."""


class ArrivalCookies:
    """Reads and writes the text of the cookie; `counts` gets `arrival_cookie_refused:REASON`.

    All processes and nodes with the same `secret`, the key of the hashes of member ids, read each other's.
    """

    def __init__(self, secret: bytes, counts: Counter[str]) -> None:
        self._keyed = hmac.new(hmac.digest(secret, _PURPOSE, "sha256"), digestmod="sha256")
        self._counts = counts

    def read(self, cookies: Mapping[str, str], owners: Sequence[str], now: int, domain: str = "") -> Kept | None:
        """Return what the cookies say of a visit that goes on at `now`, if it is of one of the `owners` or unbound.

        Whatever is not right with a cookie, it is as if it were not there. `domain` as in site.yaml.
        """
        for name in ARRIVAL_COOKIE.by_safety(domain):
            if name in cookies:
                found = self._read(cookies[name], owners, now)
                if isinstance(found, Kept):
                    return found
                self._counts[f"arrival_cookie_refused:{found}"] += 1
        return None

    def written(self, arrival: Arrival, owner: str, began: int, now: int) -> str:
        """Return the text of a cookie that is set at `now`: at most LONGEST characters, long texts are cut."""
        signed = f"{_UNBOUND if owner == UNBOUND else _BOUND}{_base64(_packed(arrival, began, now))}"
        return f"{signed}.{self._signature(signed, owner)}"

    def _read(self, text: str, owners: Sequence[str], now: int) -> Kept | str:
        if len(text) > LONGEST:
            return "too_long"
        signed, _, signature = text.rpartition(".")
        owner = self._signed_for(signed, signature, owners if signed.startswith(_BOUND) else (UNBOUND,))
        if owner is None:
            return "signature"
        try:
            began, set_at, arrival = _decode(urlsafe_b64decode(f"{signed[1:]}=="))
        except (msgspec.DecodeError, ValueError):  # signed by a version with another form
            return "form"
        if set_at > now + AHEAD:
            return "future"
        return Kept(arrival, began, set_at, owner) if now < set_at + LIFE else "over"

    def _signed_for(self, signed: str, signature: str, owners: Sequence[str]) -> str | None:
        """Return the one of the owners whom the signature is for."""
        given = signature.encode(errors="replace")
        for owner in owners:
            if hmac.compare_digest(self._signature(signed, owner).encode(), given):
                return owner
        return None

    def _signature(self, signed: str, owner: str) -> str:
        made = self._keyed.copy()
        made.update(f"{signed}.{owner}".encode(errors="replace"))
        return _base64(made.digest())


def is_sent(cookies: Mapping[str, str]) -> bool:
    """Tell whether there is such a cookie, right or wrong."""
    return _PLAIN in cookies or _HOST in cookies or _SHARED in cookies


def is_worth_keeping(arrival: Arrival) -> bool:
    """Tell whether an arrival says more than that somebody came."""
    return arrival.medium not in _FROM_NOWHERE or bool(arrival.keyword or arrival.campaign)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, int, Arrival]).decode


def _packed(arrival: Arrival, began: int, now: int) -> bytes:
    packed = _encode((began, now, arrival))
    for longest in _CUTS:
        if len(packed) <= _LARGEST:
            break
        packed = _encode((began, now, _shortened(arrival, longest)))
    return packed


def _shortened(arrival: Arrival, longest: int) -> Arrival:
    """Cut every text to so many bytes of UTF-8, between characters."""
    texts = {name: text for name, text in asdict(arrival).items() if isinstance(text, str)}
    return replace(arrival, **{name: text.encode()[:longest].decode(errors="ignore") for name, text in texts.items()})


def _base64(data: bytes) -> str:
    """Without padding: some frameworks percent-encode = in the cookies that they set."""
    return urlsafe_b64encode(data).decode().rstrip("=")

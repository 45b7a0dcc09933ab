"""The members of the shop, and the signed cookie of who is logged in. A shop of one's own has accounts and passwords.

The cookie is a token (JWT) that the service believes, too, so that its own page /omo/why knows the member.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import jwt
from msgspec import Struct

COOKIE = "omo_member"
LIFE_SECONDS = 12 * 60 * 60
"""The longest that the service takes."""

_AUDIENCE = "omotenashi"
_ALGORITHM = "HS256"


class Member(Struct, frozen=True):
    id: str
    last_name: str
    rank: str
    points: int
    interests: tuple[str, ...] = ()
    born_this_month: bool = False
    """Whenever the demo runs."""

    def stated(self) -> dict[str, Any]:
        """Return the member as the shop states it: the id, and what site.yaml declares under attributes."""
        stated = {"id": self.id, "rank": self.rank, "last_name": self.last_name, "points": self.points}
        if self.interests:
            stated["interests"] = self.interests
        if self.born_this_month:
            stated["birthday"] = f"1990-{datetime.now(ZoneInfo('Asia/Tokyo')):%m}-15"
        return stated


MEMBERS = {
    member.id: member
    for member in (
        Member("m-1001", "佐藤", "ゴールド", 1200),
        Member("m-1002", "鈴木", "一般", 300, interests=("トレイル",)),
        Member("m-1003", "高橋", "プラチナ", 4800, born_this_month=True),
    )
}


class Sessions:
    """Makes and reads the cookie. `key` is KID:SECRET, as in OMO_MEMBER_KEY."""

    def __init__(self, key: str) -> None:
        self._kid, _, self._secret = key.partition(":")

    def cookie_of(self, member: Member) -> str:
        stated = member.stated()
        issued = int(time.time())
        times = {"iat": issued, "exp": issued + LIFE_SECONDS}
        claims = {"sub": stated.pop("id"), "aud": _AUDIENCE, **times, **stated}
        return jwt.encode(claims, self._secret, _ALGORITHM, headers={"kid": self._kid})

    def member_of(self, cookie: str | None) -> Member | None:
        """Return who is logged in; a cookie that is missing, forged or over is a guest's."""
        try:
            claims = jwt.decode(cookie or "", self._secret, [_ALGORITHM], audience=_AUDIENCE)
        except jwt.PyJWTError:
            return None
        return MEMBERS.get(claims.get("sub", ""))

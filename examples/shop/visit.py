"""One request of a browser, as the shop understands it, and as it states it to the service."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct
from starlette.requests import Request

import carts
import consent
import members
import somebody
from carts import Cart
from members import Member, Sessions
from somebody import Somebody

VISITOR_COOKIE = "omo_vid"
ARRIVAL_COOKIE = "omo_arrival"
"""How the visit began, signed by the service: the shop keeps it and hands it on, and need not understand it."""

_FOR_THE_SERVICE = ("sec-gpc", "sec-purpose")
"""Headers of the browser that the service heeds: no tracking, please; and: this page is only fetched ahead."""
_ARRIVAL = re.compile(r"[A-Za-z0-9_.-]{1,1024}")


class Visit(Struct, frozen=True):
    person: Somebody
    """Whom the strip plays."""
    member: Member | None
    consent: list[str] | None
    """None where the visitor was not asked yet."""
    visitor_id: str | None
    guest_cart: Cart
    client: dict[str, str]
    headers: dict[str, str]

    @property
    def remembers(self) -> bool:
        """The visitor allows that what was done is remembered."""
        return "personalization" in (self.consent or ())

    @property
    def denies(self) -> bool:
        """The visitor has said no."""
        return self.consent is not None and not self.remembers

    def who(self) -> dict[str, Any]:
        """Return the parts `visitor` and `member` of a call. Where nothing was said about consent, nothing is stated."""
        visitor: dict[str, Any] = {}
        if self.consent is not None:
            visitor["consent"] = self.consent
        if self.visitor_id:
            visitor["id"] = self.visitor_id
        return {"visitor": visitor, "member": self.member.stated()} if self.member else {"visitor": visitor}


def visit_of(request: Request, sessions: Sessions) -> Visit:
    """Return what cookies and headers of a request say."""
    cookies = request.cookies
    person = somebody.from_cookie(cookies.get(somebody.COOKIE))
    return Visit(
        person=person,
        member=sessions.member_of(cookies.get(members.COOKIE)),
        consent=consent.from_cookie(cookies.get(consent.COOKIE)),
        visitor_id=cookies.get(VISITOR_COOKIE),
        guest_cart=carts.from_cookie(cookies.get(carts.COOKIE)),
        client=_client(request) | somebody.place_of(person),
        headers=_headers(request),
    )


def _headers(request: Request) -> dict[str, str]:
    """Return what of the browser's headers the service has to know, of its cookies only how the visit began."""
    headers = {name: request.headers[name] for name in _FOR_THE_SERVICE if name in request.headers}
    arrival = request.cookies.get(ARRIVAL_COOKIE, "")
    return {**headers, "cookie": f"{ARRIVAL_COOKIE}={arrival}"} if _ARRIVAL.fullmatch(arrival) else headers


def _client(request: Request) -> dict[str, str]:
    return {
        "ip": request.client.host if request.client else "",
        "user_agent": request.headers.get("user-agent", ""),
        "accept_language": request.headers.get("accept-language", ""),
    }

"""What a visitor may send to be taken for somebody else or somewhere else: headers, tokens, bodies."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import jwt
from tests.conftest import MEMBER_SECRET

Headers = list[tuple[bytes, bytes]]
OTHER = "visitor-of-somebody-else"
OSAKA = "133.1.2.3"
OTHER_KEY = "the-second-secret-of-32-bytes-or-more"

_ADDRESSES = """
    X-Forwarded-For X-Forwarded X-Real-IP X-Client-IP Client-IP True-Client-IP CF-Connecting-IP CF-Connecting-IPv6
    CF-Pseudo-IPv4 Fastly-Client-IP Fly-Client-IP X-Cluster-Client-IP X-Originating-IP X-Remote-IP X-Remote-Addr
    X-ProxyUser-Ip X-Azure-ClientIP X-Azure-SocketIP X-Appengine-User-Ip X-Envoy-External-Address X-Original-Forwarded-For
    X-Vercel-Forwarded-For CloudFront-Viewer-Address Via WL-Proxy-Client-IP Remote-Addr
""".split()
PLACES = {
    "CF-IPCountry": "JP", "CF-Region": "Osaka", "CF-Region-Code": "27", "CF-IPCity": "Osaka",
    "CloudFront-Viewer-Country": "JP", "CloudFront-Viewer-Country-Region": "27", "CloudFront-Viewer-City": "Osaka",
    "X-Vercel-IP-Country": "JP", "X-Vercel-IP-Country-Region": "27", "X-Vercel-IP-City": "Osaka",
    "X-AppEngine-Country": "JP", "X-AppEngine-Region": "27", "X-AppEngine-City": "osaka",
    "X-AppEngine-CityLatLong": "34.69,135.50", "X-Client-Geo-Location": "Osaka,JP",
    "X-Akamai-Edgescape": "country_code=JP,region_code=27,city=OSAKA,lat=34.69,long=135.50",
    "X-Geo-Country": "JP", "X-Geo-Region": "27", "X-Geo-City": "Osaka", "X-Country-Code": "JP", "GeoIP-Country": "JP",
}  # fmt: skip
_OWN = {
    "Visitor": OTHER, "Consent": "personalization,measurement", "Page-Uri": "/running/x?utm_term=marathon",
    "Segment": "gold", "Request": "request-of-somebody-else", "Member": '{"id": "u1", "rank": "ゴールド"}',
    "Country": "JP", "Prefecture": "大阪府", "Key": "the-key-of-the-tests", "Rule": "hero/x", "Vid": OTHER,
    "Client-Ip": OSAKA, "Keyword": "マラソン", "Referer": "https://www.google.com/?q=marathon", "Trusted": "1",
}  # fmt: skip
_ODD = {
    "X_Forwarded_For": OSAKA, "X_Omo_Visitor": OTHER, "X_Omo_Consent": "personalization", "HTTP_X_FORWARDED_FOR": OSAKA,
    "x-omo-visitor": OTHER, "X-OMO-CONSENT": "personalization", "X-Omo--Visitor": OTHER,
    "X-Forwarded-Host": "evil.example", "X-Original-URL": "/running/x", "X-Rewrite-URL": "/running/x",
    "X-HTTP-Method-Override": "DELETE", "X-Forwarded-User": "u1", "X-Remote-User": "u1", "Remote-User": "u1",
    "Authorization": "Basic dTE6cA==", "Proxy-Authorization": "Bearer the-key-of-the-tests",
    "X-Api-Key": "the-key-of-the-tests", "X-Authorization": "Bearer the-key-of-the-tests",
}  # fmt: skip


def _one(name: str, *values: str) -> Headers:
    return [(name.encode(), value.encode()) for value in values]


def _together(values: Mapping[str, str]) -> Headers:
    return [(name.encode(), value.encode()) for name, value in values.items()]


_OWN_HEADERS = {f"X-Omo-{name}": value for name, value in _OWN.items()}
HEADERS: list[Headers] = [
    *(_one(name, OSAKA) for name in _ADDRESSES),
    *(_one(name, value) for name, value in (PLACES | _OWN_HEADERS | _ODD).items()),
    _one("Forwarded", f"for={OSAKA}"),
    _one("Forwarded", f'For="{OSAKA}:80";by=10.0.0.1, for=10.0.0.2'),
    _one("Forwarded", 'for="'),
    _one("X-Forwarded-For", ""),
    _one("X-Forwarded-For", "," * 4000),
    _one("X-Forwarded-For", "unknown"),
    _one("X-Forwarded-For", "10.0.0.1, 10.0.0.2"),
    _one("X-Forwarded-For", OSAKA, "10.0.0.1"),
    _one("X-Omo-Visitor", OTHER, OTHER) + _one("X-Omo-Consent", "personalization"),
    _together(dict.fromkeys(_ADDRESSES, OSAKA)),
    _together(PLACES),
    _together(_OWN_HEADERS),
]
"""Each a request's forged headers."""

BODIES: list[dict[str, Any]] = [
    {"visitor": {"id": OTHER}},
    {"client": {"ip": OSAKA}},
    {"client": {"country": "JP", "prefecture": "大阪府", "city": "大阪市", "location": "34.69,135.50"}},
    {"member": {"id": "u1", "rank": "ゴールド", "last_name": "佐藤"}},
    {"member": {}},
    {"visitor": {"id": OTHER}, "client": {"ip": OSAKA}, "member": {"id": "u1", "rank": "ゴールド"}},
    {"authenticated": True, "trusted": True, "segments": ["gold"], "key": "the-key-of-the-tests"},
]
"""What only a caller with the key may state."""


def tokens() -> dict[str, str]:
    """Return member tokens that must not be believed, by what is wrong with them; k1 and k2 are the service's keys."""
    now = int(time.time())
    good = {"sub": "u1", "aud": "omotenashi", "iat": now, "exp": now + 200, "rank": "ゴールド", "last_name": "佐藤"}
    usual = _signed(good)
    head, claims, signature = usual.split(".")
    return {
        "alg none": _signed(good, {"alg": "none"}, signature=""),
        "alg None, signed": _signed(good, {"alg": "None", "kid": "k1"}),
        "alg none, with the old signature": f"{_part({'alg': 'none', 'kid': 'k1'})}.{claims}.{signature}",
        "no signature": f"{head}.{claims}.",
        "another's signature": f"{head}.{_part({**good, 'sub': 'u2'})}.{signature}",
        "another secret": _signed(good, secret="a-secret-that-nobody-knows-of-32-bytes"),
        "an empty secret": _signed(good, secret=""),
        "the server key": _signed(good, secret="the-key-of-the-tests"),
        "another key's kid": _signed(good, {"alg": "HS256", "kid": "k2"}),
        "the other key under this kid": _signed(good, {"alg": "HS256", "kid": "k1"}, secret=OTHER_KEY),
        "a kid that is gone": _signed(good, {"alg": "HS256", "kid": "k0"}),
        "no kid beside two keys": _signed(good, {"alg": "HS256"}),
        "a kid that is a path": _signed(good, {"alg": "HS256", "kid": "../../dev/null"}, secret=""),
        "HS512": jwt.encode(good, MEMBER_SECRET * 2, "HS512", {"kid": "k1"}),
        "alg RS256": _signed(good, {"alg": "RS256", "kid": "k1"}),
        "a key of its own": _signed(good, {"alg": "HS256", "jwk": {"kty": "oct", "k": "eA"}}, secret="x"),
        "an extension": _signed(good, {"alg": "HS256", "kid": "k1", "crit": ["exp"]}),
        "b64 false": _signed(good, {"alg": "HS256", "kid": "k1", "b64": False}),
        "another audience": _signed({**good, "aud": "shop"}),
        "no audience": _signed({name: value for name, value in good.items() if name != "aud"}),
        "expired": _signed({**good, "iat": now - 400, "exp": now - 120}),
        "from the future": _signed({**good, "iat": now + 200, "exp": now + 400}),
        "not before": _signed({**good, "nbf": now + 200}),
        "13 hours": _signed({**good, "exp": now + 13 * 3600}),
        "no end": _signed({name: value for name, value in good.items() if name != "exp"}),
        "no beginning": _signed({name: value for name, value in good.items() if name != "iat"}),
        "an end that is no number": _signed({**good, "exp": float("nan")}),
        "an end as text": _signed({**good, "exp": str(now + 200)}),
        "a list of claims": _signed([good]),
        "deep": f"{_base64(b'[' * 3000)}.{claims}.{signature}",
        "deep claims, not signed": f"{head}.{_base64(b'[' * 3000)}.{signature}",
        "too long": _signed({**good, "x": "x" * 8192}),
        "twice": f"{usual}.{usual}",
        "Bearer": f"Bearer {usual}",
        "JSON": '{"sub":"u1"}',
        "not a token": "u1",
    }


def good_token(life: int = 200) -> str:
    """Return one that is believed."""
    now = int(time.time())
    return _signed({"sub": "u1", "aud": "omotenashi", "iat": now, "exp": now + life, "rank": "ゴールド"})


def _signed(claims: Any, header: Any = None, *, secret: str = MEMBER_SECRET, signature: str | None = None) -> str:
    text = f"{_part(header or {'alg': 'HS256', 'kid': 'k1'})}.{_part(claims)}"
    made = _base64(hmac.digest(secret.encode(), text.encode(), "sha256")) if signature is None else signature
    return f"{text}.{made}"


def _part(data: Any) -> str:
    return _base64(json.dumps(data).encode())


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()

"""The strip at the foot of each page: who the person in front of the screen pretends to be.

A real CMS knows all this from the request, the session and its members. Here one cookie of the shop holds it, as JSON.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote, unquote, urlencode
from zoneinfo import ZoneInfo

import msgspec

COOKIE = "kakekkodo_somebody"

ARRIVALS = {
    "direct": "そのまま",
    "yahoo": "Yahoo! JAPAN で検索",
    "ad": "検索広告（utm_term）",
    "bing": "Bing（言葉はわからない）",
    "campaign": "LINE のキャンペーン",
}
PLACES: dict[str, tuple[str, dict[str, str]]] = {
    "unknown": ("わからない", {}),
    "hokkaido": ("北海道", {"prefecture": "北海道"}),
    "tokyo": ("東京都", {"prefecture": "東京都"}),
    "yoyogi": ("東京都・代々木公園の前", {"prefecture": "東京都", "location": "35.6717, 139.6949"}),
    "osaka": ("大阪府", {"prefecture": "大阪府"}),
}
MEMBERS = {"guest": "ゲスト", "regular": "一般会員", "gold": "ゴールド会員"}

_LONGEST_TEXT = 40
_MOST_POINTS = 999_999
_MOST_IN_CART = 20


class Somebody(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that can be chosen in the strip, and the cart."""

    arrival: Literal["direct", "yahoo", "ad", "bing", "campaign"] = "direct"
    keyword: str = "マラソン シューズ"
    place: Literal["unknown", "hokkaido", "tokyo", "yoyogi", "osaka"] = "unknown"
    member: Literal["guest", "regular", "gold"] = "guest"
    member_id: str = ""
    last_name: str = "佐藤"
    points: int = 1200
    birthday_this_month: bool = False
    consent: bool = False
    cart: tuple[str, ...] = ()


def from_cookie(text: str | None) -> Somebody:
    """Return whom the cookie describes; a cookie that cannot be read describes nobody in particular."""
    try:
        return msgspec.json.decode(unquote(text or "{}"), type=Somebody)
    except msgspec.DecodeError:
        return Somebody()


def to_cookie(person: Somebody) -> str:
    return quote(msgspec.json.encode(person), safe="")


def changed(person: Somebody, form: Mapping[str, str]) -> Somebody:
    """Return the person after one form of the strip was sent; `form["do"]` names the form. Nonsense changes nothing."""
    match form.get("do"):
        case "arrive":
            wish: dict[str, Any] = {"arrival": form.get("arrival"), "keyword": form.get("keyword", "")[:_LONGEST_TEXT]}
        case "move":
            wish = {"place": form.get("place")}
        case "log_in":
            wish = _membership(person, form)
        case "consent":
            wish = {"consent": form.get("consent") == "yes"}
        case "start_over":
            return Somebody()
        case _:
            return person
    try:
        return msgspec.convert(msgspec.to_builtins(person) | wish, type=Somebody)
    except msgspec.ValidationError:
        return person


def _membership(person: Somebody, form: Mapping[str, str]) -> dict[str, Any]:
    points = form.get("points", "")
    return {
        "member": form.get("member"),
        "member_id": person.member_id or f"demo-{secrets.token_hex(6)}",
        "last_name": form.get("last_name", "").strip()[:_LONGEST_TEXT],
        "points": min(int(points), _MOST_POINTS) if points.isdecimal() and len(points) <= len(str(_MOST_POINTS)) else 0,
        "birthday_this_month": form.get("birthday_this_month") == "yes",
    }


def with_item(person: Somebody, slug: str) -> Somebody:
    return msgspec.structs.replace(person, cart=(*person.cart, slug)[-_MOST_IN_CART:])


def consent_of(person: Somebody) -> list[str]:
    return ["personalization", "measurement"] if person.consent else []


def page_of(person: Somebody, url: str, referrer: str) -> dict[str, str]:
    """Return the page's address and referrer as they would be, had this person just arrived the chosen way."""
    match person.arrival:
        case "yahoo":
            query = urlencode({"p": person.keyword, "ei": "UTF-8"})
            return {"url": url, "referrer": f"https://search.yahoo.co.jp/search?{query}"}
        case "ad":
            terms = {"utm_source": "yahoo", "utm_medium": "cpc", "utm_campaign": "shoes", "utm_term": person.keyword}
            return {"url": _with_query(url, terms), "referrer": "https://search.yahoo.co.jp/"}
        case "bing":
            return {"url": url, "referrer": "https://www.bing.com/"}
        case "campaign":
            terms = {"utm_source": "line", "utm_medium": "social", "utm_campaign": "line-hajimete"}
            return {"url": _with_query(url, terms), "referrer": ""}
        case "direct":
            return {"url": url, "referrer": referrer}


def _with_query(url: str, terms: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(terms)}"


def place_of(person: Somebody) -> dict[str, str]:
    """Return the part of `client` that states the place which the visitor chose."""
    return PLACES[person.place][1]


def member_of(person: Somebody) -> dict[str, Any] | None:
    """Return the member as the CMS states it, or None for a guest."""
    if person.member == "guest":
        return None
    member = {
        "id": person.member_id,
        "rank": "ゴールド" if person.member == "gold" else "一般",
        "last_name": person.last_name,
        "points": person.points,
    }
    if person.birthday_this_month:
        member["birthday"] = f"1990-{datetime.now(ZoneInfo('Asia/Tokyo')):%m}-15"
    return member


def in_words(person: Somebody) -> list[str]:
    """Return whom the person pretends to be, in a few words for the strip's heading."""
    arrival = ARRIVALS[person.arrival].partition("（")[0]
    said = f"{arrival}「{person.keyword}」" if person.arrival in {"yahoo", "ad"} else arrival
    place = "" if person.place == "unknown" else PLACES[person.place][0]
    return [
        word for word in (said, place, MEMBERS[person.member], "同意あり" if person.consent else "同意なし") if word
    ]

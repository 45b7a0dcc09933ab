"""The strip at the foot of each page: who the person in front of the screen pretends to be.

A real CMS knows from the request where somebody comes from and where they are. Here one cookie holds it, as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote, unquote, urlencode

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

_LONGEST_TEXT = 40


class Somebody(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that can be chosen in the strip."""

    arrival: Literal["direct", "yahoo", "ad", "bing", "campaign"] = "direct"
    keyword: str = "マラソン シューズ"
    place: Literal["unknown", "hokkaido", "tokyo", "yoyogi", "osaka"] = "unknown"


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
        case _:
            return person
    try:
        return msgspec.convert(msgspec.to_builtins(person) | wish, type=Somebody)
    except msgspec.ValidationError:
        return person


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


def in_words(person: Somebody) -> list[str]:
    """Return where the person comes from and is, in a few words for the strip's heading."""
    arrival = ARRIVALS[person.arrival].partition("（")[0]
    said = f"{arrival}「{person.keyword}」" if person.arrival in {"yahoo", "ad"} else arrival
    return [said] if person.place == "unknown" else [said, PLACES[person.place][0]]

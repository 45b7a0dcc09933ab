"""Headers in which a content delivery network, or nginx with geoip2, says where a visitor is.

They are believed of a configured edge alone: anybody can write them. The names and forms are those of the vendors'
documentation: Cloudflare's "Add visitor location headers", CloudFront's viewer location headers, Vercel's geolocation
headers, App Engine's request headers (`?`, `ZZ` and 0.000000,0.000000 stand for unknown), Akamai's EdgeScape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from omotenashi.language.prefectures import prefecture_code
from omotenashi.model.errors import SettingsError
from omotenashi.model.visitor import UNKNOWN_PLACE, Place
from omotenashi.signals.guessed_place import country_code, guessed_place

_CACHED = 2048
_LONGEST = 2000
"""Bytes of a value; a longer one is not read. EdgeScape lists postal codes."""
_PARTS = ("country", "prefecture", "city", "latitude", "longitude", "location", "radius")
"""Kilometres for radius; location is latitude, comma, longitude."""
_PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "cloudflare": {
        "country": ("cf-ipcountry",),
        "prefecture": ("cf-region-code", "cf-region"),
        "city": ("cf-ipcity",),
        "latitude": ("cf-iplatitude",),
        "longitude": ("cf-iplongitude",),
    },
    "cloudfront": {
        "country": ("cloudfront-viewer-country",),
        "prefecture": ("cloudfront-viewer-country-region", "cloudfront-viewer-country-region-name"),
        "city": ("cloudfront-viewer-city",),
        "latitude": ("cloudfront-viewer-latitude",),
        "longitude": ("cloudfront-viewer-longitude",),
    },
    "vercel": {
        "country": ("x-vercel-ip-country",),
        "prefecture": ("x-vercel-ip-country-region",),
        "city": ("x-vercel-ip-city",),
        "latitude": ("x-vercel-ip-latitude",),
        "longitude": ("x-vercel-ip-longitude",),
    },
    "appengine": {
        "country": ("x-appengine-country",),
        "prefecture": ("x-appengine-region",),
        "city": ("x-appengine-city",),
        "location": ("x-appengine-citylatlong",),
    },
    "akamai": {"edgescape": ("x-akamai-edgescape",)},
}
_EDGESCAPE_NAMES = {
    "country_code": "country",
    "region_code": "prefecture",
    "city": "city",
    "lat": "latitude",
    "long": "longitude",
}
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
"""A token of RFC 9110."""
_WITH_JAPAN = re.compile(r"\s*jp[ _-]?\d\d\s*", re.IGNORECASE)
_ENCODED = re.compile(rb"%[0-9A-Fa-f]{2}")


class GeoHeaders:
    """Which headers say what, and the place that they say."""

    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        """`names`: for each part of a place the headers that may say it, lower case, the best first."""
        self._names = names
        self._wanted = frozenset(name.encode() for several in names.values() for name in several)
        self._read = lru_cache(maxsize=_CACHED)(self._place)

    @classmethod
    def parse(cls, text: str) -> GeoHeaders:
        """Read a vendor's name, or pairs such as `country=X-Geo-Country,prefecture=X-Geo-Region`.

        SettingsError says what to write instead.
        """
        word = text.strip().lower()
        if word in _PRESETS:
            return cls(_PRESETS[word])
        if "=" not in word:
            raise SettingsError(f"geo_headers: {text.strip()!r} is none of {_CHOICES}")
        return cls(_named(word))

    def place(self, headers: Iterable[tuple[bytes, bytes]]) -> Place:
        """Return the place that a request's headers (names in lower case) say; unknown where they do not.

        A header that is there twice makes the place unknown: one of the two is a client's.
        """
        found = tuple(header for header in headers if header[0] in self._wanted)
        if len(found) != len({name for name, _ in found}) or any(len(value) > _LONGEST for _, value in found):
            return UNKNOWN_PLACE
        return self._read(found) if found else UNKNOWN_PLACE

    def _place(self, found: tuple[tuple[bytes, bytes], ...]) -> Place:
        parts = self._parts({name.decode(): _text(value) for name, value in found})
        latitude, comma, longitude = _first(parts, "location").partition(",")
        point = (latitude, longitude) if comma else (_first(parts, "latitude"), _first(parts, "longitude"))
        subdivisions = parts.get("prefecture", [])
        country = _first(parts, "country")
        return guessed_place(
            "cdn",
            country_code(country) if country else _country_of(subdivisions),
            subdivisions,
            _first(parts, "city"),
            point,
            _kilometres(_first(parts, "radius")),
        )

    def _parts(self, said: Mapping[str, str]) -> dict[str, list[str]]:
        """Return for each part of a place what is said of it, the best first."""
        parts = {part: [said[name] for name in names if said.get(name)] for part, names in self._names.items()}
        whole = parts.pop("edgescape", [])
        parts |= {part: [value] for text in whole for part, value in _edgescape(text).items()}
        return {part: texts for part, texts in parts.items() if texts}


_CHOICES = f"{', '.join(_PRESETS)}, or names such as country=X-Geo-Country,prefecture=X-Geo-Region"


def _named(text: str) -> dict[str, tuple[str, ...]]:
    pairs = [_pair(one) for one in text.split(",") if one.strip()]
    names = dict(pairs)
    if len(names) != len(pairs):
        raise SettingsError("geo_headers: a part of the place is named twice; name one header for each")
    if not {"country", "prefecture"} & names.keys():
        raise SettingsError("geo_headers: without a country nothing is read; add country=X-Geo-Country")
    return {part: (name,) for part, name in names.items()}


def _pair(text: str) -> tuple[str, str]:
    part, _, name = (piece.strip() for piece in text.partition("="))
    if part not in _PARTS:
        raise SettingsError(f"geo_headers: {part!r} is none of {', '.join(_PARTS)}")
    if not _HEADER_NAME.fullmatch(name):
        raise SettingsError(f"geo_headers: {part}= needs the name of a header, such as {part}=X-Geo-{part.title()}")
    return part, name


def _edgescape(text: str) -> dict[str, str]:
    """Return the parts of `country_code=JP,region_code=27,city=OSAKA,lat=34.69,long=135.50,…` by our names.

    There are none where a name stands there twice.
    """
    pairs = [(key.strip(), value.strip()) for key, _, value in (pair.partition("=") for pair in text.split(","))]
    wanted = [(_EDGESCAPE_NAMES[key], value) for key, value in pairs if key in _EDGESCAPE_NAMES]
    return dict(wanted) if len(dict(wanted)) == len(wanted) else {}


def _text(value: bytes) -> str:
    """Return a value as text: percent-decoded, UTF-8, also where it was taken for Latin-1 on its way, else Latin-1.

    What is percent-encoded is nothing where it is no UTF-8: no vendor encodes anything else.
    """
    is_encoded = _ENCODED.search(value) is not None
    data = unquote_to_bytes(value) if is_encoded else value
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "" if is_encoded else data.decode("latin-1").strip()
    try:
        return text.encode("latin-1").decode().strip()
    except UnicodeError:
        return text.strip()


def _country_of(subdivisions: Iterable[str]) -> str | None:
    """Return Japan where a code that names it is all that is said."""
    return "JP" if any(_WITH_JAPAN.fullmatch(one) and prefecture_code(one) for one in subdivisions) else None


def _kilometres(text: str) -> object:
    """Return a radius as a number; text that is none stays text, and makes no location."""
    try:
        return float(text) if text else None
    except ValueError:
        return text


def _first(parts: Mapping[str, list[str]], part: str) -> str:
    return parts[part][0] if part in parts else ""

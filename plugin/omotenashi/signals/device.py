"""What kind of device and which languages, and whether it is a robot: by headers that anybody may send."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import msgspec
from msgspec import Struct

from omotenashi.signals.robots import PatternSet

_CACHED = 4096
_LONGEST_USER_AGENT = 1024
_NO_ROBOTS = {"http-library", "browser-automation"}
_CRAWLS = re.compile(r"bot|crawl|spider|scrapy|httrack|larbin|colly", re.IGNORECASE)
"""Names of libraries that are made for nothing else."""
_CMS = {r"WordPress\/"}
"""What a CMS calls itself when it includes a block, and only else when it looks at links."""
_LONGEST_LANGUAGES = 512

# Each alternative begins with a letter or sign of its own, so that the search skips what begins none of them: five times as fast.
_NO_CLASS = re.compile(
    r" TV\b|SMART-TV|SMARTTV|SmartTV|AppleTV|GoogleTV|DTV\b|BRAVIA|Web0S|webOS\.TV|NetCast|HbbTV|VIERA|AQUOSBrowser|REGZA"
    r"|CrKey|Roku/|; AFT[A-Z]|Nintendo|PlayStation|Xbox|OculusBrowser",
)
_TABLET = re.compile(r"iPad|Tablet(?! PC)|PlayBook|Silk/|Kindle|; KF[A-Z]{2,}\b|Macintosh.* Mobile/")
_MOBILE = re.compile(
    r"iPhone|iPod|Mobile|Windows Phone|IEMobile|BlackBerry|BB10|Opera Mini|Opera Mobi|Symbian|SymbOS|Nokia|webOS|KAIOS"
    r"|DoCoMo|KDDI-|UP\.Browser|SoftBank|Vodafone|J-PHONE|WILLCOM|DDIPOCKET|emobile|MIDP",
)
_DESKTOP = re.compile(r"Windows NT|Windows 9|Macintosh|X11|CrOS|Linux (?:x86_64|i686)")
_LANGUAGE = re.compile(r"([a-z]{1,8}(?:-[a-z0-9]{1,8})*)(?:;q=([01](?:\.\d{0,6})?))?")


class _Robot(Struct):
    """An entry of crawler-user-agents."""

    pattern: str
    tags: frozenset[str] = frozenset()


def device_class(user_agent: str, mobile_hint: str) -> str | None:
    """Return mobile, tablet or desktop by User-Agent and Sec-CH-UA-Mobile, or None for what is none of these.

    An iPad that asks for desktop pages calls itself a Mac and is taken for one. Sec-CH-UA-Platform would not tell it
    either, nor anything else that the User-Agent does not; so it is not asked for.
    """
    plain, hinted = _device_classes(user_agent[:_LONGEST_USER_AGENT])
    return hinted if mobile_hint and mobile_hint.strip() == "?1" else plain


def languages(accept_language: str) -> tuple[str, ...] | None:
    """Return the accepted languages in lower case, the preferred one first; None where the header names none."""
    return _languages(accept_language[:_LONGEST_LANGUAGES])


def is_bot(user_agent: str) -> bool:
    """Tell whether a User-Agent is a known robot's (crawler-user-agents); none at all is not.

    A mere HTTP library (curl, python-requests, WordPress's own) is a CMS that includes a block, or somebody's test, and
    so is a browser that is steered: neither is a robot. A library that is made for crawling is one.
    """
    return _is_bot(user_agent[:_LONGEST_USER_AGENT])


@lru_cache(maxsize=_CACHED)
def _device_classes(agent: str) -> tuple[str | None, str | None]:
    """Return the class by User-Agent alone, and where the browser calls itself mobile."""
    if _NO_CLASS.search(agent):
        return None, None
    if _TABLET.search(agent):
        return "tablet", "tablet"
    if _MOBILE.search(agent):
        return "mobile", "mobile"
    if "Android" in agent:
        return "tablet", "mobile"
    return ("desktop" if _DESKTOP.search(agent) else None), "mobile"


@lru_cache(maxsize=_CACHED)
def _languages(accept_language: str) -> tuple[str, ...] | None:
    accepted: dict[str, float] = {}
    for part in accept_language.lower().split(","):
        if match := _LANGUAGE.fullmatch("".join(part.split())):
            accepted.setdefault(match[1], min(float(match[2] or 1), 1.0))
    ordered = sorted((tag for tag, quality in accepted.items() if quality > 0), key=lambda tag: -accepted[tag])
    return tuple(ordered) or None


@lru_cache(maxsize=_CACHED)
def _is_bot(user_agent: str) -> bool:
    return _robots().matches(user_agent)


@cache
def _robots() -> PatternSet:
    return PatternSet([one.pattern for one in _listed_robots() if not _is_fetched_for_somebody(one)])


def _listed_robots() -> list[_Robot]:
    """Read the package's data without importing it: it would keep all examples of each robot in memory."""
    package = find_spec("crawleruseragents")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("crawleruseragents")
    data = Path(package.origin).with_name("crawler-user-agents.json").read_bytes()
    return msgspec.json.decode(data, type=list[_Robot])


def _is_fetched_for_somebody(one: _Robot) -> bool:
    if "http-library" in one.tags and _CRAWLS.search(one.pattern):
        return False
    return one.pattern in _CMS or (bool(one.tags) and one.tags <= _NO_ROBOTS)

"""Pages, referring sites and places of the world in words."""

from __future__ import annotations

from omotenashi.language.condition import Fact, HostPaths, Languages, Near, OneOf, Paths, Prefectures
from omotenashi.language.countries import country_name
from omotenashi.language.describe.voice import Voice, as_written
from omotenashi.language.prefectures import PREFECTURES, area_prefectures


def page_phrase(pattern: str, voice: Voice) -> str:
    """Return the pages that a pattern means."""
    below = pattern.removesuffix("/**")
    if pattern == "/**":
        return voice.say("すべてのページ", "any page")
    if below != pattern and "*" not in below:
        return voice.say(f"{voice.quote(below)}かその下のページ", f"{voice.quote(below)} or a page below it")
    if "*" in pattern:
        return voice.say(f"{voice.quote(pattern)}の形のページ", f"a page of the form {voice.quote(pattern)}")
    return voice.say(f"{voice.quote(pattern)}のページ", f"the page {voice.quote(pattern)}")


def paths(fact: Fact, operand: Paths, voice: Voice) -> str:
    """Say which pages are meant: the present one, or the first of the visit."""
    pages = voice.any_of(page_phrase(pattern, voice) for pattern in operand.patterns)
    if fact.field == "landing":
        return voice.say(f"この訪問で最初に見たページが、{pages}", f"the first page of the visit is {pages}")
    return voice.say(f"いま見ているページが、{pages}", f"the page being viewed is {pages}")


def host_paths(operand: HostPaths, voice: Voice) -> str:
    """Say from which sites the visitor came."""
    sites = voice.any_of(_host_phrase(pattern, voice) for pattern in operand.patterns)
    return voice.say(f"リンク元が、{sites}", f"the referring page is {sites}")


def _host_phrase(pattern: str, voice: Voice) -> str:
    host, slash, path = pattern.partition("/")
    name = voice.quote(host.removeprefix("*."))
    if host.startswith("*."):
        name = voice.say(f"{name}のサブドメイン", f"any subdomain of {name}")
    page = page_phrase(f"/{path}" if slash else "/**", voice)
    return voice.say(f"{name}の{page}", f"{page} on {name}")


def near(fact: Fact, operand: Near, voice: Voice) -> str:
    """Say how near to which place the visitor is."""
    at = (operand.latitude, operand.longitude)
    names = [name for name, place in voice.site.places.items() if place == at]
    named = as_written(names, fact.written)
    place = voice.quote(named[0]) if named else f"{at[0]!r}, {at[1]!r}"
    distance = f"{voice.number(operand.kilometres)} km"
    return voice.say(
        f"いる場所が、{place}から直線で {distance} 以内",
        f"the visitor is within {distance} of {place} (as the crow flies)",
    )


def prefectures(fact: Fact, operand: Prefectures, voice: Voice) -> str:
    """Say in which prefectures the visitor is; those of a named area with its name."""
    names = voice.any_of(row[1] if voice.ja else row[3] for row in PREFECTURES if row[0] in operand.codes)
    if fact.field != "area":
        return voice.say(f"いる場所が、{names}", f"the visitor is in {names}")
    written = fact.written.strip("[]").split(", ")
    if frozenset().union(*(area_prefectures(one) or () for one in written)) != operand.codes:
        return voice.say(f"いる地方が、{names}", f"the visitor's area is {names}")
    areas = voice.any_of(map(voice.quote, written))
    return voice.say(f"いる地方が、{areas}({names})", f"the visitor's area is {areas} ({names})")


def country(operand: OneOf, voice: Voice) -> str:
    """Say in which countries the visitor is."""
    names = voice.any_of(country_name(code, voice.say("ja", "en")) for code in sorted(operand.values))
    return voice.say(f"いる国が、{names}", f"the visitor's country is {names}")


_LANGUAGES = {
    "ja": ("日本語", "Japanese"),
    "en": ("英語", "English"),
    "zh": ("中国語", "Chinese"),
    "ko": ("韓国語", "Korean"),
}


def languages(operand: Languages, voice: Voice) -> str:
    """Say which language the browser prefers."""
    names = voice.any_of(_language(tag, voice) for tag in sorted(operand.tags))
    return voice.say(f"ブラウザが最初に挙げる言語が、{names}", f"the language that the browser names first is {names}")


def _language(tag: str, voice: Voice) -> str:
    ja, en = _LANGUAGES.get(tag, ("", ""))
    if "-" in tag:
        return tag
    if not ja:
        return voice.say(f"{tag}(どの国のものでも)", f"{tag} (of any country)")
    return voice.say(f"{ja}({tag}。どの国のものでも)", f"{en} ({tag}, of any country)")

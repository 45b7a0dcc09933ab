"""What the visitor allows. Whatever is not clearly said is not allowed."""

from __future__ import annotations

from urllib.parse import unquote

from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import SiteFacts

CATEGORIES = frozenset({"measurement", "personalization"})
NOTHING: frozenset[str] = frozenset()


def consent_of(facts: RequestFacts, site: SiteFacts) -> frozenset[str]:
    """Return the categories that the visitor allows.

    Global Privacy Control denies all of them; else the call's own statement counts, else the header, else the cookie,
    else what site.yaml says for visitors who were not asked.
    """
    if facts.global_privacy_control:
        return NOTHING
    if facts.stated_consent is not None:
        return CATEGORIES.intersection(facts.stated_consent)
    if facts.consent_header is not None:
        return _read(facts.consent_header)
    cookie = facts.cookies.get(site.consent.cookie)
    return site.consent.default if cookie is None else _read(cookie)


def _read(text: str) -> frozenset[str]:
    """Return what a comma-separated list allows: nothing where it holds a word that is no category, such as denied."""
    words = {word.strip().lower() for word in unquote(text).strip().strip('"').split(",")}
    return frozenset(words) if words <= CATEGORIES else NOTHING

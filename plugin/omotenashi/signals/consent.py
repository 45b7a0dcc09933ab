"""What the visitor allows, and whether it was clearly forbidden. Whatever is not clearly said is neither."""

from __future__ import annotations

from msgspec import Struct

from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import ConsentMapping, SiteFacts
from omotenashi.signals.consent_forms import (
    NOTHING_SAID,
    PERSONALIZATION,
    Statement,
    is_in,
    of_manager,
    of_words,
    own_form,
)

OWN_COOKIE = "omo_consent"
"""The cookie of our own page, in our own form."""


class Consent(Struct, frozen=True):
    """What holds for one request."""

    granted: frozenset[str] = frozenset()
    """The categories that are allowed."""
    denies: bool = False
    """This visitor clearly forbade personalization on this device: the one thing for which a profile is erased."""


NO_CONSENT = Consent()


def consent_of(facts: RequestFacts, site: SiteFacts, recorded: frozenset[str] | None = None) -> Consent:
    """Return what the visitor allows; `recorded` is what the member's own record says, None where there is none.

    The call's statement counts before the header, the header before the cookie. Where this device says nothing, the
    record holds, else what site.yaml says for visitors who were not asked; where both say something, what both allow.
    A malformed statement allows nothing and denies nothing. Under Global Privacy Control nothing is allowed either.
    """
    mapping = site.consent
    if facts.global_privacy_control and mapping.gpc_denies:
        return NO_CONSENT
    if facts.stated_consent is None and facts.consent_header is None and not facts.cookies:
        granted = mapping.default if recorded is None else recorded
        return Consent(granted) if granted else NO_CONSENT
    said = _said(facts, mapping)
    granted = (mapping.default if recorded is None else recorded) if said is None else said.granted
    if said is not None and recorded is not None:
        granted &= recorded
    stopped = _stopped(facts, mapping)
    if stopped is not None:
        return Consent(granted & stopped.granted, denies=True)
    return Consent(granted, said is not None and PERSONALIZATION in said.denied)


def _said(facts: RequestFacts, mapping: ConsentMapping) -> Statement | None:
    """Return what the most direct source says, None where there is no source at all."""
    if facts.stated_consent is not None:
        return of_words(facts.stated_consent)
    text = facts.consent_header
    if text is None:
        text = facts.cookies.get(mapping.cookie)
    if text is None:
        return None
    if not mapping.grants:
        return own_form(text)
    return _answered(of_manager(text, mapping.cookie, tuple(mapping.grants.items())), text, facts, mapping)


def _answered(said: Statement, text: str, facts: RequestFacts, mapping: ConsentMapping) -> Statement | None:
    """Return what was said by a visitor who has answered the banner; of one who has not, only what is granted anyway."""
    if mapping.answered is None or not said.denied:
        return said
    key, value = mapping.answered.key, mapping.answered.value
    if is_in(text, mapping.answered) if value else facts.cookies.get(key):
        return said
    return Statement(said.granted) if said.granted else None


def _stopped(facts: RequestFacts, mapping: ConsentMapping) -> Statement | None:
    """Return what our own cookie says where it denies personalization beside a consent manager's cookie."""
    text = facts.cookies.get(OWN_COOKIE) if mapping.grants else None
    own = NOTHING_SAID if text is None else own_form(text)
    return own if PERSONALIZATION in own.denied else None

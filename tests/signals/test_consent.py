"""What allows, what denies, and what says nothing: by source, in our own form and in consent managers' cookies."""

from __future__ import annotations

import pytest

from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import ConsentMapping, Grant, SiteFacts
from omotenashi.signals.consent import Consent, consent_of

SITE = SiteFacts()
GRANTING = SiteFacts(consent=ConsentMapping(default=frozenset({"measurement"}), cookie="cmp"))
WITH_MANAGER = SiteFacts(
    consent=ConsentMapping(cookie="OptanonConsent", grants={"personalization": (Grant("C0003", "1"),)})
)
BOTH = frozenset({"measurement", "personalization"})
NOTHING = Consent()
DENIED = Consent(denies=True)
ALLOWED = Consent(BOTH)


def cookie(value: str) -> RequestFacts:
    return RequestFacts(now=0, cookies={"omo_consent": value})


# which source counts


def test_nothing_said_means_what_the_site_says() -> None:
    assert consent_of(RequestFacts(now=0), SITE) == NOTHING
    assert consent_of(RequestFacts(now=0), GRANTING) == Consent(frozenset({"measurement"}))


def test_the_call_counts_before_the_header_and_the_cookie() -> None:
    facts = RequestFacts(now=0, stated_consent=(), consent_header="measurement", cookies={"cmp": "personalization"})
    assert consent_of(facts, GRANTING) == DENIED


def test_the_header_counts_before_the_cookie() -> None:
    facts = RequestFacts(now=0, consent_header="personalization", cookies={"omo_consent": "none"})
    assert consent_of(facts, SITE) == Consent(frozenset({"personalization"}))


def test_a_malformed_header_does_not_let_the_cookie_speak() -> None:
    for value in ("personalization", "denied"):
        facts = RequestFacts(now=0, consent_header="perso", cookies={"omo_consent": value})
        assert consent_of(facts, SITE, recorded=BOTH) == NOTHING


def test_a_malformed_cookie_is_not_what_the_site_says_for_the_unasked() -> None:
    assert consent_of(RequestFacts(now=0, cookies={"cmp": "yes"}), GRANTING) == NOTHING


def test_the_members_record_holds_where_the_device_says_nothing() -> None:
    assert consent_of(RequestFacts(now=0), GRANTING, recorded=BOTH) == ALLOWED
    assert consent_of(RequestFacts(now=0), GRANTING, recorded=frozenset()) == NOTHING


def test_device_and_record_allow_what_both_allow() -> None:
    granting = cookie("personalization,measurement")
    assert consent_of(granting, SITE, recorded=frozenset({"measurement"})) == Consent(frozenset({"measurement"}))
    assert consent_of(cookie("measurement"), SITE, recorded=BOTH) == Consent(frozenset({"measurement"}), denies=True)


def test_under_global_privacy_control_nothing_is_allowed_and_nothing_denied() -> None:
    for stated in (("personalization",), ()):
        facts = RequestFacts(now=0, global_privacy_control=True, stated_consent=stated)
        assert consent_of(facts, GRANTING, recorded=BOTH) == NOTHING


def test_a_site_may_ignore_global_privacy_control() -> None:
    site = SiteFacts(consent=ConsentMapping(gpc_denies=False))
    facts = RequestFacts(now=0, global_privacy_control=True, stated_consent=("personalization",))
    assert consent_of(facts, site) == Consent(frozenset({"personalization"}))


# the call


@pytest.mark.parametrize("words", [(), ("measurement",), ("none",), ("denied",)])
def test_a_call_denies_by_a_list_without_personalization(words: tuple[str, ...]) -> None:
    found = consent_of(RequestFacts(now=0, stated_consent=words), SITE)
    assert found == Consent(BOTH.intersection(words), denies=True)


@pytest.mark.parametrize("words", [("personalization", "ads"), ("Personalization ",), ("personalization",)])
def test_a_call_allows_the_categories_that_it_names(words: tuple[str, ...]) -> None:
    assert consent_of(RequestFacts(now=0, stated_consent=words), SITE) == Consent(frozenset({"personalization"}))


@pytest.mark.parametrize("words", [("ads",), ("measurement", "ads"), ("",)])
def test_a_call_with_an_unknown_word_never_denies(words: tuple[str, ...]) -> None:
    assert consent_of(RequestFacts(now=0, stated_consent=words), SITE) == Consent(BOTH.intersection(words))


@pytest.mark.parametrize("words", [("denied", "measurement"), ("none", "personalization")])
def test_a_call_that_says_yes_and_no_says_nothing(words: tuple[str, ...]) -> None:
    assert consent_of(RequestFacts(now=0, stated_consent=words), SITE) == Consent()


# our own form


@pytest.mark.parametrize(
    "value",
    [
        "measurement,personalization",
        " Personalization , measurement",
        "measurement%2Cpersonalization",
        '"personalization,measurement"',
        "%22personalization%2C%20measurement%22",
    ],
)
def test_our_own_form_is_a_list_of_categories(value: str) -> None:
    assert consent_of(cookie(value), SITE) == ALLOWED


@pytest.mark.parametrize("value", ["denied", "none", "NONE", " Denied ", '"none"', "%22none%22"])
def test_denied_or_none_alone_denies_everything(value: str) -> None:
    assert consent_of(cookie(value), SITE) == DENIED


def test_a_list_without_personalization_denies_it() -> None:
    assert consent_of(cookie("measurement"), SITE) == Consent(frozenset({"measurement"}), denies=True)


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", ",", "personalization,", "personalization,ads", "personalization;measurement", "none,measurement"),
        *("%", "no", "0", "false", "persona", "measurement%252Cpersonalization", "同意", "\ud800"),
        "personalization" * 9_000,
    ],
)
def test_what_is_malformed_neither_allows_nor_denies(value: str) -> None:
    assert consent_of(cookie(value), SITE) == NOTHING


# our own cookie beside a consent manager's


@pytest.mark.parametrize("own", ["none", "denied", "measurement"])
def test_our_own_page_stops_what_the_consent_manager_allows(own: str) -> None:
    cookies = {"OptanonConsent": "groups=C0003%3A1", "omo_consent": own}
    assert consent_of(RequestFacts(now=0, cookies=cookies), WITH_MANAGER) == DENIED
    assert consent_of(RequestFacts(now=0, cookies={"omo_consent": own}), WITH_MANAGER, recorded=BOTH).denies
    stated = RequestFacts(now=0, stated_consent=("personalization",), cookies={"omo_consent": own})
    assert consent_of(stated, WITH_MANAGER) == DENIED


@pytest.mark.parametrize("own", ["", "personalization", "nono", "personalization,measurement"])
def test_our_own_cookie_never_allows_what_the_consent_manager_does_not(own: str) -> None:
    cookies = {"OptanonConsent": "groups=C0003%3A", "omo_consent": own}
    assert consent_of(RequestFacts(now=0, cookies=cookies), WITH_MANAGER) == NOTHING

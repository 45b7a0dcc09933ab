"""Consent managers' cookies as browsers send them.

The forms are those of real requests that stand in public repositories, their ids replaced, and of the documentation:
OneTrust: my.onetrust.com, "OneTrust Cookies"; groups, AwaitingReconsent, landingPath in captured Cookie headers.
Cookiebot: www.cookiebot.com/en/developer, "Server-side usage"; CookiebotAPI.md of CybotAS/CookiebotWP for -1 and 0.
"""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import cookie_parser

from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import ConsentMapping, Grant, SiteFacts
from omotenashi.signals.consent import Consent, consent_of

ONETRUST = (
    "isGpcEnabled=0&datestamp=Mon+Mar+09+2026+18%3A27%3A41+GMT%2B0900+(%E6%97%A5%E6%9C%AC%E6%A8%99%E6%BA%96%E6%99%82)"
    "&version=202601.1.0&browserGpcFlag=0&isIABGlobal=false&hosts=&consentId=00000000-0000-4000-8000-000000000000"
    "&interactionCount=1&isAnonUser=1&landingPath={landing}&groups={groups}&intType=1&crTime=1772842352853"
    "&geolocation=JP%3B13&AwaitingReconsent={awaiting}"
)
COOKIEBOT = (
    "{{stamp:%27G+6rYDfrzwrZItFRfHCbe8iQIFLhMDCgjBS+/Oq/gZe0Lovh65ODgg==%27%2Cnecessary:true%2Cpreferences:{0}"
    "%2Cstatistics:true%2Cmarketing:false%2Cmethod:%27explicit%27%2Cver:1%2Cutc:1705162226478%2Cregion:%27jp%27}}"
)
COOKIEYES = "consentid:WWpZNk9VVjRUMmg2,consent:yes,action:yes,necessary:yes,functional:{0},analytics:yes,other:no"
KLARO = '{"matomo":true,"youtube":false,"omotenashi":%s}'
PREFERENCES, C0003 = Grant("preferences", "true"), Grant("C0003", "1")
GRANTED, DENIED, SILENT = Consent(frozenset({"personalization"})), Consent(denies=True), Consent()


def onetrust(personal: str, landing: str = "NotLandingPage", awaiting: str = "false") -> str:
    groups = quote(f"C0001:1,C0002:1,C0003:{personal},C0004:0", safe="")
    return ONETRUST.format(landing=quote(landing, safe=""), groups=groups, awaiting=awaiting)


def read(name: str, value: str, *grants: Grant) -> Consent:
    """Read a cookie as it arrives in the Cookie header."""
    site = SiteFacts(consent=ConsentMapping(cookie=name, grants={"personalization": grants}))
    cookies = cookie_parser(f"a=b; {name}={value}; c=d")
    return consent_of(RequestFacts(now=0, cookies=cookies), site)


def optanon(value: str) -> Consent:
    return read("OptanonConsent", value, C0003)


# OneTrust


def test_a_group_of_onetrust_grants_by_1_and_denies_by_0() -> None:
    assert optanon(onetrust("1")) == GRANTED
    assert optanon(onetrust("0")) == DENIED


def test_onetrust_is_read_when_it_was_encoded_twice_or_by_a_framework_not_at_all() -> None:
    for value, expected in (("1", GRANTED), ("0", DENIED)):
        assert optanon(quote(onetrust(value), safe="")) == expected
        assert optanon(f"isGpcEnabled=0&groups=C0001:1,C0003:{value}&AwaitingReconsent=false") == expected


@pytest.mark.parametrize("value", ["", "2", "10", "-1", "true", "yes", "01", "1%2"])
def test_another_value_of_a_group_says_nothing(value: str) -> None:
    assert optanon(onetrust(value)) == SILENT


@pytest.mark.parametrize("groups", ["C00031:0", "XC0003:0", "V2-C0003:0", "C0003", "C0003:", "C0003:0,C0003:1", ""])
def test_a_group_that_is_missing_or_contradicts_itself_says_nothing(groups: str) -> None:
    assert optanon(f"isGpcEnabled=0&groups={quote(groups, safe='')}") == SILENT


def test_a_landing_page_cannot_speak_for_the_visitor() -> None:
    for spelling in ("C0003:1", "C0003%3A1", "&groups=C0003:1", "&groups=C0003%253A1"):
        landing = f"https://shop.example/?groups={spelling}&x=1"
        value = ONETRUST.format(landing=quote(landing, safe=""), groups="C0001%3A1", awaiting="false")
        assert optanon(value) == SILENT
        assert optanon(quote(value, safe="")) == SILENT


def test_what_onetrust_writes_before_the_visitor_has_answered_is_no_denial() -> None:
    for value in (onetrust("0", landing="https://shop.example/a?b=c&d"), onetrust("0", awaiting="true")):
        assert optanon(value) == SILENT
        assert optanon(quote(value, safe="")) == SILENT
    assert optanon(onetrust("1", awaiting="true")) == GRANTED


# Cookiebot


def test_a_category_of_cookiebot_grants_by_true_and_denies_by_false() -> None:
    assert read("CookieConsent", COOKIEBOT.format("true"), PREFERENCES) == GRANTED
    assert read("CookieConsent", COOKIEBOT.format("false"), PREFERENCES) == DENIED


def test_cookiebot_without_a_choice_says_nothing_of_a_category() -> None:
    for value in ("-1", "0", "{stamp:%27-1%27}"):
        assert read("CookieConsent", value, PREFERENCES) == SILENT


def test_a_grant_on_the_name_of_the_cookie_is_about_its_whole_value() -> None:
    grants = (PREFERENCES, Grant("CookieConsent", "-1"))
    assert read("CookieConsent", "-1", *grants) == GRANTED
    assert read("CookieConsent", "0", *grants) == DENIED
    assert read("CookieConsent", COOKIEBOT.format("true"), *grants) == GRANTED
    assert read("CookieConsent", COOKIEBOT.format("false"), *grants) == DENIED


# Before the banner is answered

UNANSWERED_COOKIEYES = (
    "consentid:WWpZk9VVjRUMmg2,consent:no,action:,necessary:yes,functional:no,analytics:no,performance:no,other:no"
)
IMPLIED_COOKIEBOT = COOKIEBOT.replace("%27explicit%27", "%27implied%27")
BOX, ACTION, METHOD = Grant("OptanonAlertBoxClosed", ""), Grant("action", "yes"), Grant("method", "explicit")


def answered(name: str, value: str, grant: Grant, sign: Grant, **cookies: str) -> Consent:
    site = SiteFacts(consent=ConsentMapping(cookie=name, grants={"personalization": (grant,)}, answered=sign))
    return consent_of(RequestFacts(now=0, cookies=cookie_parser(f"{name}={value}") | cookies), site)


def test_onetrust_denies_nothing_until_the_cookie_is_there_that_it_sets_with_the_answer() -> None:
    closed = {"OptanonAlertBoxClosed": "2026-04-06T11:23:20.578Z"}
    assert answered("OptanonConsent", onetrust("0"), C0003, BOX) == SILENT
    assert answered("OptanonConsent", onetrust("0"), C0003, BOX, OptanonAlertBoxClosed="") == SILENT
    assert answered("OptanonConsent", onetrust("0"), C0003, BOX, **closed) == DENIED
    assert answered("OptanonConsent", onetrust("1"), C0003, BOX, **closed) == GRANTED


def test_what_is_granted_without_an_answer_is_granted() -> None:
    assert answered("OptanonConsent", onetrust("1"), C0003, BOX) == GRANTED
    assert answered("CookieConsent", IMPLIED_COOKIEBOT.format("true"), PREFERENCES, METHOD) == GRANTED


def test_cookieyes_and_cookiebot_say_in_their_own_cookie_that_they_were_answered() -> None:
    functional = Grant("functional", "yes")
    assert answered("cookieyes-consent", UNANSWERED_COOKIEYES, functional, ACTION) == SILENT
    assert answered("cookieyes-consent", COOKIEYES.format("no"), functional, ACTION) == DENIED
    assert answered("CookieConsent", IMPLIED_COOKIEBOT.format("false"), PREFERENCES, METHOD) == SILENT
    assert answered("CookieConsent", COOKIEBOT.format("false"), PREFERENCES, METHOD) == DENIED


def test_a_banner_that_was_not_answered_says_nothing_so_that_the_default_holds() -> None:
    granted = frozenset({"personalization"})
    mapping = ConsentMapping(granted, "OptanonConsent", grants={"personalization": (C0003,)}, answered=BOX)
    cookies = cookie_parser(f"OptanonConsent={onetrust('0')}")
    assert consent_of(RequestFacts(now=0, cookies=cookies), SiteFacts(consent=mapping)) == GRANTED
    assert consent_of(RequestFacts(now=0, cookies=cookies), SiteFacts(consent=mapping), frozenset()) == SILENT


def test_our_own_no_holds_though_the_banner_was_not_answered() -> None:
    assert answered("OptanonConsent", onetrust("1"), C0003, BOX, omo_consent="denied") == DENIED


# others


@pytest.mark.parametrize(
    ("name", "value", "grant", "expected"),
    [
        ("cookieyes-consent", COOKIEYES.format("yes"), Grant("functional", "yes"), GRANTED),
        ("cookieyes-consent", COOKIEYES.format("no"), Grant("functional", "yes"), DENIED),
        ("cookieyes-consent", COOKIEYES.format(""), Grant("functional", "yes"), SILENT),
        ("cmplz_preferences", "allow", Grant("cmplz_preferences", "allow"), GRANTED),
        ("cmplz_preferences", "deny", Grant("cmplz_preferences", "allow"), DENIED),
        ("cmplz_preferences", "", Grant("cmplz_preferences", "allow"), SILENT),
        ("klaro", quote(KLARO % "true"), Grant("omotenashi", "true"), GRANTED),
        ("klaro", quote(KLARO % "false"), Grant("omotenashi", "true"), DENIED),
        ("uc_settings", quote(json.dumps({"Omotenashi": {"status": True}})), Grant("omotenashi", "true"), SILENT),
        ("consent", quote(json.dumps({"a": {"personal": "Granted"}})), Grant("personal", "granted"), GRANTED),
        ("consent", quote(json.dumps({"a": {"personal": "denied"}})), Grant("personal", "granted"), DENIED),
        ("tarteaucitron", "!gtag=true!omotenashi=false", Grant("omotenashi", "true"), DENIED),
        ("optout", "personal=false&x=1", Grant("personal", "false"), GRANTED),
        ("optout", "personal=true&x=1", Grant("personal", "false"), DENIED),
        ("levels", "level:3", Grant("level", "3"), GRANTED),
        ("levels", "level:2", Grant("level", "3"), SILENT),
        ("quoted", '"{\\"personal\\":true}"', Grant("personal", "true"), GRANTED),
    ],
)
def test_the_grammar_covers_other_consent_managers(name: str, value: str, grant: Grant, expected: Consent) -> None:
    assert read(name, value, grant) == expected


def test_the_header_may_bring_the_cookie_of_a_consent_manager() -> None:
    site = SiteFacts(consent=ConsentMapping(cookie="OptanonConsent", grants={"personalization": (C0003,)}))
    assert consent_of(RequestFacts(now=0, consent_header=onetrust("1")), site) == GRANTED


def test_a_category_is_granted_by_any_of_its_grants_and_denied_by_all_of_them() -> None:
    grants = (C0003, Grant("C0004", "1"))
    for groups, expected in (
        ("C0003:0,C0004:1", GRANTED),
        ("C0003:0,C0004:0", DENIED),
        ("C0003:0", SILENT),
        ("C0003:0,C0004:x", SILENT),
    ):
        assert read("OptanonConsent", f"groups={quote(groups, safe='')}", *grants) == expected


def test_each_category_has_grants_of_its_own() -> None:
    grants = {"personalization": (C0003,), "measurement": (Grant("C0002", "1"),)}
    site = SiteFacts(consent=ConsentMapping(cookie="OptanonConsent", grants=grants))
    facts = RequestFacts(now=0, cookies={"OptanonConsent": onetrust("0")})
    assert consent_of(facts, site) == Consent(frozenset({"measurement"}), denies=True)


# whatever comes

GRANTING = [
    ("OptanonConsent", onetrust("1"), (C0003,)),
    ("OptanonConsent", quote(onetrust("1"), safe=""), (C0003, Grant("C0004", "1"))),
    ("OptanonConsent", "groups=C0003%3A0%2CC0004%3A1", (C0003, Grant("C0004", "1"))),
    ("CookieConsent", COOKIEBOT.format("true"), (PREFERENCES, Grant("CookieConsent", "-1"))),
    ("CookieConsent", "-1", (PREFERENCES, Grant("CookieConsent", "-1"))),
    ("cookieyes-consent", COOKIEYES.format("yes"), (Grant("functional", "yes"),)),
    ("cmplz_preferences", "allow", (Grant("cmplz_preferences", "allow"),)),
    ("x", "personal=accepted", (Grant("personal", "accepted"),)),
    ("x", "personal=opt-in", (Grant("personal", "opt-in"),)),
]


@pytest.mark.parametrize(("name", "value", "grants"), GRANTING, ids=lambda part: str(part)[:20])
def test_a_granting_cookie_that_is_cut_off_never_denies(name: str, value: str, grants: tuple[Grant, ...]) -> None:
    assert read(name, value, *grants) == GRANTED
    assert not any(read(name, value[:length], *grants).denies for length in range(len(value)))


@given(st.text() | st.text(alphabet="C0003%3A1,:=&{}\"' groups"))
@example("%" * 100)
@example("C0003" * 2_000)
def test_no_cookie_and_no_header_raises(text: str) -> None:
    for facts in (RequestFacts(now=0, cookies={"OptanonConsent": text}), RequestFacts(now=0, consent_header=text)):
        for grants in ({}, {"personalization": (C0003,)}):
            consent_of(facts, SiteFacts(consent=ConsentMapping(cookie="OptanonConsent", grants=grants)))


@given(st.text().filter(lambda text: "0" not in text))
def test_garbage_never_denies(text: str) -> None:
    for value in (text, f"groups=C0003%3A{text}", f"C0003:{text}", quote(text, safe="")):
        site = SiteFacts(consent=ConsentMapping(cookie="OptanonConsent", grants={"personalization": (C0003,)}))
        assert not consent_of(RequestFacts(now=0, cookies={"OptanonConsent": value}), site).denies

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from msgspec.structs import replace

from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import Attribute, CampaignParameters, SiteFacts
from omotenashi.model.visitor import Arrival, History, Member, Place, Visitor
from omotenashi.signals import gather
from omotenashi.signals.gather import Known, SignalTools, arrival, kept_arrival, member_of, visitor
from omotenashi.signals.member_keys import MemberKeys
from omotenashi.signals.place_reader import PlaceReader

NOW = 1_800_000_000
SECRET = "s" * 32
SITE = SiteFacts(
    hosts=frozenset({"shop.example"}), attributes={"rank": Attribute("rank", "choice", values=("一般", "ゴールド"))}
)
KEPT = Arrival("ランニング", "referrer", "search", "Google", "www.google.co.jp/search", landing="/running")


def came(url: str = "/", referrer: str = "", **more: Any) -> Arrival:
    return arrival(RequestFacts(now=NOW, url=url, referrer=referrer, **more), SITE)


def seen(**facts: Any) -> Visitor:
    asked = RequestFacts(now=NOW, **facts)
    return visitor(asked, SITE, SignalTools(), Known(member_of(asked, SITE, SignalTools())))


def token(**claims: Any) -> str:
    usual = {"sub": "u1", "aud": "omotenashi", "iat": NOW, "exp": NOW + 60}
    return jwt.encode({**usual, **claims}, SECRET, algorithm="HS256")


def test_a_visitor_from_a_search_engine() -> None:
    url = "https://search.yahoo.co.jp/search?p=%E3%83%9E%E3%83%A9%E3%82%BD%E3%83%B3"
    assert came("https://shop.example/running/?page=2", url) == Arrival(
        "マラソン", "referrer", "search", "Yahoo! Japan", "search.yahoo.co.jp/search", landing="/running"
    )


def test_a_search_engine_that_sends_no_words_leaves_the_keyword_unknown() -> None:
    assert came("/", "https://www.google.co.jp/") == Arrival(None, "none", "search", "Google", "www.google.co.jp/")


def test_without_referrer_and_campaign_the_visit_is_direct() -> None:
    assert came("https://shop.example/running/") == Arrival(landing="/running")


def test_a_campaigns_keyword_counts_before_the_referrers() -> None:
    found = came("/?utm_term=靴&utm_source=google&utm_medium=cpc", "https://www.google.com/?q=shoes")
    assert (found.keyword, found.keyword_origin) == ("靴", "campaign")


def test_the_referrers_keyword_is_taken_where_the_campaign_has_none() -> None:
    found = came("/?gclid=x&utm_term={keyword}", "https://www.google.com/?q=shoes")
    assert (found.keyword, found.keyword_origin, found.medium) == ("shoes", "referrer", "paid")


def test_campaign_names_are_folded_and_the_source_stands_as_it_is() -> None:
    found = came("/?utm_source=Mail_News&utm_medium=E-Mail&utm_campaign=冬ノ早割&utm_content=Ａ")
    assert found == Arrival(
        medium="email",
        source="Mail_News",
        campaign="冬の早割",
        campaign_source="mail_news",
        campaign_medium="e-mail",
        campaign_content="a",
        medium_origin="campaign",
        source_origin="campaign",
    )


@pytest.mark.parametrize(
    ("query", "referrer", "medium", "source"),
    [
        ("gclid=x", "", "paid", "Google"),
        ("gclid=x", "https://www.google.com/", "paid", "Google"),
        ("yclid=x", "https://news.yahoo.co.jp/", "paid", "Yahoo!ニュース"),
        ("gclid=x&utm_medium=organic", "", "paid", "Google"),
        ("utm_source=chatgpt.com", "", "ai", "ChatGPT"),
        ("utm_source=perplexity", "", "ai", "Perplexity"),
        ("utm_source=chatgpt.com&utm_medium=referral", "https://chatgpt.com/", "ai", "ChatGPT"),
        ("utm_source=chatgpt.com&utm_medium=cpc", "", "paid", "ChatGPT"),
        ("utm_source=line", "", "social", "line"),
        ("utm_source=google&utm_medium=organic", "", "search", "google"),
        ("utm_campaign=x", "https://t.co/1", "social", "Twitter"),
        ("utm_campaign=x", "", "referral", ""),
        ("utm_campaign=x&utm_term=y&utm_content=z", "https://shop.example/", "internal", ""),
        ("utm_campaign=x&utm_source=line", "https://shop.example/", "social", "line"),
        ("utm_campaign=x&gclid=y", "https://shop.example/", "paid", "Google"),
        ("utm_source=flyer&utm_medium=qr", "", "referral", "flyer"),
    ],
)
def test_medium_and_source_of_a_tagged_url(query: str, referrer: str, medium: str, source: str) -> None:
    found = came(f"https://shop.example/?{query}", referrer)
    assert (found.medium, found.source) == (medium, source)


def test_a_site_may_name_the_parameters_of_its_advertisements() -> None:
    site = SiteFacts(campaign_parameters=CampaignParameters(keyword=("kw",), medium=("channel",)))
    facts = RequestFacts(now=NOW, url="/?kw=%E9%9D%B4&channel=cpc")
    assert (arrival(facts, site).keyword, arrival(facts, site).medium) == ("靴", "paid")
    assert (arrival(facts, SITE).keyword, arrival(facts, SITE).medium) == (None, "direct")


@pytest.mark.parametrize(
    ("url", "keyword"),
    [
        ("/#utm_term=%E9%9D%B4&utm_medium=cpc", "靴"),
        ("/#!/sale?utm_medium=cpc&utm_term=a", "a"),
        ("/?utm_term=a&utm_medium=cpc#utm_term=b&utm_medium=email", "a"),
        ("/?utm_medium=cpc#top", None),
    ],
)
def test_a_campaign_may_stand_behind_the_hash_and_what_is_before_it_counts_first(url: str, keyword: str | None) -> None:
    assert (came(url).keyword, came(url).medium) == (keyword, "paid")
    assert seen(url="/#q=a").query == {}


def test_nothing_that_is_kept_of_a_visit_holds_a_query() -> None:
    tagged = "https://shop.example/running?gclid=Cj0K&utm_term=x&fbclid=y#z"
    found = came(tagged, "https://blog.example.org/review?msclkid=1&user=2#z")
    assert (found.landing, found.referrer) == ("/running", "blog.example.org/review")


def test_the_host_of_the_page_is_an_own_host() -> None:
    assert came("https://preview.example/", "https://preview.example/a").medium == "internal"
    assert came("/", "https://preview.example/a", host="Preview.example:8080").medium == "internal"
    assert came("/", "https://preview.example/a").medium == "referral"


@pytest.mark.parametrize("now", [Arrival(), Arrival(medium="internal", referrer="shop.example/", landing="/cart")])
def test_the_next_page_keeps_how_the_visit_began(now: Arrival) -> None:
    assert kept_arrival(now, KEPT) == KEPT


def test_a_link_of_the_site_that_names_a_campaign_adds_it_to_how_the_visit_began() -> None:
    now = came("https://shop.example/sale?utm_campaign=Winter&utm_content=banner", "https://shop.example/running")
    assert kept_arrival(now, KEPT) == replace(KEPT, campaign="winter", campaign_content="banner")


def test_coming_from_elsewhere_begins_anew() -> None:
    anew = Arrival(medium="email", source="Gmail")
    assert kept_arrival(anew, KEPT) == anew


def test_without_a_visit_the_request_counts_as_it_is() -> None:
    internal = Arrival(medium="internal", referrer="shop.example/")
    assert kept_arrival(internal, None) == internal


def test_a_visitor_is_everything_that_the_request_says() -> None:
    facts = RequestFacts(
        now=NOW,
        url="https://Shop.example/running/index.html?q=%E9%9D%B4&Color=赤&color=青#x",
        referrer="https://shop.example/",
        tags=("ランニング", "SALE"),
        user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148",
        accept_language="ja,en;q=0.5",
        stated_member={"id": "u1", "rank": "ゴールド"},
    )
    history = History()
    allowed = frozenset({"personalization"})
    known = Known(
        member_of(facts, SITE, SignalTools()), consent=allowed, history=history, kept=KEPT, visitor_id="x" * 22
    )
    found = visitor(facts, SITE, SignalTools(), known)
    assert found == Visitor(
        arrival=KEPT,
        page="/running",
        host="shop.example",
        page_tags=frozenset({"らんにんぐ", "sale"}),
        site_search="靴",
        query={"q": "靴", "Color": "赤", "color": "青"},
        device="mobile",
        languages=("ja", "en"),
        member=Member("u1", {"rank": "ゴールド"}),
        consent=allowed,
        history=history,
        id="x" * 22,
    )


def test_a_request_that_says_nothing_is_a_visitor_of_whom_nothing_is_known() -> None:
    assert seen() == Visitor()


def test_the_place_is_looked_up_by_the_address(write_mmdb: Callable[..., Path]) -> None:
    tools = SignalTools(places=PlaceReader(write_mmdb({"1.0.16.0/24": {"country": {"iso_code": "JP"}}})))
    found = visitor(RequestFacts(now=NOW, client_ip="1.0.16.9"), SITE, tools)
    assert found.place == Place("JP", origin="mmdb", confidence="strong")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("q=靴", "靴"),
        ("s=靴", "靴"),
        ("s=b&q=a", "a"),
        ("q=&s=b", "b"),
        ("x=1", ""),
        ("q=ランニング+靴%00", "ランニング 靴"),
    ],
)
def test_site_search_is_the_first_search_parameter_with_words(query: str, words: str) -> None:
    assert seen(url=f"/search?{query}").site_search == words


def test_the_referrers_query_is_no_site_search() -> None:
    assert seen(url="/item", referrer="https://shop.example/search?q=靴").site_search == ""


def test_of_a_repeated_parameter_the_first_counts() -> None:
    assert seen(url="/?a=1&a=2").query == {"a": "1"}


def test_fifty_parameters_are_kept() -> None:
    assert len(seen(url="/?" + "&".join(f"p{number}=1" for number in range(80))).query) == 50


def test_a_shop_in_shift_jis_is_understood() -> None:
    assert seen(url="/search?q=%8CC").site_search == "靴"


def test_a_token_in_the_body_counts_before_the_cookie() -> None:
    tools = SignalTools(member_keys=MemberKeys.parse(f"k1:{SECRET}"))
    cookies = {"omo_member": token(sub="cookie")}
    in_body = RequestFacts(now=NOW, member_token=token(sub="body"), cookies=cookies)
    assert member_of(in_body, SITE, tools) == Member("body")
    assert member_of(RequestFacts(now=NOW, cookies=cookies), SITE, tools) == Member("cookie")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"member_token": token(exp=NOW - 60, iat=NOW - 120)}, "expired"),
        ({"member_token": token(exp=NOW + 3600)}, "life_too_long"),
        ({"member_token": "rubbish", "cookies": {"omo_member": token()}}, "malformed"),
        ({"cookies": {"omo_member": token() + "x"}}, "signature"),
    ],
)
def test_a_bad_token_is_a_guest_and_counted(facts: dict[str, Any], reason: str) -> None:
    tools = SignalTools(member_keys=MemberKeys.parse(f"k1:{SECRET}"))
    assert member_of(RequestFacts(now=NOW, **facts), SITE, tools) is None
    assert tools.counts == {f"member_token_refused:{reason}": 1}


def test_without_a_key_no_token_is_believed() -> None:
    tools = SignalTools()
    assert member_of(RequestFacts(now=NOW, member_token=token()), SITE, tools) is None
    assert tools.counts == {"member_token_refused:no_key": 1}


def test_dropped_attributes_are_counted() -> None:
    tools = SignalTools()
    member_of(RequestFacts(now=NOW, stated_member={"id": "u1", "rank": "王様"}), SITE, tools)
    assert tools.counts == {"member_attribute_dropped": 1}


def test_an_empty_statement_is_a_guest_whatever_the_cookie_says() -> None:
    tools = SignalTools(member_keys=MemberKeys.parse(f"k1:{SECRET}"))
    facts = RequestFacts(now=NOW, stated_member={}, member_token=token(), cookies={"omo_member": token()})
    assert member_of(facts, SITE, tools) is None
    assert tools.counts == {}


def test_a_statement_counts_before_a_token_and_a_token_in_the_body_before_the_cookie() -> None:
    tools = SignalTools(member_keys=MemberKeys.parse(f"k1:{SECRET}"))
    cookie = RequestFacts(now=NOW, cookies={"omo_member": token(sub="cookie")})
    body = replace(cookie, member_token=token(sub="body"))
    assert member_of(replace(body, stated_member={"id": "cms"}), SITE, tools) == Member("cms")
    assert member_of(body, SITE, tools) == Member("body")
    assert member_of(cookie, SITE, tools) == Member("cookie")


def test_everything_can_be_loaded_before_the_first_request() -> None:
    gather.warm()
    assert came("/", "https://www.google.com/").source == "Google"

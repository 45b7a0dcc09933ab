from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from omotenashi.signals.referrer import Referral, classify

NONE: frozenset[str] = frozenset()
OWN = frozenset({"shop.example", "www.shop.example"})


def found(url: str) -> tuple[str, str, str | None]:
    referral = classify(url, NONE)
    return referral.medium, referral.source, referral.keyword


@pytest.mark.parametrize("url", ["", "  ", "about:blank"])
def test_no_referrer_is_direct(url: str) -> None:
    assert classify(url, OWN) == Referral("direct")


def test_an_own_host_is_internal() -> None:
    assert classify("https://www.shop.example/cart?x=1", OWN) == Referral("internal", "", None, "www.shop.example/cart")


@pytest.mark.parametrize(("own", "host"), [("shop.example", "www.shop.example"), ("www.shop.example", "shop.example")])
def test_an_own_host_is_so_with_and_without_www(own: str, host: str) -> None:
    assert classify(f"https://{host}/", frozenset({own})).medium == "internal"
    assert classify(f"https://other.{host}/", frozenset({own})).medium == "referral"


def test_the_same_url_is_foreign_to_another_site() -> None:
    url = "https://shop.example/cart"
    assert [classify(url, OWN).medium, classify(url, NONE).medium, classify(url, OWN).medium] == [
        "internal",
        "referral",
        "internal",
    ]


def test_an_unknown_site_is_a_referral_with_its_host_and_path() -> None:
    expected = Referral("referral", "", None, "blog.example.org/2026/review")
    assert classify("https://Blog.Example.org:443/2026/review/?x=1#top", OWN) == expected


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "/path",
        "//t.co/x",
        "https://",
        "http://exa mple/x",
        "http://[zz]/",
        "javascript:alert(1)",
        "http://\x00/",
        "https://" + "a." * 200 + "google.com/",
    ],
)
def test_what_cannot_be_read_is_a_referral(url: str) -> None:
    assert classify(url, OWN) == Referral("referral")


def test_a_very_long_url_is_read_to_its_first_4096_characters() -> None:
    assert found("https://www.google.com/search?" + "x" * 5000 + "&q=late") == ("search", "Google", None)


@pytest.mark.parametrize(
    ("url", "source", "keyword"),
    [
        ("https://www.google.co.jp/", "Google", None),
        (
            "https://www.google.com/search?q=%E3%83%A9%E3%83%B3%E3%83%8B%E3%83%B3%E3%82%B0+%E9%9D%B4",
            "Google",
            "ランニング 靴",
        ),
        ("https://m.google.com.au/search?q=shoes", "Google", "shoes"),
        ("https://user@www.google.de:443/?q=schuhe", "Google", "schuhe"),
        ("https://search.yahoo.co.jp/search?p=%E3%83%9E%E3%83%A9%E3%82%BD%E3%83%B3", "Yahoo! Japan", "マラソン"),
        ("http://search.yahoo.co.jp/search?p=%C5%EC%B5%FE", "Yahoo! Japan", "東京"),
        ("http://search.yahoo.co.jp/search?p=%93%8C%8B%9E", "Yahoo! Japan", "東京"),
        ("http://search.yahoo.co.jp/search?ei=EUC-JP&p=%C5%EC%B5%FE", "Yahoo! Japan", "東京"),
        ("https://uk.search.yahoo.com/search?p=tea", "Yahoo!", "tea"),
        ("https://jp.bing.com/search?q=tea", "Bing", "tea"),
        ("https://www.bing.com/images/search?q=cats", "Bing Images", "cats"),
        ("https://duckduckgo.com/?q=tea", "DuckDuckGo", "tea"),
        ("https://search.yahoo.com/search/dir?p=tea", "Yahoo! Directory", "tea"),
        ("https://m.search.naver.com/search.naver?query=tea", "Naver", "tea"),
        ("android-app://com.google.android.googlequicksearchbox/https/www.google.com", "Google", None),
    ],
)
def test_a_search_engine_is_known_by_its_host(url: str, source: str, keyword: str | None) -> None:
    assert found(url) == ("search", source, keyword)


@pytest.mark.parametrize(
    ("url", "keyword"),
    [
        ("https://www.google.com/#hl=ja&q=tea", "tea"),
        ("https://search.avira.com/#/web/result?q=tea", "tea"),
        ("https://coccoc.com/search#query=tea", "tea"),
    ],
)
def test_the_fragment_is_read_as_a_query(url: str, keyword: str) -> None:
    assert classify(url, NONE).keyword == keyword


def test_parameters_are_tried_in_their_order() -> None:
    assert classify("https://search.yahoo.co.jp/search?vp=second&p=first", NONE).keyword == "first"
    assert classify("https://search.yahoo.co.jp/search?p=&vp=second", NONE).keyword == "second"


def test_a_term_may_stand_in_the_path() -> None:
    assert found("https://1.cz/s/%E8aj?page=2") == ("search", "1.cz", "čaj")


@pytest.mark.parametrize(
    ("query", "keyword"),
    [
        ("as_q=green+tea", "green tea"),
        ("as_q=green+tea&as_epq=uji+matcha&as_oq=cup+pot&as_eq=coffee", 'green tea cup OR pot "uji matcha" -coffee'),
        ("q=tea&as_epq=uji", "tea"),
    ],
)
def test_googles_advanced_search_is_read_as_google_writes_it_into_its_box(query: str, keyword: str) -> None:
    assert classify(f"https://www.google.com/search?{query}", NONE).keyword == keyword


def test_googles_image_page_names_the_page_before_it() -> None:
    url = "https://www.google.co.jp/imgres?imgurl=http://x/y.png&prev=" + quote("/search?q=茶&tbm=isch", safe="")
    assert found(url) == ("search", "Google Images", "茶")


def test_an_image_page_that_names_itself_for_ever_ends() -> None:
    prev = "/imgres?prev=/imgres?prev=/imgres?prev=/imgres"
    assert found("https://www.google.com/imgres?prev=" + quote(prev, safe="")) == ("search", "Google Images", None)


def test_tbm_tells_which_of_googles_searches_it_was() -> None:
    assert found("https://www.google.com/search?q=tea&tbm=isch") == ("search", "Google Images", "tea")


def test_a_keyword_is_cut_and_without_control_characters() -> None:
    assert classify("https://www.google.com/?q=a%00b%0Ac", NONE).keyword == "ab c"
    assert classify("https://www.google.com/?q=" + "x" * 999, NONE).keyword == "x" * 200


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://chatgpt.com/", "ChatGPT"),
        ("https://www.perplexity.ai/", "Perplexity"),
        ("https://gemini.google.com/app", "Gemini"),
        ("https://notebooklm.google.com/", "NotebookLM"),
        ("https://x.com/i/grok?conversation=1", "Grok"),
        ("https://character.ai/chat/1", "Character.AI"),
        ("https://poe.com/", "Poe"),
    ],
)
def test_assistants_come_before_search_engines(url: str, source: str) -> None:
    assert found(url) == ("ai", source, None)


def test_an_assistant_that_sends_the_question_gives_a_keyword() -> None:
    assert found("https://www.perplexity.ai/search?q=tea") == ("ai", "Perplexity", "tea")


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://t.co/abc", "Twitter"),
        ("https://x.com/someone", "Twitter"),
        ("https://l.facebook.com/l.php?u=x", "Facebook"),
        ("https://liff.line.me/1", "LINE"),
        ("https://note.com/someone/n/1", "note"),
        ("https://b.hatena.ne.jp/entry/1", "はてな"),
        ("https://ameblo.jp/someone/", "ameblo"),
        ("android-app://com.linkedin.android/", "LinkedIn"),
    ],
)
def test_a_social_network_is_known_with_all_its_subdomains(url: str, source: str) -> None:
    assert found(url)[:2] == ("social", source)


@pytest.mark.parametrize("url", ["https://mail.google.com/mail/u/0/", "android-app://com.google.android.gm/"])
def test_a_mail_reader_is_no_search_engine(url: str) -> None:
    assert found(url) == ("email", "Gmail", None)


@pytest.mark.parametrize(
    ("url", "source"),
    [("https://news.yahoo.co.jp/articles/1", "Yahoo!ニュース"), ("https://www.smartnews.com/", "SmartNews")],
)
def test_a_news_site_is_a_referral_with_a_name(url: str, source: str) -> None:
    assert found(url) == ("referral", source, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://netflix.com/",
        "https://docs.google.com/document/1",
        "https://google.com.evil.example/?q=x",
        "https://notgoogle.com/?q=x",
        "https://thank-you.com/",
        "https://google.company/?q=x",
    ],
)
def test_a_host_that_only_looks_alike_is_something_else(url: str) -> None:
    assert found(url) == ("referral", "", None)


def test_every_engine_of_the_public_list_is_in_the_table(shared_data: Path) -> None:
    facts = yaml.safe_load((shared_data / "search-engines" / "SearchEngines.yml").read_text("utf-8"))
    urls = [(name, url) for name, entries in facts.items() for entry in entries for url in entry["urls"]]
    missed = [(name, url) for name, url in urls for real in _real(url) if not _is_known(name, f"https://{real}")]
    assert len(urls) == 664
    assert missed == []


def test_every_assistant_and_network_of_the_public_list_is_in_the_table(shared_data: Path) -> None:
    for file, medium in (("AIAssistants.yml", "ai"), ("Socials.yml", "social")):
        facts = yaml.safe_load((shared_data / "search-engines" / file).read_text("utf-8"))
        hosts = [(name.replace("%2B", "+"), host) for name, own in facts.items() for host in own]
        seen = {(name, found(f"https://{host}")[:2]) for name, host in hosts}
        assert {source for source in seen if source[1] != (medium, source[0])} == set()


def _real(url: str) -> list[str]:
    if url.startswith("android-app"):
        return []
    if "{}" not in url:
        return [url]
    countries = ["jp", "de"] if re.match(r"\{\}\.|.*\.\{\}\.", url) else ["co.jp", "de", "com.au"]
    return [url.replace("{}", country) for country in countries]


def _is_known(name: str, url: str) -> bool:
    referral = classify(url, NONE)
    return referral.source == name or referral.medium in {"ai", "social"}


@pytest.mark.parametrize("page_host", ["new.example", "www.new.example"])
def test_the_host_of_the_page_is_an_own_one_with_and_without_www(page_host: str) -> None:
    assert classify("https://new.example/a", OWN, page_host).medium == "internal"
    assert classify("https://www.new.example/a", OWN, page_host).medium == "internal"
    assert classify("https://old.example/a", OWN, page_host).medium == "referral"

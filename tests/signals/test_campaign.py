from __future__ import annotations

import pytest

from omotenashi.model.site_facts import CampaignParameters
from omotenashi.signals.campaign import Campaign, medium_of, read
from omotenashi.signals.decode import query_pairs


def test_utm_parameters_are_read_as_they_stand() -> None:
    tags = "utm_source=Google&utm_medium=cpc&utm_campaign=Winter+2026&utm_term=%E9%9D%B4&utm_content=A"
    assert read(query_pairs(tags)) == Campaign("靴", "Winter 2026", "Google", "cpc", "A")


@pytest.mark.parametrize(
    "name", ["utm_term", "mtm_kwd", "mtm_keyword", "matomo_kwd", "pk_kwd", "pk_keyword", "piwik_kwd"]
)
def test_the_keyword_has_many_names(name: str) -> None:
    assert read([(name, "靴")]).keyword == "靴"


def test_an_earlier_name_counts_before_a_later_one() -> None:
    assert read([("pk_kwd", "late"), ("utm_term", "early")]).keyword == "early"


def test_an_empty_parameter_says_nothing() -> None:
    assert read([("utm_term", " "), ("pk_kwd", "靴"), ("utm_campaign", "")]) == Campaign("靴")


@pytest.mark.parametrize(
    "value",
    [
        *(
            "{keyword}",
            "{KeyWord:靴}",
            "{QueryString}",
            "{{ad.name}}",
            "(not set)",
            "",
            "%7Bkeyword%7D",
            "%7bkeyword%7d",
        ),
        *("__KEYWORD__", "%%KEYWORD%%", "｛keyword｝", "+", '""', "[ ]", '+ "+"'),
    ],
)
def test_a_keyword_that_was_not_filled_in_is_unknown(value: str) -> None:
    assert read([("utm_term", value)]).keyword is None


def test_a_keyword_that_was_not_filled_in_hides_no_other() -> None:
    assert read([("utm_term", "{keyword}"), ("mtm_kwd", "靴")]).keyword == "靴"
    assert read([("kw", "%7Bkeyword%7D"), ("utm_term", "靴")], CampaignParameters(keyword=("kw",))).keyword == "靴"


@pytest.mark.parametrize("value", ["{campaignid}", "{{campaign.name}}", "__CAMPAIGN_NAME__", "｛campaign｝"])
def test_a_name_that_was_not_filled_in_is_none_though_the_url_is_tagged(value: str) -> None:
    found = read([("utm_campaign", value), ("utm_term", "{keyword}")])
    assert (found, found.tagged) == (Campaign(unfilled=True), True)


def test_a_name_may_have_braces_in_it() -> None:
    assert read([("utm_campaign", "winter {2026} a")]).campaign == "winter {2026} a"


@pytest.mark.parametrize(
    "value",
    [
        *("[running shoes]", '"running shoes"', "+running +shoes", '["running shoes"]', "+running shoes"),
        *("+[running shoes]", '+"running shoes"', '"running" +shoes', "[running] [shoes]", "[[running shoes]]"),
        *("%5Brunning shoes%5D", "%2Brunning %2Bshoes", "%22running%20shoes%22", "[+running +shoes]"),
    ],
)
def test_the_signs_of_a_match_type_are_taken_off(value: str) -> None:
    assert read([("utm_term", value)]).keyword == "running shoes"


def test_a_plus_inside_a_word_stays() -> None:
    assert read([("utm_term", "c++ book")]).keyword == "c++ book"


@pytest.mark.parametrize("value", ["a[0] b", '5" pipe', "[靴"])
def test_a_sign_that_wraps_nothing_stays(value: str) -> None:
    assert read([("utm_term", value)]).keyword == value


@pytest.mark.parametrize(
    ("name", "seller"),
    [("gclid", "Google"), ("gbraid", "Google"), ("wbraid", "Google"), ("yclid", "Yahoo! Japan"), ("msclkid", "Bing")],
)
def test_the_id_of_a_click_says_that_it_was_paid_for(name: str, seller: str) -> None:
    assert read([(name, "x")]) == Campaign(paid=True, seller=seller)


@pytest.mark.parametrize(
    ("name", "seller"),
    [
        ("gad_source", "Google"),
        ("ldtag_cl", "LINE"),
        ("ttclid", "TikTok"),
        ("twclid", "Twitter"),
        ("ScCid", "Snapchat"),
    ],
)
def test_networks_have_ids_of_their_own(name: str, seller: str) -> None:
    assert read([(name, "x")]) == Campaign(paid=True, seller=seller)


def test_what_a_service_adds_to_each_of_its_links_says_only_who_sent_the_visitor() -> None:
    assert read([("fbclid", "x")]) == Campaign(left_by=("social", "Facebook"))
    assert read([("mc_eid", "x")]) == Campaign(left_by=("email", "Mailchimp"))


def test_a_site_has_parameters_of_its_own_which_count_first() -> None:
    own = CampaignParameters(
        keyword=("kw",), campaign=("cid",), source=("media",), medium=("channel",), content=("banner", "creative")
    )
    tags = "KW=%E9%9D%B4&cid=fuyu&media=yahoo&channel=cpc&creative=B&utm_term=old&utm_content=A"
    assert read(query_pairs(tags), own) == Campaign("靴", "fuyu", "yahoo", "cpc", "B")
    assert read(query_pairs("utm_term=%E9%9D%B4"), own).keyword == "靴"


def test_a_query_without_tags_is_not_tagged() -> None:
    assert not read([("q", "x"), ("fbclid", "y")]).tagged


@pytest.mark.parametrize(
    ("stated", "medium"),
    [
        ("cpc", "paid"), ("PPC", "paid"), ("paid_search", "paid"), ("paidsocial", "paid"), ("display", "paid"),
        ("banner", "paid"), ("cpm", "paid"), ("email", "email"), ("e-mail", "email"), ("Newsletter", "email"),
        ("メルマガ", "email"), ("social", "social"), ("SNS", "social"), ("social media", "social"),
        ("line", "social"), ("Instagram", "social"), ("twitter", "social"), ("chatgpt", "ai"), ("google", None),
        ("organic", "search"), ("referral", "referral"), ("qr", None), ("unpaid", None), ("", None),
    ],
)  # fmt: skip
def test_utm_medium_is_mapped_to_the_words_of_the_vocabulary(stated: str, medium: str | None) -> None:
    assert medium_of(stated) == medium

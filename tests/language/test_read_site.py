"""What site.yaml says of visitors becomes the facts of the site, in both languages."""

from __future__ import annotations

from omotenashi.language.parse import parse
from omotenashi.language.read_site import read_site
from omotenashi.language.report import Report
from omotenashi.model.site_facts import Attribute, CampaignParameters, ConsentMapping, Grant, Lifecycle, SiteFacts

DAY = 86_400


def site(text: str) -> SiteFacts:
    report = Report()
    tree = parse("site.yaml", text, report)
    assert tree is not None
    facts = read_site(tree, report)
    assert report.diagnostics == []
    return facts


def test_what_is_not_said_has_its_default() -> None:
    facts = site("name: x\n")
    assert (facts.lifecycle, facts.cookie_domain) == (Lifecycle(7 * DAY, 30 * DAY, 90 * DAY), "")
    assert (facts.browser_events, facts.sensitive_topics, facts.consent) == (frozenset(), frozenset(), ConsentMapping())


def test_a_site_names_the_parameters_of_its_campaigns() -> None:
    assert site(
        "campaign_parameters: {keyword: [KW, word], campaign: cid}\n"
    ).campaign_parameters == CampaignParameters(keyword=("kw", "word"), campaign=("cid",))
    japanese = "広告パラメータ: {キーワード: kw, 流入元: media, 流入種別: channel, 内容: banner}\n"
    assert site(japanese).campaign_parameters == CampaignParameters(
        keyword=("kw",), source=("media",), medium=("channel",), content=("banner",)
    )


def test_the_spans_of_the_lifecycle_may_be_set_one_by_one() -> None:
    assert site("lifecycle: {new: 36 hours, lapsing: 100 days}\n").lifecycle == Lifecycle(
        36 * 3600, 30 * DAY, 100 * DAY
    )


def test_a_month_of_the_lifecycle_has_30_days_and_a_year_365() -> None:
    found = site("lifecycle: {new: 1 month, active: 11 months, lapsing: 1 year}\n").lifecycle
    assert found == Lifecycle(30 * DAY, 330 * DAY, 365 * DAY)
    assert site("lifecycle: {lapsing: 14 months}\n").lifecycle.lapsing == (365 + 60) * DAY


def test_a_dot_before_the_cookies_domain_is_forgiven_and_the_domain_itself_is_under_it() -> None:
    text = "hosts: [example.com, www.example.com]\ncookie: {domain: .Example.com}\n"
    assert site(text).cookie_domain == "example.com"


def test_browsers_may_be_allowed_events() -> None:
    assert site("browser_events: [purchase, login]\n").browser_events == {"purchase", "login"}
    assert site("browser_events: refund\n").browser_events == {"refund"}


def test_sensitive_topics_are_folded() -> None:
    assert site("sensitive_topics: [妊娠, ハイラン, ＡＧＡ]\n").sensitive_topics == {"妊娠", "はいらん", "aga"}


def test_a_sensitive_attribute_may_be_allowed_in_blocks() -> None:
    facts = site("attributes: {pregnant: {type: yes_no, sensitive: yes, allowed_in: [Hero, バナー]}}\n")
    assert facts.attributes["pregnant"] == Attribute(
        "pregnant", "yes_no", sensitive=True, allowed_in=frozenset({"hero", "ばなー"})
    )


def test_consent_is_read_from_a_consent_managers_cookie_by_grants() -> None:
    text = 'consent: {cookie: OptanonConsent, grants: {personalization: "C0003:1", measurement: [C0002:1, C0004:1]}}\n'
    assert site(text).consent == ConsentMapping(
        cookie="OptanonConsent",
        grants={"personalization": (Grant("C0003", "1"),), "measurement": (Grant("C0002", "1"), Grant("C0004", "1"))},
    )


def test_what_tells_that_a_banner_was_answered_is_a_cookie_or_stands_in_the_managers_own() -> None:
    rest = "cookie: c, grants: {personalization: a:1}"
    for written, grant in (
        ("OptanonAlertBoxClosed", Grant("OptanonAlertBoxClosed", "")),
        ("action:yes", Grant("action", "yes")),
    ):
        assert site(f"consent: {{{rest}, answered: {written}}}\n").consent.answered == grant
    assert site(f"consent: {{{rest}}}\n").consent.answered is None


def test_global_privacy_control_denies_unless_the_site_ignores_it() -> None:
    assert site("consent: {gpc: deny}\n").consent.gpc_denies
    assert not site("consent: {gpc: ignore}\n").consent.gpc_denies


def test_every_key_has_a_japanese_name() -> None:
    english = site(
        "lifecycle: {new: 1 day, active: 2 days, lapsing: 3 days}\n"
        "cookie: {domain: example.com}\n"
        "browser_events: [purchase]\n"
        "sensitive_topics: [妊娠]\n"
        "attributes: {a: {type: text, sensitive: yes, allowed_in: [hero]}}\n"
        "consent: {cookie: c, gpc: ignore, answered: d, grants: {personalization: a:1, measurement: b:1}}\n"
    )
    japanese = site(
        "段階: {新規: 1日, 継続: 2日, ごぶさた: 3日}\n"
        "クッキー: {ドメイン: example.com}\n"
        "ブラウザのイベント: [purchase]\n"
        "機微な話題: [妊娠]\n"
        "会員項目: {a: {型: 文字, 機微: はい, 使えるブロック: [hero]}}\n"
        "同意: {クッキー: c, GPC: 無視, 回答済み: d, 対応: {パーソナライズ: a:1, 計測: b:1}}\n"
    )
    assert english == japanese

"""`omo privacy` says what is so: by the site's rules, its consent, its cookies, and how long things are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.conftest import SITE, good_site

from omotenashi.cli import main
from omotenashi.model.site_facts import Attribute, ConsentMapping, Grant
from omotenashi.notice import notice
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.profile import Profile

STORE = Path("/srv/data/visitors.sqlite")


def text(language: str, keep: Keep | None = None, **facts: Any) -> str:
    site = good_site(SITE)
    return notice(replace(site, facts=replace(site.facts, **facts)), keep or Keep(), STORE, language)


def test_each_kind_names_the_blocks_whose_rules_ask_for_it() -> None:
    said = text("en")
    assert "| Dates and times of visits | notice | 400 days |" in said
    assert "looked at, with the time | hero | 400 days |" in said
    assert "| A member’s consent and attributes (as the site states them) | greeting | until erased |" in said
    assert "| Changes to the cart (time, item, quantity, price) | (not used at present) | 400 days |" in said


def test_two_blocks_of_one_label_are_named_once(tmp_path: Path) -> None:
    block = "  {name}:\n    label: 見出し\n    rules: [{{name: a, when: {{visits: 2}}, show: nothing}}]\n    otherwise: original\n"
    (tmp_path / "a.yaml").write_text("blocks:\n" + block.format(name="one") + block.format(name="two"))
    said = notice(good_site(tmp_path), Keep(), STORE, "en")
    assert "| Dates and times of visits | 見出し | 400 days |" in said


def test_it_says_how_long_each_kind_is_kept() -> None:
    day = 86_400
    said = text("en", Keep(events=30 * day, exposures=7 * day, profiles=100 * day))
    assert "| notice | 30 days |" in said
    assert "| What was shown, with the time | notice | 7 days |" in said
    assert "After 100 days without anything new" in said


@pytest.mark.parametrize(
    ("language", "facts", "sentence"),
    [
        ("en", {}, "Where nothing is said, there is no consent."),
        ("ja", {}, "何も示されていないときは、同意がないものとして扱います。"),
        ("en", {"consent": ConsentMapping(frozenset({"measurement"}))}, "taken as given to: measurement"),
        ("en", {"consent": ConsentMapping(gpc_denies=False)}, "(`Sec-GPC: 1`) is not considered"),
        (
            "en",
            {},
            "While Global Privacy Control (`Sec-GPC: 1`) is set, what somebody does is not stored, read or erased",
        ),
        ("ja", {}, "(`Sec-GPC: 1`)がある間は、同意があっても、行動の記録を保存せず、読まず、消しもしません。"),
        ("en", {}, "Only a clear refusal (in what the site states, the header or the cookie) deletes what is stored"),
        (
            "ja",
            {},
            "はっきりした拒否(サイトからの連絡、ヘッダー、クッキーのどれか)が示されると、その端末の記録を消します。",
        ),
        ("en", {"consent": ConsentMapping(header="X-My", cookie="mine")}, "the header `X-My`, else the cookie `mine`"),
        ("en", {"sensitive_topics": frozenset({"妊娠"})}, "what was looked at is not stored: 妊娠"),
        (
            "ja",
            {"attributes": {"blood": Attribute("blood", "text", sensitive=True, label="血液型")}},
            "保存しません: 血液型",
        ),
        ("en", {"cookie_domain": "shop.example"}, "| `__Secure-omo` or `omo_vid` | 395 days |"),
        ("en", {"cookie_domain": "shop.example"}, "Shared by `shop.example` and the hosts under it."),
        ("en", {}, "| `__Host-omo` or `omo_vid` | 395 days |"),
        ("en", {}, "the second where the CMS sets it"),
        ("en", {}, "| `__Host-omo_arrival` or `omo_arrival` | 30 minutes | How the present visit began"),
        (
            "ja",
            {"cookie_domain": "shop.example"},
            "| `__Secure-omo_arrival` または `omo_arrival` | 30分 | 今回の訪問のきっかけ",
        ),
        ("en", {"name": ""}, "# Personalisation and privacy at this site\n"),
    ],
)
def test_it_says_what_the_site_does(language: str, facts: dict[str, Any], sentence: str) -> None:
    assert sentence in text(language, **facts)


def test_a_consent_managers_cookie_is_told_with_what_grants_and_as_only_read() -> None:
    grants = {"personalization": (Grant("C0003", "1"), Grant("C0004", "1"))}
    said = text("en", consent=ConsentMapping(cookie="OptanonConsent", grants=grants))
    assert "- personalisation: `C0003:1` or `C0004:1`" in said
    assert "| `OptanonConsent` | as the consent manager sets it | The consent manager’s record; only read. |" in said
    assert "| `omo_consent` | 395 days |" in said


def test_it_says_what_tells_that_a_banner_was_answered() -> None:
    for grant, sign in (
        (Grant("OptanonAlertBoxClosed", ""), "OptanonAlertBoxClosed"),
        (Grant("action", "yes"), "action:yes"),
    ):
        mapping = ConsentMapping(cookie="c", grants={"personalization": (Grant("C0003", "1"),)}, answered=grant)
        assert f"Before the banner was answered (without `{sign}`), nothing counts as a refusal." in text(
            "en", consent=mapping
        )


def test_nothing_is_sensitive_unless_the_site_says_so() -> None:
    assert "sensitive" not in text("en")


def test_both_languages_tell_the_same() -> None:
    ja, en = text("ja"), text("en")
    for mark in ("\n## ", "\n| ", "`omo visitor export ID`", "`/omo/why`", "<!-- /srv/data/visitors.sqlite -->"):
        assert ja.count(mark) == en.count(mark) > 0


def test_every_list_of_a_profile_is_a_kind_that_is_told() -> None:
    told = set("visits views orders cart deeds showings".split())
    told |= {"refunds", "shown"}  # with the orders, with the showings
    hidden = {"marks", "requests"}  # how views are told apart, and the hashes of the last requests
    empty = Profile()
    several = {name for name in Profile.__struct_fields__ if isinstance(getattr(empty, name), Sequence)}
    assert several == told | hidden | {"event_ids", "owner"}  # hashes


def test_the_command_speaks_the_sites_language_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["privacy", "--rules", str(SITE)]) == 0
    assert capsys.readouterr().out.startswith("# 試験の店の出し分けとプライバシー\n")
    assert main(["privacy", "--rules", str(SITE), "--lang", "en", "--data", "elsewhere"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("# Personalisation and privacy at 試験の店\n")
    assert f"<!-- {tmp_path}/elsewhere/visitors.sqlite -->" in said
    assert list(tmp_path.iterdir()) == []


def test_sites_that_compare_versions_say_that_an_identifier_decides_which_is_shown(rules: Path) -> None:
    assert "versions are compared" not in text("en")
    split = "[{name: a, share: 50%, show: nothing}, {name: b, share: 50%, show: original}]"
    rule = f"{{name: x, experiment: {{id: x, split: {split}}}}}"
    (rules / "bar.yaml").write_text(f"blocks: {{bar: {{rules: [{rule}], otherwise: original}}}}\n")
    assert "Where several versions are compared, which one" in notice(good_site(rules), Keep(), STORE, "en")

"""`omo schema`: what editors complete and underline, tried with a real validator of JSON Schema draft-07."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from omotenashi.language.pages import PAGES
from omotenashi.language.schema.build import schema
from omotenashi.language.schema.names import Names
from omotenashi.model.site_facts import Attribute
from omotenashi.site import load

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
GOOD = [*CASES.glob("*.good.yaml"), *CASES.glob("site.yaml"), *(ROOT / "rules").glob("*.yaml")]
GOOD += sorted(ROOT.glob("tests/sites/*/*.yaml"))
WITHOUT_NAMES = schema(Names(), "ja")
VALIDATOR = Draft7Validator(WITHOUT_NAMES)


class Texts(yaml.SafeLoader):
    """Types values as YAML 1.2's core schema does: yes, 12:30 and dates are texts."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 as PyYAML has it


for kind, pattern, first in (
    ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", "true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    Texts.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"^(?:{pattern})$"), first)


def _plain(value: Any) -> Any:
    """As JSON has it: keys are texts, and there are no dates."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _errors(text: str, loader: type[Any] = yaml.SafeLoader) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(_plain(yaml.load(text, loader)))]


def _in_a_rule(entry: str) -> str:
    return f"blocks: {{hero: {{rules: [{{name: x, {entry}, show: nothing}}], otherwise: original}}}}"


def _when(field: str) -> str:
    return _in_a_rule(f"when: {{{field}}}")


def test_the_schema_is_a_draft_07_schema() -> None:
    Draft7Validator.check_schema(WITHOUT_NAMES)


@pytest.mark.parametrize("loader", [yaml.SafeLoader, Texts], ids=["yaml-1.1", "yaml-1.2"])
@pytest.mark.parametrize("file", GOOD, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_good_file_is_valid_however_its_values_are_typed(file: Path, loader: type[Any]) -> None:
    assert _errors(file.read_text(), loader) == []


@pytest.mark.parametrize("code", [code for code, page in PAGES.items() if page.file.endswith(".yaml")])
def test_the_right_example_of_a_code_is_valid(code: str) -> None:
    assert _errors(PAGES[code].right, Texts) == []


ACCEPTED = (
    *("days: 月曜日", "days: [Mon, 土, ＦＲＩ, 祝日]", "hours: 8時から22時まで", "hours: [08:00-12:00, 22:00〜02:00]"),
    *("from: 2026/12/25", "from: 2026年12月25日 10時", "from: 2026-12-25 10:00", "until: ２０２６－１２－２５"),
    *("limit: {times: 3回, per: 1週間}", "上限: {回数: 3, 期間あたり: 3ヶ月}", "goal: purchase, cooldown: 30 Days"),
    *("id: 20", "id: 12:30", "id: yes", "開始: 2026-12-01"),
    *("days: [五十日, Month End, ごとび]", "days: [25日, ２５日, 毎月1日, 25th]", "曜日: 月末"),
)
ACCEPTED_CONDITIONS = (
    *(
        "country: NO",
        "country: 日本",
        "language: no",
        "language: zh-TW",
        "prefecture: 13",
        "prefecture: 08",
        "area: 関東地方",
    ),
    *(
        "prefecture: [とうきょう, Osaka-fu, JP-01]",
        "Device: Mobile",
        "ＤＥＶＩＣＥ: ｽﾏﾎ",
        "端末: すまほ",
        "not: {prefecture: 不明}",
    ),
    *(
        "logged_in: true",
        "logged_in: はい",
        "logged_in: YES",
        "keyword: 20",
        "keyword: yes",
        "keyword: {contains: [1, no]}",
    ),
    *("cart: no", 'cart: {amount: "5,000円"}', "visits: 3回", "visits: 2-5", "visits: {at_least: ３}"),
    *(
        "viewed: [{page: /a}, {tag: 経済, within: 30日}]",
        "viewed: {all: [{page: /a}, {page: [/b, /c/**]}]}",
        "shown: unknown",
    ),
    *(
        "page_tag: {all: [新着, メンズ]}",
        "page_tag: [a, {all: [b, c]}]",
        "any: [{device: mobile}, {not: {area: 首都圏}}]",
    ),
    *("member.points: 100〜199", "会員.birthday: 今月", "member.birthday: {month: 4}", "member.birthday: 1990-12-05"),
    *("query.color: 3", "クエリ.color: 赤", "near: {place: 渋谷店, within: 5キロ}", "campaign: 20261201", "city: 1e3"),
)


@pytest.mark.parametrize("loader", [yaml.SafeLoader, Texts], ids=["yaml-1.1", "yaml-1.2"])
@pytest.mark.parametrize("text", [*map(_in_a_rule, ACCEPTED), *map(_when, ACCEPTED_CONDITIONS)])
def test_what_the_checker_accepts_is_valid_however_it_is_written(text: str, loader: type[Any], tmp_path: Path) -> None:
    assert _mistakes(text, tmp_path) == []
    assert _errors(text, loader) == []


ACCEPTED_VISITORS = (
    *(
        "",
        "{}",
        "{member: {}}",
        "{member: {rank: ゴールド, interests: [ロード, 山]}}",
        "{会員.interests: [ロード], member.points: 1200}",
    ),
    *("{prefecture: unknown, 端末: すまほ, language: no, country: NO}", "{keyword: 20}"),
    *(
        "{consent: [], visits: 2回}",
        "{同意: パーソナライズ, 見た: [/a 3日前, {ページ: /b, 前: 2時間}], 買った: [{金額: 100, 前: 29日}]}",
    ),
    *("{consent: personalization, did: [purchase, demo_request 3 days ago], last_visit: 45 days ago, cart: yes}",),
    *("{consent: personalization, cart: {abandoned_for: 2 hours, amount: 9000}, lifecycle: 休眠}",),
    *(
        '{location: "35.6580, 139.7016", url: "/?q=1", ip: 203.0.113.7, query.color: 3}',
        "{referrer: 'https://t.example/'}",
    ),
)


@pytest.mark.parametrize("loader", [yaml.SafeLoader, Texts], ids=["yaml-1.1", "yaml-1.2"])
@pytest.mark.parametrize("visitor", ACCEPTED_VISITORS)
def test_a_visitor_that_the_checker_accepts_is_valid(visitor: str, loader: type[Any], tmp_path: Path) -> None:
    text = (
        f"tests:\n  - name: x\n    visitor: {visitor}\n    at: 2026-12-02 12:00\n    expect: {{赤ちゃん: もとのまま}}\n"
    )
    assert _mistakes(text, tmp_path) == []
    assert _errors(text, loader) == []


REFUSED = {
    "a key that is misspelt": "blocks: {hero: {rulse: [], otherwise: original}}",
    "a Japanese key that is misspelt": "ブロック: {hero: {ルーツ: [], それ以外: もとのまま}}",
    "a field that is misspelt": _when("keywrod: x"),
    "a device that there is not": _when("device: mobil"),
    "a prefecture that there is not": _when("prefecture: 大坂府"),
    "an area that there is not": _when("area: 関束"),
    "a stage that there is not": _when("lifecycle: 休眼"),
    "a medium that there is not": _when("medium: seach"),
    "a weekday that there is not": _in_a_rule("days: 月火"),
    "a day of the month without its unit": _in_a_rule("days: 25"),
    "a country whose holidays are not known": "version: 1\nholidays: [us]",
    "a span without a unit": _in_a_rule("limit: {times: 3, per: 30}"),
    "a span of an unknown unit": _when("last_visit: {before: 30 dyas}"),
    "a date in another order": _in_a_rule("until: 25.12.2026"),
    "a distance without a unit": _when("near: {place: 渋谷店, within: 5}"),
    "a path without a slash": _when("page: running/**"),
    "a list under not": _when("not: [{device: mobile}]"),
    "an empty condition": _in_a_rule("when: {}"),
    "a history that does not say of what": _when("viewed: {within: 30 days}"),
    "a block without otherwise": "blocks: {hero: {rules: [{name: x, show: nothing}]}}",
    "a rule without a name": "blocks: {hero: {rules: [{show: nothing}], otherwise: original}}",
    "a rule that shows nothing at all": "blocks: {hero: {rules: [{name: x}], otherwise: original}}",
    "a segment without a condition": "segments: {vip: {label: x}}",
    "a test without an expectation": "tests: [{name: x, visitor: {}}]",
    "a fact that there is not": "tests: [{visitor: {wether: 雨}, expect: {hero: x}}]",
    "an attribute without a type": "version: 1\nattributes: {rank: {label: x}}",
    "a type that there is not": "version: 1\nattributes: {rank: {type: chioce}}",
    "a place without longitude": "places: {渋谷店: {lat: 35}}",
    "a key of site.yaml that is misspelt": "version: 1\ntimezoen: Asia/Tokyo",
    "a key of a rule file in site.yaml": "version: 1\nblocks: {hero: {otherwise: original}}",
    "another version": "version: 2",
}


@pytest.mark.parametrize("name", REFUSED)
def test_underlined_is(name: str) -> None:
    assert _errors(REFUSED[name]) != []


RULE = ["blocks", "hero", "rules", 0]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([], {"blocks", "ブロック", "segments", "テスト", "timezone", "会員項目"}),
        (["blocks", "hero"], {"rules", "ルール", "otherwise", "それ以外"}),
        (RULE, {"when", "条件", "show", "表示", "from", "開始", "experiment", "実験"}),
        ([*RULE, "when"], {"keyword", "キーワード", "any", "いずれか", "見た"}),
        ([*RULE, "条件", "any", 0, "not"], {"device", "端末"}),
        ([*RULE, "when", "device"], {"mobile", "スマホ", "unknown", "不明"}),
        ([*RULE, "条件", "端末", 0], {"mobile", "スマホ"}),
        ([*RULE, "when", "prefecture"], {"東京都", "Tokyo"}),
        ([*RULE, "when", "area", "all", 0], {"首都圏", "Kanto"}),
        ([*RULE, "when", "viewed"], {"page", "ページ", "within", "以内"}),
        ([*RULE, "when", "cart", "amount"], {"at_least", "以上"}),
        (
            [*RULE, "days", 0],
            {"mon", "月", "weekday", "平日", "holiday", "祝", "gotobi", "五十日", "month_end", "月末"},
        ),
        (["holidays", 0], {"japan", "日本"}),
        ([*RULE, "show"], {"original", "もとのまま", "file", "ファイル"}),
        ([*RULE, "goal"], {"purchase", "sign_up"}),
        ([*RULE, "experiment", "split", 0], {"share", "割合"}),
        (["テスト", 0, "訪問者"], {"keyword", "キーワード", "ip", "bucket", "割り当て"}),
        (["tests", 0, "visitor", "viewed", 0], {"page", "ago", "前"}),
        (["tests", 0, "expect", "hero"], {"otherwise", "それ以外", "original", "rule", "ルール"}),
        (["attributes", "rank", "type"], {"choice", "選択"}),
        (["consent", "default"], {"denied", "拒否"}),
    ],
)
def test_completion_proposes_both_languages_at(path: list[str | int], expected: set[str]) -> None:
    assert expected <= _proposals(WITHOUT_NAMES, WITHOUT_NAMES, path)


WITH_NAMES = schema(
    Names(
        segments=("検討中",),
        contents=("winter",),
        blocks={"hero": ("雪の人",), "notice": ("カゴ落ち",)},
        places=("渋谷店",),
        attributes=(Attribute("rank", "choice", ("一般", "ゴールド")), Attribute("birthday", "date")),
    ),
    "en",
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([*RULE, "when", "segment"], {"検討中"}),
        ([*RULE, "when", "near", "place"], {"渋谷店"}),
        ([*RULE, "when"], {"member.rank", "会員.birthday"}),
        ([*RULE, "when", "member.rank", 0], {"一般", "ゴールド"}),
        ([*RULE, "when", "会員.birthday"], {"this month", "今月"}),
        ([*RULE, "when", "shown", "rule"], {"雪の人", "カゴ落ち"}),
        ([*RULE, "show"], {"winter"}),
        (["tests", 0, "expect"], {"hero", "notice"}),
        (["tests", 0, "visitor", "member"], {"rank", "birthday"}),
        (["attributes", "rank", "allowed_in", 0], {"hero"}),
    ],
)
def test_completion_proposes_the_names_of_the_folder_at(path: list[str | int], expected: set[str]) -> None:
    assert expected <= _proposals(WITH_NAMES, WITH_NAMES, path)


def test_a_test_is_proposed_the_rules_of_its_block_alone() -> None:
    proposed = _proposals(WITH_NAMES, WITH_NAMES, ["tests", 0, "expect", "notice"])
    assert proposed & {"雪の人", "カゴ落ち"} == {"カゴ落ち"}


def test_a_name_that_is_younger_than_the_schema_is_valid() -> None:
    text = _when("segment: あとから, near: {place: 新しい店, within: 1 km}, member.new: 1")
    assert list(Draft7Validator(WITH_NAMES).iter_errors(yaml.safe_load(text))) == []


def test_every_key_is_described_in_the_language_that_is_asked_for() -> None:
    block = {"ja": schema(Names(), "ja"), "en": schema(Names(), "en")}
    texts = {language: _described(one, ["blocks", "hero"], "otherwise") for language, one in block.items()}
    assert texts == {
        "ja": "どのルールにも当たらないときに出すもの",
        "en": "what is shown where no rule matches",
    }


def _mistakes(text: str, folder: Path) -> list[str]:
    """The codes of errors that the checker finds in a file beside the cases' site.yaml."""
    for shared in ("site.yaml", "baby.yaml"):
        shutil.copy(CASES / shared, folder)
    (folder / "page.yaml").write_text(text)
    return [one.code for one in load(folder).diagnostics if one.level == "error"]


def _proposals(schema: Any, root: Any, path: list[str | int]) -> set[str]:
    """The keys and words that an editor proposes at a place: those of each alternative that may stand there."""
    if path:
        return set().union(*(_proposals(inner, root, path[1:]) for inner in _below(schema, root, path[0])))
    found: set[str] = set()
    for one in _alternatives(schema, root):
        found |= set(one.get("properties", {})) | {value for value in one.get("enum", ()) if isinstance(value, str)}
    return found


def _below(schema: Any, root: Any, step: str | int) -> list[Any]:
    alternatives = _alternatives(schema, root)
    if isinstance(step, int):
        return [one["items"] for one in alternatives if "items" in one]
    own = [one["properties"][step] for one in alternatives if step in one.get("properties", {})]
    others = [one.get("additionalProperties") for one in alternatives if step not in one.get("properties", {})]
    return own or [one for one in others if isinstance(one, dict)]


def _alternatives(schema: Any, root: Any) -> list[Any]:
    if "$ref" in schema:
        return [schema, *_alternatives(root["definitions"][schema["$ref"].rpartition("/")[2]], root)]
    inner = [*schema.get("anyOf", ()), *(schema[key] for key in ("then", "else") if key in schema)]
    return [schema, *(found for one in inner for found in _alternatives(one, root))]


def _described(schema: Any, path: list[str | int], key: str) -> str:
    places = [schema]
    for step in path:
        places = [inner for place in places for inner in _below(place, schema, step)]
    keys = [one["properties"][key] for place in places for one in _alternatives(place, schema) if "properties" in one]
    texts = [one.get("description") for each in keys for one in _alternatives(each, schema)]
    return next(str(text) for text in texts if text)

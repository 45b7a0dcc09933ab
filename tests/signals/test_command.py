"""`omo signals` as an operator uses it: a process, lines in, lines out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import jwt
import pytest

from omotenashi.cli.signal_lines import KEYS
from omotenashi.cli.signal_words import REFUSALS
from omotenashi.signals.member import Refusal

SECRET = "a secret that is longer than 32 bytes"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
OUTPUT = (
    "medium source keyword keyword_origin campaign site_search client_ip country prefecture area city location "
    "place_origin place_confidence device language bot member"
).split()
KYOTO = {"country": {"iso_code": "JP"}, "subdivisions": [{"iso_code": "26"}], "city": {"names": {"ja": "京都市"}}}
TOKYO = {"country": {"iso_code": "JP"}, "subdivisions": [{"iso_code": "13"}]}

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the command in an empty folder."""

    def run(*flags: str, lines: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("OMO_")}
        words = [sys.executable, "-m", "omotenashi", "signals", *flags]
        return subprocess.run(words, input=lines, capture_output=True, cwd=tmp_path, env=own | environment, check=False)

    return run


def asked(run: Run, *requests: dict[str, Any], flags: Sequence[str] = (), **environment: str) -> list[dict[str, Any]]:
    lines = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in requests).encode()
    done = run(*flags, "--lang", "en", lines=lines, **environment)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_nothing_gives_every_key_in_its_order_and_null_for_what_is_unknown(run: Run) -> None:
    assert run(lines=b"{}\n").stdout.decode() == (
        '{"medium":"direct","source":null,"keyword":null,"keyword_origin":"none","campaign":null,"site_search":null,'
        '"client_ip":null,"country":null,"prefecture":null,"area":null,"city":null,"location":null,'
        '"place_origin":null,"place_confidence":null,"device":null,"language":null,"bot":false,"member":null}\n'
    )


def test_fields_and_headers_are_read_alike(run: Run) -> None:
    stated = {
        "referrer": "https://www.bing.com/search?q=Run",
        "user_agent": IPHONE,
        "accept_language": "en-US,ja;q=0.5",
    }
    sent = {"Referer": stated["referrer"], "USER-AGENT": IPHONE, "accept-language": [stated["accept_language"]]}
    first, second = asked(run, stated, {"headers": sent})
    assert first == second
    assert list(first) == OUTPUT
    assert (first["medium"], first["source"], first["keyword"]) == ("search", "Bing", "Run")
    assert (first["device"], first["language"]) == ("mobile", "en-us")


def test_what_is_stated_counts_over_what_the_headers_say(run: Run) -> None:
    headers = {"Referer": "https://www.bing.com/search?q=b", "User-Agent": IPHONE, "Accept-Language": "ja"}
    (found,) = asked(run, {"referrer": "", "user_agent": "", "accept_language": "fr", "headers": headers})
    assert (found["medium"], found["device"], found["language"]) == ("direct", None, "fr")


def test_keyword_and_campaign_are_told_as_they_were_written(run: Run) -> None:
    (found,) = asked(
        run, {"url": "/?utm_campaign=冬SALE&utm_term=マラソン%20シューズ&utm_source=Yahoo&utm_medium=cpc&q=ABC"}
    )
    wanted = ("paid", "Yahoo", "マラソン シューズ", "campaign", "冬SALE", "ABC")
    assert tuple(found[name] for name in OUTPUT[:6]) == wanted


def test_the_own_host_comes_from_the_url_the_host_header_or_the_site(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "site.yaml").write_text("version: 1\nhosts: [shop.example]\n")
    found = asked(
        run,
        {"referrer": "https://shop.example/a", "url": "/b"},
        {"referrer": "https://other.example/a", "url": "https://other.example/b"},
        {"referrer": "https://third.example/a", "headers": {"Host": "third.example:8080"}},
        {"referrer": "https://third.example/a", "url": "/b"},
    )
    assert [one["medium"] for one in found] == ["internal", "internal", "internal", "referral"]


ESTIMATING = "blocks: {b: {otherwise: nothing, rules: [{name: r, when: {keyword: {estimated: [靴]}}, show: nothing}]}}"
BY_WORDS = ESTIMATING.replace("{estimated: [靴]}", "[靴]")
SEARCHED = {"referrer": "https://www.google.com/", "url": "https://shop.example/shoes/?a=1"}


def site_with_searches(folder: Path, rules: str) -> list[str]:
    (folder / "es").mkdir()
    (folder / "es" / "site.yaml").write_text("hosts: [shop.example]\nsearch_console: {file: searches.csv}\n")
    searches = "landing,query,clicks\n/shoes,白い靴,4\n/shoes,靴 通販,9\n/shoes,(rest),20\n/long,(rest),5\n"
    (folder / "es" / "searches.csv").write_text(searches)
    (folder / "es" / "page.yaml").write_text(rules)
    return ["--site", "es"]


def test_where_rules_estimate_the_most_frequent_search_of_the_landing_page_is_told(run: Run, tmp_path: Path) -> None:
    found = asked(
        run,
        SEARCHED,
        {"referrer": "https://www.bing.com/search?q=帽子", "url": SEARCHED["url"]},
        {**SEARCHED, "url": f"{SEARCHED['url']}&utm_term=傘"},
        {**SEARCHED, "url": "https://shop.example/long"},
        {**SEARCHED, "url": "https://shop.example/elsewhere"},
        {**SEARCHED, "referrer": "https://t.co/a"},
        {**SEARCHED, "url": f"{SEARCHED['url']}&gclid=1"},
        flags=site_with_searches(tmp_path, ESTIMATING),
    )
    assert [(one["keyword"], one["keyword_origin"]) for one in found] == [
        ("靴 通販", "landing_estimate"),
        ("帽子", "referrer"),
        ("傘", "campaign"),
        *[(None, "none")] * 4,
    ]


def test_where_no_rule_estimates_the_landing_page_tells_no_keyword(run: Run, tmp_path: Path) -> None:
    (found,) = asked(run, SEARCHED, flags=site_with_searches(tmp_path, BY_WORDS))
    assert (found["medium"], found["keyword"], found["keyword_origin"]) == ("search", None, "none")


def test_only_trusted_proxies_say_who_asks(run: Run) -> None:
    sent = {"X-Forwarded-For": ["198.51.100.7", "203.0.113.5, 10.0.0.9"], "Forwarded": "for=192.0.2.60"}
    requests: list[dict[str, Any]] = [
        {"peer": "10.0.0.1", "headers": sent},
        {"peer": "::ffff:10.0.0.1", "headers": sent},
        {"peer": "203.0.113.77", "headers": sent},
        {"headers": sent},
        {"ip": "::ffff:192.0.2.9", "peer": "10.0.0.1", "headers": sent},
        {"ip": "no address"},
        {"peer": "", "headers": sent},
    ]
    found = asked(run, *requests, flags=["--trusted-proxy", "10.0.0.0/8,192.168.0.0/16"])
    wanted = ["203.0.113.5", "203.0.113.5", "203.0.113.77", "203.0.113.5", "192.0.2.9", None, None]
    assert [one["client_ip"] for one in found] == wanted
    found = asked(run, requests[3], flags=["--trusted-proxy", "0.0.0.0/0"])
    assert found[0]["client_ip"] is None
    found = asked(run, *requests[:4], flags=["--trusted-proxy", "::1", "10.0.0.0/8", "--forwarded", "forwarded"])
    assert [one["client_ip"] for one in found] == ["192.0.2.60", "192.0.2.60", "203.0.113.77", "192.0.2.60"]
    assert asked(run, requests[0], requests[3])[0]["client_ip"] == "10.0.0.1"
    assert asked(run, requests[0], requests[3])[1]["client_ip"] is None


def test_settings_are_the_defaults_of_the_flags(run: Run) -> None:
    request = {"peer": "10.0.0.1", "headers": {"Forwarded": "for=192.0.2.60"}}
    environment = {"OMO_TRUSTED_PROXIES": "10.0.0.0/8", "OMO_FORWARDED": "forwarded"}
    assert asked(run, request, **environment)[0]["client_ip"] == "192.0.2.60"
    assert asked(run, request, flags=["--trusted-proxy", "::1"], **environment)[0]["client_ip"] == "10.0.0.1"


def test_a_place_comes_with_its_origin_and_a_weak_one_is_told(run: Run, write_mmdb: Callable[..., Path]) -> None:
    database = write_mmdb({"203.0.113.0/24": KYOTO, "198.51.100.0/24": TOKYO, "8.8.8.0/24": KYOTO, "9.9.9.0/24": TOKYO})
    kyoto, tokyo, nowhere = asked(
        run, {"ip": "8.8.8.8"}, {"ip": "9.9.9.9"}, {"ip": "1.1.1.1"}, flags=["--mmdb", str(database)]
    )
    names = ["country", "prefecture", "area", "city", "place_origin", "place_confidence"]
    assert [kyoto[name] for name in names] == ["JP", "JP-26", "近畿", "京都市", "mmdb", "strong"]
    assert [tokyo[name] for name in names] == ["JP", "JP-13", "関東", None, "mmdb", "weak"]
    assert [nowhere[name] for name in names] == [None] * 6


def test_a_broken_database_is_told_once_and_places_are_unknown(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "places.mmdb"
    path.write_bytes(b"rubbish")
    done = run("--mmdb", str(path), lines=b'{"ip": "8.8.8.8"}\n{"ip": "9.9.9.9"}\n')
    assert [json.loads(line)["place_origin"] for line in done.stdout.splitlines()] == [None, None]
    assert (done.returncode, done.stderr.count(b"is not a sound MaxMind database")) == (0, 1)
    path.unlink()
    done = run("--mmdb", str(path), lines=b'{"ip": "8.8.8.8"}\n')
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"there is no file" in done.stderr


def test_the_place_of_the_edge_counts_beside_a_stated_address(run: Run, write_mmdb: Callable[..., Path]) -> None:
    headers = {"CF-IPCountry": "JP", "CF-Region-Code": "27"}
    database = write_mmdb({"8.8.8.0/24": KYOTO})
    flags = ["--trusted-proxy", "127.0.0.2", "--geo-headers", "cloudflare", "--mmdb", str(database)]
    found = asked(
        run,
        {"ip": "8.8.8.8", "peer": "127.0.0.2", "headers": headers},
        {"ip": "8.8.8.8", "headers": headers},
        {"ip": "8.8.8.8", "peer": "127.0.0.3", "headers": headers},
        flags=flags,
    )
    assert [one["prefecture"] for one in found] == ["JP-27", "JP-27", "JP-26"]


def test_a_member_is_told_by_declared_attributes_but_sensitive_ones(run: Run, tmp_path: Path) -> None:
    rules = tmp_path / "shop"
    rules.mkdir()
    (rules / "site.yaml").write_text(
        "version: 1\nattributes:\n"
        "  Rank: {type: choice, values: [ゴールド]}\n  birthday: {type: date}\n"
        "  illness: {type: text, sensitive: true, allowed_in: [hero]}\n"
    )
    (rules / "page.yaml").write_text("blocks: {hero: {otherwise: original}}\n")
    now = time.time()
    claims = {
        "sub": "u1",
        "aud": "omotenashi",
        "iat": int(now),
        "exp": int(now) + 300,
        "Rank": "ゴールド",
        "birthday": "1990-04-01",
        "illness": "x",
        "more": 1,
    }
    token = jwt.encode(claims, SECRET, "HS256", {"kid": "k"})
    body, cookie = {"member_token": token}, {"headers": {"Cookie": f"a=b; omo_member={token}"}}
    lines = f"{json.dumps(body)}\n{json.dumps(cookie)}\n".encode()
    done = run("--site", "shop", "--lang", "en", lines=lines, OMO_MEMBER_KEY=f"k:{SECRET}")
    members = [json.loads(line)["member"] for line in done.stdout.splitlines()]
    assert members == [{"id": "u1", "Rank": "ゴールド", "birthday": "1990-04-01"}] * 2
    not_used = "of the member's attributes are not used: those count that site.yaml declares, in their types"
    assert done.stderr.decode() == f"omo: warning: line 1: 1 {not_used}\nomo: warning: line 2: 2 {not_used}\n"


@pytest.mark.parametrize(
    ("key", "claims", "reason"),
    [
        ("", {}, "there is no key; set OMO_MEMBER_KEY"),
        ("k:another secret that is longer than 32 bytes", {}, "the signature does not fit the key"),
        (f"k:{SECRET}", {"aud": "other"}, "its aud is not omotenashi"),
        (f"k:{SECRET}", {}, "it has expired"),
        (
            f"k:{SECRET}",
            {"exp": 9000},
            "it lives too long (5 minutes at most as member_token, 12 hours as the cookie omo_member)",
        ),
        (f"k:{SECRET}", {"exp": None}, "exp, iat or aud is missing"),
    ],
)
def test_a_token_that_does_not_count_makes_a_guest_and_its_reason_is_told(
    run: Run, key: str, claims: dict[str, Any], reason: str
) -> None:
    claims = {"sub": "u1", "aud": "omotenashi", "iat": 1000, "exp": 1300} | claims
    token = jwt.encode({name: value for name, value in claims.items() if value is not None}, SECRET, "HS256")
    environment = {"OMO_MEMBER_KEY": key} if key else {}
    done = run("--lang", "en", lines=json.dumps({"member_token": token}).encode(), **environment)
    assert json.loads(done.stdout)["member"] is None
    assert done.stderr.decode() == f"omo: warning: line 1: the member token does not count: {reason}\n"
    assert done.returncode == 0


def test_there_are_words_for_every_reason_why_a_token_does_not_count() -> None:
    assert set(get_args(Refusal)) == REFUSALS.keys()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"[1]", 'write one request in the form {"referrer": "…", "url": "…"}'),
        (b'{"referrer": 3}', 'the value of referrer is no text; write "…" (headers: {"name": "value"} or {"name": ["value", "value"]})'),
        (b'{"headers": {"a": [1]}}', 'the value of headers is no text; write "…" (headers: {"name": "value"} or {"name": ["value", "value"]})'),
        (b'{"url": "/\xff"}', "this is not UTF-8; save it again as UTF-8"),
        (b"GET /", "this is no JSON (Expecting value: line 1 column 1 (char 0)); write one request in a line: {…}"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_request_keeps_its_place_and_fails(run: Run, line: bytes, said: str) -> None:
    done = run("--lang", "en", lines=b"{}\n" + line + b"\n\n{}\n")
    answers = [json.loads(one) for one in done.stdout.splitlines()]
    assert answers[1] == {"error": f"line 2: {said}"}
    assert [list(one) for one in (answers[0], answers[2])] == [OUTPUT, OUTPUT]
    assert done.stderr.decode() == f"omo: line 2: {said}\n"
    assert done.returncode == 1


def test_lines_that_are_huge_or_deep_or_hold_half_a_surrogate_pair_end_in_an_answer(run: Run) -> None:
    huge = json.dumps({"referrer": "https://www.bing.com/search?q=" + "x" * 10_000_000}).encode()
    broken = b'{"referrer": "https://www.bing.com/search?q=a\\ud800b"}'
    deep = b'{"url": ' + b"[" * 100_000
    too_long = b'{"url": "' + b"x" * (17 << 20) + b'"}'
    done = run(lines=b"\n".join([huge, broken, deep, too_long, b"{}"]))
    answers = [json.loads(one) for one in done.stdout.splitlines()]
    assert [one.get("keyword") for one in answers[:2]] == ["x" * 200, "a\ufffdb"]
    assert ["error" in one for one in answers] == [False, False, True, True, False]


def test_an_unknown_key_is_told_once_with_what_was_meant(run: Run) -> None:
    done = run("--lang", "en", lines=b'{"referer": "x"}\n{"referer": "y", "note": 1}\n')
    assert done.stderr.decode() == (
        "omo: warning: line 1: there is no key referer; did you mean referrer?\n"
        f"omo: warning: line 2: there is no key note; there are {', '.join(KEYS)}\n"
    )
    assert done.returncode == 0


def test_files_are_read_one_after_the_other(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'\xef\xbb\xbf{"url": "/?q=a"}\r\n')
    (tmp_path / "b{}.jsonl").write_text('{"url": "/?q=b"}\n!\n')
    done = run("a.jsonl", "b{}.jsonl", "--lang", "ja")
    assert [json.loads(one).get("site_search") for one in done.stdout.splitlines()] == ["a", "b", None]
    assert done.stderr.decode().startswith("omo: b{}.jsonl:2: JSON として読めません")


def test_each_answer_is_there_before_the_next_line_is_written(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "omotenashi", "signals"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdin
        assert process.stdout
        for word in ("a", "b"):
            process.stdin.write(json.dumps({"url": f"/?q={word}"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["site_search"] == word
        process.stdin.close()


def test_a_mistake_in_the_call_is_one_line(run: Run, tmp_path: Path) -> None:
    assert run("--site", "nowhere", "--lang", "en").stderr == b"omo: there is no folder nowhere\n"
    assert b"is not a network" in run("--trusted-proxy", "10.0.0.0/33").stderr
    assert run("--geo-headers", "cloudfare").stderr.startswith(b"omo: geo_headers: 'cloudfare' is none of cloudflare,")
    assert run("--forwarded", "via").stderr.endswith(b"(choose from 'x-forwarded-for', 'forwarded')\n")
    assert run("nowhere.jsonl", "--lang", "en").stderr == b"omo: nowhere.jsonl: it is not there\n"
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "site.yaml").write_text("version: 1\nhosts: 3\n")
    done = run("--lang", "en", lines=b"{}")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"omo: rules has errors\nrules/site.yaml:2:8: error[")


def test_the_server_key_in_the_headers_is_not_asked_for(run: Run) -> None:
    (found,) = asked(
        run, {"headers": {"Authorization": "Bearer ", "X-Forwarded-For": "203.0.113.5"}, "peer": "10.0.0.1"}
    )
    assert found["client_ip"] == "10.0.0.1"


def test_headers_of_the_edge_count_from_trusted_proxies_and_where_no_peer_is_named(run: Run) -> None:
    sent = {"CF-IPCountry": "JP", "CF-Region-Code": "26"}
    requests: list[dict[str, Any]] = [
        {"headers": sent},
        {"headers": sent, "peer": "10.0.0.1"},
        {"headers": sent, "peer": "203.0.113.9"},
    ]
    flags = ["--geo-headers", "cloudflare", "--trusted-proxy", "10.0.0.0/8"]
    found = asked(run, *requests, flags=flags)
    assert [(one["prefecture"], one["place_origin"]) for one in found] == [("JP-26", "cdn")] * 2 + [(None, None)]
    assert (
        asked(run, requests[0], flags=flags[:2])[0]["prefecture"] == "JP-26"
    )  # and no warning that it would not count
    assert asked(run, requests[0])[0]["prefecture"] is None

"""Experiments over HTTP: who gets which variant, how often, and that it stays so."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import jwt
import pytest
from tests.conftest import KEY, MEMBER_SECRET, Connect

from omotenashi.service import Service

pytestmark = pytest.mark.anyio
BEARER = {"Authorization": f"Bearer {KEY}"}
PHONE, LAPTOP = "phone-0123456789abc", "laptop-0123456789ab"
VISITORS = [f"visitor-{number:012}" for number in range(2000)]
RULES = """
blocks:
  bar:
    rules:
      - name: クリスマスABテスト
        id: xmas-bar
        experiment:
          id: xmas-notice-2026
          split:
            - {name: 赤, share: 45%, show: {html: <p>赤</p>}}
            - {name: 緑, share: 45%, show: {html: <p>緑</p>}}
            - {name: 対照, share: 10%, show: original}
      - {name: その次, show: {html: <p>その次</p>}}
    otherwise: original
  twice:
    rules:
      - name: 2回まで
        limit: {times: 2, per: 7 days}
        cooldown: 30 days
        experiment:
          id: twice
          goal: purchase
          split: [{name: a, share: 50%, show: {html: a}}, {name: b, share: 50%, show: {html: b}}]
      - {name: その次, show: {html: その次}}
    otherwise: original
  after:
    rules:
      - {name: 帯を見た人, when: {shown: {rule: xmas-bar, times: 2}}, show: {html: <p>見た</p>}}
    otherwise: original
"""


@pytest.fixture(autouse=True)
def experiments(rules: Path, service: Service) -> None:
    (rules / "experiments.yaml").write_text(RULES)
    service.holder.reload_if_changed()


async def shown(client: httpx.AsyncClient, block: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return what a caller with the key is told of a block; nothing where it keeps its original."""
    response = await client.post("/v1/decide", json={"blocks": [block], **body}, headers=BEARER)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["blocks"].get(block, {})
    return found


async def variant(client: httpx.AsyncClient, visitor: str | None, member: str = "") -> str | None:
    return (await shown(client, "bar", who(visitor, member))).get("variant")


def who(visitor: str | None, member: str = "") -> dict[str, Any]:
    device = {"visitor": {"id": visitor, "consent": ["personalization"]}}
    return {**device, "member": {"id": member}} if member else device


async def test_two_thousand_visitors_are_split_and_stay_where_they_are(
    connect: Connect, service: Service, rules: Path
) -> None:
    async with connect() as client:
        first = [await variant(client, visitor) for visitor in VISITORS]
        (rules / "experiments.yaml").write_text(RULES + "# changed\n")
        service.holder.reload_if_changed()
        again = [await variant(client, visitor) for visitor in VISITORS]
        logged_in = [await variant(client, visitor, f"member-{visitor}") for visitor in VISITORS]
    counts = Counter(first)
    assert counts.keys() == {"赤", "緑", None}
    assert abs(counts["赤"] - 900) < 100
    assert abs(counts["緑"] - 900) < 100
    assert abs(counts[None] - 200) < 60
    assert again == first
    assert logged_in == first


async def test_a_caller_with_the_key_is_told_the_variant(connect: Connect) -> None:
    async with connect() as client:
        answers = [await shown(client, "bar", who(visitor)) for visitor in VISITORS[:20]]
    red = next(answer for answer in answers if answer.get("variant") == "赤")
    assert red == {
        "html": "<p>赤</p>",
        "rule": "クリスマスABテスト",
        "id": "xmas-bar",
        "variant": "赤",
        "content": None,
        "reason": "SPLIT",
    }


async def test_a_browser_is_told_what_to_show_and_nothing_else(connect: Connect) -> None:
    body = {"blocks": ["bar"], "visitor": {"consent": ["personalization"]}}
    headers = {"Origin": "https://shop.example", "Cookie": f"omo_vid={VISITORS[0]}"}
    async with connect() as client:
        told = await shown(client, "bar", who(VISITORS[0]))
        response = await client.post("/v1/decide", json=body, headers=headers)
    assert response.json() == {"blocks": {"bar": {"html": told["html"]}}}


@pytest.mark.parametrize("consent", [[], ["measurement"], None])
async def test_without_consent_the_next_rule_is_shown(connect: Connect, consent: list[str] | None) -> None:
    async with connect() as client:
        answer = await shown(client, "bar", {"visitor": {"id": PHONE, "consent": consent}})
    assert (answer["rule"], answer["variant"], answer["reason"]) == ("その次", None, "TARGETING_MATCH")


async def test_an_include_tells_the_variant_to_trusted_peers_alone(connect: Connect) -> None:
    cookies = {"Cookie": f"omo_consent=personalization; omo_vid={VISITORS[0]}"}
    async with connect(peer="127.0.0.1", trusted=("127.0.0.1",)) as client:
        wanted = await variant(client, VISITORS[0])
        trusted = await client.get("/v1/block/bar", headers=cookies)
    assert wanted is not None
    assert trusted.headers["x-omo-variant"] == quote(wanted)
    assert trusted.headers["x-omo-reason"] == "SPLIT"


async def test_an_include_for_others_says_only_the_reason(connect: Connect) -> None:
    cookies = {"Cookie": f"omo_consent=personalization; omo_vid={VISITORS[0]}"}
    async with connect() as client:
        response = await client.get("/v1/block/bar", headers=cookies)
    assert response.headers["x-omo-reason"] == "SPLIT"
    assert "x-omo-variant" not in response.headers


async def test_logging_out_keeps_the_variant_of_the_device(connect: Connect) -> None:
    async with connect() as client:
        for visitor in VISITORS[:30]:
            before = await variant(client, visitor)
            assert await variant(client, visitor, "member-sato-4711") == before
            assert await variant(client, visitor) == before


async def test_a_member_without_a_device_keeps_one_variant(connect: Connect) -> None:
    async with connect() as client:
        for number in range(10):
            member = f"member-{number}"
            assert len({await variant(client, None, member) for _ in range(5)}) == 1
        assert len({await variant(client, None, f"member-{number}") for number in range(30)}) > 1


async def test_a_browser_that_logs_in_before_it_has_an_id_keeps_its_first_variant(connect: Connect) -> None:
    async with connect() as client:
        for number in range(10):
            client.cookies.clear()
            body = {
                "blocks": ["bar"],
                "visitor": {"consent": ["personalization"]},
                "member_token": token(f"member-{number}"),
            }
            answers = [
                (await client.post("/v1/decide", json=body, headers={"Origin": "https://shop.example"})).json()
                for _ in range(3)
            ]
            assert client.cookies
            assert answers[1:] == answers[:-1]


def token(member: str) -> str:
    now = int(time.time())
    claims = {"sub": member, "aud": "omotenashi", "iat": now, "exp": now + 3600}
    return jwt.encode(claims, MEMBER_SECRET, "HS256", headers={"kid": "k1"})


async def test_the_limit_of_an_experiment_counts_all_its_variants(connect: Connect) -> None:
    async with connect() as client:
        found = [(await shown(client, "twice", who(PHONE)))["rule"] for _ in range(3)]
    assert found == ["2回まで", "2回まで", "その次"]


async def test_the_goal_of_an_experiment_lets_its_rule_rest(connect: Connect) -> None:
    bought = {"events": [{"event": "purchase", "value": 1000}], **who(LAPTOP)}
    async with connect() as client:
        assert (await shown(client, "twice", who(LAPTOP)))["rule"] == "2回まで"
        assert (await client.post("/v1/event", json=bought, headers=BEARER)).status_code == 204
        assert (await shown(client, "twice", who(LAPTOP)))["rule"] == "その次"


async def test_showings_of_an_experiment_are_remembered_where_a_condition_asks_for_them(connect: Connect) -> None:
    async with connect() as client:
        assert await shown(client, "after", who(PHONE)) == {}
        for _ in range(2):
            await variant(client, PHONE)
        assert (await shown(client, "after", who(PHONE)))["rule"] == "帯を見た人"


async def test_visitors_are_told_that_chance_chose_and_operators_what_it_chose(connect: Connect) -> None:
    async with connect() as client:
        wanted = await variant(client, VISITORS[0])
        body = {"blocks": ["bar"], "visitor": {"id": VISITORS[0], "consent": ["personalization"]}}
        answer = await client.post("/v1/visitor/explain", json=body, headers=BEARER)
    told = answer.json()["blocks"]["bar"]
    assert (told["because_of"], told["variant"]) == (["いくつかの案を見比べるための抽選"], wanted)
    assert told["rules"][0]["conditions"] == [
        {"field": "experiment", "condition": "xmas-notice-2026", "value": True, "read": VISITORS[0], "origin": None}
    ]

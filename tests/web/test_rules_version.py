"""Which rules decided: so that a roll-out over many nodes can be watched."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import KEY, Connect

from omotenashi.service import Service

pytestmark = pytest.mark.anyio
BEARER = {"Authorization": f"Bearer {KEY}"}
BODY = {"blocks": ["hero"]}


async def test_every_decision_says_which_rules_made_it(connect: Connect) -> None:
    async with connect() as client:
        ready = (await client.get("/readyz")).json()["rules"]
        decided = await client.post("/v1/decide", json=BODY, headers=BEARER)
        included = await client.get("/v1/block/store_info", headers=BEARER)
        kept = await client.get("/v1/block/hero", headers=BEARER)
    assert len(ready) == 16
    assert [decided.json()["rules"], included.headers["x-omo-rules"], kept.headers["x-omo-rules"]] == [ready] * 3


async def test_other_rules_are_another_version(connect: Connect, service: Service, rules: Path) -> None:
    async with connect() as client:
        before = (await client.post("/v1/decide", json=BODY, headers=BEARER)).json()["rules"]
        (rules / "site.yaml").write_text((rules / "site.yaml").read_text() + "\n# changed\n")
        service.holder.load_first()
        after = (await client.post("/v1/decide", json=BODY, headers=BEARER)).json()["rules"]
    assert before != after


async def test_browsers_learn_no_version(connect: Connect) -> None:
    async with connect() as client:
        decided = await client.post("/v1/decide", json=BODY)
        included = await client.get("/v1/block/store_info")
    assert "rules" not in decided.json()
    assert "x-omo-rules" not in included.headers

"""What is about a sensitive topic counts as a visit, and is forgotten."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import KEY, Connect

from omotenashi.profiles.profile import Profile
from omotenashi.service import Service

pytestmark = pytest.mark.anyio
VISITOR = "visitor-0123456789"
WHO: dict[str, Any] = {"visitor": {"id": VISITOR, "consent": ["personalization"]}}
SEARCH = "https://search.yahoo.co.jp/search?p=x"


async def remembered(connect: Connect, service: Service, rules: Path, *calls: tuple[str, dict[str, Any]]) -> Profile:
    site = rules / "site.yaml"
    site.write_text(site.read_text() + "\nsensitive_topics: [妊娠]\n")
    service.holder.load_first()
    async with connect() as client:
        for path, body in calls:
            response = await client.post(path, json={**WHO, **body}, headers={"Authorization": f"Bearer {KEY}"})
            assert response.status_code < 300
        profile = (await service.persons.store.fetch([VISITOR])).read(VISITOR, int(time.time()))
    assert profile is not None
    return profile


async def test_a_page_on_a_sensitive_topic_is_a_visit_and_nothing_else(
    connect: Connect, service: Service, rules: Path
) -> None:
    page = {"url": "/baby/1?utm_campaign=x", "referrer": SEARCH, "tags": ["妊娠", "本"]}
    profile = await remembered(connect, service, rules, ("/v1/decide", {"blocks": ["hero"], "page": page}))
    assert len(profile.visits) == 1
    assert [(view.path, view.details) for view in profile.views] == [("", ((), (), ()))]
    assert profile.arrival is None


async def test_of_an_order_on_a_sensitive_topic_only_the_amount_is_kept(
    connect: Connect, service: Service, rules: Path
) -> None:
    item = {"item_id": "b1", "item_category": "妊娠", "price": 1200, "quantity": 2}
    purchase = {"event": "purchase", "transaction_id": "t1", "items": [item]}
    profile = await remembered(connect, service, rules, ("/v1/event", {"events": [purchase]}))
    assert [(order.amount, order.lines) for order in profile.orders] == [(2400, ())]

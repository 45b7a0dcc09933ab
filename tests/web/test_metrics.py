"""What a node tells Prometheus."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.conftest import Connect

from omotenashi.service import Service

pytestmark = pytest.mark.anyio


async def told(connect: Connect) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return the value of each name and labels, but for those that say which process it is."""
    async with connect() as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(answer.text))
    return {
        (sample.name, tuple(sorted(label for label in sample.labels.items() if label[0] != "process"))): sample.value
        for family in families
        for sample in family.samples
    }


async def test_a_node_tells_which_rules_it_serves(connect: Connect, service: Service) -> None:
    found = await told(connect)
    site = service.holder.current
    assert site is not None
    assert found["omotenashi_rules_info", (("digest", site.digest),)] == 1
    assert found["omotenashi_rules_ready", ()] == 1
    assert found["omotenashi_store_up", ()] == 1


async def test_a_node_counts_what_it_refused(connect: Connect) -> None:
    async with connect() as client:
        await client.post("/v1/decide", content=b"{", headers={"Authorization": "Bearer the-key-of-the-tests"})
    found = await told(connect)
    assert found["omotenashi_counted_total", (("what", "refused:400"),)] == 1


async def test_what_is_wrong_with_the_rules_is_told_with_its_place(
    connect: Connect, service: Service, rules: Path
) -> None:
    (rules / "broken.yaml").write_text("blocks:\n  hero: {rules: [{nmae: x}]}\n")
    service.holder.load_first()
    problems = [dict(labels) for name, labels in await told(connect) if name == "omotenashi_rules_problem"]
    assert ("broken.yaml", "2") in [(one["file"], one["line"]) for one in problems]


async def test_no_secret_is_told(connect: Connect) -> None:
    async with connect() as client:
        await client.post(
            "/v1/decide?key=canary", headers={"Authorization": "Bearer canary", "Cookie": "omo_vid=canary"}
        )
        assert "canary" not in (await client.get("/metrics")).text

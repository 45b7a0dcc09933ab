"""Blocks whose content an upstream makes: over ASGI, with a real upstream on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from tests.conftest import HASH_KEY, KEY
from tests.content.upstream import UpstreamServer, upstream_server

from omotenashi.cli import main
from omotenashi.content.fetch import Fetcher
from omotenashi.content.fragments import Fragments
from omotenashi.content.upstreams import Upstreams
from omotenashi.profiles.memory import MemoryStore
from omotenashi.reload import Holder
from omotenashi.service import Service, signal_tools
from omotenashi.settings import Settings
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.web.app import create_app
from omotenashi.web.guard import Access

pytestmark = pytest.mark.anyio
RULES = """contents:
  特集: {url: "http://127.0.0.1:PORT/feature", timeout: 2 seconds}
blocks:
  hero:
    deadline: DEADLINE
    rules:
      - {name: スマホ, when: {device: mobile}, show: 特集}
    otherwise: {url: "http://127.0.0.1:PORT/other"}
  side: {otherwise: {html: <p>いつも</p>}}
"""
PHONE = {"user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148"}


@asynccontextmanager
async def _served(
    folder: Path, *, block: str = "3 seconds", deadline: float = 3, allowed: bool = True
) -> AsyncIterator[tuple[UpstreamServer, httpx.AsyncClient]]:
    async with upstream_server() as upstream:
        rules = RULES.replace("PORT", str(upstream.port)).replace("DEADLINE", block)
        (folder / "home.yaml").write_text(rules)
        holder = Holder(folder)
        holder.load_first()
        tools = signal_tools(Settings())
        fetcher = Fetcher(Upstreams.parse([f"127.0.0.1:{upstream.port}"] if allowed else []))
        fragments = Fragments(fetcher, tools.counts)
        service = Service(holder, MemoryStore(), tools, HASH_KEY, deadline=deadline, fragments=fragments)
        service.start()
        app = create_app(service, Access(KEY.encode(), TrustedNetworks.parse(())))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example") as client:
            yield upstream, client
        await service.close()


async def _decide(service: httpx.AsyncClient, client: dict[str, str] | None = None) -> dict[str, dict[str, object]]:
    body = {"blocks": ["hero", "side"], "client": client or {}}
    answer = await service.post("/v1/decide", json=body, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200
    blocks: dict[str, dict[str, object]] = answer.json()["blocks"]
    return blocks


async def test_a_block_shows_what_the_upstream_makes(tmp_path: Path) -> None:
    async with _served(tmp_path) as (upstream, client):
        upstream.page("/feature", "<p>特集</p>")
        upstream.page("/other", "<p>ほか</p>")
        phone = (await _decide(client, PHONE))["hero"]
        assert (phone["html"], phone["rule"], phone["content"]) == ("<p>特集</p>", "スマホ", "特集")
        assert (await _decide(client))["hero"]["html"] == "<p>ほか</p>"
        answer = await client.get("/v1/block/hero")
        assert (answer.status_code, answer.text) == (200, "<p>ほか</p>")
        assert upstream.asked == {"/feature": 1, "/other": 1}


async def test_contents_are_fetched_ahead_of_the_first_request(tmp_path: Path) -> None:
    async with _served(tmp_path) as (upstream, _):
        for _ in range(300):
            if upstream.asked == {"/feature": 1, "/other": 1}:
                return
            await asyncio.sleep(0.01)
    pytest.fail("nothing was fetched")


@pytest.mark.parametrize(("block", "deadline"), [("1 ms", 3.0), ("3 seconds", 0.001)])
async def test_a_block_whose_content_is_not_there_in_time_keeps_its_original(
    block: str, deadline: float, tmp_path: Path
) -> None:
    async with _served(tmp_path, block=block, deadline=deadline) as (upstream, client):
        upstream.delay = 0.2
        upstream.page("/other", "<p>ほか</p>")
        assert set(await _decide(client)) == {"side"}
        assert (await client.get("/v1/block/hero")).status_code == 204
        assert upstream.asked["/other"] <= 1


async def test_an_upstream_that_hangs_or_fails_takes_nothing_else_along(tmp_path: Path) -> None:
    async with _served(tmp_path, block="50 ms") as (upstream, client):
        upstream.page("/feature", "x", status="500 Oops")
        upstream.page("/other", "<p>ほか</p>")
        upstream.hang.add("/other")
        for _ in range(3):
            assert set(await _decide(client)) == {"side"}
            assert set(await _decide(client, PHONE)) == {"side"}


async def test_a_host_that_the_operator_does_not_allow_is_never_asked(tmp_path: Path) -> None:
    async with _served(tmp_path, allowed=False) as (upstream, client):
        upstream.page("/other", "<p>ほか</p>")
        assert set(await _decide(client)) == {"side"}
        assert not upstream.asked


def test_check_warns_of_a_host_that_the_operator_does_not_allow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home.yaml").write_text("blocks:\n  hero:\n    otherwise: {url: https://cms.example/x}\n")
    assert main(["check", str(tmp_path)]) == 0
    assert "W545" not in capsys.readouterr().out
    monkeypatch.setenv("OMO_UPSTREAMS", "www.cms.example")
    assert main(["check", str(tmp_path)]) == 0
    assert "home.yaml:3:22: warning[W545]" in capsys.readouterr().out
    monkeypatch.setenv("OMO_UPSTREAMS", "www.cms.example,cms.example")
    assert main(["check", str(tmp_path)]) == 0
    assert "W545" not in capsys.readouterr().out

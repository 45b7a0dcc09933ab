"""Two nodes on a Redis Cluster are one service: caps, consent, logins, erasures, and a node that is killed.

OMO_TEST_KILLS says how often a node is killed (3).
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing, suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from tests.conftest import SITE
from tests.e2e.conftest import KEY, Server, serving, wait_until
from tests.e2e.test_caps import CAPPED, at_once, browser, decide, include, shown
from tests.e2e.test_durability import VIEWS_EACH, post
from tests.profiles.conftest import opened_at
from tests.redis_servers import Cluster

from omotenashi.profiles.keys import member_key
from omotenashi.profiles.remote.store import RemoteStore

pytestmark = pytest.mark.anyio
KILLS = int(os.environ.get("OMO_TEST_KILLS", "3"))
BEARER = {"Authorization": f"Bearer {KEY}"}
HASH_KEY = "the-hash-key-of-the-nodes"
CONSENT = ["personalization"]
_visitors = count()
ROUNDS = 3
"""How often a cap is asked for by everybody at once, each time for another visitor."""
LOOKED = "ランニングを検討中"
"""A rule of the site, for who has looked at three pages of /running/**."""
WITHIN_SCRIPTS = {"getrange", "ttl", "get", "set", "del"}
"""Commands that our scripts run on the server; no node sends them for a request."""
OF_TESTS = {"config|resetstat", "info", "keys", "cluster|slots", "client|setinfo", "client|setname", "hello", "ping",
            "cluster|nodes", "cluster|myid", "cluster|shards", "command", "role", "replconf"}  # fmt: skip
"""Of connections, of replication and of the tests themselves."""


class Nodes(NamedTuple):
    """Two nodes, and where they keep what they know."""

    here: Server
    there: Server
    cluster: Cluster
    prefix: str

    @property
    def both(self) -> tuple[Server, Server]:
        return self.here, self.there

    def keys(self) -> set[bytes]:
        """Return what lies on any of the six servers, but for what the nodes have told each other."""
        return self.cluster.keys(f"{self.prefix}:*") - {f"{self.prefix}:about".encode()}


@pytest.fixture(scope="module")
def nodes(shared_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """Both have a data directory of their own, and the rules in common; one has two workers."""
    folder = tmp_path_factory.mktemp("nodes")
    rules = Path(shutil.copytree(SITE, folder / "rules"))
    (rules / "capped.yaml").write_text(CAPPED)
    flags = ("--store", f"{shared_cluster.url}?prefix=nodes", "--deadline", "10000")
    with pytest.MonkeyPatch.context() as patched, ExitStack() as stack:
        patched.setenv("OMO_HASH_KEY", HASH_KEY)
        here = stack.enter_context(serving(rules, folder / "here", *flags, "--workers", "2"))
        there = stack.enter_context(serving(rules, folder / "there", *flags))
        yield Nodes(here, there, shared_cluster, "nodes")


@pytest.fixture
def visitor() -> str:
    """Somebody whom no other test knows."""
    return f"visitor-{next(_visitors):010}"


@pytest.fixture
def member(visitor: str) -> str:
    return member_of(visitor)


# Caps


async def test_two_hundred_requests_to_two_nodes_at_once_see_three_times_what_is_capped_at_three(
    nodes: Nodes, visitor: str
) -> None:
    for number in range(ROUNDS):
        who = f"{visitor}-{number}"
        cookies = {"Cookie": f"omo_consent=personalization; omo_vid={who}"}
        body = {"blocks": ["capped"], "visitor": {"id": who, "consent": CONSENT}}
        requests = []
        for place in range(200):
            server = nodes.both[place % 2]
            kinds = (decide(server, body), include(server, **cookies), browser(server, **cookies))
            requests.append(kinds[place // 2 % 3])
        responses = await at_once(nodes.here, requests)
        assert Counter(map(shown, responses)) == {"3回まで": 3, "そのあと": 197}


# One history


def test_what_was_done_on_one_node_is_known_on_the_other_at_once(nodes: Nodes, visitor: str) -> None:
    for number in range(3):
        assert rule(nodes.both[number % 2], "hero", visitor) != LOOKED
        view(nodes.both[(number + 1) % 2], visitor, f"/running/{number}")
    assert rule(nodes.here, "hero", visitor) == LOOKED
    assert rule(nodes.there, "hero", visitor) == LOOKED


def test_a_login_on_one_node_is_known_on_the_other_at_once(nodes: Nodes, visitor: str, member: str) -> None:
    for number in range(3):
        view(nodes.both[number % 2], visitor, f"/running/{number}")
    assert rule(nodes.here, "hero", visitor, member=member) == LOOKED
    assert rule(nodes.there, "hero", f"laptop-of-{visitor}", member=member) == LOOKED
    assert rule(nodes.there, "hero", visitor) is None
    assert rule(nodes.there, "hero", visitor, member=f"not-{member}") is None
    assert rule(nodes.here, "hero", visitor, member=member) == LOOKED


# Consent and erasure


def test_a_denial_on_one_node_erases_what_the_other_wrote_on_every_server(nodes: Nodes, visitor: str) -> None:
    view(nodes.here, f"other-than-{visitor}", "/running/")
    others = nodes.keys()
    for number in range(3):
        view(nodes.here, visitor, f"/running/{number}")
    assert rule(nodes.here, "hero", visitor) == LOOKED
    assert nodes.keys() > others
    denial = {"Cookie": f"omo_consent=denied; omo_vid={visitor}"}
    response = httpx.post(f"{nodes.there.url}/v1/decide", json={"blocks": ["hero"]}, headers=denial)
    assert response.status_code == 200
    wait_until(lambda: nodes.keys() == others, "the end of the last key, on replicas too")
    assert rule(nodes.here, "hero", visitor) is None


def test_without_consent_no_node_keeps_anything(nodes: Nodes, visitor: str) -> None:
    before = nodes.keys()
    for server in nodes.both:
        body = {"blocks": ["hero", "notice", "capped"], "visitor": {"id": visitor}, "page": {"url": "/running/"}}
        assert httpx.post(f"{server.url}/v1/decide", json=body, headers=BEARER).status_code == 200
        assert tell(server, {"visitor": {"id": visitor}, "events": [{"event": "search"}]}) == 204
    assert nodes.keys() == before


def test_what_one_node_erases_by_http_is_gone_on_every_server_and_known_to_nobody(
    nodes: Nodes, visitor: str, member: str
) -> None:
    others = nodes.keys()
    for number in range(3):
        view(nodes.both[number % 2], visitor, f"/running/{number}")
        view(nodes.both[number % 2], visitor, f"/running/member/{number}", member=member)
    assert rule(nodes.there, "hero", visitor, member=member) == LOOKED
    body = {"visitor": {"id": visitor}, "member": {"id": member}}
    assert ask(nodes.here, "visitor/erase", body) == {"erased": True}
    wait_until(lambda: nodes.keys() == others, "the end of the last key, on replicas too")
    told = ask(nodes.there, "visitor/export", body)
    assert (told["visitor"], told["member"], told["record"]) == (None, None, None)
    assert ask(nodes.there, "visitor/erase", body) == {"erased": False}
    assert rule(nodes.there, "hero", visitor, member=member) is None


# Round trips


def test_a_decision_takes_one_command_to_read_and_one_to_write(nodes: Nodes, visitor: str) -> None:
    view(nodes.here, visitor, "/running/")
    for server in nodes.both:
        forget_commands(nodes)
        assert rule(server, "capped", visitor, page="/running/") == "3回まで"
        assert commands(nodes) == {"mget": 1, "eval": 1}


def test_a_decision_for_a_member_reads_both_places_at_once_and_writes_one(
    nodes: Nodes, visitor: str, member: str
) -> None:
    rule(nodes.here, "capped", visitor, member=member)
    forget_commands(nodes)
    assert rule(nodes.there, "capped", visitor, member=member) == "3回まで"
    assert commands(nodes) == {"mget": 2, "eval": 1}


def test_a_login_takes_seven_commands_more_since_the_history_moves_from_place_to_place(
    nodes: Nodes, visitor: str, member: str
) -> None:
    view(nodes.here, visitor, "/running/")
    forget_commands(nodes)
    assert rule(nodes.there, "capped", visitor, member=member) == "3回まで"
    assert commands(nodes) == {"mget": 4, "eval": 6}


def test_without_consent_a_decision_asks_nobody(nodes: Nodes, visitor: str) -> None:
    forget_commands(nodes)
    body = {"blocks": ["hero", "capped"], "visitor": {"id": visitor}, "page": {"url": "/running/"}}
    assert httpx.post(f"{nodes.here.url}/v1/decide", json=body, headers=BEARER).status_code == 200
    assert commands(nodes) == {}


def forget_commands(nodes: Nodes) -> None:
    for node in nodes.cluster.masters():
        with node.client() as client:
            client.config_resetstat()


def commands(nodes: Nodes) -> dict[str, int]:
    """Return how often each command was sent to a master."""
    found: Counter[str] = Counter()
    for node in nodes.cluster.masters():
        with node.client() as client:
            for name, told in client.info("commandstats").items():
                found[name.removeprefix("cmdstat_")] += told["calls"]
    return {name: calls for name, calls in found.items() if name not in WITHIN_SCRIPTS | OF_TESTS}


# Kill -9


@pytest.fixture
async def store(shared_cluster: Cluster, prefix: str) -> AsyncIterator[RemoteStore]:
    """A look at what the nodes have written."""
    async with opened_at(shared_cluster.url, prefix=prefix, gone_after=5) as opened:
        yield opened


async def test_no_acknowledged_event_is_lost_or_doubled_when_a_node_is_killed_amid_logins(
    shared_cluster: Cluster, store: RemoteStore, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMO_HASH_KEY", HASH_KEY)
    flags = ("--store", f"{shared_cluster.url}?prefix={prefix}", "--deadline", "10000")
    chance, total = random.Random(7), 0
    with serving(SITE, tmp_path / "stays", *flags) as stays:
        for number in range(KILLS):
            acknowledged: dict[str, set[str]] = {}
            with serving(SITE, tmp_path / "dies", *flags) as dies:
                ports = [stays.port, dies.port] * 4
                load = [
                    asyncio.create_task(telling(port, f"{number}", part, acknowledged))
                    for part, port in enumerate(ports)
                ]
                await asyncio.sleep(chance.uniform(0.1, 0.6))
                dies.process.send_signal(signal.SIGKILL)
                await asyncio.gather(*load[1::2])
            await asyncio.sleep(0.1)
            for task in load[::2]:
                task.cancel()
            await asyncio.gather(*load, return_exceptions=True)
            total += sum(map(len, acknowledged.values()))
            assert await wrong(store, acknowledged) == {}
    assert total > 20 * KILLS


async def telling(port: int, name: str, part: int, acknowledged: dict[str, set[str]]) -> None:
    """State one view after the other, of visitors whom all connections have in common, until the node is gone.

    Each visitor logs in now and then, so that what was done on the device moves to the member.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer), suppress(ConnectionError, asyncio.IncompleteReadError):
        for number in count():
            visitor, path = f"visitor-{name:0>4}-{number // VIEWS_EACH:06}", f"/{name}/{part}/{number}"
            member = "" if number % 4 else member_of(visitor)
            body = {**who(visitor, member), "events": [{"event": "page_view", "page": path}]}
            writer.write(post("event", body))
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"HTTP/1.1 204 "):
                acknowledged.setdefault(visitor, set()).add(path)
            else:  # it is not acknowledged, and nothing is promised
                assert head.startswith(b"HTTP/1.1 503 "), head
                return


def member_of(visitor: str) -> str:
    return f"member-of-{visitor}"


async def wrong(store: RemoteStore, acknowledged: dict[str, set[str]]) -> dict[str, dict[str, int]]:
    """Return the acknowledged views that are not stored just once."""
    found = {}
    for visitor, paths in acknowledged.items():
        member = member_key(member_of(visitor), HASH_KEY.encode())
        await store.fetch([visitor])  # finishes a login that a node began that was killed
        reader, stored = await store.fetch([visitor, member]), Counter[str]()
        for key in (visitor, member):
            profile = reader.read(key, 0)
            stored.update(profile.views.paths if profile else ())
        if odd := {path: stored[path] for path in paths if stored[path] != 1}:
            found[visitor] = odd
    return found


# Requests


def who(device: str, member: str) -> dict[str, Any]:
    visitor: dict[str, Any] = {"visitor": {"id": device, "consent": CONSENT}}
    return {**visitor, "member": {"id": member}} if member else visitor


def rule(server: Server, block: str, device: str, *, member: str = "", page: str = "") -> str | None:
    """Return the rule that wins in a block."""
    body = {"blocks": [block], **who(device, member), **({"page": {"url": page}} if page else {})}
    found: str | None = ask(server, "decide", body)["blocks"].get(block, {}).get("rule")
    return found


def view(server: Server, device: str, page: str, *, member: str = "") -> None:
    assert tell(server, {**who(device, member), "events": [{"event": "page_view", "page": page}]}) == 204


def tell(server: Server, body: dict[str, Any]) -> int:
    return httpx.post(f"{server.url}/v1/event", json=body, headers=BEARER).status_code


def ask(server: Server, what: str, body: dict[str, Any]) -> Any:
    response = httpx.post(f"{server.url}/v1/{what}", json=body, headers=BEARER)
    assert response.status_code == 200, response.text
    return response.json()

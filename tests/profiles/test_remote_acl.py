"""What docs/nodes.md says that a user of an ACL needs is enough, and all of it is needed."""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError
from tests import redis_servers
from tests.conftest import SITE
from tests.profiles.conftest import HASH_KEY, NOW
from tests.redis_servers import Server

from omotenashi.cli import main
from omotenashi.model.event import Event
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Change, MemberRecord

PAGE = (Path(__file__).parents[2] / "docs" / "nodes.md").read_text()
STATED = shlex.split(re.findall(r"^ *(ACL SETUSER omo .+)$", PAGE, re.MULTILINE)[0])
COMMANDS = [word for word in STATED if word.startswith("+")]
VISITOR = "visitor-0123456789"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with redis_servers.single(tmp_path_factory.mktemp("acl")) as server:
        yield server


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[int]]:
    """The ports of a Cluster."""
    with redis_servers.cluster(tmp_path_factory.mktemp("acl-cluster")) as cluster:
        yield [node.port for node in cluster.nodes]


def let_in(port: int, words: list[str]) -> None:
    """Make the user as the page says, with these words."""
    with Redis(port=port) as client:
        client.execute_command("ACL", "DELUSER", "omo")
        client.execute_command(*[word.replace(">PASSWORD", ">secret-word") for word in words])
        client.flushall()


async def use(address: str, replicas: int = 0) -> list[str]:
    """Do all that a node does; return the pages of the member who logged in."""
    store = RemoteStore(parse_address(address), replicas=replicas, timeout=2)
    store.start()
    try:
        await store.look(HASH_KEY.encode())
        await store.write(Change(VISITOR, NOW, (Event("page_view", NOW, path="/a"),)))
        await store.change_record("m.1", lambda _: MemberRecord(frozenset({"personalization"})), NOW)
        await store.move(VISITOR, "m.1", NOW)
        member = (await store.fetch(["m.1"])).read("m.1", NOW)
        await store.erase(VISITOR)
        return [] if member is None else [view.path for view in member.views]
    finally:
        await store.close()


def commands_succeed(address: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setenv("OMO_HASH_KEY", HASH_KEY)
    monkeypatch.setenv("OMO_STORE", address)
    events = folder / "events.csv"
    events.write_text(f"event,timestamp,visitor_id\npage_view,{NOW - 9},{VISITOR}\n")
    site = ["--rules", str(SITE)]
    done = [main(["import", "events", str(events), *site]), main(["visitor", "erase", VISITOR, *site])]
    return [*done, main(["migrate", "store", f"sqlite:///{folder}/back.sqlite"])] == [0, 0, 0]


def test_it_is_enough_for_a_node_and_for_the_commands(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(server.port, STATED)
    address = f"redis://omo:secret-word@127.0.0.1:{server.port}/1"
    assert asyncio.run(use(address)) == ["/a"]
    assert commands_succeed(address, tmp_path, monkeypatch)


def test_it_is_enough_in_a_cluster_with_replicas(
    ports: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for port in ports:
        with Redis(port=port) as client:
            client.execute_command("ACL", "DELUSER", "omo")
            client.execute_command(*[word.replace(">PASSWORD", ">secret-word") for word in STATED])
    address = f"redis+cluster://omo:secret-word@{','.join(f'127.0.0.1:{port}' for port in ports)}"
    assert asyncio.run(use(address, replicas=1)) == ["/a"]
    assert commands_succeed(address, tmp_path, monkeypatch)


@pytest.mark.parametrize("missing", [one for one in COMMANDS if one not in ("+wait", "+cluster|slots", "+asking")])
def test_without_one_of_the_commands_something_is_refused(
    missing: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    let_in(server.port, [word for word in STATED if word != missing])
    address = f"redis://omo:secret-word@127.0.0.1:{server.port}/1"
    assert not commands_succeed(address, tmp_path, monkeypatch)
    said = capsys.readouterr().err
    assert f"no permissions to run the '{missing[1:]}' command" in said or "The user executing the script can't" in said


def test_keys_of_others_are_out_of_reach(server: Server) -> None:
    let_in(server.port, STATED)
    with Redis(port=server.port, username="omo", password="secret-word") as client:
        with pytest.raises(NoPermissionError, match="no permissions to access one of the keys"):
            client.get("session:1")
        assert client.get("omo:about") is None

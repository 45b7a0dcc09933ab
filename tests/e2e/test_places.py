"""A database of places that breaks while workers come and go."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import SITE
from tests.e2e.conftest import Server, answers, serving, wait_until

OSAKA = {"country": {"iso_code": "JP"}, "subdivisions": [{"iso_code": "27"}]}


@pytest.fixture
def database(write_mmdb: Callable[..., Path]) -> Path:
    return write_mmdb({"133.1.0.0/16": OSAKA})


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SITE, tmp_path / "rules"))


def test_workers_that_start_while_the_database_is_broken_serve_with_the_last_good_one(
    rules: Path, database: Path, tmp_path: Path
) -> None:
    with serving(rules, tmp_path / "data", "--mmdb", str(database), "--workers", "2") as server:
        database.write_bytes(database.read_bytes()[:100])
        before = workers(server)
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        wait_until(lambda: not before & workers(server), "the end of the workers")
        wait_until(lambda: answers(f"{server.url}/readyz"), "a new worker")
        wait_until(lambda: [one["code"] for one in server.problems()] == ["places"], "a report of the broken file")
        assert rule_in_osaka(server) == "大阪"


@pytest.mark.parametrize("broken", [b"rubbish", None], ids=["broken", "gone"])
def test_a_start_without_a_sound_database_serves_with_the_last_good_one(
    broken: bytes | None, rules: Path, database: Path, tmp_path: Path
) -> None:
    with serving(rules, tmp_path / "data", "--mmdb", str(database)):
        pass
    database.unlink()
    if broken is not None:
        database.write_bytes(broken)
    with serving(rules, tmp_path / "data", "--mmdb", str(database)) as server:
        assert rule_in_osaka(server) == "大阪"
        assert "; the last good one serves" in server.log.read_text()


def test_a_first_start_with_a_broken_database_knows_no_place_until_it_is_mended(
    rules: Path, database: Path, tmp_path: Path
) -> None:
    sound = database.read_bytes()
    database.write_bytes(b"rubbish")
    with serving(rules, tmp_path / "data", "--mmdb", str(database)) as server:
        assert rule_in_osaka(server) == "otherwise"
        assert "is not a sound MaxMind database" in str(server.problems()[0]["message"])
        assert "; all places are unknown" in server.log.read_text()
        database.write_bytes(sound)
        wait_until(lambda: server.problems() == [], "the mended database")
        assert rule_in_osaka(server) == "大阪"


def workers(server: Server) -> set[int]:
    command = ["ps", "--ppid", str(server.process.pid), "-o", "pid=,args="]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return {int(line.split()[0]) for line in lines if "spawn_main" in line}


def rule_in_osaka(server: Server) -> str:
    return server.decide(blocks=["store_info"], client={"ip": "133.1.2.3"})["store_info"]["rule"]

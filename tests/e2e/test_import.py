"""`omo import` as an operator uses it: real processes, killed, beside a service."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from tests.e2e.conftest import KEY, OMO, Start, wait_until

from omotenashi.profiles.database import Database
from omotenashi.profiles.keep import Keep

SITE = Path(__file__).parents[1] / "sites" / "shop"
LINES = 30_000
VISITORS = 200
BROKEN = 1_000
"""Every so many lines one cannot be read."""
NOW = int(time.time())


def visitor(number: int) -> str:
    return f"visitor-{number:012}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def events(folder: Path) -> Path:
    """A file of views of visitors in turn; every thousandth line is broken."""
    path = folder / "events.csv"
    with path.open("w", encoding="cp932") as file:
        file.write("イベント,日時,訪問者ID,ページ\n")
        for number in range(LINES):
            at = NOW - 86_400 + number if number % BROKEN else "きのう"
            file.write(f"page_view,{at},{visitor(number % VISITORS)},/表示/{number}\n")
    return path


def command(kind: str, file: Path, *flags: str) -> list[str]:
    data = file.parent / "data"
    return [str(OMO), "import", kind, str(file), "--rules", str(SITE), "--data", str(data), "--lang", "en", *flags]


def run(kind: str, file: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(kind, file, *flags), cwd=file.parent, capture_output=True, text=True, check=False)


def progress(folder: Path) -> str:
    """What the store says of the import, empty before its first batch."""
    try:
        with closing(sqlite3.connect(f"file:{folder}/data/visitors.sqlite?mode=ro", uri=True, timeout=5)) as store:
            row = store.execute("SELECT progress FROM import").fetchone()
    except sqlite3.OperationalError:
        return ""
    return row[0] if row else ""


def views(folder: Path) -> Counter[str]:
    """How often each page was viewed by each visitor, as `visitor page`."""
    found: Counter[str] = Counter()
    with closing(Database(folder / "data" / "visitors.sqlite", Keep(), wait=5)) as database:
        for number in range(VISITORS):
            profile = database.read(visitor(number), NOW)
            assert profile is not None
            found.update(f"{visitor(number)} {view.path}" for view in profile.views)
    return found


def expected() -> Counter[str]:
    return Counter(f"{visitor(number % VISITORS)} /表示/{number}" for number in range(LINES) if number % BROKEN)


def test_an_import_that_is_killed_again_and_again_loses_and_doubles_nothing(events: Path, folder: Path) -> None:
    chance = random.Random(7)
    for _ in range(5):
        before = progress(folder)
        with subprocess.Popen(command("events", events), cwd=folder, stdout=subprocess.DEVNULL) as process:
            wait_until(lambda before=before: progress(folder) != before, "a batch of the import")  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.05))
            process.kill()
        assert '"finished":false' in progress(folder)
    last = run("events", events)
    assert "omo: resuming at line " in last.stderr
    assert f"{LINES - 30} accepted, 30 refused; " in last.stdout
    assert last.returncode == 1
    assert views(folder) == expected()
    with closing(sqlite3.connect(folder / "data" / "visitors.sqlite")) as store:
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_an_import_lists_what_it_refused_and_does_a_file_once(events: Path, folder: Path) -> None:
    first = run("events", events)
    *refused, summary = first.stdout.splitlines()
    assert refused == [
        f"{events}:{line}: the timestamp is not of the form 2026-12-24T18:30:00+09:00, 2026/12/24 18:30, 2026-12-24"
        for line in range(2, LINES + 2, BROKEN)
    ]
    assert summary.startswith(f"{events}: {LINES - 30} accepted, 30 refused; ")
    second = run("events", events)
    assert second.stdout == f"{events}: imported already, nothing is done; to do it again add --again\n"
    assert (first.returncode, second.returncode) == (1, 1)
    assert views(folder) == expected()
    assert sorted(path.name for path in folder.iterdir()) == ["data", "events.csv"]
    assert sorted(path.name for path in (folder / "data").iterdir()) == ["hash-key", "visitors.sqlite"]


def test_an_import_of_members_exits_0_when_all_went_in(folder: Path) -> None:
    file = folder / "members.csv"
    file.write_text("会員ID,ランク,last_name,メモ\nu1,ゴールド,佐藤,a\n")
    done = run("members", file)
    assert (done.returncode, done.stdout.startswith(f"{file}: 1 accepted, 0 refused; ")) == (0, True)
    assert done.stderr == "omo: warning: column 'メモ' is left out: it is not known\n"
    file.write_text("会員ID,ランク\nu1,プラチナ\n")
    done = run("members", file)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{file}:2: rank is none of 一般, ゴールド\n")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.data", "x", "{file}: its name tells no form: add --format csv or --format jsonl"),
        ("a.csv", "x,y\n", "{file}:1: there is no column id (会員ID, member_id)"),
        ("a.csv", "", "{file}: the file is empty"),
    ],
)
def test_a_file_that_cannot_be_imported_is_one_line_and_exit_1(
    name: str, content: str, problem: str, folder: Path
) -> None:
    file = folder / name
    file.write_text(content)
    done = run("members", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "omo: " + problem.format(file=file)


def test_an_import_beside_a_service_that_writes_loses_nothing_of_either(
    start: Start, events: Path, folder: Path
) -> None:
    server = start(SITE, "--deadline", "5000")
    with (
        subprocess.Popen(command("events", events), cwd=folder, stdout=subprocess.DEVNULL) as process,
        httpx.Client(headers={"Authorization": f"Bearer {KEY}"}) as client,
    ):
        posted: Counter[str] = Counter()
        while process.poll() is None:
            who, page = visitor(posted.total() % VISITORS), f"/posted/{posted.total()}"
            body = {
                "visitor": {"id": who, "consent": ["personalization"]},
                "events": [{"event": "page_view", "page": page}],
            }
            assert client.post(f"{server.url}/v1/event", json=body).status_code == 204
            posted[f"{who} {page}"] += 1
    assert process.returncode == 1
    server.process.terminate()
    server.process.wait()
    assert views(folder) == expected() + posted

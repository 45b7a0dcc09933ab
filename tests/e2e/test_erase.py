"""Sixty seconds after an erase, no byte of a marked visitor lies in any file of the data directory."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import SITE
from tests.e2e.conftest import KEY, OMO, Server, Start, wait_until
from zstandard import ZstdDecompressor, ZstdError

from omotenashi.profiles.database import _place

MARK = "Zq7Marked"
"""In everything that the visitor says; nowhere else."""
MARKED = f"{MARK}-visitor-0123456789"
OTHER = "another-visitor-0123456789"
BEARER = {"Authorization": f"Bearer {KEY}"}
CONSENT = ["personalization", "measurement"]
DEADLINE = 60
COMPRESSED = re.escape(b"\x28\xb5\x2f\xfd")
"""How a compressed profile begins (RFC 8878)."""


def does_much(server: Server, visitor: str, member: str, mark: str) -> None:
    """Let somebody come by a search, look, buy, and log in."""
    who: dict[str, Any] = {"visitor": {"id": visitor, "consent": CONSENT}}
    item = {"item_id": f"{mark}-item", "item_category": f"{mark}-category", "price": 100}
    page = {
        "url": f"/{mark}-path",
        "referrer": f"https://search.yahoo.co.jp/search?p={mark}-keyword",
        "tags": [f"{mark}-tag"],
    }
    server.decide(blocks=["hero", "notice"], page=page, **who)
    events = [
        {"event": "view_item", "items": [item], "event_id": f"{mark}-event"},
        {"event": "add_to_cart", "items": [item]},
        {"event": f"{mark}_custom"},
        {"event": "purchase", "transaction_id": f"{mark}-order", "items": [item]},
    ]
    told(server, {**who, "page": page, "events": events})
    told(server, {**who, "member": {"id": member}, "page": page, "events": events[:3]})


def told(server: Server, body: dict[str, Any]) -> None:
    response = httpx.post(f"{server.url}/v1/event", json=body, headers=BEARER)
    assert response.status_code == 204, response.text


def files_with(mark: str, folder: Path) -> list[str]:
    """Return the files that hold a text anywhere, plain or compressed, whatever row or rest of one it is in."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in paths if any(mark.lower().encode() in text for text in texts(path.read_bytes()))]


def texts(data: bytes) -> Iterator[bytes]:
    yield data.lower()
    for start in re.finditer(COMPRESSED, data):
        with suppress(ZstdError):
            yield ZstdDecompressor().decompressobj().decompress(data[start.start() :]).lower()


def files_with_row(key: str, folder: Path) -> list[str]:
    """Return the files that hold the hash by which a row is found."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in paths if _place(key)[1] in path.read_bytes()]


def by_http(server: Server, data: Path) -> None:
    """A CMS with the key."""
    del data
    body = {"visitor": {"id": MARKED}, "member": {"id": f"{MARK}-member"}}
    response = httpx.post(f"{server.url}/v1/visitor/erase", json=body, headers=BEARER)
    assert response.json() == {"erased": True}


def by_command(server: Server, data: Path) -> None:
    """The operator, while the service runs."""
    del server
    for identifier, what in ((MARKED, "visitor's profile"), (f"{MARK}-member", "member's profile")):
        command = [OMO, "visitor", "erase", identifier, "--data", data, "--rules", SITE, "--lang", "en"]
        done = subprocess.run(
            [str(one) for one in command], cwd=data.parent, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"erased {identifier}: {what}\n")


@pytest.mark.parametrize("erase", [by_http, by_command])
def test_no_byte_of_a_marked_visitor_is_left(
    start: Start, tmp_path: Path, erase: Callable[[Server, Path], None]
) -> None:
    data = tmp_path / "data"
    server = start(SITE, "--workers", "2", "--deadline", "2000")
    does_much(server, OTHER, "other-member", "other")
    does_much(server, MARKED, f"{MARK}-member", MARK)
    does_much(server, OTHER, "other-member", "other")
    for what in ("path", "tag", "keyword", "item", "category", "order"):
        assert files_with(f"{MARK}-{what}", data)
    assert files_with_row(MARKED, data)
    assert not files_with(MARKED, data)
    assert not files_with(f"{MARK}-member", data)
    with closing(sqlite3.connect(data / "visitors.sqlite")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM profile").fetchone()  # keeps the log as it is
        erase(server, data)
        time.sleep(2)
    began = time.monotonic()
    wait_until(lambda: not files_with(MARK, data), "the end of the last byte", DEADLINE)
    assert time.monotonic() - began < DEADLINE
    assert not files_with_row(MARKED, data)
    assert files_with("other-path", data)
    assert files_with_row(OTHER, data)


def test_a_denial_erases_every_byte_of_the_device(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "data"
    server = start(SITE, "--workers", "2", "--deadline", "2000")
    who = {"visitor": {"id": MARKED, "consent": CONSENT}}
    told(server, {**who, "events": [{"event": "page_view", "page": f"/{MARK}-path", "tags": [MARK]}]})
    told(server, {"visitor": {"id": OTHER, "consent": CONSENT}, "events": [{"event": "page_view", "page": "/other"}]})
    assert files_with(MARK, data)
    cookies = {"Cookie": f"omo_consent=denied; omo_vid={MARKED}"}
    assert httpx.post(f"{server.url}/v1/decide", json={"blocks": ["hero"]}, headers=cookies).status_code == 200
    wait_until(lambda: not files_with(MARK, data), "the end of the last byte", DEADLINE)
    assert not files_with_row(MARKED, data)
    assert files_with("/other", data)

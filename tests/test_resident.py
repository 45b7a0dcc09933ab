"""What a server keeps in memory: modules that it does not need, and pages of the dictionary."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from omotenashi import morphemes
from omotenashi.resident import give_back

ROOT = Path(__file__).parents[1]
PLAIN = (
    "blocks: {hero: {rules: [{name: a, when: {keyword: 靴, prefecture: 東京都}, show: nothing}], otherwise: original}}"
)
SECRET = "a-secret-of-thirty-two-characters"
SERVING = """
import json, os, signal, socket, sys, threading, time
from http.client import HTTPConnection
from omotenashi.cli import main

def answered(port, method, path, body, headers):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, headers)
    return connection.getresponse().read().decode()

def look(port):
    while True:
        try:
            answered(port, "GET", "/readyz", None, {})
            break
        except OSError:
            time.sleep(0.05)
    started = set(sys.modules)
    json.loads(answered(port, "POST", "/v1/decide", REQUEST, {"Authorization": "Bearer the-key-of-the-test"}))
    print(json.dumps([sorted(started), sorted(sys.modules.keys() - started)]), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
threading.Thread(target=look, args=(port,), daemon=True).start()
main(["serve", "--rules", RULES, "--port", str(port), "--data", DATA])
"""
VISIT = {
    "url": "https://shop.example/running/?q=靴&utm_source=google&utm_medium=cpc",
    "referrer": "https://www.google.com/search?q=トレイルランニング",
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1",
    "accept_language": "ja",
    "ip": "203.0.113.7",
    "member": {"id": "7"},
    "visitor": {"id": "0123456789abcdef0123456789abcdef", "consent": ["personalization"]},
}


def served(folder: Path, rules: Path = ROOT / "rules", **environment: str) -> tuple[set[str], set[str]]:
    """Return the modules that a server has when it is ready, and those that came with a request."""
    names = {"RULES": str(rules), "DATA": str(folder / "data"), "REQUEST": json.dumps(VISIT)}
    code = "\n".join(f"{name} = {value!r}" for name, value in names.items()) + SERVING
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OMO_")}
    settings = {**kept, "OMO_KEY": "the-key-of-the-test", **environment}
    run = subprocess.run(
        [sys.executable, "-c", code], env=settings, cwd=folder, capture_output=True, check=False, timeout=60
    )
    ready, later = json.loads(run.stdout.splitlines()[-1])
    return set(ready), set(later)


def test_a_plain_server_loads_nothing_for_tokens_fetching_places_and_editors(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "top.yaml").write_text(PLAIN)
    ready, _ = served(tmp_path, tmp_path / "rules")
    for some_sites_need in ("jwt", "cryptography", "httpx", "maxminddb", "holidays", "crawleruseragents"):
        assert some_sites_need not in ready
    for commands_need in (
        "rich",
        "tqdm",
        "omotenashi.cli.testing",
        "omotenashi.cli.token",
    ):
        assert commands_need not in ready


@pytest.mark.parametrize(
    ("setting", "value", "needed"),
    [("OMO_MEMBER_KEY", f"k1:{SECRET}", "jwt"), ("OMO_UPSTREAMS", "cms.example", "httpx")],
)
def test_what_a_setting_needs_is_loaded_at_the_start(tmp_path: Path, setting: str, value: str, needed: str) -> None:
    ready, _ = served(tmp_path, ROOT / "rules", **{setting: value})
    assert needed in ready


def test_no_request_waits_for_an_import(tmp_path: Path) -> None:
    _, later = served(tmp_path, OMO_MEMBER_KEY=f"k1:{SECRET}")
    assert later == set()


@pytest.mark.skipif(sys.platform != "linux", reason="pages are looked at in /proc")
def test_pages_of_the_dictionary_are_given_back_and_it_cuts_words_as_before() -> None:
    before = morphemes.segment("東京都のランニングシューズ")
    loaded = resident_kilobytes(morphemes.DICTIONARY)
    give_back(morphemes.DICTIONARY)
    assert resident_kilobytes(morphemes.DICTIONARY) < loaded
    assert resident_kilobytes(morphemes.DICTIONARY) == 0
    assert morphemes.segment("東京都のランニングシューズ") == before


def test_a_file_that_is_not_in_memory_has_nothing_to_give_back() -> None:
    give_back("/no/such/file")


def resident_kilobytes(file: str) -> int:
    """Return how much of a mapped file is in this process's memory."""
    parts = Path("/proc/self/smaps").read_text().split(f"{file}\n")[1:]
    return sum(int(found[1]) for part in parts if (found := re.search(r"^Rss: +(\d+) kB", part, re.MULTILINE)))

"""`omo serve` as an operator starts it: real processes, real HTTP, real files."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.conftest import SITE
from tests.e2e.conftest import KEY, OMO, Server, Start, free_port, serving, wait_until

VISITOR = {"id": "visitor-0123456789", "consent": ["personalization"]}
MMDB = Path(__file__).parents[3] / "shared" / "data" / "geo-jp-sample" / "jp-sample-city.mmdb"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SITE, tmp_path / "rules"))


def test_a_typo_under_load_fails_no_request_and_is_named_until_it_is_mended(start: Start, rules: Path) -> None:
    server = start(rules, "--deadline", "1000")
    home = rules / "home.yaml"
    good = home.read_text()
    stop = threading.Event()
    answers: list[tuple[int, str]] = []

    def load() -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {KEY}"}) as client:
            while not stop.is_set():
                response = client.post(f"{server.url}/v1/decide", json={"blocks": ["store_info"]})
                answers.append((response.status_code, response.json()["blocks"]["store_info"]["html"]))

    with ThreadPoolExecutor(4) as pool:
        loads = [pool.submit(load) for _ in range(4)]
        home.write_text(good.replace("when: {segment: gold}", "when: {segmnt: gold}"))
        wait_until(lambda: server.problems() != [], "a report of the typo")
        problem = server.problems()[0]
        before = len(answers)
        home.write_text(good.replace("<p>店舗一覧</p>", "<p>新しい一覧</p>"))
        wait_until(lambda: answers[-1][1] == "<p>新しい一覧</p>", "an answer by the new rules")
        stop.set()
        for one in loads:
            one.result()
    assert (problem["file"], problem["line"], problem["column"]) == ("home.yaml", 23, 31)
    assert {status for status, _ in answers} == {200}
    assert {html for _, html in answers[:before]} == {"<p>店舗一覧</p>"}
    assert server.problems() == []
    assert "home.yaml:23:31" in server.log.read_text()


def test_a_deleted_folder_keeps_the_last_good_site(start: Start, rules: Path) -> None:
    server = start(rules)
    shutil.rmtree(rules)
    wait_until(lambda: server.problems() != [], "a report of the missing folder")
    assert server.decide(blocks=["store_info"])["store_info"]["html"] == "<p>店舗一覧</p>"
    assert httpx.get(f"{server.url}/readyz").status_code == 200


def test_a_start_with_a_broken_folder_serves_the_last_good_site(rules: Path, tmp_path: Path) -> None:
    with serving(rules, tmp_path / "data") as server:
        server.decide(blocks=["hero"])
    (rules / "home.yaml").write_text("blocks: [")
    with serving(rules, tmp_path / "data") as server:
        assert server.decide(blocks=["store_info"])["store_info"]["html"] == "<p>店舗一覧</p>"
        assert server.problems()[0]["code"] == "E125"


def test_a_first_start_with_a_broken_folder_answers_originals_and_is_not_ready(start: Start, rules: Path) -> None:
    (rules / "home.yaml").write_text("blocks: [")
    server = start(rules)
    assert server.decide(blocks=["store_info"]) == {}
    ready = httpx.get(f"{server.url}/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (503, False)


def test_two_workers_show_a_limited_rule_exactly_twice(start: Start, rules: Path) -> None:
    server = start(rules, "--workers", "2", "--deadline", "5000")
    wait_until(lambda: both_workers_answer(server), "an answer of both workers")

    def rule(number: int) -> str:
        return server.decide(blocks=["notice"], visitor=VISITOR, page={"url": f"/{number}"})["notice"]["rule"]

    with ThreadPoolExecutor(16) as pool:
        shown = list(pool.map(rule, range(100)))
    assert shown.count("2回だけのお知らせ") == 2
    assert shown.count("その次") == 98


def both_workers_answer(server: Server) -> bool:
    children = subprocess.run(
        ["ps", "--ppid", str(server.process.pid), "-o", "pid="], capture_output=True, text=True, check=False
    )
    return len(children.stdout.split()) >= 2 and httpx.get(f"{server.url}/readyz").status_code == 200


def test_two_workers_read_each_others_writes(start: Start, rules: Path) -> None:
    server = start(rules, "--workers", "2", "--deadline", "5000")
    for number in range(3):
        server.decide(blocks=["hero"], visitor=VISITOR, page={"url": f"/running/{number}"})
    heroes = [server.decide(blocks=["hero"], visitor=VISITOR, page={"url": "/"}) for _ in range(8)]
    assert {hero["hero"]["rule"] for hero in heroes} == {"ランニングを検討中"}


def test_what_was_answered_survives_a_kill(rules: Path, tmp_path: Path) -> None:
    with serving(rules, tmp_path / "data") as server:
        for number in range(3):
            server.decide(blocks=["hero"], visitor=VISITOR, page={"url": f"/running/{number}"})
        server.process.kill()
        server.process.wait()
    with serving(rules, tmp_path / "data") as server:
        assert server.decide(blocks=["hero"], visitor=VISITOR)["hero"]["rule"] == "ランニングを検討中"


def test_the_prefecture_comes_from_the_operators_database(start: Start, rules: Path) -> None:
    if not MMDB.exists():
        pytest.skip("the sample database of places is not there")
    import maxminddb  # noqa: PLC0415 only here

    with maxminddb.open_database(MMDB) as reader:
        network = next(
            network
            for network, record in reader
            if isinstance(record, dict)
            and network.version == 4
            and str(record.get("subdivisions", [{}])[0].get("iso_code", "")).removeprefix("JP-") == "27"
        )
    server = start(rules, "--mmdb", str(MMDB))
    shown = server.decide(blocks=["store_info"], client={"ip": str(network[1])})
    assert shown["store_info"]["rule"] == "大阪"
    assert server.decide(blocks=["store_info"], client={"ip": "127.0.0.1"})["store_info"]["rule"] == "otherwise"


MALFORMED = [
    b"GET /v1/block/hero\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /v1/block/\u3042 HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    b"NONSENSE\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 200 + b"\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
]


def test_malformed_http_is_answered_by_an_empty_400(start: Start, rules: Path) -> None:
    server = start(rules)
    for request in MALFORMED:
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(request)
            answer = b""
            while chunk := connection.recv(65_536):
                answer += chunk
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 "), request[:40]
        assert body == b""
    assert server.decide(blocks=["store_info"])


def test_trailers_are_no_headers(start: Start, rules: Path) -> None:
    server = start(rules)
    body = b'{"blocks": ["store_info"]}'
    request = (
        b"POST /v1/decide HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        + b"%x\r\n%s\r\n0\r\nAuthorization: Bearer %s\r\n\r\n" % (len(body), body, KEY.encode())
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(request)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    assert b'"decision"' not in answer
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_head_in_pieces_after_a_large_body_is_fine(start: Start, rules: Path) -> None:
    server = start(rules)
    body = b'{"blocks": ["store_info"], "x": "' + b"x" * 40_000 + b'"}'
    head = b"POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        for _ in range(3):
            for piece in (head[:20], head[20:], body):
                connection.sendall(piece)
                time.sleep(0.02)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_a_request_on_its_way_at_a_stop_is_answered(start: Start, rules: Path) -> None:
    server = start(rules)
    body = b'{"blocks": ["store_info"]}'
    head = b"POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(head + body[:5])
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        connection.sendall(body[5:])
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close\r\n" in answer
    server.process.wait(10)


def test_a_damaged_database_is_one_line_and_exit_1(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "visitors.sqlite").write_bytes(b"no database" * 500)
    command = [str(OMO), "serve", "--rules", str(rules), "--data", "data", "--port", str(free_port())]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "visitors.sqlite" in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_a_key_is_made_at_the_first_start_kept_and_named(rules: Path, tmp_path: Path) -> None:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OMO_")}
    command = [str(OMO), "serve", "--rules", str(rules), "--port", str(port), "--data", "data"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    key_file = tmp_path / "data" / "key"
    wait_until(lambda: key_file.exists() and "data/key" in (tmp_path / "log").read_text(), "the key")
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert len(key_file.read_text().strip()) >= 32
    assert key_file.read_text().strip() not in (tmp_path / "log").read_text()


def test_trusting_everybody_is_warned_of_once_at_the_start(start: Start, rules: Path) -> None:
    server = start(rules, "--trusted-proxies", "0.0.0.0/0", "--workers", "2")
    assert server.log.read_text().count("omo: warning: trusted_proxies: 0.0.0.0/0 and ::/0 let anybody state") == 1


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--rules", "nowhere"], "there is no folder nowhere"),
        (["--mmdb", "nowhere.mmdb"], "nowhere.mmdb"),
        (["--trusted-proxies", "10.0.0.0/99"], "10.0.0.0/99"),
        (["--geo-headers", "cloudfare"], "cloudfare"),
        (["--workers", "0"], "workers"),
        (["--port", "70000"], "port"),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_1(flags: list[str], words: str, rules: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [str(OMO), "serve", "--rules", str(rules), *flags], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert words in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_a_port_in_use_is_one_line_and_exit_1(rules: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [str(OMO), "serve", "--rules", str(rules), "--port", str(port)]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert (
        run.stderr == f"omo: cannot listen on 127.0.0.1:{port}: Address already in use; name another port with --port\n"
    )
    assert not (tmp_path / "omo-data").exists()

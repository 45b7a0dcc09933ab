"""What docs/operating.md has for systemd and nginx, as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.e2e.conftest import ROOT, Start, answers, free_port, installed, wait_until

from omotenashi.cli import make_parser

pytestmark = pytest.mark.e2e
PAGE = (ROOT / "docs" / "operating.md").read_text()


def snippet(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)\n```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_unit_is_one_that_systemd_understands(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:  # a tool, and none that is worth an init system in CI
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    unit = tmp_path / "omotenashi.service"
    unit.write_text(snippet("ini").replace("/srv/omotenashi/venv/bin/omo", sys.executable))
    run = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in run.stderr.splitlines() if "omotenashi" in line] == []


def test_the_command_of_the_unit_is_one_that_omo_understands() -> None:
    found = re.search(r"^ExecStart=\S*/omo (.*)$", snippet("ini"), re.MULTILINE)
    assert found
    assert make_parser("serve").parse_args(found[1].split())


def test_nginx_hands_the_visitors_page_on_and_its_buttons_work(start: Start, tmp_path: Path) -> None:
    nginx, port = installed("nginx", "nginx-light"), free_port()
    server = start(ROOT / "rules", "--trusted-proxies", "127.0.0.1/32")
    location = snippet("nginx").replace("127.0.0.1:8700", f"127.0.0.1:{server.port}")
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}\n"
        f"http {{ access_log off; {_folders(tmp_path)} server {{ listen 127.0.0.1:{port};\n{location}\n}} }}\n"
    )
    user = "user root;" if os.geteuid() == 0 else ""  # only root may read what pytest makes
    command = [nginx, "-e", f"{tmp_path}/log", "-c", f"{tmp_path}/nginx.conf", "-g", f"daemon off; {user}"]
    origin = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command) as process:
        try:
            wait_until(lambda: process.poll() is not None or answers(origin), "a start of nginx")
            with httpx.Client(base_url=origin) as browser:
                shown = browser.get("/omo/why?page=/")
                forged = browser.get("/omo/why?page=/", headers={"X-Omo-Visitor": "visitor-0123456789"})
                stopped = browser.post("/omo/why?page=/", data={"action": "stop"}, headers={"Origin": origin})
                stranger = browser.post("/omo/why", data={"action": "stop"}, headers={"Origin": "https://evil.example"})
        finally:
            process.send_signal(signal.SIGTERM)
    assert (shown.status_code, forged.text) == (200, shown.text)
    assert (stopped.status_code, "omo_consent=" in stopped.headers["set-cookie"]) == (303, True)
    assert stranger.status_code == 403


def _folders(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)

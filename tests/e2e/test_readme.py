"""The first rule of README.md and the call below it, as they stand there, against a real service."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from tests.conftest import sample_rules
from tests.e2e.conftest import KEY, ROOT, Start, installed

README = (ROOT / "README.md").read_text()


@pytest.mark.e2e
def test_the_call_of_the_readme_is_answered_as_it_says(start: Start, tmp_path: Path) -> None:
    installed("curl", "curl")
    rules = sample_rules(tmp_path)
    (rules / "first.yaml").write_text(_snippet("yaml"))
    (tmp_path / "omo-data").mkdir(exist_ok=True)
    (tmp_path / "omo-data" / "key").write_text(KEY)
    server = start(rules, "--deadline", "1000")
    call = _snippet("sh", "curl").replace("127.0.0.1:8700", f"127.0.0.1:{server.port}")
    run = subprocess.run(["bash", "-c", call], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) | {"decision": "…", "rules": "…"} == json.loads(_snippet("json"))


def _snippet(language: str, begins: str = "") -> str:
    found = re.search(rf"```{language}\n({begins}.*?)\n```", README, re.DOTALL)
    assert found
    return found[1]

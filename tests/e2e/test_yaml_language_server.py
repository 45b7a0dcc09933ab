"""The schema in the real yaml-language-server, which VS Code's YAML extension runs (npm i -g yaml-language-server)."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from omotenashi.cli import main

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.e2e
MISTAKES = """blocks:
  hero:
    rules:
      - name: スマホの人
        when: {device: mobil}
        limit: {times: 3, per: 30}
        shwo: nothing
    otherwise: original
"""
UNFINISHED = "ブロック:\n  hero:\n    ルール:\n      - 名前: x\n        条件: {端末: }\n    それ以外: もとのまま\n"


class LanguageServer:
    """Speaks JSON-RPC over standard input and output, as the Language Server Protocol has it."""

    def __init__(self, program: str, settings: dict[str, Any]) -> None:
        self.process = subprocess.Popen([program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._settings = settings
        self._number = 0
        self.ask(
            "initialize", {"processId": None, "rootUri": None, "capabilities": {"workspace": {"configuration": True}}}
        )
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": settings})

    def tell(self, method: str, params: dict[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        return self._until(lambda message: message.get("id") == self._number and "method" not in message)["result"]

    def mistakes(self, uri: str, text: str) -> list[str]:
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        found = self._until(lambda message: message.get("method") == "textDocument/publishDiagnostics")["params"]
        assert found["uri"] == uri
        return [f"{one['range']['start']['line'] + 1} {one['message']}" for one in found["diagnostics"]]

    def _until(self, wanted: Any) -> dict[str, Any]:
        while True:
            message = self._receive()
            if wanted(message):
                return message
            if "id" in message and "method" in message:
                asked = message["params"].get("items", []) if isinstance(message.get("params"), dict) else []
                self._send({"id": message["id"], "result": [self._settings.get(one.get("section")) for one in asked]})

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LanguageServer]:
    program = shutil.which("yaml-language-server")
    if not program:
        pytest.skip("yaml-language-server is not installed: npm i -g yaml-language-server")
    schema = tmp_path / "schema.json"
    main(["schema", "--rules", str(ROOT / "rules"), "--output", str(schema)])
    schemas = {schema.as_uri(): "*.yaml"}
    settings = {"schemas": schemas, "validate": True, "completion": True, "schemaStore": {"enable": False}}
    running = LanguageServer(program, {"yaml": settings})
    yield running
    running.process.kill()
    running.process.communicate()


@pytest.mark.parametrize("file", sorted((ROOT / "rules").glob("*.yaml")), ids=lambda file: file.name)
def test_nothing_is_underlined_in_the_sample_rules(file: Path, server: LanguageServer) -> None:
    assert server.mistakes(file.as_uri(), file.read_text()) == []


def test_mistakes_are_underlined_where_they_are(server: LanguageServer) -> None:
    found = server.mistakes("file:///rules/page.yaml", MISTAKES)
    assert [one.partition(" ")[0] for one in sorted(found)] == ["4", "5", "6", "7"]
    assert "7 Property shwo is not allowed." in found
    assert "6 例 / such as: 30日、2時間、30 days" in found


def test_words_are_proposed_in_both_languages(server: LanguageServer) -> None:
    uri = "file:///rules/page.yaml"
    server.mistakes(uri, UNFINISHED)
    place = {"textDocument": {"uri": uri}, "position": {"line": 4, "character": 17}}
    answer = server.ask("textDocument/completion", place)
    assert {"mobile", "スマホ", "desktop", "パソコン"} <= {one["label"] for one in answer["items"]}

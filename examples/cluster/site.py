"""Everything together: nginx, two Omotenashi nodes that share rules and keys, and the store."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from examples.cluster.network import Network
from examples.cluster.processes import ClusterError, Program, free_port, installed, wait_for
from examples.cluster.store import Store
from msgspec import Struct

HERE = Path(__file__).resolve().parent
FRONT, NODES = 8800, (8801, 8802)
"""The ports in nginx.conf; where one is taken, another is put in its place."""
_ANOTHER = "--folder で別の場所を / name another with --folder"
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Node(Struct, frozen=True):
    """One Omotenashi."""

    url: str
    program: Program

    def is_ready(self) -> bool:
        """Tell whether it answers, with rules and with the store."""
        try:
            with _direct.open(f"{self.url}/readyz", timeout=1) as response:
                return b'"store"' not in response.read()
        except OSError:
            return False


class Site(Struct, frozen=True):
    """What runs."""

    url: str
    """Of nginx."""
    key: str
    """The server key."""
    folder: Path
    nodes: tuple[Node, ...]
    store: Store
    nginx: Program


@contextmanager
def running(folder: Path, port: int, networks: Sequence[Network], replicas: int = 0) -> Iterator[Site]:
    """Start everything on the rules of this folder, and stop it at the end.

    `folder`: where everything is written, but for the keys emptied first; `port`: of nginx, where that is free;
    `networks`: of each server of the store; `replicas`: how many of the store must have confirmed what is written.
    """
    for program, package in (("redis-server", "redis-server"), ("redis-cli", "redis-tools"), ("nginx", "nginx-light")):
        installed(program, package)
    with ExitStack() as stack:
        work, keys = stack.enter_context(_prepared(folder))
        store = Store(work, networks)
        stack.callback(store.kill)
        store.start()
        store.form()
        settings = {**keys, "OMO_STORE": store.url, "OMO_STORE_REPLICAS": str(replicas)}
        nodes = tuple(_node(number, work, wanted, settings) for number, wanted in enumerate(NODES, 1))
        for node in nodes:
            stack.callback(node.program.stop)
            node.program.start()
        for node in nodes:
            wait_for(node.is_ready, node.program.name, node.program)
        nginx, url = _nginx(work, port, nodes)
        stack.callback(nginx.stop)
        nginx.start()
        wait_for(lambda: _answers(f"{url}/readyz"), nginx.name, nginx)
        yield Site(url, keys["OMO_KEY"], work, nodes, store, nginx)


@contextmanager
def _prepared(folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """Return an empty folder to write to, and the keys; keep a second one out.

    Raises ClusterError where this is the second, or the files are somebody else's.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise ClusterError(f"{folder}: {error.strerror}; {_ANOTHER}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            keys = {"OMO_KEY": _kept(folder / "key"), "OMO_HASH_KEY": _kept(folder / "hash-key")}
            work = _emptied(folder / "run")
        except OSError as error:
            raise ClusterError(
                f"{folder} は使えません / is in use or not yours ({error.strerror}); {_ANOTHER}"
            ) from error
        yield work, keys


def _emptied(folder: Path) -> Path:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    return folder


def _kept(path: Path) -> str:
    """Return a key that all nodes share: made at the first start, for nobody else to read."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text()


def _node(number: int, folder: Path, wanted: int, settings: Mapping[str, str]) -> Node:
    name, port = f"node-{number}", free_port(wanted)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "omotenashi",
        "serve",
        "--rules",
        HERE / "rules",
        "--port",
        str(port),
    ]
    command += ["--data", folder / name, "--trusted-proxies", "127.0.0.1/32"]
    return Node(f"http://127.0.0.1:{port}", Program(name, command, folder / f"{name}.log", settings))


def _nginx(folder: Path, port: int, nodes: tuple[Node, ...]) -> tuple[Program, str]:
    """Return nginx in front of the nodes, and its address."""
    url = f"http://127.0.0.1:{free_port(port)}"
    chosen = {str(FRONT): url, **{str(usual): node.url for usual, node in zip(NODES, nodes, strict=True)}}
    text = (HERE / "nginx.conf").read_text()
    text = re.sub(r"127\.0\.0\.1:(\d+)", lambda found: chosen[found[1]].removeprefix("http://"), text)
    (folder / "nginx.conf").write_text(text)
    (folder / "tmp").mkdir()
    user = "user root;" if os.geteuid() == 0 else ""  # else its workers may not write here
    command = [installed("nginx", "nginx-light"), "-p", f"{folder}/", "-c", "nginx.conf", "-e", "nginx.log"]
    return Program("nginx", [*command, "-g", f"daemon off; {user}"], folder / "nginx.log"), url


def _answers(url: str) -> bool:
    try:
        _direct.open(url, timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True

"""Start the cluster, say what to try, and stop everything on Ctrl-C. `--check` asks it once and exits."""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import time
from collections.abc import Sequence

from examples.cluster.network import Loopback
from examples.cluster.processes import ClusterError
from examples.cluster.script import arguments, done, say
from examples.cluster.site import Site, running
from examples.cluster.store import SERVERS

WELCOME = """\

2台のノードが nginx のうしろで答えています / Two nodes behind nginx:   {url}

ためしてみてください / Things to try
  1. {decide}
     3回までのお知らせ。どのノードが答えても、合わせて3回 / shown three times, whichever node answers
     (-i を付けると X-Node: どのノードが答えたか / which node answered)
  2. {include}
     SSI と同じ呼び方 / as SSI calls it; 204: もとのまま / keeps the original. 3回見ると変わります / changes after three views
  3. kill {node_pid}
     ノードを1台止めて 1. をもう一度 / stop a node, and ask again
  4. {state}
     Redis Cluster の様子 / how the Cluster is

ルール / Rules:   examples/cluster/rules/ を書きかえると、2台とも読みなおします / edit them: both nodes take them up
ログ / Logs:      {logs}/*.log
壊してみる / Break it:   examples/cluster/break (これを終えてから / once this is stopped)

Ctrl-C で終わります / stops everything.
"""


def main(given: Sequence[str]) -> int:
    """Run the cluster as the command line says; return the exit code."""
    parser = arguments(
        "run", "Two Omotenashi nodes behind nginx on a Redis Cluster of three masters and three replicas."
    )
    parser.add_argument("--check", action="store_true", help="start, run the first thing to try once, and exit")
    return done(_run, parser, given)


def _run(options: argparse.Namespace) -> int:
    say("起動しています / starting …")
    with running(options.folder, options.port, [Loopback()] * SERVERS) as site:
        _check(site) if options.check else _welcome(site)
    return 0


def decide_line(site: Site) -> list[str]:
    """Return the command that asks for a decision through nginx."""
    body = {
        "blocks": ["welcome_back", "notice"],
        "visitor": {"id": "visitor-0123456789", "consent": ["personalization"]},
        "page": {"url": "https://shop.example/running/"},
    }
    data = json.dumps(body, separators=(",", ":"))
    return ["curl", "-s", "-H", f"Authorization: Bearer {site.key}", "-d", data, f"{site.url}/v1/decide"]


def _welcome(site: Site) -> None:
    cookie = "Cookie: omo_consent=personalization; omo_vid=visitor-0123456789"
    page = "page=/running/"
    first = site.store.servers[0]
    values = {
        "url": site.url,
        "decide": shlex.join(decide_line(site)),
        "include": shlex.join(["curl", "-i", "-H", cookie, f"{site.url}/v1/block/welcome_back?{page}"]),
        "node_pid": f"{site.nodes[0].program.pid}",
        "state": f"redis-cli -h {first.address} -p {first.port} cluster nodes",
        "logs": site.folder,
    }
    say(WELCOME.format(**values))
    while True:
        site.nginx.require_alive()
        time.sleep(0.5)


def _check(site: Site) -> None:
    """Run the first thing to try."""
    asked = subprocess.run(decide_line(site), capture_output=True, text=True, check=False)  # noqa: S603 our own line
    if '"notice"' not in asked.stdout:
        raise ClusterError(f"nginx: {asked.stdout}{asked.stderr}")
    say(f"ok {site.url}/v1/decide")

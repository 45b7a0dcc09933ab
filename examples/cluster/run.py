"""Start the cluster, say what to try, and stop everything on Ctrl-C. `--check` asks it once and exits."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from examples.cluster.network import Loopback
from examples.cluster.processes import ROOT, ClusterError
from examples.cluster.site import FRONT, Site, running
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


def main() -> int:
    """Run the cluster; return the exit code."""
    parser = arguments("Two Omotenashi nodes behind nginx on a Redis Cluster of three masters and three replicas.")
    parser.add_argument("--check", action="store_true", help="start, run the first thing to try once, and exit")
    options = parser.parse_args()
    stop_as_ctrl_c()
    try:
        say("起動しています / starting …")
        with running(options.folder, options.port, [Loopback()] * SERVERS) as site:
            _check(site) if options.check else _welcome(site)
    except ClusterError as error:
        sys.stderr.write(f"cluster: {error}\n")
        return 1
    except KeyboardInterrupt:
        say("\n終わりました / stopped")
    return 0


def arguments(description: str) -> argparse.ArgumentParser:
    """Return what both scripts understand."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=FRONT, help=f"of nginx, if it is free ({FRONT})")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var" / "cluster", help="where everything is written (var/cluster)"
    )
    return parser


def stop_as_ctrl_c() -> None:
    """Let SIGTERM and SIGHUP stop everything, too, and SIGINT where a script started this in the background."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, interrupt)


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


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
    done = subprocess.run(decide_line(site), capture_output=True, text=True, check=False)  # noqa: S603 our own line
    if '"notice"' not in done.stdout:
        raise ClusterError(f"nginx: {done.stdout}{done.stderr}")
    say(f"ok {site.url}/v1/decide")


if __name__ == "__main__":
    sys.exit(main())

"""The demo: starts the service and the shop, says what to try, stops both on Ctrl-C.

`--check` starts both, fetches the home page once, and exits with 0 when the service had a say in it.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RULES = "rules"
DATA = "var/demo"
_NEEDED = ("httpx", "jinja2", "jwt", "msgspec", "starlette", "uvicorn", "omotenashi")
_PATIENCE_SECONDS = 20
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

WELCOME = """\

かけっこ堂を開きました / The shop is open:   {shop}/

ためしてみてください / Things to try  (ページの下の「だれかになってみる」で / in the strip at the foot of each page)
  1. {shop}/            Yahoo! JAPAN で「マラソン シューズ」→ いちばん上の絵が変わる / arrive with a keyword: another hero
  2. {shop}/            大阪府・北海道へ移る → 店のご案内が変わる / move to another prefecture: another store
  3. {shop}/            「はじめから」のあと「はい」と答え、靴を3足見る → 4回めの表示からは、しつこくしない / start over, then say yes, look at three shoes; shown 3 times
  4. {shop}/member/     2つのブラウザで佐藤さんになる → 履歴はひとつ / log in as 佐藤 in two browsers: one history
  5. {shop}/            「1時間前に靴を入れたことにする」→ カートのお知らせ / a cart left for an hour: a reminder
  6. {shop}/            「いいえ」を押す → 履歴が消える / press "no": the history is gone
  7. {shop}/omo/why     なぜこの表示？ページの下からも / why do I see this? also linked from the foot of each page
  8. rules/home.yaml を書きかえて、ページを読みなおす / edit the file and reload the page: no restart

Ctrl-C で終わります / stops both.
"""


class DemoError(Exception):
    """Something that the demo cannot go on without, in one line."""


def main() -> int:
    """Run the demo until Ctrl-C, or once with `--check`; return the exit code."""
    parser = argparse.ArgumentParser(description="The service and the sample shop together.")
    parser.add_argument("--check", action="store_true", help="start, fetch the home page once, and exit")
    arguments = parser.parse_args()
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _as_ctrl_c)
    try:
        _require_tools()
        with _running() as (shop_url, children):
            _check_home_page(shop_url) if arguments.check else _welcome(shop_url, children)
    except DemoError as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1
    except KeyboardInterrupt:
        _say("\n閉店しました / closed")
    return 0


def _require_tools() -> None:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise DemoError(f"{', '.join(missing)} がありません。make demo で用意します / missing; run: make demo")
    if not _omo().exists():
        raise DemoError(f"{_omo()} がありません。pip install -e . が必要です / missing; run: make demo")


def _omo() -> Path:
    return Path(sys.executable).with_name("omo")


@contextlib.contextmanager
def _running() -> Iterator[tuple[str, Mapping[str, subprocess.Popen[bytes]]]]:
    """Start the service, then the shop; yield the shop's address; stop both, the shop first."""
    (ROOT / DATA).mkdir(parents=True, exist_ok=True)
    omo_port, shop_port = _free_port(8700), _free_port(8701)
    omo_url, shop_url = f"http://127.0.0.1:{omo_port}", f"http://127.0.0.1:{shop_port}"
    keys = {"OMO_KEY": secrets.token_urlsafe(32), "OMO_MEMBER_KEY": f"demo:{secrets.token_urlsafe(32)}"}
    serve: list[str | Path] = [_omo(), "serve", "--rules", RULES, "--port", str(omo_port), "--data", DATA]
    with contextlib.ExitStack() as stack:
        service = stack.enter_context(_child(serve, keys))
        _wait_for(f"{omo_url}/readyz", "omo serve", service)
        environment = {"OMO_URL": omo_url, "SHOP_PORT": str(shop_port), **keys}
        shop = stack.enter_context(_child([sys.executable, HERE / "shop.py"], environment))
        _wait_for(f"{shop_url}/static/icon.svg", "shop.py", shop)
        yield shop_url, {"omo serve": service, "shop.py": shop}


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with contextlib.closing(socket.socket()) as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise DemoError("空いているポートがありません / no free port")


@contextlib.contextmanager
def _child(command: Sequence[str | Path], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a session of its own, so that Ctrl-C reaches this process alone and the order is ours."""
    arguments = [str(part) for part in command]
    settings = {**os.environ, **environment}
    process = subprocess.Popen(arguments, cwd=ROOT, env=settings, start_new_session=True)  # noqa: S603 our own programs
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(url: str, name: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        _require_alive(name, process)
        if _answers(url):
            return
        time.sleep(0.05)
    raise DemoError(f"{name} が {_PATIENCE_SECONDS} 秒たっても始まりません / did not start in {_PATIENCE_SECONDS} s")


def _answers(url: str) -> bool:
    try:
        _direct.open(url, timeout=1).close()
    except urllib.error.HTTPError:
        return True  # rules that cannot be served: the service says so itself, and the shop shows its own content
    except OSError:
        return False
    return True


def _require_alive(name: str, process: subprocess.Popen[bytes]) -> None:
    if (code := process.poll()) is not None:
        raise DemoError(f"{name} が止まりました(終了コード {code}) / has stopped (exit code {code})")


def _check_home_page(shop_url: str) -> None:
    try:
        with _direct.open(f"{shop_url}/", timeout=10) as response:
            page = response.read().decode()
    except OSError as error:
        raise DemoError(f"トップページが開きません / the home page does not open: {error}") from error
    if "かけっこ堂" not in page or 'class="somebody__bad"' in page:
        raise DemoError("トップページにサービスの答えがありません / the home page shows no answer of the service")
    _say(f"ok {shop_url}/")


def _welcome(shop_url: str, children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    _say(WELCOME.format(shop=shop_url))
    while True:
        for name, process in children.items():
            _require_alive(name, process)
        time.sleep(0.5)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _as_ctrl_c(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

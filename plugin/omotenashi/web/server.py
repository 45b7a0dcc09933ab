"""uvicorn, with a protocol class of our own."""

from __future__ import annotations

import socket
import sys
from functools import partial

import uvicorn
from uvicorn.supervisors import Multiprocess

from omotenashi.model.errors import SettingsError
from omotenashi.settings import Settings
from omotenashi.web.build import build_app
from omotenashi.web.direct import Protocol

_DRAIN = 8
"""Seconds that requests under way have to finish after SIGTERM."""
_BACKLOG = 2048
_IDLE = 75
"""Seconds that a connection waits for its next request: longer than proxies keep theirs (nginx and AWS 60), so that none is
closed just when a request is sent on it."""
_MOST_CONNECTIONS = 4096
"""Of one process; each may hold some 80 KB of a request that did not come as a whole."""
_OTHER_FILES = 256
"""That are open beside connections: the store's, rules, contents that are fetched."""


def run(settings: Settings, key: str, listener: socket.socket) -> None:
    """Serve until stopped."""
    config = uvicorn.Config(
        partial(build_app, settings, key),
        factory=True,
        http=Protocol,
        ws="none",
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_DRAIN,
        limit_concurrency=_room_for_connections(),
        workers=settings.workers,
    )
    if settings.workers > 1:
        _Workers(config, sockets=[listener]).run()
    else:
        uvicorn.Server(config).run(sockets=[listener])


class _Workers(Multiprocess):
    """Several processes that serve."""

    def terminate_all(self) -> None:
        """Close the listener here, too: workers that end close theirs, and who connects then would wait for nobody."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raises SettingsError that says why there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        why = getattr(error, "strerror", error)
        raise SettingsError(f"cannot listen on {host}:{port}: {why}; name another port with --port") from error
    listener.set_inheritable(True)
    return listener


def _room_for_connections() -> int:
    """Return how many connections a process may have at once; the limit of its open files is raised as far as it may be."""
    if sys.platform == "win32":
        return _MOST_CONNECTIONS
    import resource  # noqa: PLC0415 Windows has none

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft, hard = (sys.maxsize if one == resource.RLIM_INFINITY else one for one in limits)
    files = min(_MOST_CONNECTIONS + _OTHER_FILES, hard)
    if soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, limits[1]))
    return max(files - _OTHER_FILES, files // 2)

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
        timeout_graceful_shutdown=_DRAIN,
        workers=settings.workers,
    )
    if settings.workers > 1:
        Multiprocess(config, sockets=[listener]).run()
    else:
        uvicorn.Server(config).run(sockets=[listener])


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
        raise SettingsError(f"cannot listen on {host}:{port}: {getattr(error, 'strerror', error)}") from error
    listener.set_inheritable(True)
    return listener

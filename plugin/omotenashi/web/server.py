"""uvicorn with a protocol class of our own: malformed HTTP is answered with an empty body, and headers are limited."""

from __future__ import annotations

import socket
import sys
from functools import partial
from typing import Any

import uvicorn
from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess

from omotenashi.model.errors import SettingsError
from omotenashi.settings import Settings
from omotenashi.web.build import build_app

LARGEST_HEAD = 16_384
"""Bytes of request line and headers."""
MOST_HEADERS = 100
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


class Protocol(HttpToolsProtocol):
    """uvicorn's own text for malformed requests would land in a page that includes the answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 uvicorn's own
        super().__init__(*args, **kwargs)
        self._in_head = False
        self._head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and count what comes of a head that does not end."""
        began_before = self._in_head
        super().data_received(data)
        if self._in_head and began_before:
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD:
                self.send_400_response("")

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers of a chunked body are no headers (RFC 9110, section 6.5)."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Refuse what is too large; httptools has no limits of its own."""
        self._in_head = False
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > LARGEST_HEAD or len(self.headers) > MOST_HEADERS:
            raise HttpParserError("the headers are too large")
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer with an empty body and close."""
        del msg
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()

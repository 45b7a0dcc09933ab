"""Downloading a content: the address is checked and connected to, size and time are bounded."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from email.message import Message

import httpx

from omotenashi.content.fetch import Fetched, FetchFailed
from omotenashi.content.upstreams import Upstream

LARGEST_FRAGMENT = 262_144
"""Bytes."""
FRESH, LONGEST_FRESH = 60.0, 3600.0
"""Seconds for which a content is fresh where the upstream does not say, and at most."""
_PATIENCE = 5.0
"""Seconds for a whole fetch: it is made beside the requests, which wait less."""
_COMMENT_DIRECTIVE = re.compile("<!--(?=#|esi)", re.IGNORECASE)
_TAG_DIRECTIVE = re.compile(r"<(?=/?esi:|\?)", re.IGNORECASE)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=\"?(\d{1,9})")
_CHARSETS = {"shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932"}
"""What pages that say so are really written in."""
_HEADERS = {"accept": "text/html", "accept-encoding": "identity", "user-agent": "Omotenashi"}


class Downloads:
    """Downloads contents. One for each process."""

    def __init__(self) -> None:
        self._transport = _transport()

    async def fetched(self, url: str, upstream: Upstream) -> Fetched:
        """Return the content of a URL of an upstream; raises FetchFailed."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await _fetched(self._transport, httpx.URL(url), upstream)
        except TimeoutError as error:
            raise FetchFailed("it took too long", of_host=True) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise FetchFailed(f"{type(error).__name__}: {error}", of_host=True) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


def _transport() -> httpx.AsyncHTTPTransport:
    """No cookies, no redirects, no proxies, a connection for each fetch. Made ahead: certificates take a while."""
    return httpx.AsyncHTTPTransport(
        verify=ssl.create_default_context(),
        trust_env=False,
        limits=httpx.Limits(max_connections=20, max_keepalive_connections=0),
    )


async def _fetched(transport: httpx.AsyncHTTPTransport, url: httpx.URL, upstream: Upstream) -> Fetched:
    host = url.raw_host.decode("ascii")
    if (host, url.port) != (upstream.host, upstream.port):
        raise FetchFailed("its host is not written plainly")
    request = httpx.Request(
        "GET",
        url.copy_with(host=await _address(url, upstream)),
        headers={**_HEADERS, "host": url.netloc.decode("ascii")},
        extensions={"sni_hostname": host, "timeout": httpx.Timeout(_PATIENCE).as_dict()},
    )
    answer = await transport.handle_async_request(request)
    try:
        return await _content(answer)
    finally:
        await answer.aclose()


async def _address(url: httpx.URL, upstream: Upstream) -> str:
    """Return the address to connect to: the first of the host's that is admitted."""
    port = url.port or (443 if url.scheme == "https" else 80)
    host = url.raw_host.decode("ascii")
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    address = next((one for entry in found if upstream.admits(one := str(entry[4][0]))), None)
    if address is None:
        raise FetchFailed(f"{host} lies at an address that is not public; allow it with upstreams: {host}=NETWORK")
    return address


async def _content(answer: httpx.Response) -> Fetched:
    if answer.status_code != httpx.codes.OK:
        raise FetchFailed(f"it answered {answer.status_code}", of_host=answer.is_server_error)
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise FetchFailed("it answered compressed, which was not asked for")
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > LARGEST_FRAGMENT:
            raise FetchFailed(f"it is larger than {LARGEST_FRAGMENT // 1024} KB")
    return Fetched(neutralised(_decoded(bytes(body), answer)), _fresh(answer.headers.get("cache-control", "")))


def _decoded(body: bytes, answer: httpx.Response) -> str:
    said = Message()
    said["content-type"] = answer.headers.get("content-type", "")
    if said.get_content_type() != "text/html" or "content-type" not in answer.headers:
        raise FetchFailed(f"it is {said['content-type'] or 'of no type'}, not text/html")
    charset = str(said.get_content_charset() or "utf-8")
    try:
        return body.decode(_CHARSETS.get(charset, charset)).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise FetchFailed(f"it is not in {charset}, as it says") from error


def neutralised(html: str) -> str:
    """Return HTML in which no include directive (SSI, ESI, <?…) is left that a proxy or server would carry out."""
    return _TAG_DIRECTIVE.sub("&lt;", _COMMENT_DIRECTIVE.sub("<!-- ", html))


def _fresh(cache_control: str) -> float:
    found = _MAX_AGE.search(cache_control.lower())
    return min(max(float(found[1]), 1.0), LONGEST_FRESH) if found else FRESH

"""The service's own pages for visitors, such as /omo/why, on the shop's own origin: what is handed on, and back.

A web server does this with one line, such as `location /omo/ { proxy_pass … }`.
"""

from __future__ import annotations

import re

import httpx
from starlette.requests import Request
from starlette.responses import Response

from omo_client import OmoClient

_PATH = re.compile(r"/omo/[a-z0-9_-]+(?:[./][a-z0-9_-]+)*")
_LARGEST_BODY = 65_536
_ON = {
    *("host", "cookie", "accept", "accept-language", "user-agent", "content-type", "origin", "referer"),
    *("sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-ch-ua-mobile", "sec-gpc", "sec-purpose"),
}
"""What the service needs, the browser's Host too: Origin is compared with it. Never the server key, never X-Omo-…."""
_NOT_BACK = {"connection", "content-encoding", "content-length", "date", "keep-alive", "server", "transfer-encoding"}


async def hand_on(request: Request, omo: OmoClient) -> Response:
    """Return the service's answer to a browser's request below /omo/."""
    if not _PATH.fullmatch(request.url.path):
        return Response(status_code=404)
    body = await request.body()
    if len(body) > _LARGEST_BODY:
        return Response(status_code=413)
    headers = [(name, value) for name, value in request.headers.items() if name in _ON]
    if request.client:
        headers.append(("x-forwarded-for", request.client.host))
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    try:
        answered = await omo.hand_on(request.method, target, headers, body)
    except httpx.HTTPError:
        return Response("いまは開けません。すこしあとで、もう一度どうぞ。/ Not now, please try again later.", 502)
    return _back(answered)


def _back(answered: httpx.Response) -> Response:
    response = Response(answered.content, answered.status_code)
    for name, value in answered.headers.multi_items():
        if name not in _NOT_BACK:
            response.headers.append(name, value)
    return response

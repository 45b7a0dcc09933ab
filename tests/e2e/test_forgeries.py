"""Forged headers and tokens over real HTTP, at the service itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.conftest import KEY, MEMBER_SECRET, SITE
from tests.e2e.conftest import Start
from tests.forged import BODIES, HEADERS, OSAKA, OTHER, OTHER_KEY, Headers, good_token, tokens

pytestmark = pytest.mark.e2e
BLOCKS = ["hero", "store_info", "greeting", "notice"]
MEMBER = "<p>お客様</p>"


@pytest.fixture
def client(
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
    write_mmdb: Callable[..., Path],
) -> Iterator[httpx.Client]:
    """A visitor who is no trusted proxy, at an address that is nowhere; somebody else has a history."""
    places = write_mmdb({"133.1.0.0/16": {"country": {"iso_code": "JP"}, "subdivisions": [{"iso_code": "27"}]}})
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # what would make uvicorn believe everybody
    monkeypatch.setenv("OMO_MEMBER_KEY", f"k1:{MEMBER_SECRET},k2:{OTHER_KEY}")
    server = start(SITE, "--trusted-proxies", "10.0.0.0/8", "--deadline", "1000", "--mmdb", str(places))
    for number in range(3):
        page = {"url": f"/running/{number}"}
        server.decide(blocks=BLOCKS, page=page, visitor={"id": OTHER, "consent": ["personalization"]})
    with httpx.Client(base_url=server.url) as client:
        yield client


def shown(client: httpx.Client, headers: Headers, body: dict[str, object] | None = None) -> list[tuple[int, str]]:
    asked = [client.post("/v1/decide", json={"blocks": BLOCKS, **(body or {})}, headers=headers)]
    asked += [client.get(f"/v1/block/{block}", headers=headers) for block in BLOCKS]
    return [(response.status_code, response.text) for response in asked]


def test_no_forged_header_changes_what_is_shown(client: httpx.Client) -> None:
    honest = shown(client, [])
    assert [forged for forged in HEADERS if shown(client, forged) != honest] == []


def test_no_forged_body_changes_what_is_shown(client: httpx.Client) -> None:
    honest = shown(client, [])
    assert [body for body in BODIES if shown(client, [], body) != honest] == []


def test_no_forged_token_makes_a_member_and_a_good_one_does(client: httpx.Client) -> None:
    honest = shown(client, [])
    assert [what for what, token in tokens().items() if shown(client, cookie(token)) != honest] == []
    assert [what for what, token in tokens().items() if shown(client, [], {"member_token": token}) != honest] == []
    assert (200, MEMBER) in shown(client, cookie(good_token()))


def test_the_key_may_state_the_address_that_others_forge(client: httpx.Client) -> None:
    body = {"blocks": BLOCKS, "client": {"ip": OSAKA}}
    answer = client.post("/v1/decide", json=body, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.json()["blocks"]["store_info"]["rule"] == "大阪"


def cookie(token: str) -> Headers:
    return [(b"Cookie", f"omo_member={token}".encode())]

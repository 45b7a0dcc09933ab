"""What the examples sign is believed: in a body and in a cookie, in PHP and in Python."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import KEY, MEMBER_SECRET, Connect
from tests.e2e.conftest import ROOT, installed

from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.signals.member import BadToken, from_token
from omotenashi.signals.member_keys import MemberKeys

pytestmark = pytest.mark.anyio
FOLDER = ROOT / "examples" / "member-token"
ATTRIBUTES = '{"rank": "ゴールド", "last_name": "佐藤"}'
GREETING = "<p>佐藤様</p>"
NEW = "k2:" + "another-secret-of-32-bytes-or-more-0"


@pytest.fixture(params=["sign.py", "sign.php"])
def program(request: pytest.FixtureRequest) -> list[str]:
    runs = sys.executable if request.param == "sign.py" else installed("php", "php-cli")
    return [runs, str(FOLDER / request.param)]


def signed(program: list[str], *words: str, keys: str = f"k1:{MEMBER_SECRET}") -> str:
    run = subprocess.run(
        [*program, *words], env={**os.environ, "OMO_MEMBER_KEY": keys}, capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
    return run.stdout.strip()


async def test_a_token_in_a_body_is_believed(program: list[str], connect: Connect) -> None:
    body = {"blocks": ["greeting"], "member_token": signed(program, "u1", ATTRIBUTES)}
    async with connect() as client:
        browser = await client.post("/v1/decide", json=body)
        assert browser.json() == {"blocks": {"greeting": {"html": GREETING}}}
        cms = await client.post("/v1/decide", json=body, headers={"Authorization": f"Bearer {KEY}"})
        assert cms.json()["blocks"]["greeting"]["rule"] == "ゴールド会員"


async def test_a_token_in_a_cookie_is_believed(program: list[str], connect: Connect) -> None:
    token = signed(program, "u1", ATTRIBUTES, "--cookie")
    async with connect() as client:
        included = await client.get("/v1/block/greeting", headers={"Cookie": f"a=b; omo_member={token}"})
        assert included.text == GREETING


async def test_a_token_for_a_cookie_lives_too_long_for_a_body(program: list[str], connect: Connect) -> None:
    token = signed(program, "u1", ATTRIBUTES, "--cookie")
    async with connect() as client:
        answer = await client.post("/v1/decide", json={"blocks": ["greeting"], "member_token": token})
        assert answer.json() == {"blocks": {}}


async def test_keys_are_changed_without_anybody_being_logged_out(program: list[str]) -> None:
    site = SiteFacts(attributes={"rank": Attribute("rank", "text")})
    old, new = f"k1:{MEMBER_SECRET}", NEW
    before, after = signed(program, "u1"), signed(program, "u1", keys=new)
    both = MemberKeys.parse(f"{old},{new}")
    assert [from_token(one, both, site, time.time(), in_cookie=True).id for one in (before, after)] == ["u1", "u1"]
    with pytest.raises(BadToken, match="unknown_key"):
        from_token(before, MemberKeys.parse(new), site, time.time(), in_cookie=True)


async def test_the_first_of_several_keys_signs(program: list[str]) -> None:
    token = signed(program, "u1", keys=f"{NEW},k1:{MEMBER_SECRET}")
    assert from_token(token, MemberKeys.parse(NEW), SiteFacts(), time.time(), in_cookie=False).id == "u1"


@pytest.mark.parametrize("keys", ["", "k1", "k1:", "k1:" + "x" * 31, "k1:@/etc/omotenashi/member-public-key.pem"])
def test_without_a_secret_nothing_is_signed_and_the_caller_can_catch_it(program: list[str], keys: str) -> None:
    catch = {
        "sign.py": "import sign\ntry: sign.member_token('u1', {})\nexcept RuntimeError as error: print(error)",
        "sign.php": "require 'sign.php'; try { omo_member_token('u1', []); }"
        " catch (RuntimeException $error) { echo $error->getMessage(); }",
    }[Path(program[1]).name]
    run = subprocess.run(
        [program[0], "-c" if program[1].endswith(".py") else "-r", catch],
        cwd=FOLDER, env={**os.environ, "OMO_MEMBER_KEY": keys}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = "OMO_MEMBER_KEY has no secret of 32 bytes: omo token --new-key makes one"
    assert (run.stdout.strip(), run.stderr, run.returncode) == (said, "", 0)

"""`omo token`: what it prints is what the service believes."""

from __future__ import annotations

import json
import re
import shlex
import time
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from omotenashi.cli import main, make_parser
from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.model.visitor import Member
from omotenashi.signals.member import BadToken, from_token
from omotenashi.signals.member_keys import MemberKeys

SECRET, OTHER = "s" * 32, "o" * 32
KEYS = f"k1:{SECRET},k2:{OTHER}"
SITE = SiteFacts(attributes={"rank": Attribute("rank", "choice", values=("一般", "ゴールド"))})
FOLDER = """version: 1
attributes:
  rank: {label: ランク, type: choice, values: [一般, ゴールド]}
  points: {type: number}
  likes: {type: list}
  pregnant: {type: yes_no, sensitive: true}
"""


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMO_MEMBER_KEY", KEYS)
    monkeypatch.setenv("LANG", "C")


def made(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """Return the token that a command line prints, and nothing else."""
    assert main(["token", *words]) == code
    out: str = capsys.readouterr().out
    assert out.count("\n") == 1
    return out.strip()


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["token", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return str(said.err)


def believed(token: str, *, in_cookie: bool = False, keys: str = KEYS) -> Member:
    return from_token(token, MemberKeys.parse(keys), SITE, time.time(), in_cookie=in_cookie)


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def test_a_token_is_believed_in_a_body(capsys: pytest.CaptureFixture[str]) -> None:
    token = made(capsys, "--member", "u1", "--attr", "rank=ゴールド")
    assert believed(token) == Member("u1", {"rank": "ゴールド"})
    assert claims(token)["exp"] - claims(token)["iat"] == 300


def test_a_token_for_a_cookie_lives_12_hours_and_is_not_believed_in_a_body(capsys: pytest.CaptureFixture[str]) -> None:
    token = made(capsys, "--member", "u1", "--cookie")
    assert believed(token, in_cookie=True).id == "u1"
    assert claims(token)["exp"] - claims(token)["iat"] == 12 * 3600
    with pytest.raises(BadToken, match="life_too_long"):
        believed(token)


@pytest.mark.parametrize(("life", "seconds"), [("90s", 90), ("2m", 120)])
def test_the_life_may_be_shorter(life: str, seconds: int, capsys: pytest.CaptureFixture[str]) -> None:
    found = claims(made(capsys, "--member", "u1", "--life", life))
    assert found["exp"] - found["iat"] == seconds


def test_the_key_may_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert believed(made(capsys, "--member", "u1", "--kid", "k2"), keys=f"k2:{OTHER}").id == "u1"


def test_an_attribute_that_is_given_again_is_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    found = claims(made(capsys, "--member", "u1", "--attr", "likes=a", "--attr", "likes=b", "--attr", "x=a=b"))
    assert (found["likes"], found["x"]) == (["a", "b"], "a=b")


def test_attributes_are_read_as_the_site_declares_them(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(FOLDER)
    found = claims(made(capsys, "--member", "u1", "--rules", str(tmp_path), "--attr", "likes=a、b"))
    assert found["likes"] == ["a", "b"]


@pytest.mark.parametrize(
    ("attribute", "says"),
    [
        ("rnak=一般", "warning: rnak is not declared; did you mean rank?"),
        ("shoe=27", "warning: shoe is not declared; declare it under attributes in site.yaml"),
        ("rank=王様", "warning: rank is dropped: it is no choice: 一般, ゴールド"),
        ("points=many", "warning: points is dropped: it is no number"),
        ("pregnant=yes", "warning: pregnant is sensitive and dropped in a cookie; send it in a body (--body)"),
    ],
)
def test_what_the_service_would_drop_is_warned_of(
    attribute: str, says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "site.yaml").write_text(FOLDER)
    words = ["token", "--member", "u1", "--cookie", "--rules", str(tmp_path), "--lang", "en", "--attr", attribute]
    assert main(words) == 0
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--life", "6m"], "--life: 6m is too long; at most 5m in a body, 12h in a cookie (--cookie)"),
        (["--life", "13h", "--cookie"], "--life: 13h is too long"),
        (["--life", "soon"], "--life: 'soon' is not a span; write such as 90s, 5m or 12h"),
        (["--life", "0m"], "--life: '0m' is not a span"),
        (["--attr", "rank"], "--attr: 'rank' is not of the form NAME=VALUE, such as rank=gold"),
        (["--attr", "exp=9"], "--attr: exp is the token's own, and no name of an attribute"),
        (["--member", ""], "--member: write the member's id"),
        (["--kid", "k9"], "--kid: there is no k9 in OMO_MEMBER_KEY; there is k1, k2"),
        (["--key-file", "private.pem"], "--key-file needs --kid, too"),
    ],
)
def test_a_wrong_word_is_told_with_what_to_write(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in refused(capsys, "--member", "u1", *words)


def test_without_a_key_it_says_how_to_make_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMO_MEMBER_KEY")
    assert "make a key with omo token --new-key" in refused(capsys, "--member", "u1")
    assert "omo token --new-key で鍵を作り" in refused(capsys, "--member", "u1", "--lang", "ja")


def test_a_new_key_is_a_line_for_the_setting(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line, second = made(capsys, "--new-key"), made(capsys, "--new-key", "--kid", "k3")
    assert line != second
    assert second.startswith("k3:")
    monkeypatch.setenv("OMO_MEMBER_KEY", f"{second},{line}")
    token = made(capsys, "--member", "u1")
    assert believed(token, keys=f"{second},{line}").id == "u1"
    assert MemberKeys.parse(f"{second},{line}").kids()[0] == "k3"


def test_ed25519_signs_with_the_private_keys_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    private, public = key_files(tmp_path)
    monkeypatch.setenv("OMO_MEMBER_KEY", f"ed:@{public}")
    token = made(capsys, "--member", "u1", "--key-file", str(private))
    assert believed(token, keys=f"ed:@{public}").id == "u1"
    assert main(["token", "--member", "u1"]) == 1
    assert "ed is a public key, which signs nothing; name the private key's file" in capsys.readouterr().err


def test_a_token_that_the_service_would_refuse_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    private, _ = key_files(tmp_path)
    _, other = key_files(tmp_path)
    monkeypatch.setenv("OMO_MEMBER_KEY", f"ed:@{other}")
    private.write_bytes(pem(Ed25519PrivateKey.generate()))
    assert main(["token", "--member", "u1", "--key-file", str(private)]) == 1
    assert "warning: the service refuses this token (signature)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "says"), [(None, "cannot be read: No such file"), ("x", "holds no private key in PEM form")]
)
def test_a_wrong_key_file_is_told(
    text: str | None, says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / "private.pem").write_text(text)
    assert main(["token", "--member", "u1", "--key-file", "private.pem", "--kid", "ed"]) == 1
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("file", ["docs/visitors.md", "examples/member-token/README.md"])
def test_the_commands_of_the_documentation_are_understood(file: str) -> None:
    lines = re.findall(r"omo (token --[^#)`\n]+)", (Path(__file__).parents[1] / file).read_text())
    assert lines
    for line in lines:
        assert make_parser("token").parse_args(shlex.split(line))


def key_files(folder: Path) -> tuple[Path, Path]:
    private, public = folder / "private.pem", folder / "public.pem"
    key = Ed25519PrivateKey.generate()
    private.write_bytes(pem(key))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections import Counter
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from omotenashi.model.errors import SettingsError
from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.model.visitor import Member
from omotenashi.signals import member_keys
from omotenashi.signals.member import BadToken, from_statement, from_token
from omotenashi.signals.member_keys import MemberKeys

NOW = 1_800_000_000
SECRET, OTHER = "s" * 32, "o" * 32
SITE = SiteFacts(
    attributes={
        "rank": Attribute("rank", "choice", values=("一般", "ゴールド")),
        "pregnant": Attribute("pregnant", "yes_no", sensitive=True),
    }
)
KEYS = MemberKeys.parse(f"k1:{SECRET}")
TWO_KEYS = MemberKeys.parse(f"k1:{SECRET},k2:{OTHER}")


def token(
    claims: dict[str, Any] | None = None,
    secret: str | Ed25519PrivateKey = SECRET,
    kid: str | None = "k1",
    alg: str = "HS256",
) -> str:
    usual = {"sub": "u1", "aud": "omotenashi", "iat": NOW, "exp": NOW + 300}
    given = {name: value for name, value in {**usual, **(claims or {})}.items() if value is not None}
    return jwt.encode(given, secret, algorithm=alg, headers={"kid": kid} if kid else None)


def accepted(text: str, keys: MemberKeys = KEYS, now: float = NOW) -> Member:
    return from_token(text, keys, SITE, now, in_cookie=False)


def reason(text: str, keys: MemberKeys = KEYS, now: float = NOW, *, in_cookie: bool = False) -> str:
    with pytest.raises(BadToken) as refused:
        from_token(text, keys, SITE, now, in_cookie=in_cookie)
    return refused.value.reason


def test_a_token_states_the_member_and_the_attributes_beside_it() -> None:
    assert accepted(token({"rank": "ゴールド"})) == Member("u1", {"rank": "ゴールド"})


def test_two_keys_hold_at_once_so_that_they_can_be_changed() -> None:
    assert accepted(token(), TWO_KEYS).id == "u1"
    assert accepted(token(secret=OTHER, kid="k2"), TWO_KEYS).id == "u1"


def test_the_kid_may_be_missing_where_there_is_one_key() -> None:
    assert accepted(token(kid=None)).id == "u1"
    assert reason(token(kid=None), TWO_KEYS) == "unknown_key"


def test_a_token_of_a_key_that_is_gone_is_refused() -> None:
    assert reason(token(kid="k9")) == "unknown_key"


def test_a_token_that_somebody_else_signed_is_refused() -> None:
    assert reason(token(secret=OTHER)) == "signature"
    assert reason(token(secret=OTHER), TWO_KEYS) == "signature"


def test_a_token_without_a_signature_is_refused() -> None:
    assert reason(token(secret="", alg="none")) == "algorithm"


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_another_algorithm_is_refused_even_with_the_right_secret() -> None:
    assert reason(token(alg="HS512")) == "algorithm"


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "..", "あ.い.う", "\ud800.a.b"])
def test_what_is_no_token_is_refused(text: str) -> None:
    assert reason(text) == "malformed"


@pytest.mark.parametrize("name", ["exp", "iat", "aud"])
def test_a_claim_that_must_be_there_and_is_not(name: str) -> None:
    assert reason(token({name: None})) == "missing_claim"


def test_a_token_for_somebody_else_is_refused() -> None:
    assert reason(token({"aud": "shop"})) == "audience"


def test_a_token_lives_to_its_end_and_30_seconds_more() -> None:
    assert accepted(token(), now=NOW + 329).id == "u1"
    assert reason(token(), now=NOW + 330) == "expired"


def test_a_token_from_the_future_is_refused_but_for_30_seconds() -> None:
    assert accepted(token(), now=NOW - 30).id == "u1"
    assert reason(token(), now=NOW - 31) == "not_yet_valid"
    assert reason(token({"nbf": NOW + 60})) == "not_yet_valid"


def test_in_a_body_a_token_may_live_5_minutes() -> None:
    assert reason(token({"exp": NOW + 301})) == "life_too_long"


def test_in_a_cookie_a_token_may_live_12_hours() -> None:
    session = token({"exp": NOW + 12 * 3600})
    assert from_token(session, KEYS, SITE, NOW + 11 * 3600, in_cookie=True).id == "u1"
    assert reason(token({"exp": NOW + 12 * 3600 + 1}), in_cookie=True) == "life_too_long"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "soon", True, [1], 10**400])
def test_a_time_that_is_no_time_is_refused(value: object) -> None:
    assert reason(token({"exp": value})) == "malformed"


def test_a_token_that_ends_before_it_begins_is_refused() -> None:
    assert reason(token({"iat": NOW, "exp": NOW})) == "malformed"
    assert reason(token({"iat": NOW, "exp": NOW - 10})) == "malformed"


def test_what_was_verified_once_is_still_refused_when_it_is_over() -> None:
    text = token()
    assert accepted(text).id == "u1"
    assert reason(text, now=NOW + 1000) == "expired"
    assert accepted(text).id == "u1"


@pytest.mark.parametrize("audience", [["omotenashi"], ["shop", "omotenashi"]])
def test_a_token_may_be_for_several(audience: list[str]) -> None:
    assert accepted(token({"aud": audience})).id == "u1"


@pytest.mark.parametrize("audience", ["", "Omotenashi", "omotenashi ", [], ["shop"], ["omotenashi", 1], {"a": 1}, 5])
def test_an_audience_that_is_not_just_ours_by_name_is_refused(audience: object) -> None:
    assert reason(raw({"aud": audience})) in {"audience", "missing_claim"}


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
def test_a_time_as_text_is_refused(name: str) -> None:
    assert reason(raw({name: str(NOW + 100)})) == "malformed"


@pytest.mark.parametrize(("stated", "expected"), [("u1", "u1"), (4711, "4711"), ("会員1", "会員1")])
def test_the_subject_is_text_or_a_number(stated: object, expected: str) -> None:
    assert accepted(raw({"sub": stated})).id == expected


def test_without_a_subject_it_is_a_member_all_the_same() -> None:
    assert accepted(raw(b'{"aud":"omotenashi","iat":%d,"exp":%d}' % (NOW, NOW + 60))).id == ""


@pytest.mark.parametrize("stated", [["u1"], {"id": "u1"}, True, 1.5, 10**30, "\ud800", None, "", " \u3000"])
def test_a_subject_of_another_kind_or_without_a_name_is_refused(stated: object) -> None:
    assert reason(raw({"sub": stated})) == "malformed"


@pytest.mark.parametrize("extra", [{"crit": ["exp"]}, {"crit": []}, {"b64": False}, {"b64": True, "crit": ["b64"]}])
def test_an_extension_that_must_be_understood_is_refused(extra: dict[str, Any]) -> None:
    assert reason(raw({}, {"alg": "HS256", "kid": "k1", **extra})) == "malformed"


@pytest.mark.parametrize("kid", [5, ["k1"], {"k1": 1}, True, "", "K1", "k1 ", "../k1", "k1\x00"])
def test_a_kid_that_is_not_just_the_keys_name_is_refused(kid: object) -> None:
    assert reason(raw({}, {"alg": "HS256", "kid": kid})) in {"malformed", "unknown_key"}


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "hs256", "", "RS256", "ES256", "HS384", ["HS256"], None, 1])
def test_the_key_and_not_the_token_says_which_algorithm_it_is(alg: object) -> None:
    assert reason(raw({}, {"alg": alg, "kid": "k1"})) in {"algorithm", "malformed"}
    assert reason(raw({}, {"alg": alg, "kid": "k1"}, signature="")) in {"algorithm", "malformed"}


@pytest.mark.parametrize("header", [{}, {"kid": "k1"}, [], "x", 5])
def test_a_header_that_says_nothing_is_refused(header: object) -> None:
    assert reason(raw({}, header)) in {"algorithm", "malformed"}


@pytest.mark.parametrize("key", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_that_a_token_brings_along_is_not_used(key: str) -> None:
    brought = {"kty": "oct", "k": encoded(OTHER.encode())}
    forged = raw({}, {"alg": "HS256", "kid": "k1", key: brought}, secret=OTHER)
    assert reason(forged) == "signature"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f" {text}",
        lambda text: f"{text}\n",
        lambda text: text.replace(".", " . "),
        lambda text: f"{text}=",
        lambda text: f"{text}.{text}",
        lambda text: text.rpartition(".")[0],
        lambda text: f'"{text}"',
        lambda text: f"Bearer {text}",
    ],
)
def test_anything_around_a_token_is_refused(change: Any) -> None:
    assert reason(change(token())) == "malformed"


def test_another_bit_anywhere_is_refused() -> None:
    text = token({"rank": "一般"})
    for at in range(len(text) - 1):  # of the last character not all bits count
        other = "A" if text[at] != "A" else "B"
        assert reason(text[:at] + other + text[at + 1 :]) in {"malformed", "signature", "algorithm", "unknown_key"}


@pytest.mark.parametrize(
    "payload", [b"[" * 4000, b'{"a":' * 900, b'{"a":' + b"9" * 5000 + b"}", b"[]", b"1", b"\xff", b""]
)
def test_a_payload_that_is_no_claims_is_refused_though_it_is_signed(payload: bytes) -> None:
    assert reason(raw(payload)) in {"malformed", "missing_claim"}


@pytest.mark.parametrize("header", [b"[" * 4000, b'{"a":' * 900, b"\xff", b'{"alg":' + b"9" * 5000 + b"}"])
def test_a_header_that_nobody_can_read_is_refused(header: bytes) -> None:
    assert reason(f"{encoded(header)}.e30.AAAA") == "malformed"


def test_a_token_within_a_token_is_refused() -> None:
    assert reason(raw(token().encode(), {"alg": "HS256", "kid": "k1", "cty": "JWT"})) == "malformed"


def test_of_a_claim_that_stands_there_twice_the_last_one_counts() -> None:
    claims = b'{"sub":"u1","sub":"u2","aud":"omotenashi","iat":%d,"exp":%d}' % (NOW, NOW + 60)
    assert accepted(raw(claims)).id == "u2"


def raw(
    claims: dict[str, Any] | bytes, header: Any = None, *, secret: str = SECRET, signature: str | None = None
) -> str:
    """Sign whatever it is, as no library would."""
    header = {"alg": "HS256", "kid": "k1"} if header is None else header
    usual = {"sub": "u1", "aud": "omotenashi", "iat": NOW, "exp": NOW + 60}
    payload = claims if isinstance(claims, bytes) else json.dumps({**usual, **claims}).encode()
    text = f"{encoded(json.dumps(header).encode())}.{encoded(payload)}"
    made = encoded(hmac.digest(secret.encode(), text.encode(), "sha256")) if signature is None else signature
    return f"{text}.{made}"


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_token_over_8_kilobytes_is_not_read() -> None:
    assert reason(token({"rank": "x" * 9000})) == "too_long"


def test_a_cookie_never_holds_sensitive_attributes() -> None:
    counts: Counter[str] = Counter()
    text = token({"pregnant": True, "rank": "一般"})
    assert from_token(text, KEYS, SITE, NOW, in_cookie=True, counts=counts) == Member("u1", {"rank": "一般"})
    assert counts == {"member_attribute_dropped": 1}
    assert accepted(text).attributes == {"pregnant": True, "rank": "一般"}


@pytest.mark.parametrize("name", ["Pregnant", "PREGNANT", "ｐｒｅｇｎａｎｔ", " pregnant "])
def test_a_cookie_never_holds_sensitive_attributes_in_any_spelling(name: str) -> None:
    text = token({name: True})
    assert from_token(text, KEYS, SITE, NOW, in_cookie=True) == Member("u1")
    assert accepted(text).attributes == {"pregnant": True}


def test_dropped_attributes_are_counted_but_not_the_tokens_own_claims() -> None:
    counts: Counter[str] = Counter()
    text = token({"rank": "王様", "shoe": 27, "iss": "cms", "jti": "1"})
    assert from_token(text, KEYS, SITE, NOW, in_cookie=False, counts=counts) == Member("u1")
    assert counts == {"member_attribute_dropped": 2}


def test_a_statement_names_the_member_and_the_attributes_beside_it() -> None:
    assert from_statement({"id": "u1", "rank": "一般"}, SITE) == Member("u1", {"rank": "一般"})


@pytest.mark.parametrize(
    ("stated", "expected"), [(42, "42"), (None, ""), (True, ""), (["u1"], ""), (10**400, ""), ("", "")]
)
def test_an_id_is_text_or_a_number(stated: object, expected: str) -> None:
    assert from_statement({"id": stated}, SITE).id == expected


def test_a_statement_without_an_id_is_somebody() -> None:
    assert from_statement({"rank": "一般"}, SITE) == Member("", {"rank": "一般"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "entry 1 is not of the form"),
        ("hunter2hunter2hunter2hunter2hunter2", "entry 1 is not of the form"),
        (f"k1:{SECRET},", "entry 2 is not of the form"),
        ("k1:hunter2", "the secret of entry 1 has fewer than 32 bytes"),
        (f"k1:{SECRET},k1:{OTHER}", "the kid of entry 2 stands there twice"),
        ("k1:@hunter2-hunter2-hunter2-hunter2", "the file of k1 cannot be read: No such file"),
    ],
)
def test_a_wrong_setting_is_explained_and_never_shown(text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as refused:
        MemberKeys.parse(text)
    assert "hunter2" not in str(refused.value)


def test_keys_are_never_printed() -> None:
    assert repr(TWO_KEYS) == "MemberKeys(k1, k2)"


def test_a_token_may_be_signed_with_ed25519(tmp_path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    keys = MemberKeys.parse(f"k1:{SECRET},ed:@{_public_file(private, tmp_path)}")
    assert accepted(token(secret=private, kid="ed", alg="EdDSA"), keys).id == "u1"
    assert reason(token(secret=Ed25519PrivateKey.generate(), kid="ed", alg="EdDSA"), keys) == "signature"
    assert reason(token(kid="ed"), keys) == "algorithm"


def test_a_public_key_is_no_secret_that_tokens_can_be_signed_with(tmp_path: Path) -> None:
    file = _public_file(Ed25519PrivateKey.generate(), tmp_path)
    forged = jwt.api_jws.PyJWS()
    forged.get_algorithm_by_name("HS256").prepare_key = lambda key: key  # type: ignore[method-assign]
    text = forged.encode(b"{}", file.read_bytes(), "HS256", {"kid": "ed"})
    assert reason(text, MemberKeys.parse(f"ed:@{file}")) == "algorithm"


def test_a_file_with_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    rsa = generate_private_key(65537, 2048)
    with pytest.raises(SettingsError, match="another kind of key than Ed25519"):
        MemberKeys.parse(f"k1:@{_public_file(rsa, tmp_path)}")


def test_a_private_key_does_not_belong_here(tmp_path: Path) -> None:
    file = tmp_path / "private.pem"
    private = Ed25519PrivateKey.generate()
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(SettingsError, match="the file of k1 holds no public key in PEM form"):
        MemberKeys.parse(f"k1:@{file}")


def test_without_the_extra_a_key_file_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member_keys, "HAS_ED25519", False)
    with pytest.raises(SettingsError, match=r"pip install '/path/to/omotenashi\[ed25519\]'"):
        MemberKeys.parse("k1:@member.pem")


def _public_file(private: Any, folder: Path) -> Path:
    file = folder / "member.pem"
    file.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return file

"""`omo token`: a member token as a CMS signs it, for tests and examples."""

from __future__ import annotations

import argparse
import re
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from omotenashi.cli.common import FAILED, FINE, command, existing, say, spoken
from omotenashi.cli.stores import settings_of
from omotenashi.language.report import suggestion
from omotenashi.model.errors import EditorError
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold
from omotenashi.rules_folder import check_folder
from omotenashi.signals.attributes import typed
from omotenashi.signals.member import (
    LIFE_IN_BODY,
    LIFE_IN_COOKIE,
    RESERVED,
    BadToken,
    from_token,
    listed,
)
from omotenashi.signals.member_keys import AUDIENCE, MemberKeys
from omotenashi.signals.member_signing import sign, sign_with_file

_LIFE = re.compile(r"([1-9]\d{0,5})([smh])")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def add_token(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    text = "会員トークンを作る（テストと例のため） / make a member token, for tests and examples"
    token = command(commands, "token", _token, text)
    what = token.add_mutually_exclusive_group(required=True)
    what.add_argument("--member", metavar="ID", help="the member's id")
    what.add_argument("--new-key", action="store_true", help="make a key instead: a line for OMO_MEMBER_KEY")
    token.add_argument(
        "--attr", action="append", default=[], metavar="NAME=VALUE", help="again and again; twice: a list"
    )
    where = token.add_mutually_exclusive_group()
    where.add_argument(
        "--body", dest="cookie", action="store_false", default=False, help="for member_token in a body (the default)"
    )
    where.add_argument("--cookie", action="store_true", help="for the cookie omo_member")
    token.add_argument(
        "--life", metavar="SPAN", help="such as 90s, 5m (the most in a body), 12h (the most in a cookie)"
    )
    token.add_argument("--kid", metavar="KID", help="the key to sign with (the first of OMO_MEMBER_KEY)")
    token.add_argument("--key-file", type=Path, metavar="FILE", help="sign with this Ed25519 private key (PEM)")
    token.add_argument(
        "--rules", type=Path, metavar="DIR", help="warn of attributes that site.yaml there does not have"
    )
    token.add_argument("--lang", choices=("ja", "en"))


def _token(options: argparse.Namespace) -> int:
    if options.new_key:
        return _new_key(options)
    if not options.member:
        raise EditorError("--member: 会員の ID を書いてください", "--member: write the member's id")
    site = check_folder(existing(options.rules)).facts if options.rules else None
    settings = settings_of(options)
    keys = MemberKeys.parse(settings.member_key) if settings.member_key else None
    claims = _claims(options, site)
    token = _signed(claims, options, keys)
    if site:
        _warn_of_dropped(claims, site, options)
    print(token)
    return FINE if keys is None else _tried(token, keys, options)


def _new_key(options: argparse.Namespace) -> int:
    kid = options.kid or f"k{datetime.now(UTC):%Y%m%d}"
    if not re.fullmatch(r"[\w.-]+", kid):
        raise EditorError("--kid には英数字と . _ - だけを使えます", "--kid takes letters, digits, . _ and - alone")
    print(f"{kid}:{secrets.token_urlsafe(32)}")
    _hint(
        options,
        "この1行を OMO_MEMBER_KEY に設定し、同じ kid と鍵を CMS に渡してください。鍵の交換中は「古い行,新しい行」と並べます",
        "set OMO_MEMBER_KEY to this line, and give the CMS the same kid and secret; while keys are changed: old,new",
    )
    return FINE


# What is signed


def _claims(options: argparse.Namespace, site: SiteFacts | None) -> dict[str, object]:
    now = int(time.time())
    usual = {"sub": options.member, "aud": AUDIENCE, "iat": now, "exp": now + _life(options)}
    return {**usual, **_attributes(options.attr, site)}


def _life(options: argparse.Namespace) -> int:
    """Return for how many seconds the token is to hold."""
    longest = LIFE_IN_COOKIE if options.cookie else LIFE_IN_BODY
    if options.life is None:
        return longest
    match = _LIFE.fullmatch(options.life)
    if match is None:
        raise EditorError(
            f"--life: 「{options.life}」は期間ではありません。90s、5m、12h のように書きます",
            f"--life: {options.life!r} is not a span; write such as 90s, 5m or 12h",
        )
    life = int(match[1]) * _SECONDS[match[2]]
    if life > longest:
        raise EditorError(
            f"--life: {options.life} は長すぎます。本文では 5m、クッキー（--cookie）では 12h までです",
            f"--life: {options.life} is too long; at most 5m in a body, 12h in a cookie (--cookie)",
        )
    return life


def _attributes(stated: Sequence[str], site: SiteFacts | None) -> dict[str, object]:
    """Return the attributes by name: a list where one is given again, or declared as a list."""
    found: dict[str, list[str]] = {}
    for one in stated:
        name, equals, value = one.partition("=")
        if name in RESERVED:
            raise EditorError(
                f"--attr: {name} はトークン自身の項目なので、属性の名前には使えません",
                f"--attr: {name} is the token's own, and no name of an attribute",
            )
        if not (name and equals):
            raise EditorError(
                f"--attr: 「{one}」は 名前=値 の形ではありません。rank=ゴールド のように書きます",
                f"--attr: {one!r} is not of the form NAME=VALUE, such as rank=gold",
            )
        found.setdefault(name, []).append(value)
    lists = {name for name in found if site and _is_list(name, site)}
    return {
        name: [part for value in values for part in listed(value)]
        if name in lists
        else values[0]
        if len(values) == 1
        else values
        for name, values in found.items()
    }


def _is_list(name: str, site: SiteFacts) -> bool:
    attribute = site.attributes.get(fold(name))
    return attribute is not None and attribute.type == "list"


# With what


def _signed(claims: Mapping[str, object], options: argparse.Namespace, keys: MemberKeys | None) -> str:
    if options.key_file:
        return sign_with_file(claims, options.key_file, options.kid or _only(keys))
    if keys is None:
        raise EditorError(
            "OMO_MEMBER_KEY が設定されていません。omo token --new-key で鍵を作り、OMO_MEMBER_KEY に設定してください",
            "OMO_MEMBER_KEY is not set; make a key with omo token --new-key, and set OMO_MEMBER_KEY to it",
        )
    kid = options.kid or keys.kids()[0]
    if kid not in keys.kids():
        raise _unknown_kid(kid, keys)
    return sign(claims, keys, kid)


def _only(keys: MemberKeys | None) -> str:
    """Return the name of the key that a private key without a name belongs to."""
    kids = keys.kids() if keys else ()
    if len(kids) != 1:
        raise EditorError(
            "--key-file には --kid も必要です。OMO_MEMBER_KEY にある公開鍵の名前を書きます",
            "--key-file needs --kid, too: the name of its public key in OMO_MEMBER_KEY",
        )
    return kids[0]


def _unknown_kid(kid: str, keys: MemberKeys) -> EditorError:
    there = "、".join(keys.kids()), ", ".join(keys.kids())
    return EditorError(
        f"--kid: OMO_MEMBER_KEY に {kid} はありません。あるのは {there[0]} です",
        f"--kid: there is no {kid} in OMO_MEMBER_KEY; there is {there[1]}",
    )


# What the service will make of it


def _tried(token: str, keys: MemberKeys, options: argparse.Namespace) -> int:
    """Tell where the service, with the same keys, would not believe the token."""
    try:
        from_token(token, keys, SiteFacts(), time.time(), in_cookie=options.cookie)
    except BadToken as bad:
        _hint(
            options,
            f"注意: このトークンは拒否されます（{bad.reason}）。OMO_MEMBER_KEY の鍵と --key-file、--kid を見直してください",
            f"warning: the service refuses this token ({bad.reason}); compare OMO_MEMBER_KEY with --key-file and --kid",
        )
        return FAILED
    return FINE


def _warn_of_dropped(claims: Mapping[str, object], site: SiteFacts, options: argparse.Namespace) -> None:
    names = {attribute.name for attribute in site.attributes.values()}
    for name in claims.keys() - RESERVED:
        attribute = site.attributes.get(fold(name))
        if attribute is None:
            meant = suggestion(name, names)
            ja = f"「{meant}」ではありませんか" if meant else "site.yaml の attributes に書いてください"
            en = f"did you mean {meant}?" if meant else "declare it under attributes in site.yaml"
            _hint(options, f"注意: {name} は宣言されていません。{ja}", f"warning: {name} is not declared; {en}")
        elif typed({name: claims[name]}, site.attributes)[1]:
            says = f"{attribute.type}: {', '.join(attribute.values)}" if attribute.values else attribute.type
            _hint(options, f"注意: {name} の値は使えません（{says}）", f"warning: {name} is dropped: it is no {says}")
        elif attribute.sensitive and options.cookie:
            _hint(
                options,
                f"注意: {name} は要配慮の属性なので、クッキーでは使われません。本文（--body）で渡してください",
                f"warning: {name} is sensitive and dropped in a cookie; send it in a body (--body)",
            )


def _hint(options: argparse.Namespace, ja: str, en: str) -> None:
    print(f"omo: {say(spoken(options), ja, en)}", file=sys.stderr)

"""How the address of Redis or Valkey is written."""

from __future__ import annotations

import pytest

from omotenashi.model.errors import SettingsError
from omotenashi.profiles.remote.address import Address, Kind, is_remote, parse_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (" redis://cache\n", Address(Kind.SINGLE, (("cache", 6379),))),
        ("redis://cache", Address(Kind.SINGLE, (("cache", 6379),))),
        ("valkey://[::1]:7000/3", Address(Kind.SINGLE, (("::1", 7000),), database=3)),
        (
            "rediss://omo:p%40ss@cache:6380?ca=/etc/ca.pem&prefix=shop",
            Address(Kind.SINGLE, (("cache", 6380),), True, "omo", "p@ss", prefix="shop", ca="/etc/ca.pem"),
        ),
        ("redis://:secret@cache", Address(Kind.SINGLE, (("cache", 6379),), password="secret")),
        (
            "redis+sentinel://a,b:26380/main/2?sentinel_password=x",
            Address(Kind.SENTINEL, (("a", 26379), ("b", 26380)), service="main", database=2, sentinel_password="x"),
        ),
        ("REDISS+Cluster://a", Address(Kind.CLUSTER, (("a", 6379),), True)),
        ("valkeys+cluster://a:1,b:2", Address(Kind.CLUSTER, (("a", 1), ("b", 2)), True)),
    ],
)
def test_an_address_is_read(url: str, address: Address) -> None:
    assert parse_address(url) == address


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("redis://", "a host is missing"),
        ("redis://a:port", "a host is not of the form HOST:PORT"),
        ("redis://a:70000", "a host is not of the form HOST:PORT"),
        ("redis://a:0", "nothing listens at port 0"),
        ("redis+cluster://a,,b", "a host is missing"),
        ("redis://a?prefix=x&prefix=y", "stated twice"),
        ("redis://a?ca=ca.pem", "write rediss"),
        ("rediss://a?key=key.pem", "name it with cert="),
        ("redis://a?sentinel_password=x", "is for Sentinels"),
        ("redis://a b", "a host has letters, digits"),
        ("redis://a&prefix=x", "a host has letters, digits"),
        ("redis:/a", "write redis://HOST"),
        ("redis:a", "write redis://HOST"),
        ("redis://a,b", "one server has one address"),
        ("redis://a/one", "not the number of a database"),
        ("redis+sentinel://a,b", "name the service"),
        ("redis+cluster://a/1", "database 0 alone"),
        ("redis://a?timeout=1", "an option after . is not known"),
        ("redis://a?prefix={x}", "a prefix has up to 40 letters"),
        ("redis+ring://a", "write redis://HOST"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(url: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        parse_address(url)


def test_a_password_is_never_told() -> None:
    assert str(parse_address("rediss+cluster://omo:secret@a,[::1]:7000")) == "rediss+cluster://a:6379,[::1]:7000"


def test_other_stores_are_told_from_remote_ones() -> None:
    assert [is_remote(url) for url in ("redis://a", "VALKEYS+cluster://a", "sqlite:///a", "memory:", "", "Redis")] == [
        True, True, False, False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [
        *("redis://omo:secret@a:port", "redis://omo:secret#x@a", "redis://omo:secret?x@a", "redis://omo:secret/x@a"),
        *(
            "redis:/omo:secret@a",
            "redis://a:secret",
            "redis://a?secret=1",
            "redis://o:secret@[zz]",
        ),
    ],
)
def test_a_password_that_was_not_escaped_is_not_told_either(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse_address(url)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None

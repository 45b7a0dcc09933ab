"""How the address of Redis or Valkey is written."""

from __future__ import annotations

import pytest

from omotenashi.model.errors import SettingsError
from omotenashi.profiles.remote.address import Address, Kind, is_remote, parse_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
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
        ("valkeys+cluster://a:1,b:2", Address(Kind.CLUSTER, (("a", 1), ("b", 2)), True)),
    ],
)
def test_an_address_is_read(url: str, address: Address) -> None:
    assert parse_address(url) == address


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("redis://", "a host is missing"),
        ("redis://a:port", "'a:port' is no HOST:PORT"),
        ("redis://a:70000", "'a:70000' is no HOST:PORT"),
        ("redis://a,b", "one server has one address"),
        ("redis://a/one", "'one' is not the number of a database"),
        ("redis+sentinel://a,b", "name the service"),
        ("redis+cluster://a/1", "database 0 alone"),
        ("redis://a?timeout=1", r"\?timeout= is not known"),
        ("redis://a?prefix={x}", "a prefix has up to 40 letters"),
        ("redis+ring://a", "write redis://HOST"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(url: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        parse_address(url)


def test_a_password_is_never_told() -> None:
    assert str(parse_address("rediss+cluster://omo:secret@a,[::1]:7000")) == "rediss+cluster://a:6379,[::1]:7000"
    with pytest.raises(SettingsError) as refused:
        parse_address("redis://omo:secret@a:port")
    assert "secret" not in str(refused.value)


def test_other_stores_are_told_from_remote_ones() -> None:
    assert [is_remote(url) for url in ("redis://a", "valkeys+cluster://a", "sqlite:///a", "memory:", "", "redis")] == [
        True, True, False, False, False, True,
    ]  # fmt: skip

from __future__ import annotations

import pytest

from omotenashi.model.errors import SettingsError
from omotenashi.signals.client_address import HeaderKind, TrustedNetworks, resolve

XFF, RFC7239 = HeaderKind.X_FORWARDED_FOR, HeaderKind.FORWARDED
TRUSTED = TrustedNetworks.parse(["10.0.0.0/8", "::1", "2001:db8:1::/48"])
NOBODY = TrustedNetworks.parse([])


def test_without_trust_the_peer_is_the_visitor_and_the_header_nothing() -> None:
    assert resolve("198.51.100.7", "203.0.113.5", XFF, NOBODY) == "198.51.100.7"
    assert resolve("198.51.100.7", "203.0.113.5", XFF, TRUSTED) == "198.51.100.7"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("6.6.6.6, 203.0.113.5", "203.0.113.5"),
        ("6.6.6.6, 203.0.113.5, 10.1.2.3", "203.0.113.5"),
        ("203.0.113.5:5678", "203.0.113.5"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("2001:DB8::7", "2001:db8::7"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
    ],
)
def test_the_right_most_hop_that_is_no_proxy_is_the_visitor(header: str, expected: str) -> None:
    assert resolve("10.0.0.1", header, XFF, TRUSTED) == expected


@pytest.mark.parametrize(
    "header",
    [
        "unknown",
        "203.0.113.5, unknown",
        "203.0.113.5,",
        "203.0.113.5, , 10.0.0.2",
        "1.2.3",
        "010.1.1.1",
        "fe80::1%eth0",
    ],
)
def test_a_hop_that_cannot_be_read_is_unknown_and_nothing_left_of_it_is_believed(header: str) -> None:
    assert resolve("10.0.0.1", header, XFF, TRUSTED) is None


@pytest.mark.parametrize("header", [None, "", "10.0.0.9", "10.0.0.9, ::1, 2001:db8:1::5"])
def test_a_chain_of_proxies_alone_is_unknown_and_never_the_proxy(header: str | None) -> None:
    assert resolve("10.0.0.1", header, XFF, TRUSTED) is None


def test_a_mapped_peer_counts_as_ipv4() -> None:
    assert resolve("::ffff:10.0.0.1", "203.0.113.5", XFF, TRUSTED) == "203.0.113.5"
    assert resolve("::ffff:198.51.100.7", None, XFF, TRUSTED) == "198.51.100.7"


def test_a_peer_without_an_address_is_unknown() -> None:
    assert resolve("", "203.0.113.5", XFF, TRUSTED) is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("for=203.0.113.5", "203.0.113.5"),
        ("For=203.0.113.5;proto=https;by=10.0.0.1", "203.0.113.5"),
        ("for=6.6.6.6, for=203.0.113.5;host=shop.example, for=10.0.0.2", "203.0.113.5"),
        ('for="203.0.113.5:47011"', "203.0.113.5"),
        ('for="[2001:db8::7]:47011"', "2001:db8::7"),
        (r'for="203.0.113\.5"', "203.0.113.5"),
        ('for=203.0.113.5;secret="a, for=6.6.6.6"', "203.0.113.5"),
    ],
)
def test_rfc_7239_is_read_with_its_quotes(header: str, expected: str) -> None:
    assert resolve("10.0.0.1", header, RFC7239, TRUSTED) == expected


@pytest.mark.parametrize(
    "header",
    [
        "for=unknown",
        "for=_hidden",
        "for=203.0.113.5, for=_hidden",
        "for=203.0.113.5, proto=https",
        "for=203.0.113.5;for=6.6.6.6",
        'for="203.0.113.5',
        'for=6.6.6.6;x=", for="[2001:db8::7]:1"',
        "203.0.113.5",
        "for=10.0.0.2",
    ],
)
def test_an_rfc_7239_hop_that_cannot_be_read_is_unknown(header: str) -> None:
    assert resolve("10.0.0.1", header, RFC7239, TRUSTED) is None


def test_the_header_that_is_not_configured_says_nothing() -> None:
    assert resolve("10.0.0.1", "203.0.113.5", RFC7239, TRUSTED) is None
    assert resolve("10.0.0.1", "for=203.0.113.5", XFF, TRUSTED) is None


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.255.0.1", True),
        ("11.0.0.1", False),
        ("::ffff:10.0.0.1", True),
        ("::1", True),
        ("nonsense", False),
        ("", False),
    ],
)
def test_networks_contain_addresses(address: str, inside: bool) -> None:  # noqa: FBT001 a parameter of the test
    assert TRUSTED.contains(address) is inside


def test_a_mapped_network_is_an_ipv4_network() -> None:
    assert TrustedNetworks.parse(["::ffff:192.0.2.0/120"]).contains("192.0.2.9")


@pytest.mark.parametrize("text", ["10.0.0.0/33", "proxy.example", "10.0.0.1/8", ""])
def test_a_wrong_network_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match=f"trusted_proxies: '{text}' is not a network"):
        TrustedNetworks.parse(["10.0.0.0/8", text])

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omotenashi.model.errors import SettingsError
from omotenashi.signals.client_address import HeaderKind, TrustedNetworks, resolve
from omotenashi.web.guard import Access, Caller
from omotenashi.web.request import Request

XFF, RFC7239 = HeaderKind.X_FORWARDED_FOR, HeaderKind.FORWARDED
TRUSTED = TrustedNetworks.parse(["10.0.0.0/8", "::1", "2001:db8:1::/48"])
NOBODY = TrustedNetworks.parse([])
CASES = [json.loads(line) for line in Path(__file__).with_name("client_addresses.jsonl").read_text().splitlines()]


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


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("10.0.0.1/8", "write 10.0.0.0/8, or 10.0.0.1 for the one address"),
        ("2001:db8::1/32", "write 2001:db8::/32, or 2001:db8::1 for the one address"),
        ("10.0.0.0/33", "write networks such as 10.0.0.0/8"),
        ("proxy.example", "write networks such as 10.0.0.0/8"),
        ("*", "write networks such as 10.0.0.0/8"),
        ("", "write networks such as 10.0.0.0/8"),
    ],
)
def test_a_wrong_network_is_named_with_what_to_write(text: str, remedy: str) -> None:
    with pytest.raises(SettingsError) as refused:
        TrustedNetworks.parse(["10.0.0.0/8", text])
    assert str(refused.value).startswith(f"trusted_proxies: {text!r} is not a network; {remedy}")


@pytest.mark.parametrize(("network", "all_of_them"), [("0.0.0.0/0", True), ("::/0", True), ("10.0.0.0/8", False)])
def test_a_network_of_all_addresses_trusts_everybody(network: str, all_of_them: bool) -> None:  # noqa: FBT001
    assert TrustedNetworks.parse(["192.0.2.1", network]).everybody() is all_of_them


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_what_proxies_write_is_read_as_they_mean_it(case: dict[str, Any]) -> None:
    assert caller(case).client_ip() == case["expect"]


def caller(case: dict[str, Any]) -> Caller:
    """Return a request of the table, as the server hands it on; behind trusted proxies, `read` names their header."""
    headers = [
        (name, text(value).encode("latin-1", "xmlcharrefreplace"))
        for name, values in ((b"x-forwarded-for", "forwarded_for"), (b"forwarded", "forwarded"))
        for value in case.get(values, [])
    ]
    kind = HeaderKind(case.get("read", "forwarded" if "forwarded" in case else "x-forwarded-for"))
    trusted = TrustedNetworks.parse(["10.0.0.0/8", "2001:db8:1::/48", "fe80:1::/32"])
    access = Access(b"the server key", trusted, kind)
    return Caller(Request("GET", "/", b"", headers, dict(headers), access.connection(case["peer"])), access)


def text(value: str | dict[str, Any]) -> str:
    return value if isinstance(value, str) else value["repeat"] * value["times"]


QUOTED = st.text(alphabet='a,;=" \\', max_size=8).map(lambda value: json.dumps(value, ensure_ascii=False))
ADDED = st.builds(
    lambda address, host: f"for={address};host={host}", st.sampled_from(["203.0.113.5", '"[2001:db8::7]:80"']), QUOTED
)


@given(st.text(alphabet='for=1.,;" \\x', max_size=30), ADDED, st.booleans())
def test_whatever_a_client_sends_the_element_that_the_proxy_adds_is_read(sent: str, added: str, two: bool) -> None:  # noqa: FBT001
    chain = f"{sent}, {added}, for=10.0.0.2;by=10.0.0.3" if two else f"{sent},{added}"
    assert resolve("10.0.0.1", chain, RFC7239, TRUSTED) == ("203.0.113.5" if "203" in added else "2001:db8::7")

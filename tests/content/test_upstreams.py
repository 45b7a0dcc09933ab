from __future__ import annotations

import pytest

from omotenashi.content.upstreams import Upstreams
from omotenashi.model.errors import SettingsError

PUBLIC = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946")
WITHIN = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
    "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:4136:e378::", "::127.0.0.1", "2001:db8::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_of_an_upstream_is_admitted(address: str) -> None:
    upstream = Upstreams.parse(["cms.example"]).of("https://cms.example/x")
    assert upstream
    assert upstream.admits(address)


@pytest.mark.parametrize("address", WITHIN)
def test_an_address_that_is_not_public_is_not(address: str) -> None:
    upstream = Upstreams.parse(["cms.example"]).of("https://cms.example/x")
    assert upstream
    assert not upstream.admits(address)


def test_an_operator_may_name_the_network_within_which_a_host_lies() -> None:
    upstream = Upstreams.parse(["cms.internal:8080=10.0.0.0/8"]).of("http://cms.internal:8080/x")
    assert upstream
    assert upstream.admits("10.1.2.3")
    assert upstream.admits("::ffff:10.1.2.3")
    assert not upstream.admits("192.168.1.1")


@pytest.mark.parametrize(
    "url",
    [
        "https://cms.example/x",
        "https://CMS.example:443/x?y",
        "http://cms.example",
        "http://127.0.0.1:9000/x",
        "http://日本.example/",
        "https://xn--wgv71a.example/",
    ],
)
def test_the_hosts_of_the_setting_are_allowed(url: str) -> None:
    assert Upstreams.parse(["cms.example", "127.0.0.1:9000", "日本.example"]).of(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/x",
        "https://www.cms.example/x",
        "https://cms.example:8443/x",
        "https://cms.example@other.example/",
        "https://cms.example.other.example/",
        "http://127.0.0.1/x",
        "http://127.1:9000/x",
        "http://2130706433:9000/",
        "http://0x7f000001:9000/",
        "http://0177.0.0.1:9000/",
        "http://[::1]:9000/",
        "http://[::ffff:127.0.0.1]:9000/",
        "http://cms.example:99999/",
        "file:///etc/passwd",
        "//cms.example",
        "",
    ],
)
def test_other_hosts_are_not(url: str) -> None:
    found = Upstreams.parse(["cms.example", "127.0.0.1:9000"]).of(url)
    assert found is None


@pytest.mark.parametrize(
    "entry", ["https://cms.example", "cms.example/x", "a b", "cms.example:x", "cms.example=10.0.0.0/99", ""]
)
def test_a_setting_that_names_no_host_is_refused(entry: str) -> None:
    with pytest.raises(SettingsError, match="upstreams: "):
        Upstreams.parse([entry])

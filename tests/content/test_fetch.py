"""Fetching from a real server on loopback."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.content.upstream import upstream_server

from omotenashi.content import download
from omotenashi.content.fetch import Fetched, Fetcher, FetchFailed
from omotenashi.content.upstreams import Upstreams

pytestmark = pytest.mark.anyio


async def _fetch(url: str, *upstreams: str) -> Fetched:
    fetcher = Fetcher(Upstreams.parse(upstreams or [url.split("/")[2]]))
    try:
        return await fetcher.fetch(url)
    finally:
        await fetcher.close()


async def test_a_page_is_fetched_and_fresh_for_a_minute() -> None:
    async with upstream_server() as upstream:
        assert await _fetch(upstream.page("/a?b=1", "<p>こんにちは</p>")) == Fetched("<p>こんにちは</p>", 60)
    assert "host: 127.0.0.1" in upstream.heads[0].lower()


@pytest.mark.parametrize(
    ("said", "fresh"),
    [("max-age=5", 5), ("public, MAX-AGE=300", 300), ("max-age=999999", 3600), ("max-age=0", 1), ("no-cache", 60)],
)
async def test_an_upstream_may_say_how_long_it_is_fresh(said: str, fresh: float) -> None:
    async with upstream_server() as upstream:
        url = upstream.page("/a", "x", "Content-Type: text/html", f"Cache-Control: {said}")
        assert (await _fetch(url)).fresh == fresh


@pytest.mark.parametrize("charset", ["utf-8", "Shift_JIS", "EUC-JP"])
async def test_its_charset_is_honoured(charset: str) -> None:
    async with upstream_server() as upstream:
        body = "<p>①靴</p>" if charset == "Shift_JIS" else "<p>靴</p>"
        encoded = body.encode("cp932" if charset == "Shift_JIS" else charset)
        url = upstream.page("/a", encoded, f"Content-Type: text/html; charset={charset}")
        assert (await _fetch(url)).html == body


async def test_include_directives_are_made_harmless() -> None:
    async with upstream_server() as upstream:
        url = upstream.page(
            "/a", '<!--#include x --><!--ESI <p>--><esi:include src="/"/></ESI:x><?php ?><p>ok</p><!-- c -->'
        )
        assert (await _fetch(url)).html == (
            '<!-- #include x --><!-- ESI <p>-->&lt;esi:include src="/"/>&lt;/ESI:x>&lt;?php ?><p>ok</p><!-- c -->'
        )


@pytest.mark.parametrize(
    ("status", "headers", "body", "reason"),
    [
        ("500 Oops", ("Content-Type: text/html",), b"x", "answered 500"),
        ("404 Not Found", ("Content-Type: text/html",), b"x", "answered 404"),
        ("302 Found", ("Content-Type: text/html", "Location: http://127.0.0.1:1/"), b"", "answered 302"),
        ("200 OK", ("Content-Type: application/json",), b"{}", "application/json, not text/html"),
        ("200 OK", ("X: y",), b"x", "of no type"),
        ("200 OK", ("Content-Type: text/html",), b"\xff", "not in utf-8"),
        ("200 OK", ("Content-Type: text/html; charset=none-such",), b"x", "not in none-such"),
        ("200 OK", ("Content-Type: text/html", "Content-Encoding: gzip"), b"x", "compressed"),
        ("200 OK", ("Content-Type: text/html",), b"x" * (download.LARGEST_FRAGMENT + 1), "larger than 256 KB"),
    ],
)
async def test_what_is_no_content_is_refused(status: str, headers: tuple[str, ...], body: bytes, reason: str) -> None:
    async with upstream_server() as upstream:
        url = upstream.page("/a", body, *headers, status=status)
        with pytest.raises(FetchFailed, match=reason):
            await _fetch(url)
    assert upstream.asked == {"/a": 1}


async def test_an_upstream_that_hangs_in_the_middle_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "_PATIENCE", 0.1)
    async with upstream_server() as upstream:
        url = upstream.page("/a", "x")
        upstream.hang.add("/a")
        with pytest.raises(FetchFailed, match=r"too long|ReadTimeout") as failed:
            await _fetch(url)
        assert failed.value.of_host


async def test_an_upstream_that_is_not_there_is_said() -> None:
    async with upstream_server() as upstream:
        url = upstream.page("/a", "x")
    with pytest.raises(FetchFailed, match="ConnectError") as failed:
        await _fetch(url)
    assert failed.value.of_host


async def test_a_name_that_lies_at_an_address_within_is_not_connected_to() -> None:
    async with upstream_server() as upstream:
        upstream.page("/a", "x")
        url = upstream.url("/a", "localhost")
        with pytest.raises(FetchFailed, match="not public"):
            await _fetch(url, f"localhost:{upstream.port}")
        assert (await _fetch(url, f"localhost:{upstream.port}=127.0.0.0/8")).html == "x"
        assert upstream.asked == {"/a": 1}
        assert f"host: localhost:{upstream.port}" in upstream.heads[0].lower()


@pytest.mark.parametrize(("certified", "reason"), [("localhost", ""), ("other.example", "certificate verify failed")])
async def test_over_tls_the_certificate_must_be_for_the_name(
    certified: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(_certificate(certified, tmp_path)))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    async with upstream_server(tls) as upstream:
        upstream.page("/a", "x")
        fetching = _fetch(f"https://localhost:{upstream.port}/a", f"localhost:{upstream.port}=127.0.0.0/8")
        if reason:
            with pytest.raises(FetchFailed, match=reason):
                await fetching
        else:
            assert (await fetching).html == "x"


def _certificate(name: str, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(named, named, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    signed = builder.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "certificate.pem").write_bytes(signed.public_bytes(pem))
    return folder / "certificate.pem"


async def test_cookies_of_an_upstream_are_not_kept() -> None:
    async with upstream_server() as upstream:
        url = upstream.page("/a", "x", "Content-Type: text/html", "Set-Cookie: a=b")
        fetcher = Fetcher(Upstreams.parse([f"127.0.0.1:{upstream.port}"]))
        await fetcher.fetch(url)
        await fetcher.fetch(url)
        await fetcher.close()
        assert [head for head in upstream.heads if "cookie" in head.lower()] == []


async def test_a_host_that_is_not_allowed_is_not_asked() -> None:
    async with upstream_server() as upstream:
        with pytest.raises(FetchFailed, match="not among the upstreams"):
            await _fetch(upstream.page("/a", "x"), "cms.example")
    assert not upstream.asked


async def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with upstream_server() as upstream:
        assert (await _fetch(upstream.page("/a", "x"))).html == "x"

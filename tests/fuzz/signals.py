"""Requests that no browser sends: real ones, mutated. None may raise. Run: make fuzz-signals N=1000000 SEED=1

Mutated are Referers and URLs (percent signs, charsets, surrogates, NULs, writing from right to left, great lengths), all
headers as bytes, forwarding headers, cookies, consent and arrival cookies, tokens, languages, addresses. The same seed gives the same
requests; what raises is printed with its number, and the run goes on.
"""

from __future__ import annotations

import json
import random
import sys
import time
import traceback
from collections import Counter
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes

import jwt
import msgspec
from msgspec.structs import asdict, replace

from omotenashi.cli.signal_lines import requested
from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import Attribute, ConsentMapping, Grant, SiteFacts
from omotenashi.model.visitor import Arrival
from omotenashi.service import signal_tools
from omotenashi.settings import Settings
from omotenashi.signals.arrival_cookie import ArrivalCookies
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.consent import consent_of
from omotenashi.web.build import access_of
from omotenashi.web.lines import Reader, RequestLine

SAMPLE = Path(__file__).parents[2].parent / "shared" / "data" / "geo-jp-sample" / "jp-sample-city.mmdb"
SECRET = "a secret that is longer than 32 bytes"
MEDIUMS = {"search", "ai", "social", "email", "paid", "referral", "direct", "internal"}
PROXIES = ("10.0.0.0/8", "2001:db8::/32")
TRUSTED = TrustedNetworks.parse(PROXIES)
MAPPING = ConsentMapping(cookie="OptanonConsent", grants={"personalization": (Grant("C0003", "1"), Grant("x", "true"))})
WORDS = ["靴", "ランニング シューズ", "ｶﾞ", "مرحبا", "שלום", "ñ", "👟\u200d🏃", "zapatos", "обувь", "鞋子", "신발", ""]
CHARSETS = [
    "utf-8",
    "euc_jp",
    "cp932",
    "iso2022_jp",
    "gb18030",
    "big5",
    "cp949",
    "koi8_r",
    "cp1251",
    "latin_1",
    "utf-16",
]
REFERRERS = [
    "https://www.google.com/search?q={}&hl=ja", "https://search.yahoo.co.jp/search?p={}&ei=EUC-JP", "https://t.co/{}",
    "http://search.goo.ne.jp/web.jsp?MT={}&IE=SJIS", "https://www.bing.com/search?q={}#q={}", "https://www.baidu.com/s?wd={}&ie=gb2312",
    "android-app://com.google.android.googlequicksearchbox/{}", "https://www.google.co.jp/imgres?prev=/images%3Fq%3D{}",
    "https://yandex.ru/search/?text={}", "https://chatgpt.com/{}", "https://shop.example/{}", "https://1.cz/s/{}/", "about:{}", "{}",
    "//{}", "https://{}.co.jp/?q={}", "https://user:{}@www.google.com:443/?q={}", "https://[::{}]/", "data:{}", "file:///{}",
]  # fmt: skip
URLS = [
    "/{}", "https://shop.example/{}?utm_term={}&utm_source={}&utm_medium={}&utm_campaign={}", "/?q={}&s={}", "?{}", "{}",
    "https://{}/?gclid={}&{}={}", "/?utm_term=[{}]&utm_term=%22{}%22", "//shop.example:{}/index.html", "/%{}%{}/../{}",
]  # fmt: skip
AGENTS = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "DoCoMo/2.0 P906i(c100;TB;W24H15)", "",
]  # fmt: skip
ADDRESSES = ["203.0.113.5", "1.0.102.9", "::ffff:1.0.122.3", "2002:100:6607::", "10.0.0.2", "::1", "2001:db8::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::", "fe80::1%eth0",
             "0x7f.1", "1.2.3", "127.1", "256.1.1.1", "[::1]:80", "8.8.8.8:1", "unknown", "_hidden", '"[2001:db8::9]:1"', "", " "]  # fmt: skip
FORWARDED = [
    "for={}",
    "for={};proto=https;by=10.0.0.1",
    'For="{}"',
    "for={}, for={}",
    "{},{},{}",
    "for=;",
    '"',
    "for={};for={}",
]
LANGUAGES = ["ja,en;q=0.8", "zh-Hant-TW", "*", "en;q=1.5", ";q=", "ja;q=0", "x-{}", ",,,", "de;q=0.{}"]
COOKIES = [
    "omo_member={}",
    "omo_consent={}",
    "omo_vid={}",
    "OptanonConsent=groups=C0001%3A1%2CC0003%3A{}&x={}",
    "a={}; a={}",
    "{}",
]
NASTY = ["%", "%E3%83", "%zz", "%00", "\0", "\r\n", "\u202e", "\ud800", "\udfff", "&", "=", "#", "?", "+", ";", "\\", "\xff", "ÿþ", "[", "]",
         "{keyword}", "%25", "٣", "\u2028", "<script>", "%ED%A0%80", "%F4%90%80%80", "..", "//", "@", ":", "İ", "ß", "ﬀ", "\u0345"]  # fmt: skip
HEADERS = [
    "CF-IPCountry",
    "CF-Region-Code",
    "CloudFront-Viewer-City",
    "X-Vercel-IP-City",
    "X-Omo-Page-Uri",
    "Sec-CH-UA-Mobile",
    "Host",
]
GEO = "cloudflare"


def main() -> int:
    """Read N requests; print what raised and how many; return 1 if any did."""
    count, seed = map(int, [*sys.argv[1:], *("1000000", "1")[len(sys.argv) - 1 :]])
    target, begun, failed = Target(), time.monotonic(), 0
    for number in range(count):
        try:
            target.try_one(random.Random(f"{seed}/{number}"))
        except Exception:  # noqa: BLE001 whatever is raised is what is looked for
            failed += 1
            print(f"SEED {seed}, request {number}:\n{traceback.format_exc()}", file=sys.stderr)
    print(f"{count} requests, {failed} raised; {time.monotonic() - begun:.0f} s")
    return min(failed, 1)


class Target:
    """What reads the requests."""

    def __init__(self) -> None:
        settings = Settings(
            mmdb=SAMPLE if SAMPLE.is_file() else None, trusted_proxies=PROXIES, member_key=f"k:{SECRET},old:{SECRET}2"
        )
        settings = replace(settings, geo_headers=GEO)
        attributes = {
            name: Attribute(name, kind) for name, kind in (("rank", "text"), ("points", "number"), ("born", "date"))
        }
        site = SiteFacts(hosts=frozenset({"shop.example"}), attributes=attributes)
        self._readers = [
            Reader(access_of(one, ""), one, site, signal_tools(one))
            for one in (settings, replace(settings, forwarded="forwarded"))
        ]
        self._tokens = _tokens()
        self._cookies = ArrivalCookies(SECRET.encode(), Counter())

    def try_one(self, chance: random.Random) -> None:
        """Read one request and look at what came of it."""
        line, sound = request(chance, self._tokens)
        reader = chance.choice(self._readers)
        found = reader.signals(line)
        reader.counts.clear()
        assert found.medium in MEDIUMS, found
        assert found.member is None or sound, found
        for text in (found.keyword, found.campaign, found.site_search):
            assert text is None or (0 < len(text) <= 200 and "\0" not in text), found
        if found.client_ip is not None:
            assert str(ip_address(found.client_ip)) == found.client_ip, found
            assert line.ip is not None or line.peer is None or not TRUSTED.contains(found.client_ip), found
        msgspec.json.decode(msgspec.json.encode(found))
        consent_of(
            RequestFacts(now=0, cookies={"OptanonConsent": line.url or ""}, consent_header=line.referrer),
            SiteFacts(consent=MAPPING),
        )
        self._try_arrival_cookie(Arrival(found.keyword, found.keyword_origin, found.medium, found.source or ""), chance)
        if chance.random() < 0.1:
            requested(_sent(line))

    def _try_arrival_cookie(self, arrival: Arrival, chance: random.Random) -> None:
        written = self._cookies.written(arrival, chance.choice(("", "owner")), 1000, 1000)
        sent = _mutated(written, chance)
        kept = self._cookies.read({"omo_arrival": sent}, ("owner",), 1000)
        assert (kept is not None) is (sent == written), (sent, written)


def request(chance: random.Random, tokens: list[str]) -> tuple[RequestLine, bool]:
    """Return a request, and whether it holds a token that was left as it was signed."""
    token, sound = _token(chance, tokens)

    def maybe(text: str) -> str | None:
        return text if chance.random() < 0.5 else None

    cookie = _filled(chance.choice(COOKIES), chance) if chance.random() < 0.7 else f"omo_member={token}"
    headers: dict[str, str | list[str]] = {
        "Referer": _filled(chance.choice(REFERRERS), chance),
        "User-Agent": _mutated(chance.choice(AGENTS), chance),
        "Accept-Language": _filled(chance.choice(LANGUAGES), chance),
        "X-Forwarded-For": [_hops(chance) for _ in range(chance.randrange(3))],
        "Forwarded": _forwarded(chance),
        "Cookie": cookie,
        chance.choice(HEADERS): _filled("{}", chance),
    }
    line = RequestLine(
        referrer=maybe(_filled(chance.choice(REFERRERS), chance)),
        url=maybe(_filled(chance.choice(URLS), chance)),
        ip=maybe(_mutated(chance.choice(ADDRESSES), chance)),
        peer=maybe(chance.choice(ADDRESSES)),
        headers={_mutated(name, chance, 0.02): value for name, value in headers.items()},
        user_agent=maybe(_mutated(chance.choice(AGENTS), chance)),
        member_token=maybe(token),
    )
    return line, sound


def _filled(pattern: str, chance: random.Random) -> str:
    for _ in range(pattern.count("{}")):
        pattern = pattern.replace("{}", _term(chance), 1)
    return _mutated(pattern, chance)


def _term(chance: random.Random) -> str:
    """Return words, percent-encoded in some charset, raw, encoded twice, or something nasty."""
    word = chance.choice(WORDS)
    way = chance.randrange(6)
    if way == 0:
        return word
    if way == 1:
        return quote(quote(word))
    if way == 2:
        return chance.choice(NASTY)
    if way == 3 and chance.random() < 0.02:
        return word * 5000
    return quote_from_bytes(word.encode(chance.choice(CHARSETS), "ignore"))


def _mutated(text: str, chance: random.Random, share: float = 0.3) -> str:
    """Return the text with a few characters put in, taken out, doubled or exchanged, now and then."""
    if chance.random() > share:
        return text
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(text) + 1)
        way = chance.randrange(4)
        if way == 0:
            text = text[:at] + chance.choice(NASTY) + text[at:]
        elif way == 1:
            text = text[:at] + text[at + chance.randrange(5) :]
        elif way == 2:
            text = text[:at] + text[at:] * 2
        else:
            text = text[:at] + chr(chance.choice((chance.randrange(256), chance.randrange(0x11_0000)))) + text[at + 1 :]
    return text[:20_000]


def _hops(chance: random.Random) -> str:
    hops = [_mutated(chance.choice(ADDRESSES), chance, 0.1) for _ in range(chance.randrange(6))]
    return chance.choice((", ", ",", " ,", ",,")).join(hops) * (1000 if chance.random() < 0.001 else 1)


def _forwarded(chance: random.Random) -> str:
    pattern = ", ".join(chance.choice(FORWARDED) for _ in range(chance.randrange(4)))
    while "{}" in pattern:
        pattern = pattern.replace("{}", chance.choice(ADDRESSES), 1)
    return _mutated(pattern, chance)


def _tokens() -> list[str]:
    now = int(time.time())
    claims: dict[str, Any] = {
        "sub": "u1",
        "aud": "omotenashi",
        "iat": now - 5,
        "exp": now + 36_000,
        "rank": "金",
        "points": 3,
    }
    claims["born"] = "1990-02-29"
    short = claims | {"exp": now + 290}
    odd = short | {"sub": 2**70, "rank": ["x"], "points": "1" * 400, "\ud83d": None}
    return [
        jwt.encode(one, SECRET, "HS256", {"kid": kid}) for one in (claims, short, odd) for kid in ("k", "old", "no", "")
    ]


def _token(chance: random.Random, tokens: list[str]) -> tuple[str, bool]:
    """Return a token: as it was signed, mutated, of parts of several, or nonsense."""
    token = chance.choice(tokens)
    way = chance.randrange(5)
    if way == 0:
        return token, True
    if way == 1:
        parts = [chance.choice(tokens).split(".")[part] for part in range(3)]
        return ".".join(parts), ".".join(parts) in tokens
    if way == 2:
        return token.rpartition(".")[0] + ".", False
    changed = _mutated(token, chance, 1) if way == 3 else _filled("{}.{}.{}", chance)
    return changed, _same_signature(changed, tokens)


def _same_signature(changed: str, tokens: list[str]) -> bool:
    """The last character of a signature has bits that say nothing; only a change behind them is none."""
    return any(changed[:-1] == token[:-1] or changed.strip() == token for token in tokens)


def _sent(line: RequestLine) -> bytes:
    """Return the line as Python's json writes it, half surrogate pairs as escapes."""
    return json.dumps({name: value for name, value in asdict(line).items() if value is not None}).encode()


if __name__ == "__main__":
    sys.exit(main())

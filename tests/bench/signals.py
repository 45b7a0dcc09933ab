"""CPU of reading all signals of a request, warm and cold, and what memory it takes. Run: make bench-signals

Read are: the visitor's address behind a proxy, the place by mmdb, arrival and page by Referer and URL, the member by a
signed token, device, languages, robots, cookies, consent. Warm: fifty visitors come again and again. Cold: no value was
seen before, and all caches are full. The bars are 60 and 250 µs. Memory is what the process grows by while a hundred
thousand requests come of which no two have a value in common. The database is the sample in ../shared/data, or --mmdb.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import statistics
import time
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jwt
import maxminddb
from msgspec.structs import asdict

from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.signals import gather
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.consent import consent_of
from omotenashi.signals.device import is_bot
from omotenashi.signals.gather import Known, SignalTools
from omotenashi.signals.member_keys import MemberKeys
from omotenashi.signals.place_reader import PlaceReader
from omotenashi.web.facts import connection_says
from omotenashi.web.guard import Access, Caller
from omotenashi.web.request import Request

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT.parent / "shared" / "data" / "geo-jp-sample" / "jp-sample-city.mmdb"
SECRET = "a secret that is longer than 32 bytes"
VISITORS, ROUNDS, REQUESTS, OVERFLOW, DISTINCT = 50, 7, 3000, 10_000, 100_000
BARS = {"warm": 60, "cold": 250}
SITE = SiteFacts(
    hosts=frozenset({"shop.example"}),
    attributes={"rank": Attribute("rank", "text"), "points": Attribute("points", "number")},
)
WORDS = "マラソン シューズ ランニング 靴 トレイル 初心者 大会 時計 子ども ウェア".split()
AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{0} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{1} Mobile/15E{2} Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.{1}.{2} Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.{1}.{2} Safari/537.36 Edg/{0}.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{0}.{1}.{2} Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{0} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E{2} Safari Line/14.{1}.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.{1}) Gecko/20100101 Firefox/{0}.{2}",
)
REFERRERS = (
    "https://search.yahoo.co.jp/search?p={0}&ei=UTF-8&fr=top_ga1_sa",
    "https://www.google.com/search?q={0}&hl=ja",
    "https://www.bing.com/search?q={0}&form=QBLH",
    "https://t.co/{1}",
    "https://blog.example/archives/{1}.html",
    "https://shop.example/running/{1}",
)
URLS = (
    "https://shop.example/running/{1}?utm_source=yahoo&utm_medium=cpc&utm_campaign=sale{1}&utm_term={0}",
    "https://shop.example/trail/shoes-{1}",
    "https://shop.example/search?q={0}",
    "https://shop.example/wear/{1}?gclid=Cj0KCQ{1}",
)


def main() -> None:
    """Measure, print a table, write var/bench-signals.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mmdb", type=Path, default=SAMPLE)
    options = parser.parse_args()
    results = measure(options.mmdb if options.mmdb.is_file() else None)
    for name, bar in BARS.items():
        median, least = statistics.median(results[name]), min(results[name])
        print(f"{name}: {median:6.1f} µs of CPU a request (at most {bar}); {least:.1f} in the round least disturbed")
    full, grown = results["memory"]
    print(f"memory: {full:.0f} MB for {OVERFLOW:,} different requests, {grown:.1f} MB more for {DISTINCT:,} others")
    target = ROOT / "var" / "bench-signals.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=1))


def measure(mmdb: Path | None) -> dict[str, list[float]]:
    """Return CPU µs a request, one for each round, and the MB by which caches grow, and by which they grow once full."""
    tools = SignalTools(PlaceReader(mmdb) if mmdb else None, MemberKeys.parse(f"k:{SECRET}"))
    access = Access(b"the key of the bench", TrustedNetworks.parse(["10.0.0.0/8"]))
    gather.warm()
    everybody = requests(addresses(mmdb), random.Random(1))
    regulars = list(islice(everybody, VISITORS))
    results: dict[str, list[float]] = {"warm": [], "cold": []}
    timed(regulars, access, tools)
    for _ in range(ROUNDS):
        results["warm"].append(timed(list(islice(cycle(regulars), REQUESTS)), access, tools))
    empty = memory()
    timed(list(islice(everybody, OVERFLOW)), access, tools)
    full = memory()
    for scope in islice(everybody, DISTINCT):
        read(scope, access, tools)
    results["memory"] = [full - empty, memory() - full]
    for _ in range(ROUNDS):
        results["cold"].append(timed(list(islice(everybody, REQUESTS)), access, tools))
    return results


def timed(scopes: list[dict[str, Any]], access: Access, tools: SignalTools) -> float:
    """Return CPU µs for each of the requests."""
    gc.collect()
    gc.freeze()
    begun = time.process_time()
    for scope in scopes:
        read(scope, access, tools)
    return (time.process_time() - begun) / len(scopes) * 1e6


def memory() -> float:
    """Return the resident memory of this process in MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def read(scope: dict[str, Any], access: Access, tools: SignalTools) -> None:
    """Read all signals of one request, as the service does for an include."""
    pairs, peer = scope["headers"], access.connection(scope["client"][0])
    caller = Caller(Request("GET", "/v1/block/hero", b"", pairs, dict(pairs), peer), access)
    facts = RequestFacts(
        now=time.time(),
        url=caller.stated(b"x-omo-page-uri"),
        referrer=caller.text(b"referer"),
        cookies=caller.cookies(),
        **asdict(connection_says(caller)),
    )
    member = gather.member_of(facts, SITE, tools)
    known = Known(member=member, consent=consent_of(facts, SITE).granted)
    visitor = gather.visitor(facts, SITE, tools, known)
    assert member is not None
    assert not is_bot(facts.user_agent), visitor


def requests(hosts: Iterable[str], chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield requests of which no two have a value in common."""
    for number, address in enumerate(hosts):
        word = quote(f"{chance.choice(WORDS)} {number}")
        agent = AGENTS[number % len(AGENTS)].format(number % 97, number // 97, number)
        now = int(time.time())
        claims = {"sub": f"u{number}", "rank": "ゴールド", "points": number, "iat": now - 60, "exp": now + 36_000}
        claims["aud"] = "omotenashi"
        token = jwt.encode(claims, SECRET, "HS256", {"kid": "k"})
        headers = {
            "host": "shop.example",
            "x-omo-page-uri": URLS[chance.randrange(len(URLS))].format(word, number),
            "referer": REFERRERS[chance.randrange(len(REFERRERS))].format(word, number),
            "user-agent": agent,
            "accept-language": f"ja,en-US;q=0.{number % 9},x-{number};q=0.1",
            "x-forwarded-for": f"{address}, 10.0.{number // 250 % 250}.{number % 250}",
            "cookie": f"_ga=GA1.1.{number}; omo_consent=personalization,measurement; omo_member={token}; omo_vid=v{number}",
        }
        yield {
            "type": "http",
            "client": ("10.0.0.1", 443),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }


def addresses(mmdb: Path | None) -> Iterator[str]:
    """Yield different addresses, those first that the database knows."""
    if mmdb:
        for network, _ in maxminddb.open_database(os.fspath(mmdb)):
            if network.version == 4:
                yield from map(str, islice(network, 256))
    yield from (str(ip_address(number)) for number in range(int(ip_address("60.0.0.0")), int(ip_address("99.0.0.0"))))


if __name__ == "__main__":
    main()

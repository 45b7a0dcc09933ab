"""Two nodes on a Cluster decide as one on a file does, whichever of them is asked and in whatever order people come.

OMO_TEST_SEQUENCES=1000 tries so many random days instead of a few.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
import pytest
from tests.conftest import HASH_KEY, KEY, SITE
from tests.places import put_record
from tests.redis_servers import Cluster

from omotenashi.profiles.keys import member_key
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.sqlite import SqliteStore
from omotenashi.profiles.store import MemberRecord, Store
from omotenashi.reload import Holder
from omotenashi.service import Service
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.gather import SignalTools
from omotenashi.web.app import create_app
from omotenashi.web.guard import Access

pytestmark = pytest.mark.anyio
DAYS = int(os.environ.get("OMO_TEST_SEQUENCES", "5"))
"""How many random days."""
PEOPLE, STEPS = 3, 14
"""Of each day; and what each of them does."""
NOON = 1_764_990_000
BEARER = {"Authorization": f"Bearer {KEY}"}
CONSENTS = [["personalization", "measurement"]] * 4 + [["personalization"]] * 4 + [None, ["denied"], ["nonsense"]]
HISTORY = Path(__file__).parents[1] / "cases" / "history.good.yaml"
"""Rules with each condition on history."""
MORE = """
blocks:
  capped:
    rules:
      - {name: 3回まで, limit: {times: 3, per: 7 days}, show: {html: 3回まで}}
      - {name: あと1回, limit: {times: 1, per: 7 days}, show: {html: あと1回}}
    otherwise: {html: そのあと}
  split:
    rules:
      - name: 実験
        experiment:
          id: halves
          split: [{name: a, share: 50%, show: {html: a}}, {name: b, share: 50%, show: {html: b}}]
    otherwise: original
"""
PAGES = ["/running/a", "/running/b", "/running/c", "/", "/sake/"]
YAHOO = "https://search.yahoo.co.jp/search?p=" + quote("マラソン")
ITEMS = [{"item_id": "S1", "item_category": "酒", "price": 4000}, {"item_id": "x", "price": 1700, "quantity": 2}]


class Step(NamedTuple):
    """What one of the people does: a request, or what is imported about a member."""

    at: float
    who: int
    method: str
    path: str
    body: dict[str, Any] | None
    headers: dict[str, str]
    record: MemberRecord | None = None


class Clock:
    """In the place of the module `time`."""

    def __init__(self) -> None:
        self.now = float(NOON)

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("omotenashi.web.facts.time", clock)
    return clock


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(SITE, tmp_path / "rules"))
    (folder / "history.yaml").write_text(HISTORY.read_text(encoding="utf-8").partition("\ntests:")[0], encoding="utf-8")
    (folder / "more.yaml").write_text(MORE, encoding="utf-8")
    return folder


@pytest.mark.parametrize("day", range(DAYS))
async def test_two_nodes_on_a_cluster_decide_as_one_on_a_file_does(
    day: int, shared_cluster: Cluster, prefix: str, rules: Path, tmp_path: Path, clock: Clock
) -> None:
    chance = Random(day)
    people = [steps_of(chance, f"{day}-{number}", number) for number in range(PEOPLE)]
    address = parse_address(f"{shared_cluster.url}?prefix={prefix}")
    async with (
        node(rules, SqliteStore(tmp_path / "visitors.sqlite")) as alone,
        node(rules, RemoteStore(address, timeout=5)) as here,
        node(rules, RemoteStore(address, timeout=5)) as there,
    ):
        expected = await answers(interleaved(chance, people), clock, lambda: alone)
        found = await answers(interleaved(chance, people), clock, lambda: chance.choice([here, there]))
        for who, steps in enumerate(people):
            for step, one, other in zip(steps, expected[who], found[who], strict=True):
                assert other == one, (day, steps[: steps.index(step) + 1])
            for which in (here, there):
                for body in exports(f"{day}-{who}"):
                    assert await export(which, body) == await export(alone, body), (day, steps)
        assert alone.counters_of_faults() == here.counters_of_faults() == there.counters_of_faults() == {}


class Node(NamedTuple):
    service: Service
    client: httpx.AsyncClient

    def counters_of_faults(self) -> dict[str, int]:
        counted = self.service.counters.items()
        return {name: count for name, count in counted if name.startswith(("fault", "deadline", "store_"))}


@asynccontextmanager
async def node(rules: Path, store: Store) -> AsyncIterator[Node]:
    holder = Holder(rules)
    holder.load_first()
    assert holder.current is not None
    service = Service(holder, store, SignalTools(), HASH_KEY, deadline=10)
    access = Access(KEY.encode(), TrustedNetworks.parse(("192.0.2.1/32",)))
    transport = httpx.ASGITransport(create_app(service, access), client=("192.0.2.1", 40000))
    service.start()
    await service.meet_store()
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        yield Node(service, client)
    await service.close()


async def answers(steps: Sequence[Step], clock: Clock, choose: Callable[[], Node]) -> list[list[Any]]:
    """Return what each of the people was answered."""
    found: list[list[Any]] = [[] for _ in range(PEOPLE)]
    for step in steps:
        clock.now, asked = step.at, choose()
        if step.record is not None:
            key = member_key(step.path, HASH_KEY)
            await put_record(asked.service.persons.store, key, step.record, int(step.at))
            found[step.who].append(None)
            continue
        response = await asked.client.request(step.method, step.path, json=step.body, headers=step.headers)
        found[step.who].append((response.status_code, content(response)))
    return found


def content(response: httpx.Response) -> Any:
    if response.headers.get("content-type") != "application/json":
        return response.text, response.headers.get("x-omo-rule")
    told = response.json()
    return {name: told[name] for name in told if name in ("blocks", "erased", "status")}


def exports(name: str) -> list[dict[str, Any]]:
    return [{"visitor": {"id": device}, "member": {"id": member}} for device, member in zip(*names(name), strict=True)]


async def export(which: Node, body: dict[str, Any]) -> Any:
    response = await which.client.post("/v1/visitor/export", json=body, headers=BEARER)
    assert response.status_code == 200, response.text
    return response.json()


def interleaved(chance: Random, people: Sequence[Sequence[Step]]) -> list[Step]:
    """Return the steps of all; each one's in order, and those of others in between as it happens."""
    turns = [who for who, steps in enumerate(people) for _ in steps]
    chance.shuffle(turns)
    rest = [iter(steps) for steps in people]
    return [next(rest[who]) for who in turns]


# What people do


def names(name: str) -> tuple[list[str], list[str]]:
    """Return the devices of somebody, and who logs in on them."""
    return [f"phone-{name}-0123456789", f"laptop-{name}-0123456789"], [f"sato-{name}", f"suzuki-{name}"]


def steps_of(chance: Random, name: str, who: int) -> list[Step]:
    devices, members = names(name)
    at, found = float(NOON), []
    for number in range(STEPS):
        at += chance.choice([0.2, 5, 5, 60, 400, 3 * 3600, 86_400, 9 * 86_400])
        device = chance.choice([devices[0], devices[0], devices[1]])
        member = chance.choice(["", "", members[0], members[0], members[1]])
        kind = chance.choice([decision] * 6 + [includes] * 3 + [event] * 4 + [denial, erasure, imported])
        found += kind(chance, Step(at, who, "POST", "", None, BEARER), device, member, f"{name}-{number}")
    return found


def decision(chance: Random, step: Step, device: str, member: str, name: str) -> list[Step]:
    body = {"blocks": blocks(chance), "page": page(chance), **person(chance, device, member)}
    if chance.random() < 0.3:
        body["events"] = events(chance, name)
    return [step._replace(path="/v1/decide", body=body)]


def includes(chance: Random, step: Step, device: str, member: str, name: str) -> list[Step]:
    """Several blocks of one page, as SSI asks for them."""
    del member
    consent = chance.choice(["personalization"] * 5 + ["maybe"])
    headers = {"Cookie": f"omo_consent={consent}; omo_vid={device}", "X-Omo-Page-Uri": chance.choice(PAGES)}
    if chance.random() < 0.7:
        headers["X-Omo-Request"] = f"request-{name}"
    if chance.random() < 0.2:
        headers["Referer"] = YAHOO
    return [
        step._replace(at=step.at + place / 10, method="GET", path=f"/v1/block/{block}", headers=headers)
        for place, block in enumerate(blocks(chance)[:4])
    ]


def event(chance: Random, step: Step, device: str, member: str, name: str) -> list[Step]:
    body = {"events": events(chance, name), "page": page(chance), **person(chance, device, member)}
    sent = [step._replace(path="/v1/event", body=body)]
    return sent * chance.choice([1, 1, 1, 2])  # a CMS that is not sure sends it again


def denial(chance: Random, step: Step, device: str, member: str, name: str) -> list[Step]:
    del member, name
    headers = {"Cookie": f"omo_consent=denied; omo_vid={device}"}
    return [step._replace(path="/v1/decide", body={"blocks": blocks(chance)}, headers=headers)]


def erasure(chance: Random, step: Step, device: str, member: str, name: str) -> list[Step]:
    del chance, name
    body: dict[str, Any] = {"visitor": {"id": device}, **({"member": {"id": member}} if member else {})}
    return [step._replace(path="/v1/visitor/erase", body=body)]


def imported(chance: Random, step: Step, device: str, member: str, name: str) -> list[Step]:
    del device, name
    consent = chance.choice([None, frozenset({"personalization"}), frozenset({"personalization"}), frozenset()])
    record = MemberRecord(consent, {"rank": chance.choice(["一般", "ゴールド"])})
    return [step._replace(path=member or "nobody", record=record)]


def person(chance: Random, device: str, member: str) -> dict[str, Any]:
    visitor: dict[str, Any] = {"id": device}
    consent = chance.choice(CONSENTS)
    if consent is not None:
        visitor["consent"] = consent
    return {"visitor": visitor, **({"member": {"id": member}} if member else {})}


def page(chance: Random) -> dict[str, Any]:
    tags = chance.choice([{}, {"tags": ["経済"]}])
    return {"url": chance.choice(PAGES), **tags, **chance.choice([{}, {}, {"referrer": YAHOO}])}


def blocks(chance: Random) -> list[str]:
    return ["capped", "notice", "hero", *chance.sample(BLOCKS, 8)]


BLOCKS = [
    "greeting", "store_info", "split", "cart", "viewed_thrice", "viewed_once", "viewed_range", "viewed_item",
    "viewed_category", "bought_any", "bought_category", "bought_amount", "did", "did_not", "cart_filled",
    "visits_exactly", "visits_range", "visits_within", "away", "back_soon", "stage", "seen", "seen_at_most",
    "seen_block", "limited", "rested", "rested_event",
]  # fmt: skip


def events(chance: Random, name: str) -> list[dict[str, Any]]:
    """Return one or two events; some have an id or a time of their own."""
    found = []
    for number in range(chance.choice([1, 1, 2])):
        stated: dict[str, Any] = {"event": chance.choice(["page_view", "view_item", "add_to_cart", "purchase",
                                                          "search", "demo_request", "remove_from_cart"])}  # fmt: skip
        if stated["event"] == "page_view":
            stated["page"] = chance.choice(PAGES)
        elif stated["event"] not in ("search", "demo_request"):
            stated["items"] = chance.sample(ITEMS, chance.choice([1, 2]))
        if stated["event"] == "purchase":
            stated["transaction_id"] = f"order-{name}-{number}"
        if chance.random() < 0.5:
            stated["event_id"] = f"event-{name}-{number}"
        found.append(stated)
    return found

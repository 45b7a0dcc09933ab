"""The service under a store that fails: decisions go on, and nothing is claimed that was not shown."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from msgspec import structs

from omotenashi.content.render import HIDDEN
from omotenashi.model.request import RequestFacts
from omotenashi.profiles.sqlite import SqliteStore
from omotenashi.reload import Holder
from omotenashi.service import Service
from omotenashi.signals.gather import SignalTools

pytestmark = pytest.mark.anyio
NOW = 1_795_000_000.0
VISITOR = "visitor-0123456789"
ASK = RequestFacts(
    now=NOW, blocks=("notice",), authenticated=True, visitor_id=VISITOR, stated_consent=("personalization",)
)


@pytest.fixture
def hasty(rules: Path, database: Path) -> Service:
    """A service with the usual deadline."""
    holder = Holder(rules)
    holder.load_first()
    return Service(holder, SqliteStore(database), SignalTools(), b"the-hash-key-of-the-tests", deadline=0.05)


async def test_a_locked_store_costs_one_deadline_and_claims_one_limit_at_most(
    hasty: Service, rules: Path, database: Path
) -> None:
    limited = "".join(
        f"      - {{name: n{n}, when: {{visits: 1}}, limit: {{times: 1, per: 1 day}}, show: {{html: <p>{n}</p>}}}}\n"
        for n in range(40)
    )
    (rules / "home.yaml").write_text(f"blocks:\n  notice:\n    rules:\n{limited}    otherwise: original\n")
    hasty.holder.reload_if_changed()
    hasty.start()
    lock = sqlite3.connect(database, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    outcome = await hasty.decide(ASK)
    lock.close()
    await hasty.close()
    assert outcome.blocks["notice"].html is None
    assert hasty.counters["deadline"] == 1
    store = SqliteStore(database)
    store.start()
    profile = store.read(VISITOR, int(NOW))
    assert len(profile.showings if profile else ()) <= 1
    await store.close()


async def test_a_fault_of_the_first_load_is_counted_and_the_service_starts(
    hasty: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("omotenashi.reload.load", broken)
    hasty.load_rules()
    assert hasty.counters["fault:load"] == 1
    assert hasty.holder.state.problems[0]["code"] == "fault"


def at_once(service: Service, facts: RequestFacts) -> dict[str, str | None]:
    """Return what the blocks show if the decision waits for nothing; else the test fails."""
    deciding = service.decide(facts)
    with pytest.raises(StopIteration) as answered:
        deciding.send(None)
    return {name: shown.html for name, shown in answered.value.value.blocks.items()}


@pytest.mark.parametrize(
    ("facts", "html"),
    [
        (structs.replace(ASK, visitor_id=None, stated_consent=None), HIDDEN),
        (structs.replace(ASK, visitor_id=None, stated_consent=None, stated_member={"id": "u1"}), HIDDEN),
        (structs.replace(ASK, stated_consent=("denied",)), HIDDEN),
        (structs.replace(ASK, counts=False), "<p>その次</p>"),
    ],
    ids=["a guest", "a member", "a denial where nothing is stored", "what does not count"],
)
async def test_a_decision_that_records_nothing_waits_for_nothing(
    hasty: Service, facts: RequestFacts, html: str
) -> None:
    hasty.start()
    shown = at_once(hasty, facts)
    await hasty.close()
    assert shown == {"notice": html}


async def test_without_consent_every_rule_with_a_limit_is_passed_over(hasty: Service, rules: Path) -> None:
    limited = "".join(
        f"      - {{name: n{n}, limit: {{times: 1, per: 1 day}}, show: {{html: <p>{n}</p>}}}}\n" for n in range(3)
    )
    free = "      - {name: free, show: {html: <p>free</p>}}\n"
    (rules / "home.yaml").write_text(f"blocks:\n  notice:\n    rules:\n{limited}{free}    otherwise: original\n")
    hasty.holder.reload_if_changed()
    hasty.start()
    shown = at_once(hasty, structs.replace(ASK, stated_consent=None))
    await hasty.close()
    assert shown == {"notice": "<p>free</p>"}

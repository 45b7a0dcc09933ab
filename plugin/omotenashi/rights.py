"""What people may ask about themselves: what is stored of me, erase it, why do I see this, stop, start again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct

from omotenashi.engine.account import Account
from omotenashi.engine.choose import Choice
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.reading import reading
from omotenashi.language.condition import Fact
from omotenashi.language.program import Program
from omotenashi.language.vocabulary import find_field
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.privacy import keep_data, profile_data, record_data
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.store import MemberRecord, Reader, Store
from omotenashi.signals.consent_forms import PERSONALIZATION
from omotenashi.signals.origins import NO_ORIGINS, Origins, origin_of
from omotenashi.site import Site


class Whom(Struct, frozen=True):
    """Whose data: the anonymous profile of a device, and what is stored of the member who is logged in."""

    visitor_id: str | None = None
    member_key: str | None = None

    @property
    def keys(self) -> list[str]:
        """Return the keys of what is stored."""
        return [key for key in (self.visitor_id, self.member_key) if key is not None]


class Stored(Struct, frozen=True):
    """All that is stored of somebody; None where there is nothing."""

    visitor: Profile | None = None
    member: Profile | None = None
    record: MemberRecord | None = None

    def __bool__(self) -> bool:
        return self != _NOTHING


_NOTHING = Stored()


# Export and erase


async def fetched(whom: Whom, store: Store, now: int) -> Stored:
    """Return what is stored of somebody at `now` (epoch seconds). Raises StoreUnavailable."""
    return stored(whom, await store.fetch(whom.keys), now)


def stored(whom: Whom, reader: Reader, now: int) -> Stored:
    """Return what is stored of somebody at `now`, where that is at hand. Raises what the reader does."""
    visitor = None if whom.visitor_id is None else reader.read(whom.visitor_id, now)
    if whom.member_key is None:
        return Stored(visitor)
    return Stored(visitor, reader.read(whom.member_key, now), reader.read_record(whom.member_key))


def exported(found: Stored, keep: Keep, blocks: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return all that is stored of somebody as plain data; `blocks` is for those who may not learn the ids of rules."""
    return {
        "visitor": None if found.visitor is None else profile_data(found.visitor, blocks),
        "member": None if found.member is None else profile_data(found.member, blocks),
        "record": None if found.record is None else record_data(found.record),
        "kept_days": keep_data(keep),
    }


def blocks_of_rules(program: Program) -> dict[str, str]:
    """Return the block of each rule by the rule's id."""
    return {rule.id: block.name for block in program.blocks.values() for rule in block.rules}


async def erase(whom: Whom, store: Store, now: int) -> bool:
    """Erase all that is stored of somebody, but a member's no; tell whether there was anything.

    Raises StoreUnavailable.
    """
    erased = []
    if whom.visitor_id is not None:
        erased.append(await store.erase(whom.visitor_id))
    if whom.member_key is not None:
        erased.append(await store.erase(whom.member_key, record=False))
        erased.append(await store.change_record(whom.member_key, refusal_of, now))
    return any(erased)


def refusal_of(record: MemberRecord | None) -> MemberRecord | None:
    """Return what has to stay of a record so that a member's no is not forgotten; None where none was said."""
    said = None if record is None else record.consent
    return None if said is None or PERSONALIZATION in said else MemberRecord(said)


async def stop(whom: Whom, store: Store, now: int) -> None:
    """Erase what somebody did; of a member it is kept that nothing may be remembered from now on.

    What was imported about the member stays: it is the site's own data. Raises StoreUnavailable.
    """
    if whom.member_key is not None:
        await store.change_record(whom.member_key, _refusing, now)
        await store.erase(whom.member_key, record=False)
    if whom.visitor_id is not None:
        await store.erase(whom.visitor_id)


async def start(whom: Whom, store: Store, now: int) -> None:
    """Let a member who had stopped be remembered again, where the device's consent allows. Raises StoreUnavailable."""
    if whom.member_key is not None:
        await store.change_record(whom.member_key, _saying_nothing, now)


def _refusing(record: MemberRecord | None) -> MemberRecord:
    return MemberRecord(frozenset(), {} if record is None else record.attributes)


def _saying_nothing(record: MemberRecord | None) -> MemberRecord | None:
    return None if record is None or not record.attributes else MemberRecord(None, record.attributes)


# Explain


class Reasons(Struct, frozen=True):
    """Why one block shows what it shows."""

    block: str
    label: str
    choice: Choice
    kinds: tuple[str, ...]
    """The kinds of facts that the winning rule rests on, in the reader's language; no facts."""
    read_from: tuple[str, ...]
    """Where each of these was read from, in the reader's language; empty where that goes without saying."""


def reasons(
    site: Site, occasion: Occasion, blocks: Collection[str], language: str, origins: Origins = NO_ORIGINS
) -> Iterator[Reasons]:
    """Return for each of the blocks what is decided, on what kinds of facts, and by `origins` where these are from.

    Nothing is claimed or recorded.
    """
    choices = site.engine.decide(occasion, blocks)
    for name in blocks:
        if name in choices:
            choice, block = choices[name], site.engine.program.blocks[name]
            kinds = _kinds(choice, occasion, site, language, origins)
            yield Reasons(name, block.label or name, choice, tuple(kinds), tuple(kinds.values()))


def told_to_visitor(one: Reasons) -> dict[str, Any]:
    """Return what a visitor may learn: no rule's name, no condition's value, nothing that was inferred."""
    return {"label": one.label, "personalized": one.choice.rule is not None, "because_of": list(one.kinds)}


def told_to_operator(
    one: Reasons, site: Site, occasion: Occasion, language: str, origins: Origins = NO_ORIGINS
) -> dict[str, Any]:
    """Return all of it: every rule of the block, condition by condition."""
    rule = one.choice.rule
    return {
        **told_to_visitor(one),
        "rule": rule.name if rule else "otherwise",
        "id": rule.id if rule else f"{one.block}/otherwise",
        "variant": one.choice.variant,
        "reason": one.choice.reason,
        "rules": [
            _account(account, occasion, site.facts, language, origins)
            for account in site.engine.explain(occasion, one.block)
        ],
    }


def _account(account: Account, occasion: Occasion, facts: SiteFacts, language: str, origins: Origins) -> dict[str, Any]:
    return {
        "rule": account.rule.name,
        "id": account.rule.id,
        "value": account.value,
        "conditions": [
            {
                "field": fact.field,
                "condition": fact.written,
                "value": value,
                **_read(fact, occasion, facts, language, origins),
            }
            for fact, value in account.finding.facts()
        ],
    }


def _read(fact: Fact, occasion: Occasion, facts: SiteFacts, language: str, origins: Origins) -> dict[str, str | None]:
    """Return what was read for a condition, and where; nothing of what is sensitive."""
    read = None if _is_sensitive(fact.field, facts) else reading(fact, occasion, language)
    origin = origin_of(fact, occasion.visitor.arrival, origins) if read else None
    return {"read": read, "origin": origin.code if origin else None}


def _is_sensitive(field: str, facts: SiteFacts) -> bool:
    head, _, name = field.partition(".")
    attribute = facts.attributes.get(fold(name)) if head == "member" else None
    return attribute is not None and attribute.sensitive


def _kinds(choice: Choice, occasion: Occasion, site: Site, language: str, origins: Origins) -> dict[str, str]:
    """Return the kinds of facts, each with where it was read from."""
    found: dict[str, str] = {}
    for fact in site.engine.grounds(choice.rule, occasion) if choice.rule else ():
        origin = origin_of(fact, occasion.visitor.arrival, origins)
        found.setdefault(kind_of(fact.field, language), origin.said(language) if origin else "")
    return found


def kind_of(field: str, language: str) -> str:
    """Return what a field of conditions is about, for people who know no rules."""
    if field == "experiment":
        return _CHANCE[language == "ja"]
    known = find_field(_SAME_KIND.get(field, field))
    if known is None:
        return _TIME[language == "ja"]
    doc = known[0].ja_doc if language == "ja" else known[0].en_doc
    return doc.partition("(")[0].strip()


_SAME_KIND = {"limit": "shown", "cooldown": "did", "needs_consent": "consent"}
_TIME = ("the date and the time", "日付と時刻")
"""For from, until, days and hours."""
_CHANCE = ("chance, to compare several versions", "いくつかの案を見比べるための抽選")

"""Two versions of a rules folder, decided for the same visitors: who gets another page, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.engine.account import Account
from omotenashi.engine.bucket import bucket, ends
from omotenashi.engine.occasion import Occasion
from omotenashi.language.changes import Pairs
from omotenashi.language.condition import Fact
from omotenashi.language.program import Rule, Show
from omotenashi.language.syntax import ExperimentSpec, StatedShowing, StatedVisitor, VariantSpec
from omotenashi.model.errors import Position
from omotenashi.model.text import fold
from omotenashi.signals.gather import SignalTools
from omotenashi.site import Site, shown
from omotenashi.verify import occasion_for, shown_id

_NOWHERE = Position("", 0, 0, 0)


class Watched(Struct, frozen=True):
    """A visitor for whom both versions decide."""

    name: str
    """Also what stands for the visitor in experiments, as an id does in service."""
    visitor: StatedVisitor
    at: float | None = None
    """Epoch seconds; None means now."""


class Sight(Struct, frozen=True):
    """What a visitor sees in one block."""

    rule: Rule | None = None
    """None: no rule matched."""
    variant: str | None = None
    """Of the rule's experiment."""
    show: Show | None = None
    """None: there is no such block, and the CMS keeps its own."""
    html: str | None = None
    """None: the CMS keeps its own, or it is fetched."""

    @property
    def page(self) -> str | None:
        """What tells it from another sight: the HTML, or where it is fetched."""
        return self.show.url if self.show is not None and self.show.kind == "url" else self.html


class Difference(Struct, frozen=True):
    """A visitor sees something else in a block."""

    visitor: Watched
    at: float
    block: str
    before: Sight
    after: Sight
    reason: str
    """block added, block gone, rule gone, no longer matches, new rule, now matches, order, variant, content or otherwise."""
    rule: str = ""
    """The rule that the reason speaks of."""
    fact: Fact | None = None
    """The condition for which it no longer matches."""


def differences(
    old: Site, new: Site, same: Pairs, visitors: Iterable[Watched], tools: SignalTools, now: float
) -> Iterator[Difference]:
    """Return what visitors see otherwise; those without a time are looked at `now` (epoch seconds)."""
    compared = _Compared(old, new, same)
    for watched in visitors:
        at = now if watched.at is None else watched.at
        yield from compared.for_visitor(watched, at, tools)


def visitors_of_tests(old: Site, new: Site) -> list[Watched]:
    """Return the visitors of the tests of both versions; what stands in both is one."""
    found: dict[str, list[Watched]] = {}
    for site in (new, old):
        for test in site.tests:
            watched = Watched(test.name, of_site(test.visitor, site), test.at)
            alike = found.setdefault(test.name, [])
            if watched not in alike:
                alike.append(watched)
    return [watched for alike in found.values() for watched in alike]


def of_site(visitor: StatedVisitor, site: Site) -> StatedVisitor:
    """Return a visitor without places, and with ids for the rules that were shown: in another version an id is the
    same, a name may be another's or nobody's.
    """
    names = site.engine.program.names
    showings = tuple(
        (ago, StatedShowing("id", identifier, _NOWHERE))
        for ago, one in visitor.history.showings
        for identifier in shown_id(one, names)
    )
    buckets = tuple(replace(one, position=_NOWHERE, variant_position=_NOWHERE) for one in visitor.buckets or ())
    return replace(visitor, history=replace(visitor.history, showings=showings), buckets=buckets)


def share_moved(before: ExperimentSpec, after: ExperimentSpec) -> float:
    """Return the share of those who take part, from 0 to 1, who get another variant because of the shares.

    Both sides have the same id, so everybody keeps the place in the line that the shares cut.
    """
    sides = [(one.variants, ends([variant.share for variant in one.variants])) for one in (before, after)]
    cuts = sorted({0.0, 1.0, *(end for _, range_ends in sides for end in range_ends)})
    moved = 0.0
    for start, end in pairwise(cuts):
        numbers = [bucket(start, range_ends) for _, range_ends in sides]
        one, other = (variants[number] for (variants, _), number in zip(sides, numbers, strict=True))
        if not _same_variant(one, other) and not _replaced(before, after, *numbers):
            moved += end - start
    return moved


def _same_variant(one: VariantSpec, other: VariantSpec) -> bool:
    shows_alike = (one.show.kind, one.show.text) == (other.show.kind, other.show.text)
    return fold(one.name) == fold(other.name) or shows_alike


def _replaced(before: ExperimentSpec, after: ExperimentSpec, number: int, its_number: int) -> bool:
    """Tell whether a variant that is gone left its place and share to a new one: that is no matter of shares."""
    names = [{fold(one.name) for one in side.variants} for side in (before, after)]
    gone, new = fold(before.variants[number].name), fold(after.variants[its_number].name)
    alike = [one.share for one in before.variants] == [one.share for one in after.variants]
    return alike and number == its_number and gone not in names[1] and new not in names[0]


class _Compared:
    """Two sites and which rule of one is which of the other."""

    def __init__(self, old: Site, new: Site, same: Pairs) -> None:
        self._old = old
        self._new = new
        self._same = same
        self._names = {fold(name): name for name in (*old.engine.program.blocks, *new.engine.program.blocks)}

    def for_visitor(self, watched: Watched, at: float, tools: SignalTools) -> Iterator[Difference]:
        sites = (self._old, self._new)
        occasions = [occasion_for(_fitting(watched.visitor, site), site, tools, at, watched.name) for site in sites]
        before, after = (_sights(site, one) for site, one in zip(sites, occasions, strict=True))
        for key, block in self._names.items():
            one, other = before.get(key, Sight()), after.get(key, Sight())
            if one.page != other.page:
                reason, rule, fact = self._reason(one, other, occasions[0], occasions[1])
                yield Difference(watched, at, block, one, other, reason, rule, fact)

    def _reason(self, before: Sight, after: Sight, then: Occasion, now: Occasion) -> tuple[str, str, Fact | None]:
        if before.show is None or after.show is None:
            return ("block added" if before.show is None else "block gone"), "", None
        old, new = before.rule, after.rule
        if old is not None and old.id not in self._same:
            return "rule gone", old.name, None
        if old is not None and (new is None or self._same[old.id] != new.id):
            account = _account(self._new, self._same[old.id], now)
            if not account.value:
                return "no longer matches", account.rule.name, _first_failing(account)
        if new is None:
            return "otherwise", "", None
        if old is not None and self._same[old.id] == new.id and before.variant and after.variant:
            return ("content" if fold(before.variant) == fold(after.variant) else "variant"), new.name, None
        return self._reason_of_winner(old, new, then)

    def _reason_of_winner(self, old: Rule | None, new: Rule, then: Occasion) -> tuple[str, str, Fact | None]:
        known = next((one for one, other in self._same.items() if other == new.id), None)
        if known is None:
            return "new rule", new.name, None
        if old is not None and old.id == known:
            return "content", new.name, None
        matched = _account(self._old, known, then).value
        return ("order" if matched else "now matches"), new.name, None


def _fitting(visitor: StatedVisitor, site: Site) -> StatedVisitor:
    """Return a visitor without the variants that the experiments of a site do not have."""
    variants = {(fold(one), fold(name)) for one, names in site.engine.experiments() for name in names}
    fitting = tuple(one for one in visitor.buckets or () if (fold(one.experiment), fold(one.variant)) in variants)
    return replace(visitor, buckets=fitting)


def _sights(site: Site, occasion: Occasion) -> dict[str, Sight]:
    choices = site.engine.decide(occasion, site.engine.program.blocks)
    return {
        fold(block): Sight(choice.rule, choice.variant, choice.show, shown(choice, site, occasion).html)
        for block, choice in choices.items()
    }


def _account(site: Site, identifier: str, occasion: Occasion) -> Account:
    block = next(
        block.name
        for block in site.engine.program.blocks.values()
        if any(rule.id == identifier for rule in block.rules)
    )
    return next(one for one in site.engine.explain(occasion, block) if one.rule.id == identifier)


def _first_failing(account: Account) -> Fact | None:
    failing = (part for part in account.finding.parts if part.value is not True)
    return next((fact for part in failing for fact, value in part.facts() if value is not True), None)

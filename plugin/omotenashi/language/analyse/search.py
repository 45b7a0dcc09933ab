"""Whether formulas can be true together: a search that says no only where that is certain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, tzinfo

from msgspec import Struct

from omotenashi.language.analyse.domains import UNPLACED, Among, Clock, Domain, Marks, Region
from omotenashi.language.analyse.formula import Claim, Every, Formula, Property, Some
from omotenashi.language.analyse.marks import AtLeast
from omotenashi.language.analyse.moments import ALL_DATES, FULL, occurs

State = dict[Property, Domain]
"""What is settled so far, by property."""
_MOST_STEPS = 3000
_TRUE = frozenset((True,))
_BOTH = frozenset((False, True))


class Calendar(Struct, frozen=True):
    """Where the site's days begin, and which are holidays."""

    zone: tzinfo
    holidays: frozenset[date]


class Effort:
    """How much may yet be tried in searches that share it, in ways to choose from."""

    def __init__(self, left: int) -> None:
        self.left = left


def model(formulas: Iterable[Formula], calendar: Calendar, effort: Effort | None = None) -> State | None:
    """Return what a visitor may be like for whom all of the formulas are true, or None where there can be none.

    A search that takes too long, or finds the effort used up, is given up, and what was settled by then is returned:
    so None is certain.
    """
    return _Search(calendar, effort).model({}, list(formulas))


class _Search:
    """Splits what may be true in several ways, and puts claims together until they clash (DPLL)."""

    def __init__(self, calendar: Calendar, effort: Effort | None) -> None:
        self._calendar = calendar
        self._effort = effort
        self._steps = 0

    def model(self, state: State, formulas: list[Formula]) -> State | None:
        choices = _settled(state, formulas)
        if choices is None or not _at_some_time(state, self._calendar):
            return None
        self._steps += 1
        if self._effort is not None:
            self._effort.left -= 1 + sum(map(len, choices))
        if not choices or self._steps > _MOST_STEPS or (self._effort is not None and self._effort.left < 0):
            return state
        first = min(choices, key=len)
        others: list[Formula] = [Some(tuple(choice)) for choice in choices if choice is not first]
        for part in first:
            found = self.model(state.copy(), [part, *others])
            if found is not None:
                return found
        return None


def _settled(state: State, formulas: list[Formula]) -> list[list[Formula]] | None:
    """Add all that follows without a choice to the state; return the choices that remain, or None after a clash."""
    choices: list[list[Formula]] = []
    while True:
        for formula in formulas:
            if not _added(state, formula, choices):
                return None
        formulas, remaining = [], []
        for choice in choices:
            if any(verdict(state, part) is True for part in choice):
                continue
            live = [part for part in choice if verdict(state, part) is not False]
            if not live:
                return None
            if len(live) == 1:
                formulas.append(live[0])
            else:
                remaining.append(live)
        choices = remaining
        if not formulas:
            return choices


def _added(state: State, formula: Formula, choices: list[list[Formula]]) -> bool:
    if isinstance(formula, Claim):
        return _claimed(state, formula)
    if isinstance(formula, Every):
        return all(_added(state, part, choices) for part in formula.parts)
    choices.append(list(formula.parts))
    return True


def _claimed(state: State, claim: Claim) -> bool:
    met = _met(state, claim)
    if met is None:
        return False
    if met == state.get(claim.about):
        return True
    state[claim.about] = met
    return all(_claimed(state, one) for one in _implied(claim.about, met))


def verdict(state: State, formula: Formula) -> bool | None:
    """Tell whether a formula is true or false in a state for certain; None where that is open."""
    if isinstance(formula, Claim):
        met = _met(state, formula)
        return False if met is None else True if met == state.get(formula.about) else None
    decisive = not isinstance(formula, Every)
    result: bool | None = not decisive
    for part in formula.parts:
        found = verdict(state, part)
        if found is decisive:
            return decisive
        if found is None:
            result = None
    return result


def _met(state: State, claim: Claim) -> Domain | None:
    domain, before = claim.domain, state.get(claim.about)
    if before is None:
        return None if domain.empty else domain
    if isinstance(before, Marks) and isinstance(domain, Marks) and _follows(before, domain):
        return before
    return before.meet(domain)  # type: ignore[arg-type] # one property has one kind of domain


def _follows(known: Marks, asked: Marks) -> bool:
    """Tell whether statements are settled already by others."""
    return all(any(one.entails(mark) for one in known.true) for mark in asked.true) and all(
        any(mark.entails(one) for one in known.false) for mark in asked.false
    )


def _implied(about: Property, domain: Domain) -> Iterator[Claim]:
    """What one property tells of another."""
    if about[0] == "known" and domain == Among(_TRUE, universe=_BOTH):
        if about[1] == "history":
            yield Claim(("tag", "consent", "personalization"), Among(_TRUE, universe=_BOTH))
        elif str(about[1]).startswith("member."):
            yield Claim(("value", "logged_in"), Among(_TRUE, universe=_BOTH))
    elif about == ("status", "cart") and isinstance(domain, Among) and 0 not in domain.values:
        yield Claim(("known", "history"), Among(_TRUE, universe=_BOTH))
    elif isinstance(domain, Region) and UNPLACED not in domain.statuses:
        yield Claim(("known", "country"), Among(_TRUE, universe=_BOTH))
        yield Claim(("value", "country"), Among(frozenset(("JP",))))


def _at_some_time(state: State, calendar: Calendar) -> bool:
    """Tell whether days and hours fall into the period, where it has a beginning and an end."""
    clock, dates, period = (state.get((about,)) for about in ("clock", "date", "time"))
    if not isinstance(period, Marks) or not period.true or not period.false or not (clock or dates):
        return True
    minutes = clock.bits if isinstance(clock, Clock) else FULL
    days = dates.bits if isinstance(dates, Clock) else ALL_DATES
    start = max(mark.number for mark in period.true if isinstance(mark, AtLeast))
    end = min(mark.number for mark in period.false if isinstance(mark, AtLeast))
    return occurs(minutes, days, (start, end), calendar.zone, calendar.holidays)

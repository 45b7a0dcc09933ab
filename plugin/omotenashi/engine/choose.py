"""Which rule wins: for each block the first that matches. One pass answers every block of the page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import tzinfo

from msgspec import Struct

from omotenashi.engine.account import Account, account
from omotenashi.engine.borders import Segment
from omotenashi.engine.bucket import bucket, ends, point
from omotenashi.engine.clock import Clock, Window
from omotenashi.engine.estimates import NO_ESTIMATES, Estimate, estimates
from omotenashi.engine.evaluate import FactTests, grounds
from omotenashi.engine.facts import Test, holds_at
from omotenashi.engine.index import Index
from omotenashi.engine.lexicon import Lexicon
from omotenashi.engine.literals import Literals, Row
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.spellings import word_key
from omotenashi.language import condition as c
from omotenashi.language.condition import Fact, facts
from omotenashi.language.program import Experiment, Program, Rule, Show
from omotenashi.model.decision import Reason
from omotenashi.model.text import fold
from omotenashi.model.visitor import Visitor

_LEAST_KEPT = 1000
_MOST_PAGES = 256
"""Sets of blocks for which is remembered what is the same for all visitors: sites have as many as they have kinds of pages."""


class Choice(Struct, frozen=True, eq=False, gc=False):
    """What was decided for one block.

    Each rule, or variant of its experiment, has one for all visitors, so choices are compared by identity.
    """

    block: str
    rule: Rule | None
    """None: no rule matched, and `otherwise` is shown."""
    show: Show
    reason: Reason
    variant: str | None = None
    """Of the rule's experiment."""

    @property
    def won(self) -> str:
        """The rule's name, with the variant in brackets; otherwise where no rule matched."""
        name = self.rule.name if self.rule else "otherwise"
        return name if self.variant is None else f"{name} [{self.variant}]"


class _Split(Struct, frozen=True):
    """A rule's experiment, ready to choose a variant."""

    experiment: str
    """Its id, folded."""
    choices: tuple[Choice, ...]
    ends: tuple[float, ...]

    def choice(self, visitor: Visitor) -> Choice:
        """Return the variant of a visitor who takes part: the one that a test states, else the one of the hash."""
        stated = visitor.buckets.get(self.experiment)
        if stated is not None:
            return next(choice for choice in self.choices if fold(choice.variant or "") == fold(stated))
        return self.choices[bucket(point(self.experiment, visitor.id or ""), self.ends)]


class Ready(Struct, frozen=True, eq=False, gc=False):
    """A rule, ready to be decided on."""

    rule: Rule
    rows: Sequence[Row]
    choices: tuple[Choice, ...]


class _Page(Struct, frozen=True):
    """Blocks that are asked for together."""

    otherwise: dict[str, Choice]
    """What each shows where no rule matches."""
    names: Mapping[int, str]
    """By the number of their group of rules."""
    bits: int
    """Of all their rows."""


class Engine:
    """A program, ready to decide. Immutable and pure: the same visitor at the same moment gets the same answer."""

    def __init__(
        self, program: Program, zone: tzinfo, segment: Segment | None = None, before: Engine | None = None
    ) -> None:
        """`segment` cuts what visitors searched for into morphemes; without it words lie between changes of script.

        Rules that are the same in the engine of `before` are taken over from it.
        """
        self.program = program
        self.zone = zone
        old = before if before and before.is_like(program) else None
        self.estimates: Mapping[c.Estimated, Estimate] = _estimates(program, segment, old.estimates if old else {})
        """Those of its conditions, for the engine that comes after."""
        known = old.literals if old else None
        self.literals: Literals = Literals(FactTests(self.estimates, known.tests if known else None), known)
        """Likewise."""
        self._tests = self.literals.tests
        rules = [rule for block in program.blocks.values() for rule in block.rules]
        same = {id(one.rule): one for one in old.rules} if old else {}
        self.rules: Sequence[Ready] = [same.get(id(rule)) or self._made_ready(rule) for rule in rules]
        """Likewise."""
        self._numbers: Mapping[str, Sequence[int]] = {}
        """Of rules by their ids, once some are passed over."""
        self._words: dict[int, tuple[tuple[str, str], ...]] = {}
        """Of the keyword of rules, once they were asked for: the key of each, and the word as written."""
        groups = {name: number for number, name in enumerate(program.blocks)}
        self._index = Index([one.rows for one in self.rules], [groups[rule.block] for rule in rules], self.literals)
        self._blocks = {
            name: (
                groups[name],
                self._index.groups.get(groups[name], 0),
                Choice(name, None, block.otherwise, Reason.DEFAULT),
            )
            for name, block in program.blocks.items()
        }
        self._pages: dict[tuple[str, ...], _Page] = {}
        self._choices = [
            _split(one.rule.show, one.choices) if isinstance(one.rule.show, Experiment) else one.choices[0]
            for one in self.rules
        ]
        self._segments = [name for name in program.segments if name not in program.private_segments]
        told = [self.literals.rows(program.segments[name]) for name in self._segments]
        self._segment_index = Index(told, range(len(told)), self.literals)
        self._clock = Clock(zone, _windows(self.literals))
        words = (word for _, operand in self.literals.operands() for word in c.words_of(operand))
        self.lexicon: Lexicon = Lexicon(words, program.synonyms, segment, old.lexicon.ways if old else None)
        self.fresh: int = old.fresh if old else len(self.literals)
        """How many conditions there were when nothing was taken over."""

    def is_like(self, program: Program) -> bool:
        """Tell whether words mean the same in a program, so that its engine can take over from this one.

        After many changes it cannot, so that what no rule asks any more is forgotten.
        """
        fresh = len(self.literals) <= 2 * self.fresh + _LEAST_KEPT
        same = self.program.synonyms == program.synonyms and self.program.landings == program.landings
        return fresh and same

    def _made_ready(self, rule: Rule) -> Ready:
        return Ready(rule, tuple(self.literals.rows(rule.condition)), _choices(rule))

    def warm(self) -> None:
        """Load what is loaded when it is first needed, so that no request waits for it."""
        self.lexicon.warm()

    def occasion(self, visitor: Visitor, now: float) -> Occasion:
        """Return what a decision at a moment (epoch seconds) is made on."""
        return Occasion(visitor, now, self._clock, self.lexicon, self.estimates)

    def decide(self, occasion: Occasion, blocks: Collection[str], without: Collection[str] = ()) -> dict[str, Choice]:
        """Return the choice for each of the blocks that exists; rules whose ids are in `without` are passed over."""
        page = self._pages.get(tuple(blocks)) or self._page(tuple(blocks))
        passed = self._numbers_of(without) if without else ()
        decided = page.otherwise.copy()
        for group, rule in self._index.firsts(occasion, page.bits, page.names, passed).items():
            choice = self._choices[rule]
            decided[page.names[group]] = choice if isinstance(choice, Choice) else choice.choice(occasion.visitor)
        return decided

    def _numbers_of(self, ids: Collection[str]) -> set[int]:
        if not self._numbers:
            self._numbers = _numbers([one.rule for one in self.rules])
        return {number for name in ids for number in self._numbers.get(name, ())}

    def _page(self, blocks: tuple[str, ...]) -> _Page:
        """Return what is the same for all who ask for these blocks, and remember it for the next."""
        known = {name: self._blocks[name] for name in blocks if name in self._blocks}
        bits = sum({rows for _, rows, _ in known.values()})
        names = {group: name for name, (group, _, _) in known.items()}
        page = _Page({name: choice for name, (_, _, choice) in known.items()}, names, bits)
        if len(known) == len(blocks):
            if len(self._pages) >= _MOST_PAGES:
                self._pages.clear()
            self._pages[blocks] = page
        return page

    def all_choices(self) -> list[Choice]:
        """Return every choice that can be made."""
        variants = [choice for one in self.rules for choice in one.choices]
        return [*variants, *(choice for _, _, choice in self._blocks.values())]

    def experiments(self) -> list[tuple[str, list[str]]]:
        """Return the id of each experiment with the names of its variants."""
        shows = [one.rule.show for one in self.rules if isinstance(one.rule.show, Experiment)]
        return [(one.id, [variant.name for variant in one.variants]) for one in shows]

    def segments(self, occasion: Occasion) -> list[str]:
        """Return the names of the segments that the visitor is in, without those that must not be told."""
        found = self._segment_index.firsts(occasion, -1, range(len(self._segments)))
        return [self._segments[number] for number in sorted(found)]

    def explain(self, occasion: Occasion, block: str) -> list[Account]:
        """Return an account of every rule of a block, from top to bottom, condition by condition as written."""
        segments = self.program.written_segments
        return [account(rule, segments, occasion, self._tests) for rule in self.program.blocks[block].rules]

    def test_of(self, fact: Fact) -> Test:
        """Return the test for one condition: an occasion in; true, false or None (unknown) out."""
        return self._tests.of(fact)

    def grounds(self, rule: Rule, occasion: Occasion) -> Iterator[Fact]:
        """Return the conditions that a rule which holds rests on."""
        return grounds(rule.condition, occasion, self._tests)

    def matched_word(self, rule: Rule, occasion: Occasion) -> str | None:
        """Return the rule's own word, as written, that the visitor's keyword holds."""
        held = occasion.held("keyword")
        if not held:
            return None
        if id(rule) not in self._words:
            self._words[id(rule)] = _own_words(rule)
        return next((word for key, word in self._words[id(rule)] if key in held), None)


def _estimates(
    program: Program, segment: Segment | None, known: Mapping[c.Estimated, Estimate]
) -> Mapping[c.Estimated, Estimate]:
    """The estimates of all conditions; those that are known are taken over."""
    if not program.landings:
        return NO_ESTIMATES
    rules = (rule.condition for block in program.blocks.values() for rule in block.rules)
    asked = [fact.operand for condition in (*rules, *program.segments.values()) for fact in facts(condition)]
    needed = dict.fromkeys(operand for operand in asked if isinstance(operand, c.Estimated))
    kept = {one: known[one] for one in needed if one in known}
    missing = [one for one in needed if one not in kept]
    return kept | estimates(missing, program.landings, program.synonyms, segment)


def _numbers(rules: Sequence[Rule]) -> Mapping[str, Sequence[int]]:
    """The numbers of rules by their ids."""
    found: dict[str, list[int]] = {}
    for number, rule in enumerate(rules):
        found.setdefault(rule.id, []).append(number)
    return found


def _own_words(rule: Rule) -> tuple[tuple[str, str], ...]:
    asked = (fact for fact in facts(rule.condition) if fact.field == "keyword")
    return tuple((word_key(word), word.text) for fact in asked for word in c.words_of(fact.operand))


def _windows(literals: Literals) -> list[Window]:
    asked = ((field, operand) for field, operand in literals.operands() if isinstance(operand, (c.Hours, c.Days)))
    return [Window(literals.tests.known[field, operand], operand, holds_at(operand)) for field, operand in asked]


def _choices(rule: Rule) -> tuple[Choice, ...]:
    """What a rule can choose: one, or one for each variant of its experiment."""
    if isinstance(rule.show, Experiment):
        return tuple(Choice(rule.block, rule, one.show, Reason.SPLIT, one.name) for one in rule.show.variants)
    return (Choice(rule.block, rule, rule.show, Reason.TARGETING_MATCH),)


def _split(experiment: Experiment, choices: tuple[Choice, ...]) -> _Split:
    return _Split(fold(experiment.id), choices, ends([one.share for one in experiment.variants]))

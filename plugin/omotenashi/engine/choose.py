"""Which rule wins: for each block the first that matches. One pass answers every block of the page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import tzinfo

from msgspec import Struct

from omotenashi.engine.account import Account, account
from omotenashi.engine.borders import Segment
from omotenashi.engine.bucket import bucket, ends, point
from omotenashi.engine.evaluate import FactTests, grounds, holds
from omotenashi.engine.facts import Test
from omotenashi.engine.index import Index
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.spellings import spellings
from omotenashi.engine.words import WordTable
from omotenashi.language import condition as c
from omotenashi.language.condition import Fact, facts
from omotenashi.language.program import Block, Experiment, Program, Rule, Show
from omotenashi.model.decision import Reason
from omotenashi.model.text import fold
from omotenashi.model.visitor import Visitor


class Choice(Struct, frozen=True, eq=False):
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


class Engine:
    """A program, ready to decide. Immutable and pure: the same visitor at the same moment gets the same answer."""

    def __init__(self, program: Program, zone: tzinfo, segment: Segment | None = None) -> None:
        """`segment` cuts what visitors searched for into morphemes; without it words lie between changes of script."""
        self.program = program
        self.zone = zone
        self._tests = FactTests(program.synonyms)
        self._rules = [rule for block in program.blocks.values() for rule in block.rules]
        self._holds = [holds(rule.condition, self._tests) for rule in self._rules]
        self._index = Index([rule.condition for rule in self._rules], program.synonyms)
        self._segments = {
            name: holds(condition, self._tests)
            for name, condition in program.segments.items()
            if name not in program.private_segments
        }
        self._otherwise = {
            block.name: Choice(block.name, None, block.otherwise, Reason.DEFAULT) for block in program.blocks.values()
        }
        variants = [_choices(rule) for rule in self._rules]
        self._choices = [choices[0] for choices in variants]
        """Of a rule with an experiment that of its first variant, in the place of all."""
        self._splits = {
            number: _split(rule.show, variants[number])
            for number, rule in enumerate(self._rules)
            if isinstance(rule.show, Experiment)
        }
        self._table = WordTable(_words(program), segment)

    def warm(self) -> None:
        """Load what is loaded when it is first needed, so that no request waits for it."""
        self._table.warm()

    def occasion(self, visitor: Visitor, now: float) -> Occasion:
        """Return what a decision at a moment (epoch seconds) is made on."""
        return Occasion(visitor, now, self.zone, self._table)

    def decide(self, occasion: Occasion, blocks: Collection[str], without: Collection[str] = ()) -> dict[str, Choice]:
        """Return the choice for each of the blocks that exists; rules whose ids are in `without` are passed over."""
        otherwise = self._otherwise
        open_blocks = {name for name in blocks if name in otherwise}
        decided: dict[str, Choice] = {}
        for number in self._index.candidates(occasion):
            if not open_blocks:
                break
            choice = self._choices[number]
            if choice.block in open_blocks and self._holds[number](occasion):
                if without and choice.rule is not None and choice.rule.id in without:
                    continue
                if choice.variant is not None:
                    choice = self._splits[number].choice(occasion.visitor)
                decided[choice.block] = choice
                open_blocks.discard(choice.block)
        for name in open_blocks:
            decided[name] = otherwise[name]
        return decided

    def all_choices(self) -> list[Choice]:
        """Return every choice that can be made."""
        variants = [choice for split in self._splits.values() for choice in split.choices[1:]]
        return [*self._choices, *variants, *self._otherwise.values()]

    def experiments(self) -> list[tuple[str, list[str]]]:
        """Return the id of each experiment with the names of its variants."""
        shows = [rule.show for rule in self._rules if isinstance(rule.show, Experiment)]
        return [(one.id, [variant.name for variant in one.variants]) for one in shows]

    def segments(self, occasion: Occasion) -> list[str]:
        """Return the names of the segments that the visitor is in, without those that must not be told."""
        return [name for name, in_segment in self._segments.items() if in_segment(occasion)]

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
        query = occasion.query("keyword")
        if query is None:
            return None
        found = occasion.found("keyword")
        for fact in facts(rule.condition):
            if fact.field == "keyword" and isinstance(fact.operand, c.Words):
                for word in fact.operand.words:
                    if any(one.holds(query, found) for one in spellings(word, self.program.synonyms)):
                        return word.text
        return None


def _choices(rule: Rule) -> tuple[Choice, ...]:
    """What a rule can choose: one, or one for each variant of its experiment."""
    if isinstance(rule.show, Experiment):
        return tuple(Choice(rule.block, rule, one.show, Reason.SPLIT, one.name) for one in rule.show.variants)
    return (Choice(rule.block, rule, rule.show, Reason.TARGETING_MATCH),)


def _split(experiment: Experiment, choices: tuple[Choice, ...]) -> _Split:
    return _Split(fold(experiment.id), choices, ends([one.share for one in experiment.variants]))


def _words(program: Program) -> Iterator[str]:
    """All words of all conditions, folded and without spaces."""
    blocks: Mapping[str, Block] = program.blocks
    conditions = [rule.condition for block in blocks.values() for rule in block.rules]
    for condition in (*conditions, *program.segments.values()):
        for fact in facts(condition):
            if isinstance(fact.operand, c.Words):
                for word in fact.operand.words:
                    for spelling in spellings(word, program.synonyms):
                        yield from (form for part in spelling.parts for form in part)

"""Which rule wins: for each block the first that matches. One pass answers every block of the page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import tzinfo

from msgspec import Struct

from omotenashi.engine.account import Account, account
from omotenashi.engine.borders import Segment
from omotenashi.engine.bucket import bucket, ends, point
from omotenashi.engine.estimates import Estimate, estimates
from omotenashi.engine.evaluate import FactTests, Holds, grounds, holds
from omotenashi.engine.facts import Test
from omotenashi.engine.index import Index, Key, keys_of
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.spellings import Synonyms, spellings
from omotenashi.engine.words import WordTable
from omotenashi.language import condition as c
from omotenashi.language.condition import Condition, Fact, facts
from omotenashi.language.program import Experiment, Program, Rule, Show
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


class Ready(Struct, frozen=True, eq=False):
    """A rule, ready to be decided on."""

    rule: Rule
    holds: Holds
    keys: Sequence[frozenset[Key]]
    words: tuple[str, ...]
    choices: tuple[Choice, ...]


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
        alike = before if before and _same_words(before.program, program) else None
        self.estimates: Mapping[c.Estimated, Estimate] = _estimates(program, segment, alike.estimates if alike else {})
        """Those of its conditions, for the engine that comes after."""
        self._tests = FactTests(program.synonyms, self.estimates)
        self._rules = [rule for block in program.blocks.values() for rule in block.rules]
        known = alike.ready if alike else {}
        ready = [known.get(id(rule)) or self._made_ready(rule) for rule in self._rules]
        self.ready: Mapping[int, Ready] = {id(one.rule): one for one in ready}
        """Its rules by their identity, for the engine that comes after."""
        self._holds = [one.holds for one in ready]
        self._index = Index([one.keys for one in ready])
        self._segments = {
            name: holds(condition, self._tests)
            for name, condition in program.segments.items()
            if name not in program.private_segments
        }
        self._otherwise = {
            block.name: Choice(block.name, None, block.otherwise, Reason.DEFAULT) for block in program.blocks.values()
        }
        variants = [one.choices for one in ready]
        self._choices = [choices[0] for choices in variants]
        """Of a rule with an experiment that of its first variant, in the place of all."""
        self._splits = {
            number: _split(rule.show, variants[number])
            for number, rule in enumerate(self._rules)
            if isinstance(rule.show, Experiment)
        }
        words = {word for one in ready for word in one.words}
        words.update(word for condition in program.segments.values() for word in _words(condition, program.synonyms))
        self._table = WordTable(words, segment)

    def _made_ready(self, rule: Rule) -> Ready:
        synonyms = self.program.synonyms
        words = tuple(_words(rule.condition, synonyms))
        keys = keys_of(rule.condition, synonyms, self.estimates)
        return Ready(rule, holds(rule.condition, self._tests), keys, words, _choices(rule))

    def warm(self) -> None:
        """Load what is loaded when it is first needed, so that no request waits for it."""
        self._table.warm()

    def occasion(self, visitor: Visitor, now: float) -> Occasion:
        """Return what a decision at a moment (epoch seconds) is made on."""
        return Occasion(visitor, now, self.zone, self._table, self.estimates)

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
            if fact.field == "keyword":
                for word in c.words_of(fact.operand):
                    if any(one.holds(query, found) for one in spellings(word, self.program.synonyms)):
                        return word.text
        return None


def _estimates(
    program: Program, segment: Segment | None, known: Mapping[c.Estimated, Estimate]
) -> Mapping[c.Estimated, Estimate]:
    """The estimates of all conditions; those that are known are taken over."""
    rules = (rule.condition for block in program.blocks.values() for rule in block.rules)
    asked = [fact.operand for condition in (*rules, *program.segments.values()) for fact in facts(condition)]
    needed = dict.fromkeys(operand for operand in asked if isinstance(operand, c.Estimated))
    kept = {one: known[one] for one in needed if one in known}
    missing = [one for one in needed if one not in kept]
    return kept | estimates(missing, program.landings, program.synonyms, segment)


def _same_words(one: Program, other: Program) -> bool:
    """Tell whether words mean the same in two programs."""
    return one.synonyms == other.synonyms and one.landings == other.landings


def _choices(rule: Rule) -> tuple[Choice, ...]:
    """What a rule can choose: one, or one for each variant of its experiment."""
    if isinstance(rule.show, Experiment):
        return tuple(Choice(rule.block, rule, one.show, Reason.SPLIT, one.name) for one in rule.show.variants)
    return (Choice(rule.block, rule, rule.show, Reason.TARGETING_MATCH),)


def _split(experiment: Experiment, choices: tuple[Choice, ...]) -> _Split:
    return _Split(fold(experiment.id), choices, ends([one.share for one in experiment.variants]))


def _words(condition: Condition, synonyms: Synonyms) -> Iterator[str]:
    """All words of a condition, folded and without spaces."""
    for fact in facts(condition):
        for word in c.words_of(fact.operand):
            for spelling in spellings(word, synonyms):
                yield from (form for part in spelling.parts for form in part)

"""Whether tests name experiments and variants that are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from omotenashi.language.report import Report, suggestion
from omotenashi.language.rule_names import is_called
from omotenashi.language.syntax import BlockSpec, CaseSpec, Expectation, Folder, RuleSpec, StatedVisitor
from omotenashi.model.text import fold

Variants: TypeAlias = "Mapping[str, tuple[str, Sequence[str]]]"
"""By the folded id of an experiment: the id as written, and the names of its variants."""


def variants_of(experiments: Iterable[tuple[str, Sequence[str]]]) -> Variants:
    """Return experiments by their folded ids."""
    found: dict[str, tuple[str, Sequence[str]]] = {}
    for identifier, names in experiments:
        _, others = found.get(fold(identifier), ("", ()))
        found[fold(identifier)] = (identifier, [*others, *names])
    return found


def variants_exist(folder: Folder, report: Report) -> None:
    """Report buckets and expected variants of tests that are not there, and variants that are expected by luck."""
    experiments = [rule.experiment for block in folder.blocks for rule in block.rules if rule.experiment]
    known = variants_of((one.id, [variant.name for variant in one.variants]) for one in experiments)
    blocks, complete = {fold(block.name): block for block in folder.blocks}, not report.failed
    for test in folder.tests:
        stated_buckets_exist(test.visitor, known, report, complete=complete)
        for expected in test.expectations:
            if not expected.variant:
                continue
            rule = _expected_rule(expected, blocks.get(fold(expected.block)))
            if rule is not None:
                _can_be_expected(expected, rule, test, known, report)


def stated_buckets_exist(visitor: StatedVisitor, known: Variants, report: Report, *, complete: bool = True) -> None:
    """Report the experiments and variants of a stated visitor that are not there.

    Not `complete`: there may be more experiments, in rules that could not be read.
    """
    for bucket in visitor.buckets or ():
        identifier, names = known.get(fold(bucket.experiment), ("", ()))
        if not identifier and complete:
            ids = [one for one, _ in known.values()]
            meant = suggestion(bucket.experiment, ids)
            report.add("E439", bucket.position, value=bucket.experiment, known=ids, did_you_mean=meant)
        elif identifier and fold(bucket.variant) not in map(fold, names):
            meant = suggestion(bucket.variant, names)
            place = bucket.variant_position
            report.add("E440", place, value=bucket.variant, experiment=identifier, known=names, did_you_mean=meant)


def variant_meant(name: str, block: BlockSpec) -> str:
    """Return how the variant of this name is expected where no rule is called so; empty text if there is none."""
    experiments = [(rule.name, rule.experiment) for rule in block.rules if rule.experiment]
    found = [(rule, one.name) for rule, experiment in experiments for one in experiment.variants]
    meant = next(((rule, variant) for rule, variant in found if fold(variant) == fold(name)), None)
    return f"{{rule: {meant[0]}, variant: {meant[1]}}}" if meant else ""


def _expected_rule(expected: Expectation, block: BlockSpec | None) -> RuleSpec | None:
    if block is None:
        return None
    return next((rule for rule in block.rules if is_called(expected.won, block.name, rule.name, rule.id)), None)


def _can_be_expected(expected: Expectation, rule: RuleSpec, test: CaseSpec, known: Variants, report: Report) -> None:
    place = expected.variant_position or expected.position
    if rule.experiment is None:
        report.add("E442", place, value=rule.name)
        return
    identifier, names = rule.experiment.id, [variant.name for variant in rule.experiment.variants]
    if fold(expected.variant) not in map(fold, names):
        meant = suggestion(expected.variant, names)
        report.add("E440", place, value=expected.variant, experiment=identifier, known=names, did_you_mean=meant)
    elif not _may_have(test.visitor, identifier, known):
        report.add("E441", place, value=expected.variant, experiment=identifier)


def _may_have(visitor: StatedVisitor, identifier: str, known: Variants) -> bool:
    """Tell whether a bucket of this experiment is stated, or one that was reported and may have been meant for it."""
    if visitor.buckets is None:
        return True
    stated = {fold(bucket.experiment) for bucket in visitor.buckets}
    return fold(identifier) in stated or not stated <= known.keys()

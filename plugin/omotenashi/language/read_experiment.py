"""An experiment of a rule, and the variants that a test's visitor is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from omotenashi.language import reader
from omotenashi.language.nodes import MapNode, Node, TextNode
from omotenashi.language.read_event import read_event
from omotenashi.language.reader import Entries
from omotenashi.language.report import Report
from omotenashi.language.syntax import ExperimentSpec, ShowSpec, StatedBucket, VariantSpec
from omotenashi.language.values import percent, percent_meant
from omotenashi.language.vocabulary import EXAMPLES, EXPERIMENT_KEYS, EXPERIMENT_SLIPS, VARIANT_KEYS, VARIANT_SLIPS
from omotenashi.model.text import fold

ReadShow: TypeAlias = Callable[[Node, str, Report], "ShowSpec | None"]
_TOLERANCE = 0.5
"""Per cent by which the shares may miss 100: thirds are written as 33.3%."""
_PARTS = ("name", "share", "show")
_CONTROLS = frozenset({"対照", "control"})


def read_experiment(node: Node, rule_goal: str, read_show: ReadShow, report: Report) -> ExperimentSpec | None:
    """Read {id, goal, split: [{name, share, show}, …]}; what is wrong is reported. The rule's goal may do for its own.

    `read_show` reads what a variant shows, as it does for a rule.
    """
    mapping = reader.mapping(node, "experiment", report, EXAMPLES["experiment"])
    if mapping is None:
        return None
    entries = reader.keys(mapping, EXPERIMENT_KEYS, "experiment", report, EXPERIMENT_SLIPS)
    if not reader.required(mapping, entries, ("id", "split"), "experiment", report):
        return None
    identifier = reader.text(entries["id"][1], "id", report)
    goal = read_event(entries["goal"][1], "goal", report) if "goal" in entries else rule_goal
    variants = _variants(*entries["split"], read_show, report)
    if identifier is None:
        return None
    made = ExperimentSpec(identifier.text, goal or "", variants, identifier.position) if variants else None
    return report.kept(identifier, made)


def read_buckets(node: Node, report: Report) -> tuple[StatedBucket, ...] | None:
    """Read {ID: VARIANT, …}; None after an error."""
    mapping = reader.mapping(node, "bucket", report, EXAMPLES["bucket"])
    if mapping is None:
        return None
    named = [(key, reader.text(value, key.text, report)) for key, value in mapping.entries]
    found = tuple(StatedBucket(key.text, name.text, key.position, name.position) for key, name in named if name)
    return found if len(found) == len(named) else None


def _variants(split: TextNode, node: Node, read_show: ReadShow, report: Report) -> tuple[VariantSpec, ...]:
    """Return the variants, or none where anything is wrong with them."""
    items = reader.listing(node, "split", report, EXAMPLES["split"])
    parts = _parts(items, report)
    shares = _shares([entries["share"][1] for _, entries in parts], report)
    shows = [read_show(entries["show"][1], "show", report) for _, entries in parts]
    variants = tuple(
        VariantSpec(name.text, share, show, name.position)
        for (name, _), share, show in zip(parts, shares, shows, strict=True)
        if share is not None and show is not None
    )
    if not items or len(variants) < len(items):
        return ()
    return variants if _are_apart(variants, report) and _add_up(split, variants, report) else ()


def _parts(items: Sequence[Node], report: Report) -> list[tuple[TextNode, Entries]]:
    """Return the name and all parts of each variant that has them. The same slip in every variant is reported once."""
    if not any(isinstance(item, MapNode) for item in items):
        items = items[:1]
    wrong: set[str] = set()
    found: list[tuple[MapNode, Entries]] = []
    for item in items:
        mapping = reader.mapping(item, "split", report, EXAMPLES["split"])
        if mapping is not None:
            rest = MapNode(tuple(pair for pair in mapping.entries if fold(pair[0].text) not in wrong), mapping.position)
            found.append((mapping, reader.keys(rest, VARIANT_KEYS, "split", report, VARIANT_SLIPS)))
            wrong |= {fold(key.text) for key, _ in mapping.entries if not VARIANT_KEYS.find(key.text)}
    _report_missing(found, report)
    complete = [entries for _, entries in found if all(key in entries for key in _PARTS)]
    return [(name, entries) for entries in complete if (name := reader.text(entries["name"][1], "name", report))]


def _report_missing(variants: Sequence[tuple[MapNode, Entries]], report: Report) -> None:
    """Report what each variant lacks; what all of them lack is one mistake."""
    for key in _PARTS:
        lacking = [(mapping, entries) for mapping, entries in variants if key not in entries]
        for mapping, entries in lacking[:1] if len(lacking) == len(variants) else lacking:
            name = entries["name"][1] if "name" in entries else None
            if isinstance(name, TextNode):
                reader.missing(mapping, entries, name, key, report)
            else:
                reader.missing_inside(mapping, entries, "split", key, report)


def _shares(nodes: Sequence[Node], report: Report) -> list[float | None]:
    """Return the shares in per cent. That all are written as fractions is one mistake, reported once."""
    found: list[float | None] = []
    reported = False
    for node in nodes:
        text = reader.text(node, "share", report)
        share, meant = (percent(text.text), percent_meant(text.text)) if text else (None, "")
        if text and share is None and not (meant and reported):
            report.add("E437", text, value=text.text, did_you_mean=meant)
        elif text and share is not None and not 0 < share <= 100:
            report.add("E438", text, value=text.text)
            share = None
        reported = reported or bool(meant)
        found.append(share)
    return found


def _are_apart(variants: Sequence[VariantSpec], report: Report) -> bool:
    """Tell whether the variants are two or more, each with a name of its own."""
    first: dict[str, VariantSpec] = {}
    for variant in variants:
        same = first.setdefault(fold(variant.name), variant)
        if same is not variant:
            report.add("E432", variant.position, (same.position, "first"), value=variant.name)
            return False
    if len(variants) == 1 and _total(variants) >= 100 - _TOLERANCE:
        report.add("E434", variants[0].position, value=variants[0].name)
        return False
    return True


def _add_up(split: TextNode, variants: Sequence[VariantSpec], report: Report) -> bool:
    """Tell whether the shares are 100 per cent; the remedy is a control of the rest, or shares that are."""
    total = _total(variants)
    if abs(total - 100) <= _TOLERANCE:
        return True
    names = {fold(variant.name) for variant in variants}
    if total > 100 or _control(variants) or names & _CONTROLS:
        shares = [f"{name} {share:g}%" for name, share in _mended(variants, total)]
        report.add("E436", split, total=f"{total:.6g}%", shares=shares)
    else:
        report.add("E435", split, total=f"{total:.6g}%", rest=f"{100 - total:.6g}%")
    return False


def _control(variants: Sequence[VariantSpec]) -> VariantSpec | None:
    return next((variant for variant in variants if variant.show.kind == "original"), None)


def _mended(variants: Sequence[VariantSpec], total: float) -> list[tuple[str, float]]:
    """Give a control the rest, or take whole per cents in the same proportion."""
    control = _control(variants) if total < 100 else None
    if control is not None:
        return [(one.name, one.share + (100 - total) * (one is control)) for one in variants]
    ends = [0, *(round(100 * _total(variants[: count + 1]) / total) for count in range(len(variants)))]
    return [(one.name, end - start) for one, start, end in zip(variants, ends, ends[1:], strict=False)]


def _total(variants: Sequence[VariantSpec]) -> float:
    return round(sum(variant.share for variant in variants), 6)

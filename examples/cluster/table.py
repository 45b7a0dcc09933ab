"""What visitors saw while something was broken, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from examples.cluster.traffic import Kind, Sample
from msgspec import Struct

_HEAD = ("", "requests", "200", "204", "503", "other", "no answer", "history", "without", "p50 ms", "p99 ms", "max ms")
_WIDTHS = (-10, 9, 7, 7, 6, 6, 10, 8, 8, 7, 7, 7)
"""Characters; negative: flush left."""
_WINDOW = 0.5
"""Seconds; where more than a twentieth of the answers in one are without history, it counts as unknown."""
_MOST_COLUMNS = 24


class Observation(Struct, frozen=True):
    """What was seen around one trouble."""

    title: str
    replicas: int
    """As --store-replicas said."""
    samples: Sequence[Sample]
    broken: float
    """When, by the clock of the samples."""
    mended: float
    acknowledged: int
    lost: int

    def since(self) -> list[Sample]:
        """Return the requests from when it was broken."""
        return [one for one in self.samples if one.at >= self.broken]

    def answers(self) -> list[Sample]:
        """Return those in which history matters, in order of time, from when it was broken."""
        return sorted((one for one in self.since() if one.knows is not None), key=_at)

    def kept(self) -> tuple[int, int]:
        """Return how many fragments were 200 or 204, and how many there were."""
        fragments = [one.status for one in self.samples if one.kind is Kind.FRAGMENT]
        return sum(status in (200, 204) for status in fragments), len(fragments)

    def is_known_at_the_end(self) -> bool:
        """Tell whether most answers of the last second have a history again."""
        answers = self.answers()
        last = [one.knows for one in answers if one.at > answers[-1].at - 1]
        return sum(map(bool, last)) * 2 > len(last)

    def unknown_until(self) -> float | None:
        """Return when the last answer was sent of those that were without history for long; None if that was never."""
        windows: dict[int, list[Sample]] = {}
        for one in self.answers():
            windows.setdefault(int((one.at - self.broken) / _WINDOW), []).append(one)
        unknown = [
            one.at + one.took
            for window in windows.values()
            if sum(not one.knows for one in window) * 20 > len(window)
            for one in window
            if not one.knows
        ]
        return max(unknown, default=None)


def table(seen: Observation) -> str:
    """Return a table of the requests, and what became of history and of events."""
    rows = [_HEAD, *(_row(kind.value, [one for one in seen.since() if one.kind is kind]) for kind in Kind)]
    rows.append(_row("before", [one for one in seen.samples if one.at < seen.broken]))
    lines = ["".join(map(_cell, row, _WIDTHS)) for row in rows]
    title = f"{seen.title}   --store-replicas {seen.replicas}"
    return "\n".join([title, *lines, f"history {history(seen)}", *_course(seen), events(seen)])


def history(seen: Observation) -> str:
    """Return for how long it was unknown."""
    until = seen.unknown_until()
    if until is None:
        return "was known all the time"
    if until <= seen.mended:
        return f"was known again {until - seen.broken:.1f} s after the break"
    return f"was known again {until - seen.mended:.1f} s after the mend ({until - seen.broken:.1f} s after the break)"


def events(seen: Observation) -> str:
    """Return what became of those that were acknowledged."""
    return f"events acknowledged {seen.acknowledged:,}, of these lost {seen.lost:,}"


def summary(all_seen: Sequence[Observation]) -> str:
    """Return a line in Japanese and one in English for each trouble."""
    lines = []
    for seen in all_seen:
        kept, fragments = seen.kept()
        ja, en = seen.title.split(" / ")
        lines.append(
            f"{ja} (replicas {seen.replicas}): 断片 {fragments:,} 件のうち 200 か 204 は {kept:,} 件、"
            f"履歴は、{_history_ja(seen)}、204 を返したイベント {seen.acknowledged:,} 件のうち失われたもの {seen.lost:,} 件"
        )
        lines.append(f"  {en}: {kept:,} of {fragments:,} fragments 200 or 204; history {history(seen)}; {events(seen)}")
    return "\n".join(lines)


def _history_ja(seen: Observation) -> str:
    until = seen.unknown_until()
    if until is None:
        return "ずっとわかる"
    began, name = (seen.broken, "壊してから") if until <= seen.mended else (seen.mended, "直してから")
    return f"{name} {until - began:.1f} 秒でまたわかる"


def _row(name: str, samples: Sequence[Sample]) -> tuple[str, ...]:
    statuses = Counter(one.status for one in samples)
    plain = [statuses.pop(status, 0) for status in (200, 204, 503)]
    silent = statuses.pop(0, 0)
    known = [one.knows for one in samples if one.knows is not None]
    told = (f"{sum(known):,}", f"{len(known) - sum(known):,}") if known else ("", "")
    counts = (len(samples), *plain, statuses.total(), silent)
    return (name, *(f"{one:,}" for one in counts), *told, *_latencies(samples))


def _latencies(samples: Sequence[Sample]) -> tuple[str, ...]:
    took = sorted(one.took * 1000 for one in samples) or [0.0]
    return tuple(f"{took[min(int(len(took) * share), len(took) - 1)]:.1f}" for share in (0.5, 0.99, 1.0))


def _course(seen: Observation) -> Iterable[str]:
    """The share of answers with history as time goes on, where it changes."""
    answers = seen.answers()
    if not answers or seen.unknown_until() is None:
        return
    seconds = answers[-1].at - seen.broken
    step = max(1, -int(-seconds // _MOST_COLUMNS))
    shares = []
    for begin in range(0, int(seconds), step):
        part = [one.knows for one in answers if begin <= one.at - seen.broken < begin + step]
        shares.append(f"{sum(map(bool, part)) / len(part):.0%}" if part else "-")
    yield f"  answers with history, every {step} s from the break: {' '.join(shares)}"


def _cell(text: str, width: int) -> str:
    return text.ljust(-width) if width < 0 else text.rjust(width)


def _at(sample: Sample) -> float:
    return sample.at

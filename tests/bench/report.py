"""What was measured, as a table for people, with the bars that it has to meet, and as JSON for tools."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

Figures: TypeAlias = "Mapping[str, float]"

_WIDTH = 62


class Bar(Struct, frozen=True):
    """What has to be met, so many times as a ratio or so much of a unit."""

    name: str
    figure: Callable[[Figures], float]
    least: float | None = None
    most: float | None = None
    unit: str = "×"

    def is_met(self, figures: Figures) -> bool:
        """Tell whether the figures meet it. Raises KeyError where one of them was not measured."""
        value = self.figure(figures)
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def wanted(self) -> str:
        return f"≥ {self.least:g} {self.unit}" if self.least is not None else f"≤ {self.most:g} {self.unit}"


def _ratio(one: str, other: str) -> Callable[[Figures], float]:
    return lambda figures: figures[one] / figures[other]


def _value(key: str) -> Callable[[Figures], float]:
    return lambda figures: figures[key]


BARS = (
    Bar("engine, 10,000 rules: µs for all 8 blocks", _value("engine_us_10000"), most=10, unit="µs"),
    Bar("engine, 10,000 rules against 100", _ratio("engine_us_10000", "engine_us_100"), most=5),
    Bar("one generated function against the engine, 1,000 rules", _value("generated_ratio_1000"), least=5),
    Bar("one generated function against the engine, 10,000 rules", _value("generated_ratio_10000"), least=20),
    Bar("GrowthBook against the engine, 1,000 rules", _value("peer_ratio_1000.growthbook"), least=100),
    Bar("LaunchDarkly against the engine, 1,000 rules", _value("peer_ratio_1000.launchdarkly-server-sdk"), least=100),
    Bar("Unleash against the engine, 1,000 rules", _value("peer_ratio_1000.yggdrasil-engine"), least=30),
    Bar("decide, 1,000 rules: rate of an empty ASGI answer", _value("decide_rate_1000"), least=0.65),
    Bar("decide, 10,000 rules against 100", _value("decide_ratio_10000"), most=1.3),
    Bar("decide, profile of 30 views against without consent", _value("decide_profile_ratio"), most=2),
    Bar("build of 10,000 rules, read and checked before", _value("build_s_10000"), most=1, unit="s"),
    Bar("resident with 10,000 rules", _value("rss_mb_10000"), most=100, unit="MB"),
    Bar("a profile of 30 views at rest", _value("bytes_per_profile"), most=0.7 * 1024, unit="bytes"),
)  # fmt: skip
"""Those of the design that concern engine, decide, build and memory; `make bench-reload` has that of reloads."""


def table(figures: Figures, notes: list[str]) -> str:
    """Return every figure, then every bar and whether it is met."""
    lines = ["", f"{'CPU of one decision for all blocks of a page':{_WIDTH}}{'µs':>10}"]
    lines += [_row(key, figures[key]) for key in figures if "_us" in key and "cpu" not in key]
    lines += ["", f"{'CPU of one request over HTTP':{_WIDTH}}{'µs':>10}{'of empty ASGI':>16}"]
    empty = figures["empty_asgi_cpu_us"]
    lines += [f"{_row(key, figures[key])}{figures[key] / empty:16.2f}" for key in figures if "cpu_us" in key]
    lines += ["", "Ratios, build, memory"]
    lines += [_row(key, figures[key], 2) for key in figures if "_us" not in key]
    lines += ["", f"{'Bars':{_WIDTH}}{'measured':>10}{'wanted':>14}"]
    lines += [_bar_row(bar, figures) for bar in BARS]
    return "\n".join([*lines, "", *notes])


def _row(name: str, value: float, digits: int = 1) -> str:
    return f"  {name:{_WIDTH - 2}}{value:10,.{digits}f}"


def _bar_row(bar: Bar, figures: Figures) -> str:
    try:
        value, met = bar.figure(figures), "met" if bar.is_met(figures) else "MISSED"
    except KeyError as missing:
        return f"  {bar.name:{_WIDTH - 2}}{'—':>10}{bar.wanted:>14}   not measured: {missing.args[0]}"
    return f"  {bar.name:{_WIDTH - 2}}{value:10,.2f}{bar.wanted:>14}   {met}"


def write(figures: Figures, target: Path) -> None:
    """Write the figures as JSON with flat keys."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({key: round(value, 4) for key, value in figures.items()}, indent=1) + "\n")

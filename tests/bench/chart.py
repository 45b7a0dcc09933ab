"""The chart of docs/speed.md: cost by number of rules, and what a request costs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter

_SIZES = (10, 100, 1000, 10_000)
_OURS, _OTHERS, _PEERS = "#c2410c", "#64748b", "#94a3b8"
_APART = 1.75
"""How many times as high as the one below it a name stands at least."""
_STYLE = {
    "svg.fonttype": "path",
    "svg.hashsalt": "omotenashi",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_PEER_NAMES = {
    "growthbook": "GrowthBook",
    "launchdarkly-server-sdk": "LaunchDarkly",
    "yggdrasil-engine": "Unleash",
    "zen-engine": "zen",
    "panzi-json-logic": "json-logic",
}
_REQUESTS = {
    "empty_asgi_cpu_us": "empty ASGI answer",
    "empty_starlette_cpu_us": "empty Starlette answer",
    "decide_cpu_us_100": "decide, 100 rules",
    "decide_cpu_us_1000": "decide, 1,000 rules",
    "decide_cpu_us_10000": "decide, 10,000 rules",
}


def draw(figures: Mapping[str, float], target: Path) -> None:
    """Write the figures as an SVG."""
    with mpl.rc_context(_STYLE):
        chart, (engines, requests) = plt.subplots(1, 2, figsize=(11, 4.2), width_ratios=(3, 2), layout="constrained")
        _draw_engines(engines, figures)
        _draw_requests(requests, figures)
        target.parent.mkdir(exist_ok=True)
        chart.savefig(target, metadata={"Date": None})
        plt.close(chart)


def _draw_engines(axes: plt.Axes, figures: Mapping[str, float]) -> None:
    lines = {"closures": ("closures in order", _OTHERS, "--"), "generated": ("one generated function", _OTHERS, "-")}
    lines["engine"] = ("Omotenashi", _OURS, "-")
    for key, (label, color, style) in lines.items():
        values = [figures[f"{key}_us_{size}"] for size in _SIZES]
        axes.plot(_SIZES, values, style, color=color, marker="o", linewidth=2.4 if key == "engine" else 1.4)
        axes.annotate(label, (_SIZES[-1], values[-1]), (6, -3), textcoords="offset points", color=color)
    _draw_peers(axes, figures)
    axes.set(xscale="log", yscale="log", xlabel="rules", xticks=_SIZES, xticklabels=[f"{size:,}" for size in _SIZES])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))  # a new scale brings its own
    axes.set_title("µs of CPU to decide 8 blocks of a page", loc="left")


def _draw_peers(axes: plt.Axes, figures: Mapping[str, float]) -> None:
    """Those that were measured, their names apart from each other."""
    found = {label: figures.get(f"peer_us_1000.{peer}") for peer, label in _PEER_NAMES.items()}
    height = 0.0
    for label, value in sorted(((label, value) for label, value in found.items() if value), key=lambda one: one[1]):
        height = max(value, height * _APART)
        axes.plot(1000, value, "s", color=_PEERS, markersize=5)
        place = {"textcoords": "offset points", "ha": "right", "bbox": {"color": "white", "pad": 1}}
        axes.annotate(label, (1000, height), (-8, -3), color=_OTHERS, **place)


def _draw_requests(axes: plt.Axes, figures: Mapping[str, float]) -> None:
    values = [figures[key] for key in _REQUESTS]
    colors = [_OURS if key.startswith("decide") else _PEERS for key in _REQUESTS]
    bars = axes.barh(list(_REQUESTS.values()), values, color=colors)
    axes.bar_label(bars, fmt="{:,.0f}", padding=3)
    axes.invert_yaxis()
    axes.set_title("µs of CPU for a request over HTTP", loc="left")

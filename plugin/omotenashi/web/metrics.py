"""GET /metrics: what happened since the start, and what serves now, in the text format of Prometheus.

Each process counts for itself: with several workers a scrape meets one of them, whose number is a label.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import version

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

from omotenashi.service import Service


def told(service: Service) -> Response:
    """Return the answer."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told(service))
    return Response(generate_latest(registry), 200, {"cache-control": "no-store"}, CONTENT_TYPE_PLAIN_0_0_4)


class _Told(Collector):
    """What a service tells of itself when it is asked."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        site, problems = self._service.holder.current, self._service.holder.state.problems
        about = {"version": version("omotenashi"), "process": str(os.getpid())}
        yield InfoMetricFamily("omotenashi", "The program that answers.", about)
        rules = {"digest": site.digest if site else ""}
        yield InfoMetricFamily("omotenashi_rules", "The rules that serve; nodes with one digest decide alike.", rules)
        yield _is("omotenashi_rules_ready", "1 where rules are loaded.", site is not None)
        problem = GaugeMetricFamily(
            "omotenashi_rules_problem",
            "What is wrong with the rules folder.",
            labels=("code", "file", "line", "message"),
        )
        for one in problems:
            problem.add_metric([str(one[name] or "") for name in ("code", "file", "line", "message")], 1)
        yield problem
        yield from self._of_the_store()
        yield _is("omotenashi_places_up", "1 while places can be read.", self._service.places_problem is None)
        counted = CounterMetricFamily(
            "omotenashi_counted", "What was answered, refused, dropped or went wrong.", labels=("process", "what")
        )
        for what, count in sorted(self._service.counters.items()):
            counted.add_metric([str(os.getpid()), what], count)
        yield counted

    def _of_the_store(self) -> Iterator[Metric]:
        store = self._service.persons.store
        yield _is("omotenashi_store_up", "1 while visitors' history can be read.", store.check_reading() is None)
        yield _is(
            "omotenashi_store_writable",
            "1 while it can be read, and the last that was written was taken.",
            store.check() is None,
        )
        refused = CounterMetricFamily(
            "omotenashi_store_refused", "What the store refused, by its own code for why.", labels=("process", "code")
        )
        for code, count in sorted(store.refused.items()):
            refused.add_metric([str(os.getpid()), code], count)
        yield refused


def _is(name: str, says: str, holds: bool) -> GaugeMetricFamily:  # noqa: FBT001 a measured value
    return GaugeMetricFamily(name, says, float(holds))

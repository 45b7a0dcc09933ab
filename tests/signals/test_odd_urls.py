"""The table referrers.yaml: referrers and landing URLs as they are met, and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import SiteFacts
from omotenashi.signals.gather import SignalTools, visitor
from omotenashi.signals.referrer import classify

TABLE: dict[str, list[list[Any]]] = yaml.safe_load(Path(__file__).with_name("referrers.yaml").read_text("utf-8"))
SITE = SiteFacts(hosts=frozenset({"shop.example"}))
NOTHING = {"source": "", "keyword": None, "origin": "none", "campaign": "", "site_search": ""}


@pytest.mark.parametrize(
    ("referrer", "medium", "source", "keyword"),
    [row[1:] for row in TABLE["referrers"]],
    ids=[row[0] for row in TABLE["referrers"]],
)
def test_a_referrer_is_read(referrer: str, medium: str, source: str, keyword: str | None) -> None:
    found = classify(referrer, SITE.hosts)
    assert (found.medium, found.source, found.keyword) == (medium, source, keyword)


@pytest.mark.parametrize(
    ("url", "referrer", "said"), [row[1:] for row in TABLE["landings"]], ids=[row[0] for row in TABLE["landings"]]
)
def test_a_landing_url_is_read_beside_its_referrer(url: str, referrer: str, said: dict[str, str]) -> None:
    found = visitor(RequestFacts(now=0, url=url, referrer=referrer), SITE, SignalTools())
    came = found.arrival
    assert {
        "medium": came.medium,
        "source": came.source,
        "keyword": came.keyword,
        "origin": came.keyword_origin,
        "campaign": came.campaign,
        "site_search": found.site_search,
    } == {**NOTHING, **said}

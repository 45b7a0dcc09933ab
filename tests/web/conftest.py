"""Tests of who somebody is and what is remembered run on a Cluster, too."""

from __future__ import annotations

import pytest

ON_BOTH = {
    "test_arrival_cookie",
    "test_arrival_cookie_and_consent",
    "test_arrival_cookie_handed_on",
    "test_block",
    "test_consent_requests",
    "test_decide",
    "test_event",
    "test_identity",
    "test_not_counted",
    "test_rights",
    "test_sensitive_topics",
    "test_why",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on a file and on a Cluster, unless it looks into the file itself."""
    module = metafunc.module.__name__.rpartition(".")[2]
    if module in ON_BOTH and "place" in metafunc.fixturenames and "database" not in metafunc.fixturenames:
        metafunc.parametrize("place", ["file", "cluster"], indirect=True)

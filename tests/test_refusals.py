"""Why lines of an import are refused, in both languages."""

from __future__ import annotations

import pytest

from omotenashi.cli.refusals import reason_in


@pytest.mark.parametrize(
    ("reason", "ja"),
    [
        (
            "the timestamp is not of the form 2026-12-24T18:30:00+09:00",
            "日時が読めません。2026-12-24T18:30:00+09:00、2026/12/24 18:30、2026-12-24 のどれかの形で書きます",
        ),
        ("the member does not allow personalization", "この会員は出し分けに同意していません"),
        ("rank is none of 一般, ゴールド", "rank は次のどれかです: 一般, ゴールド"),
        (
            "points is not a number; newsletter is not はい, いいえ, yes or no",
            "points が数ではありません; newsletter は「はい」か「いいえ」(yes、no)で書きます",
        ),
        ("something rare", "something rare"),
    ],
)
def test_the_common_reasons_are_told_in_japanese(reason: str, ja: str) -> None:
    assert reason_in("ja", reason) == ja


def test_a_wrong_time_is_told_every_form_that_is_read() -> None:
    said = "the timestamp is not of the form 2026-12-24T18:30:00+09:00, 2026/12/24 18:30, 2026-12-24"
    assert reason_in("en", "the timestamp has no offset: write 2026-12-24T18:30:00+09:00") == said

"""Why a line of an import was refused, in the reader's language."""

from __future__ import annotations

import re

from omotenashi.cli.common import say

_FORMS = "2026-12-24T18:30:00+09:00"
_ACCEPTED = "2026/12/24 18:30, 2026-12-24"
_REASONS = (
    (
        r"the timestamp (?:is not of the form|has no offset).*",
        f"日時が読めません。{_FORMS}、2026/12/24 18:30、2026-12-24 のどれかの形で書きます",
    ),
    (r"the timestamp is missing", "日時がありません"),
    (r"the timestamp is before 1970", "日時が1970年より前です"),
    (r"the timestamp is in the future", "日時が未来です"),
    (r"visitor_id and member_id are missing", "訪問者ID(visitor_id)も会員ID(member_id)もありません"),
    (r"the visitor_id is not made of .*", "訪問者ID(visitor_id)は、半角の英数字と - _ の16〜64文字です"),
    (r"the member does not allow personalization", "この会員は出し分けに同意していません"),
    (r"id is missing", "会員ID(id)がありません"),
    (r"(\S+) is not a number", "{0} が数ではありません"),
    (r"(\S+) is not a date such as (\S+)", "{0} が日付ではありません。{1} のように書きます"),
    (r"(\S+) is not はい, いいえ, yes or no", "{0} は「はい」か「いいえ」(yes、no)で書きます"),
    (r"(\S+) is none of (.*)", "{0} は次のどれかです: {1}"),
    (r"consent is neither .* nor of (.*)", "同意(consent)は「はい」「いいえ」(yes、no、denied)か、{0} で書きます"),
)
"""The commonest of what is said of a line, and the same in Japanese."""


def reason_in(language: str, reason: str) -> str:
    """Return why a line was refused in ja or en; what has no Japanese stays English."""
    if reason.startswith(("the timestamp is not of the form", "the timestamp has no offset")):
        reason = f"the timestamp is not of the form {_FORMS}, {_ACCEPTED}"
    return say(language, "; ".join(map(_japanese, reason.split("; "))), reason)


def _japanese(reason: str) -> str:
    found = ((re.fullmatch(pattern, reason), ja) for pattern, ja in _REASONS)
    return next((ja.format(*match.groups()) for match, ja in found if match), reason)

"""Whether any of many patterns matches a text: as if each was searched for, but in a tenth of the time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

_LENGTH = 4
_USUAL = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1 Line/14.20.0 Instagram Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A; wv) "
    "AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36 SamsungBrowser/26.0 YJApp-ANDROID jp.co.yahoo.android "
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0 Edg/130.0.0.0 OPR/115 Trident/7.0 "
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) (X11; Linux x86_64) (X11; CrOS x86_64 14541.0.0) compatible; MSIE"
)
"""What stands in the User-Agents of browsers: what robots have in common with them tells nothing."""
_TOKEN = re.compile(
    r"\\(?P<escaped>[^A-Za-z0-9])|\\[A-Za-z0-9]|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<plain>[^\\\[\](){}|.^$*+?])|(?P<sign>.)",
    re.DOTALL,
)
_ESCAPED_OR_SET = re.compile(r"\\.|\[\^?\]?[^\]]*\]")
_GROUP = re.compile(r"\([^()]*\)")


class PatternSet:
    """Regular expressions, case-sensitive, of which any may match.

    Whatever a pattern matches holds the pattern's literal text, and so every four characters in a row of that. Four
    are chosen for each pattern, and only the patterns whose four the text holds are searched for.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        by_four: defaultdict[str, list[re.Pattern[str]]] = defaultdict(list)
        for pattern in patterns:
            by_four[_four(pattern)].append(re.compile(pattern))
        self._always = by_four.pop("", [])
        self._by_four = {tuple(four): found for four, found in by_four.items()}
        self._fours = frozenset(self._by_four)

    def matches(self, text: str) -> bool:
        """Tell whether any of the patterns matches anywhere in the text."""
        held = self._fours.intersection(zip(text, text[1:], text[2:], text[3:], strict=False))
        if any(pattern.search(text) for pattern in self._always):
            return True
        return any(pattern.search(text) for four in held for pattern in self._by_four[four])


def _four(pattern: str) -> str:
    """Return four characters in a row that every match holds, such as no browser sends; empty where there are none."""
    fours = [run[at : at + _LENGTH] for run in _literals(pattern) for at in range(len(run) - _LENGTH + 1)]
    return next((four for four in fours if four not in _USUAL), fours[0] if fours else "")


def _literals(pattern: str) -> Iterator[str]:
    """Yield texts that every match holds. What may be there or not, or is one of several, ends a text."""
    if "(?" in pattern or "{" in pattern or "|" in _GROUP.sub("", _ESCAPED_OR_SET.sub("", pattern)):
        return  # rare: such a pattern is searched for always
    run, depth = "", 0
    for token in _TOKEN.finditer(pattern):
        literal = token["escaped"] or token["plain"]
        if literal and depth == 0:
            run += literal
            continue
        depth += {"(": 1, ")": -1}.get(token["sign"], 0)
        yield run[:-1] if token["sign"] in ("*", "?") else run
        run = ""
    yield run

"""Texts written so that a rule file takes them as they are."""

from __future__ import annotations

import json
import re

_SAFE = re.compile(r"[^\W\d_](?:[\w .+/々ー・-]*[\wー])?|/[\w./-]*|\d+")


def as_yaml(text: str) -> str:
    """Return a text as it stands in a rule file, in quotes where it would else be taken for something else."""
    return text if _SAFE.fullmatch(text) else json.dumps(text, ensure_ascii=False)

"""Characters that are typed for others, and what stands for them."""

from __future__ import annotations

import re

FULL_WIDTH_SPACE = "\u3000"
ODD_SPACES = "\u3000\xa0\u1680\u2000-\u200a\u202f\u205f"
COLONS = "：︰﹕∶꞉"
DASHES = "－ー・–—―‐‑−•●○◆◇■□▪‣＊·･ｰ"
INVISIBLE = "\u200b\u2060\ufeff\xad\u200e\u200f\u202a-\u202e\u2066-\u2069\u180e"
LIST_COMMAS = "、，､﹐"
QUOTE_PAIRS = {
    **dict.fromkeys("“”„‟＂〝", '“”„‟＂〞〟"'),
    **dict.fromkeys("‘’‚‛＇", "‘’‚‛＇'"),
}
"""What somebody may have typed for a quote, and what then ends it."""
CORNERS = {"「": "」", "『": "』"}
FULL_WIDTH = {"［": "[", "］": "]", "｛": "{", "｝": "}", "｜": "|", "＞": ">", "＃": "#"}
CLOSERS = {"[": "]", "{": "}"}

ODD_SPACE = re.compile(f"[{ODD_SPACES}]")
COLON = re.compile(f"[{COLONS}]")
HIDDEN = re.compile(f"[{INVISIBLE}]")


def called(character: str) -> str:
    """Return how a character that cannot be seen is named: U+200B."""
    return f"U+{ord(character):04X}"


def space_code(character: str) -> str:
    """Return the code for a space that is none: the full-width one has its own."""
    return "E112" if character == FULL_WIDTH_SPACE else "E143"

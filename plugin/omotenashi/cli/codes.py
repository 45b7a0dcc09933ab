"""`omo explain E203`: the page about a code."""

from __future__ import annotations

import argparse
import re

from omotenashi.cli.common import FAILED, FINE, spoken
from omotenashi.language.messages import MESSAGES, in_general
from omotenashi.language.pages import PAGES

_CODE = re.compile(r"[ewn]\d{3}", re.IGNORECASE)
_TITLES = {"ja": ("誤り", "正しい書き方", "直し方"), "en": ("Wrong", "Right", "Remedy")}


def is_code(text: str) -> bool:
    """Tell whether a text is of the form of a code, such as E203 or w502."""
    return _CODE.fullmatch(text) is not None


def explain_code(text: str, options: argparse.Namespace) -> int:
    """Print the page about a code, or all codes where there is none of this name; return the exit code."""
    code, language = text.upper(), spoken(options)
    if code not in MESSAGES:
        print(f"{code} という番号はありません。" if language == "ja" else f"There is no code {code}.")
        print("\n".join(f"{one}  {in_general(one, language)[0]}" for one in sorted(MESSAGES)))
        return FAILED
    print(_page(code, language))
    return FINE


def _page(code: str, language: str) -> str:
    page = PAGES[code]
    wrong, right, remedy = _TITLES[language]
    sentence, hint = in_general(code, language)
    parts = [f"{code}  {sentence}", page.ja if language == "ja" else page.en]
    if page.site and page.file != "site.yaml":
        parts.append(_example("site.yaml", page.site))
    parts += [_example(name, text) for name, text in page.beside.items()]
    if page.wrong:
        parts += [_example(f"{wrong} ({page.file})", page.wrong), _example(f"{right} ({page.file})", page.right)]
    if hint:
        parts.append(f"{remedy}: {hint}")
    return "\n\n".join(parts)


def _example(title: str, text: str) -> str:
    lines = "\n".join(f"    {line}".rstrip() for line in text.splitlines())
    return f"{title}:\n{lines}"

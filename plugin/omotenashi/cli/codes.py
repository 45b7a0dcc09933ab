"""`omo explain E203`: the page about a code."""

from __future__ import annotations

import argparse
import re

from omotenashi.cli.common import FAILED, FINE, say, spoken
from omotenashi.language.messages import MESSAGES, in_general
from omotenashi.language.pages import PAGES
from omotenashi.language.pages.english import with_english_examples

_CODE = re.compile(r"[ewn]\d{3}", re.IGNORECASE)
_INVISIBLE = {
    "\t": ("⇥", "タブ", "a tab"),
    "\u3000": ("□", "全角スペース", "a full-width space"),
    "\xa0": ("⍽", "改行を許さない空白", "a no-break space"),
    "\u200b": ("◇", "見えない文字", "an invisible character"),
    "\x08": ("◇", "見えない文字", "an invisible character"),
    " ": ("␣", "行の終わりの半角スペース", "a space at the end of a line"),
}
"""What nobody would see in an example, with the sign that stands for it there."""
_SEEN_INSIDE = str.maketrans({one: sign for one, (sign, *_) in _INVISIBLE.items() if one != " "})
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
    page = PAGES[code] if language == "ja" else with_english_examples(code, PAGES[code])
    wrong, right, remedy = _TITLES[language]
    sentence, hint = in_general(code, language)
    parts = [f"{code}  {sentence}", page.ja if language == "ja" else page.en]
    if page.site and page.file != "site.yaml":
        parts.append(_example("site.yaml", page.site))
    parts += [_example(name, text) for name, text in page.beside.items()]
    if page.wrong:
        parts += [_example(f"{wrong} ({page.file})", page.wrong), _example(f"{right} ({page.file})", page.right)]
    legend = _legend("\n".join(parts), language)
    if legend:
        parts.append(legend)
    if hint:
        parts.append(f"{remedy}: {hint}")
    return "\n\n".join(parts)


def _example(title: str, text: str) -> str:
    lines = "\n".join(f"    {_visible(line)}" if line else "" for line in text.removesuffix("\n").split("\n"))
    return f"{title}:\n{lines}"


def _visible(line: str) -> str:
    bare = line.rstrip(" ")
    return bare.translate(_SEEN_INSIDE) + _INVISIBLE[" "][0] * (len(line) - len(bare))


def _legend(shown: str, language: str) -> str:
    """What the signs stand for that a page shows in the place of what is invisible."""
    found = dict.fromkeys((sign, say(language, ja, en)) for sign, ja, en in _INVISIBLE.values() if sign in shown)
    said = [say(language, f"{sign} は{what}", f"{sign} is {what}") for sign, what in found]
    return f"({say(language, '、', ', ').join(said)})" if said else ""

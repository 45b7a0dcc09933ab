"""The visitor's page as HTML: a template, the words in two languages, and what was found."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote, urlencode

from msgspec import Struct

from omotenashi.rights import Reasons
from omotenashi.web.why_words import WORDS

ADDRESS = "/omo/why"
_SOURCE = Path(__file__).with_name("why.html").read_text(encoding="utf-8")
_TEMPLATE = Template(_SOURCE)
_STYLE = "".join(re.findall(r"<style>(.*?)</style>", _SOURCE, re.DOTALL))
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The Content-Security-Policy of the page."""


class WhyPage(Struct, frozen=True):
    """What the page says."""

    language: str
    """ja or en."""
    site: str
    path: str
    """Of the page that it is about."""
    reasons: tuple[Reasons, ...]
    """Of what was chosen by a rule."""
    state: str
    """stopped, gpc, remembered or not_asked."""
    counts: Mapping[str, int]
    """How many entries of each kind are stored; empty where nothing is."""
    arrival: bool
    """A cookie says how the visit began."""
    since: str
    """The day from which on something is stored, or empty."""
    days: int
    member: bool
    """Somebody is logged in."""
    manager: bool
    """Consent is read from a consent manager's cookie."""
    token: str
    again: bool
    """The last press of a button came to nothing."""


def render(page: WhyPage) -> str:
    """Return the page; whatever is not of this module is escaped."""
    words = WORDS[page.language]
    other = "en" if page.language == "ja" else "ja"
    return _TEMPLATE.substitute(
        language=page.language,
        title=words["title"],
        notice=f'<p class="notice" role="alert">{words["again"]}</p>' if page.again else "",
        lead=words["lead"].format(site=escape(page.site or words["this_site"])),
        state=words[page.state],
        decided_title=words["decided"].format(path=escape(page.path)),
        decided=_decided(page, words),
        stored_title=words["stored"],
        stored=_stored(page, words),
        choice_title=words["choice"],
        token=escape(page.token),
        page=escape(page.path),
        buttons="\n".join(_button(action, words) for action in _actions(page)),
        elsewhere=words["manager" if page.manager else "elsewhere"],
        back=escape(quote(page.path)),
        back_title=words["back"],
        other=escape(address(page.path, other)),
        other_language=other,
        other_title=WORDS[other]["language"],
    )


def address(path: str, language: str, *, again: bool = False) -> str:
    """Return the address of the page about a page of the site, with its query."""
    return f"{ADDRESS}?{urlencode({'page': path, 'lang': language} | ({'again': 1} if again else {}))}"


def _decided(page: WhyPage, words: Mapping[str, str]) -> str:
    if not page.reasons:
        return f"<p>{words['nothing_decided']}</p>"
    lines = [f"<li><b>{escape(one.label)}</b>: {_because(one, words)}</li>" for one in page.reasons]
    return "\n".join(["<ul>", *lines, "</ul>", f"<p><small>{words['only_kinds']}</small></p>"])


def _because(one: Reasons, words: Mapping[str, str]) -> str:
    if not one.kinds:
        return words["for_all"]
    pairs = zip(one.kinds, one.read_from, strict=True)
    kinds = (_kind(kind, origin, words) for kind, origin in pairs)
    return words["because"].format(kinds=escape(words["comma"].join(kinds)))


def _kind(kind: str, origin: str, words: Mapping[str, str]) -> str:
    """Name a kind of information and where it was read from, unless that says the same once more."""
    return words["read_from"].format(kind=kind, origin=origin) if origin and not origin.startswith(kind) else kind


def _stored(page: WhyPage, words: Mapping[str, str]) -> str:
    if not page.counts and not page.arrival:
        return f"<p>{words['nothing_stored']}</p>"
    rows = [f"<dt>{words[kind]}</dt><dd>{count}</dd>" for kind, count in page.counts.items() if count]
    if page.since:
        rows.insert(0, f"<dt>{words['since']}</dt><dd>{escape(page.since)}</dd>")
    if page.arrival:
        rows.append(f"<dt>{words['arrival']}</dt><dd>{words['in_cookie']}</dd>")
    days = [f"<p>{words['days'].format(days=page.days)}</p>"] if page.counts else []
    return "\n".join(["<dl>", *rows, "</dl>", *days])


def _actions(page: WhyPage) -> list[str]:
    first = ["start"] if page.state == "stopped" else ["stop_member" if page.member else "stop"]
    return [*first, *(["erase", "export"] if page.counts or page.arrival else [])]


def _button(action: str, words: Mapping[str, str]) -> str:
    value = action.partition("_")[0]
    return (
        f'<p><button name="action" value="{value}">{words[f"{value}_button"]}</button>'
        f"<small>{words[f'{action}_says']}</small></p>"
    )

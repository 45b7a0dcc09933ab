"""What a rule shows, in words."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser

from omotenashi.language.describe.voice import Voice
from omotenashi.language.placeholders import Placeholder, template
from omotenashi.language.report import Report
from omotenashi.language.syntax import ShowSpec
from omotenashi.model.text import fold

LONGEST = 60
"""Characters of a content that are quoted."""
_SPACE_BEFORE_END = re.compile(r"\s+")


def show_phrase(show: ShowSpec, texts: Mapping[str, str], voice: Voice) -> str:
    """Say what is shown; `texts` are those of the files under contents/ by their paths there."""
    content = voice.contents.get(fold(show.text)) if show.kind == "content" else None
    what = content.show if content else show
    origin = [voice.say(f"コンテンツ {content.name}", f"the content {content.name}")] if content else []
    if what.kind == "file":
        origin.append(voice.say(f"ファイル {what.text}", f"the file {what.text}"))
    named = voice.all_of(origin)
    said = _said(what, texts, voice)
    return voice.say(f"{said}({named})", f"{said} ({named})") if named else said


def _said(show: ShowSpec, texts: Mapping[str, str], voice: Voice) -> str:
    if show.kind == "url":
        return _fetched(show, voice)
    if show.kind in _WORDS:
        return voice.say(*_WORDS[show.kind])
    text = show.text if show.kind == "html" else texts.get(show.text, "")
    return beginning(text, show, voice) or voice.say("文字のない内容", "a content without text")


def _fetched(show: ShowSpec, voice: Voice) -> str:
    """What comes of an address, and what is there if nothing does."""
    late = ("間に合わないとき", "is too late")
    if show.timeout is not None:
        wait = voice.number(show.timeout)
        late = (f"{wait}ミリ秒以内に届かないとき", f"takes over {wait} ms")
    address = voice.quote(show.text)
    return voice.say(
        f"{address} から取り寄せた内容。取り寄せられないときや{late[0]}は、CMSのもとの内容のまま",
        f"what is fetched from {address}; the CMS's own content stays when that fails or {late[1]}",
    )


_WORDS = {
    "original": ("CMSのもとの内容のまま", "the CMS's own content, unchanged"),
    "nothing": ("何も表示しない", "nothing at all"),
}


def beginning(text: str, show: ShowSpec, voice: Voice) -> str:
    """Return the first words of a content in quotes, with what is put into it named; empty without any text."""
    parts = template(text, voice.site, show.position, Report())
    filled = "".join(html.escape(_named(part, voice)) if isinstance(part, Placeholder) else part for part in parts)
    reader = _TextOnly()
    reader.feed(filled)
    reader.close()
    words = _SPACE_BEFORE_END.sub(" ", "".join(reader.found)).strip()
    if not words:
        return ""
    return voice.quote(words if len(words) <= LONGEST else words[:LONGEST].rstrip() + "…")


def _named(placeholder: Placeholder, voice: Voice) -> str:
    fact = _FACTS.get(placeholder.fact)
    if fact is None:
        attribute = voice.site.attributes[placeholder.fact.removeprefix("member.")]
        said = attribute.label or attribute.name
    else:
        said = voice.say(*fact)
    if not placeholder.default:
        return f"[{said}]"
    return voice.say(f"[{said}、なければ「{placeholder.default}」]", f"[{said}, or “{placeholder.default}”]")


_FACTS = {
    "keyword": ("検索語のうち当てはまった語", "the rule's word that matched"),
    "prefecture": ("選ばれた都道府県", "the prefecture that was chosen"),
}


class _TextOnly(HTMLParser):
    """Keeps what people read: no tags, scripts, styles or comments; for pictures what stands for them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._hidden = tag
        alternative = dict(attrs).get("alt")
        self.found.append(f" [{alternative}] " if tag == "img" and alternative else " ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        self.found.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)

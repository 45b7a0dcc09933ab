"""`omo diff`."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from omotenashi.cli.accounts import condition_text, html_text, show_text, visible_text
from omotenashi.cli.changing import change_data, change_lines, labelled
from omotenashi.cli.common import FAILED, FINE, command, language_of, moment_of, say
from omotenashi.cli.loading import load_site
from omotenashi.cli.stated import stated_visitors
from omotenashi.compare import Difference, Sight, Watched, differences, visitors_of_tests
from omotenashi.engine.reading import moment_text
from omotenashi.language.changes import Change, Version, changes, same_rules
from omotenashi.service import signal_tools
from omotenashi.settings import Settings
from omotenashi.site import Loaded, Site

_MOST_SHOWN = 20
_BEFORE_IT = 8
"""Characters that are told before a difference."""
_REASONS = {
    "block added": ("このブロックが加わった", "the block was added"),
    "block gone": ("このブロックがなくなった", "the block is gone"),
    "rule gone": ("「{rule}」がなくなった", "{rule} is gone"),
    "no longer matches": ("「{rule}」に当てはまらなくなった", "{rule} no longer matches"),
    "new rule": ("新しい「{rule}」に当てはまる", "{rule}, which is new, matches"),
    "now matches": ("「{rule}」に当てはまるようになった", "{rule} matches now"),
    "order": ("「{rule}」のほうが上になった", "{rule} now stands above"),
    "content": ("「{rule}」の内容が変わった", "what {rule} shows was changed"),
    "otherwise": (
        "どのルールにも当てはまらないときの内容が変わった",
        "what is shown when no rule matches was changed",
    ),
}


class _Found(Struct, frozen=True):
    """All that is told."""

    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]
    visitors: tuple[Watched, ...]
    zone: ZoneInfo
    labels: Mapping[str, str]
    """Of the blocks."""


def add_diff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `diff`."""
    text = (
        "2つのフォルダーを比べ、だれの表示が変わるかを示す / what changed between two folders, and whose page changes"
    )
    diff = command(commands, "diff", _diff, text)
    diff.add_argument("old", type=Path, metavar="OLD")
    diff.add_argument("new", type=Path, metavar="NEW")
    diff.add_argument(
        "--visitors", type=Path, metavar="FILE", help="visitors, one JSON object a line (at, name beside)"
    )
    diff.add_argument("--at", metavar="TIME", help="for visitors without a time of their own, such as 2026-12-01 10:00")
    diff.add_argument("--exit-code", action="store_true", help="exit with 1 where anything differs")
    diff.add_argument("--format", choices=("text", "json"), default="text")
    diff.add_argument("--lang", choices=("ja", "en"))
    diff.add_argument("--mmdb", type=Path, help="database for visitors with ip")


def _diff(options: argparse.Namespace) -> int:
    (old, before), (new, after) = load_site(options.old, options), load_site(options.new, options)
    language = language_of(options, after)
    watched = visitors_of_tests(old.tests, new.tests)
    if options.visitors is not None:
        stated = stated_visitors(options.visitors, (new, old), language)
        if stated is None:
            return FAILED
        watched += stated
    found = _compared((old, before), (new, after), watched, options)
    if options.format == "json":
        print(json.dumps(_data(found, language), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(found, language)))
    differs = bool(found.changes or found.differences)
    return FAILED if options.exit_code and differs else FINE


def _compared(
    old: tuple[Site, Loaded], new: tuple[Site, Loaded], watched: Sequence[Watched], options: argparse.Namespace
) -> _Found:
    zone = ZoneInfo(new[0].facts.timezone)
    now = moment_of(options.at, zone)
    before, after = (Version(loaded.folder, loaded.facts, loaded.texts) for _, loaded in (old, new))
    tools = signal_tools(Settings(mmdb=options.mmdb))
    same = same_rules(before.folder, after.folder)
    found = tuple(differences(old[0], new[0], same, watched, tools, now))
    labels = {block.name: block.label for block in (*before.folder.blocks, *after.folder.blocks)}
    return _Found(changes(before, after), found, tuple(watched), zone, labels)


# As text


def _lines(found: _Found, language: str) -> Iterator[str]:
    yield say(language, "変わったところ", "What was changed")
    yield from change_lines(found.changes, found.labels, language)
    if not found.changes:
        yield say(language, "  ありません", "  nothing")
    yield ""
    yield from _who(found, language)


def _who(found: _Found, language: str) -> Iterator[str]:
    if not found.visitors:
        yield say(
            language,
            "比べる訪問者がいません(テストか --visitors で指定します)",
            "There are no visitors to compare: write tests or name a file with --visitors",
        )
        return
    by_visitor: dict[int, list[Difference]] = {}
    for one in found.differences:
        by_visitor.setdefault(id(one.visitor), []).append(one)
    yield _summary(found, len(by_visitor), language)
    shown = list(by_visitor.values())
    for several in shown[:_MOST_SHOWN]:
        yield from _visitor(several, found, language)
    if len(shown) > _MOST_SHOWN:
        more = len(shown) - _MOST_SHOWN
        yield say(language, f"  …ほか {more} 人", f"  … and {more} more")


def _summary(found: _Found, changed: int, language: str) -> str:
    total = len(found.visitors)
    if not changed:
        return say(
            language,
            f"表示が変わる訪問者: {total} 人中 0 人",
            f"Of {total} visitors none sees anything else",
        )
    blocks = Counter(one.block for one in found.differences)
    where = [say(language, f"{block} {count} 人", f"{block}: {count}") for block, count in blocks.items()]
    return say(
        language,
        f"表示が変わる訪問者: {total} 人中 {changed} 人({'、'.join(where)})",
        f"{changed} of {total} visitors see something else ({', '.join(where)})",
    )


def _visitor(several: Sequence[Difference], found: _Found, language: str) -> Iterator[str]:
    first = several[0]
    moment = moment_text(datetime.fromtimestamp(first.at, found.zone), language)
    yield f"  {_called(first.visitor, language)}  {moment}"
    for one in several:
        before, after = _sights(one, language)
        yield f"    {labelled(one.block, found.labels, language)}: {before} → {after}"
        yield f"      {say(language, '理由', 'because')}: {_reason(one, language)}"


def _called(visitor: Watched, language: str) -> str:
    return visitor.name or say(language, "名前のない訪問者", "a visitor without a name")


def _sights(one: Difference, language: str) -> tuple[str, str]:
    """Both sides; where they would read alike, what is shown is told by the HTML itself."""
    before, after = _sight(one.before, language), _sight(one.after, language)
    if before != after:
        return before, after
    if one.before.html is None or one.after.html is None:
        return _html(one.before, language), _html(one.after, language)
    return _apart(one.before.html, one.after.html, language)


def _sight(sight: Sight, language: str) -> str:
    if sight.show is None:
        return say(language, "ブロックなし(もとのまま)", "no block (the original)")
    shows = show_text(sight.show, language)
    if sight.show.kind == "html":
        name = f"{sight.show.content} " if sight.show.content else ""
        shows = name + _html(sight, language)
    if sight.rule is None:
        return say(language, f"当てはまるルールなし({shows})", f"no rule ({shows})")
    name = f"{sight.rule.name} [{sight.variant}]" if sight.variant else sight.rule.name
    return say(language, f"「{name}」({shows})", f"{name} ({shows})")


def _html(sight: Sight, language: str) -> str:
    return say(language, "もとのまま", "the original") if sight.html is None else html_text(sight.html, language)


def _apart(before: str, after: str, language: str) -> tuple[str, str]:
    """Two texts from shortly before where they begin to differ."""
    texts = visible_text(before), visible_text(after)
    if texts[0] == texts[1]:
        texts = before, after
    places = (place for place, (one, other) in enumerate(zip(*texts, strict=False)) if one != other)
    start = max(0, next(places, min(map(len, texts))) - _BEFORE_IT)
    first, second = (("…" if start else "") + text[start:] for text in texts)
    return html_text(first, language), html_text(second, language)


def _reason(one: Difference, language: str) -> str:
    text = say(language, *_REASONS[one.reason]).format(rule=one.rule)
    if one.fact is None:
        return text
    return text + say(language, f"({condition_text(one.fact, language)})", f" ({condition_text(one.fact, language)})")


# As data


def _data(found: _Found, language: str) -> dict[str, Any]:
    changed = {id(one.visitor) for one in found.differences}
    return {
        "changes": [change_data(change, language) for change in found.changes],
        "visitors": len(found.visitors),
        "visitors_changed": len(changed),
        "differences": [_difference_data(one, found.zone, language) for one in found.differences],
    }


def _difference_data(one: Difference, zone: ZoneInfo, language: str) -> dict[str, Any]:
    return {
        "visitor": one.visitor.name,
        "at": datetime.fromtimestamp(one.at, zone).isoformat(),
        "block": one.block,
        "before": _sight_data(one.before),
        "after": _sight_data(one.after),
        "reason": _reason(one, language),
    }


def _sight_data(sight: Sight) -> dict[str, Any]:
    return {
        "rule": sight.rule.name if sight.rule else None if sight.show is None else "otherwise",
        "variant": sight.variant,
        "shows": sight.show.kind if sight.show else "original",
        "content": sight.show.content if sight.show else None,
        "html": sight.html,
    }

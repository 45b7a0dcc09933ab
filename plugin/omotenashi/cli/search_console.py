"""`omo import search-console`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from omotenashi.cli.common import FAILED, FINE, command, existing, language_of, say
from omotenashi.cli.stores import settings_of
from omotenashi.cli.writing import write_at_once
from omotenashi.language.naming import is_table
from omotenashi.language.read_search_console import is_landings
from omotenashi.model.errors import EditorError, WrongRules
from omotenashi.rules_folder import SITE_FILES, check_folder
from omotenashi.search_console.exports import open_export, rows
from omotenashi.search_console.plain_text import readable
from omotenashi.search_console.sums import Ranked, Sums
from omotenashi.search_console.write import file_text

_DEFAULT = "search-console.csv"
_MOST_TOLD = 100
"""Rows that could not be read."""
_MOST_HOSTS_TOLD = 5


def add_search_console(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the kind of `omo import`."""
    one = command(
        kinds, "search-console", _import, "着地ページごとの検索語を取り込む / import searches by landing page"
    )
    one.add_argument("file", type=Path, metavar="FILE", help="CSV, JSON or JSON Lines with page, query and clicks")
    one.add_argument("--rules", type=Path, metavar="DIR", help="the rules folder (rules)")
    one.add_argument("--out", type=Path, metavar="FILE", help=f"within the rules folder ({_DEFAULT})")
    one.add_argument("--min-clicks", type=_count, default=1, metavar="N", help="leave out pages with fewer clicks (1)")
    one.add_argument("--lang", choices=("ja", "en"))


def _count(text: str) -> int:
    found = int(text)
    if found < 0:
        raise ValueError(text)
    return found


def _import(options: argparse.Namespace) -> int:
    rules = existing(settings_of(options).rules)
    checked = check_folder(rules)
    language, facts = language_of(options, checked), checked.facts
    if any(name in checked.parsed and not checked.parsed[name].readable for name in SITE_FILES):
        raise WrongRules(
            f"{rules} の site.yaml が読めません。omo check で確かめてください",
            f"site.yaml in {rules} cannot be read: see omo check",
        )
    out = _out(options.out, rules, facts.landings_file)
    with readable(options.file) as readable_file:
        sums, refused = _summed(options.file, readable_file, facts.hosts, language)
    pages = list(sums.ranked())
    kept = [page for page in pages if page.clicks >= options.min_clicks]
    if not kept:
        raise EditorError(f"{options.file}: {_nothing(sums, 'ja')}", f"{options.file}: {_nothing(sums, 'en')}")
    text, held = file_text(kept)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_at_once(out, text)
    said = _said(sums, refused, kept[:held], language)
    left_out = _left_out(len(pages) - len(kept), options.min_clicks, len(kept) - held, language)
    print("\n".join((*said, *left_out)))
    name = out.relative_to(rules.resolve()).as_posix()
    print(say(language, f"{out} を書きました", f"wrote {out}"))
    if facts.landings_file != name:
        print(_line_to_add(name, facts.landings_file, language))
    return FAILED if refused else FINE


def _out(asked: Path | None, rules: Path, named: str) -> Path:
    """The file to write: what is asked for, what site.yaml names, or the usual name; always within the rules folder."""
    root = rules.resolve()
    path = asked or Path(named or _DEFAULT)
    from_here = Path.cwd() / path
    out = from_here.resolve() if asked and from_here.resolve().is_relative_to(root) else (root / path).resolve()
    if not out.is_relative_to(root) or not is_table(out.name):
        raise EditorError(
            f"--out: {path} は {rules} の中の .csv ファイルにしてください",
            f"--out: {path} must be a .csv file within {rules}",
        )
    if out.exists() and not is_landings(out.read_bytes()):
        raise EditorError(
            f"{out} は別の表です。上書きしません。--out で別の名前を指定してください",
            f"{out} is another table, which is left as it is; give another name with --out",
        )
    return out


def _summed(named: Path, path: Path, hosts: frozenset[str], language: str) -> tuple[Sums, int]:
    """Read all rows of a file, or of its copy; return their sums, and how many could not be read."""
    from omotenashi.cli.meter import Meter  # noqa: PLC0415 no other command needs what it loads

    export, sums = open_export(path), Sums(hosts)
    found, refused = rows(export), 0
    meter = Meter(named.name, export.lines, 0)
    try:
        for row in found:
            try:
                sums.add(row)
            except EditorError as error:
                refused += 1
                if refused <= _MOST_TOLD:
                    meter.write(f"{named}:{row.line}: {error.said(language)}")
            if not row.line & 1023:
                meter.show(row.line)
    finally:
        meter.close()
    return sums, refused


def _said(sums: Sums, refused: int, pages: list[Ranked], language: str) -> Iterator[str]:
    searches, clicks = sum(len(page.queries) for page in pages), sum(page.clicks for page in pages)
    read, found, words = _many(sums.rows + refused, "row"), _many(len(pages), "landing page"), _many(searches, "search")
    yield say(
        language,
        f"{sums.rows + refused:,} 行を読みました: 着地ページ {len(pages):,}、検索語 {searches:,}、クリック {clicks:,}",
        f"{read} read: {found}, {words}, {_many(clicks, 'click')}",
    )
    if refused:
        yield say(
            language,
            f"読めない {refused:,} 行を除きました",
            f"left out: {_many(refused, 'row')} that could not be read",
        )
    if sums.anonymous:
        yield say(
            language,
            f"検索語が伏せられた {sums.anonymous:,} 行(クリック {sums.anonymous_clicks:,})を除きました",
            f"left out: {_many(sums.anonymous, 'row')} with anonymised queries ({_many(sums.anonymous_clicks, 'click')})",
        )
    yield from _hosts_said(sums, language)


def _left_out(few: int, least: int, beyond: int, language: str) -> Iterator[str]:
    if few:
        yield say(
            language,
            f"クリックが {least:,} 回より少ない着地ページ {few:,} 件を除きました",
            f"left out: {_many(few, 'landing page')} with fewer than {_many(least, 'click')}",
        )
    if beyond:
        yield say(
            language,
            f"ファイルが大きくなりすぎるので、クリックの最も少ない着地ページ {beyond:,} 件を除きました",
            f"left out: the {_many(beyond, 'landing page')} with the fewest clicks, since the file would be too large",
        )


def _many(count: int, what: str) -> str:
    plural = f"{what}es" if what.endswith("ch") else f"{what}s"
    return f"{count:,} {what if count == 1 else plural}"


def _hosts_said(sums: Sums, language: str) -> Iterator[str]:
    if sums.elsewhere:
        listed = _hosts_listed(sums.elsewhere.most_common(_MOST_HOSTS_TOLD))
        yield say(
            language,
            f"ほかのホストの {sums.elsewhere.total():,} 行を除きました: {listed}。自分のサイトなら、site.yaml の hosts に加えてください",
            f"left out: {_many(sums.elsewhere.total(), 'row')} of other hosts, {listed};"
            " if they are the site's own, add them to hosts in site.yaml",
        )
    if len(sums.hosts) > 1:
        listed = _hosts_listed(sums.hosts.most_common(_MOST_HOSTS_TOLD))
        yield say(
            language,
            f"site.yaml に hosts がないので、どのホストも自分のサイトとみなしました: {listed}",
            f"site.yaml names no hosts, so all are taken for the site's own: {listed}",
        )


def _hosts_listed(hosts: list[tuple[str, int]]) -> str:
    return ", ".join(f"{host} ({count:,})" for host, count in hosts)


def _nothing(sums: Sums, language: str) -> str:
    """Why nothing is left to write."""
    said = " ".join(_hosts_said(sums, language))
    nothing = say(
        language,
        "検索語とクリックのある着地ページがないので、何も書きませんでした。",
        "no landing page has a query with clicks, so nothing is written.",
    )
    return f"{nothing} {said}".strip()


def _line_to_add(name: str, named: str, language: str) -> str:
    line = f"search_console: {{file: {name}}}"
    if named:
        return say(
            language,
            f"site.yaml は {named} を指しています。こちらを使うには「{line}」に書きかえます",
            f"site.yaml names {named}; to use this file write {line} there",
        )
    return say(language, f"site.yaml に次の行を書き足してください: {line}", f"add this line to site.yaml: {line}")

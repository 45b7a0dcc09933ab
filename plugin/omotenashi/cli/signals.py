"""`omo signals`: what is read from a request, for every line of JSON; it reads as the service does."""

from __future__ import annotations

import argparse
import codecs
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from omotenashi.cli.common import FAILED, FINE, command, existing, language_of, say, voice_of
from omotenashi.cli.signal_lines import LONGEST_LINE, BadLine, encoded_line, requested
from omotenashi.cli.signal_words import WHAT_TO_TYPE, problem, uncounted, unknown_key
from omotenashi.cli.stores import settings_of, warn
from omotenashi.cli.tools import tools_of
from omotenashi.language import printer
from omotenashi.model.errors import EditorError, WrongRules
from omotenashi.model.site_facts import SiteFacts
from omotenashi.rules_folder import SITE_FILES, check_folder, estimates_in, site_language
from omotenashi.settings import Settings
from omotenashi.signals import gather
from omotenashi.signals.client_address import HeaderKind
from omotenashi.web.build import access_of
from omotenashi.web.lines import Reader

_MOST_TOLD = 20
"""Unknown keys that are told; whoever has more has seen the point."""


def add_signals(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    signals = command(
        commands, "signals", _signals, "何が読み取れるか / what is read from requests: JSON lines in and out"
    )
    signals.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="JSON lines; the standard input without it"
    )
    signals.add_argument(
        "--site", dest="rules", type=Path, metavar="DIR", help="the rules folder (rules, if it is there)"
    )
    signals.add_argument("--mmdb", type=Path, metavar="FILE", help="a MaxMind database for places")
    signals.add_argument(
        "--trusted-proxy", "--trusted-proxies", dest="trusted_proxies", action="extend", nargs="+", metavar="CIDR",
        help="networks whose headers about visitors count; after FILE",
    )  # fmt: skip
    signals.add_argument("--forwarded", choices=[kind.value for kind in HeaderKind], help="the header with the address")
    signals.add_argument("--geo-headers", metavar="KIND", help="the edge's headers about places, such as cloudflare")
    signals.add_argument("--lang", choices=("ja", "en"))


def _signals(options: argparse.Namespace) -> int:
    options.trusted_proxies = options.trusted_proxies and ",".join(options.trusted_proxies)
    settings = settings_of(options)
    facts, language = _site(options, settings)
    tools = tools_of(settings, None)
    gather.warm()
    return _Printer(Reader(access_of(settings, ""), settings, facts, tools), language).run(options.files)


def _site(options: argparse.Namespace, settings: Settings) -> tuple[SiteFacts, str]:
    """Return what site.yaml says, and the language to speak; without a folder what holds by default.

    The searches by landing page are left out where no rule asks for an estimate.
    """
    if options.rules is None and not settings.rules.is_dir():
        return SiteFacts(), options.lang or site_language(SiteFacts(), os.environ)
    folder = existing(settings.rules)
    checked = check_folder(folder)
    wrong = [one for one in checked.diagnostics if one.level == "error" and one.position.file in SITE_FILES]
    if wrong:
        text = printer.as_text(wrong, voice_of(options, checked), f"{folder.as_posix()}/")
        raise WrongRules(f"{folder} に誤りがあります\n{text}", f"{folder} has errors\n{text}")
    facts = checked.facts if estimates_in(checked.folder) else replace(checked.facts, landings=None)
    return facts, language_of(options, checked)


class _Printer:
    """Reads lines, prints an answer to each in their order, and says on the standard error what is wrong."""

    def __init__(self, reader: Reader, language: str) -> None:
        self._reader = reader
        self._language = language
        self._told: set[str] = set()
        self._failed = False

    def run(self, files: list[Path]) -> int:
        """Answer the lines of the files, or of the standard input; return the exit code."""
        if not files:
            if sys.stdin is None:
                raise EditorError(
                    "標準入力が閉じています。ファイルを指定してください", "the standard input is closed; name a file"
                )
            if sys.stdin.isatty():
                print(say(self._language, *WHAT_TO_TYPE), file=sys.stderr)
            self._answer_all(sys.stdin.buffer, say(self._language, "{} 行目", "line {}"))
        for file in files:
            with file.open("rb") as lines:
                self._answer_all(lines, f"{file}:".replace("{", "{{").replace("}", "}}") + "{}")
        return FAILED if self._failed else FINE

    def _answer_all(self, lines: BinaryIO, place: str) -> None:
        for number, line in _lines(lines):
            sys.stdout.buffer.write(self._answer(line, place.format(number)) + b"\n")
            sys.stdout.buffer.flush()  # whoever reads may wait for this line before writing the next

    def _answer(self, line: bytes, place: str) -> bytes:
        try:
            request, unknown = requested(line)
        except BadLine as bad:
            self._failed = True
            said = f"{place}: {problem(bad, self._language)}"
            print(f"omo: {said}", file=sys.stderr)
            return encoded_line({"error": said})
        for key in unknown:
            self._warn_of_key(key, place)
        answer = encoded_line(self._reader.signals(request))
        if self._reader.counts:
            self._warn_of_member(place)
        return answer

    def _warn_of_key(self, key: str, place: str) -> None:
        if key not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(key)
            warn(f"{place}: {unknown_key(key, self._language)}")

    def _warn_of_member(self, place: str) -> None:
        """Say why a member token does not count, and never what stands in it."""
        for name, count in self._reader.counts.items():
            warn(f"{place}: {uncounted(name, count, self._language)}")
        self._reader.counts.clear()


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield lines with their numbers, but empty ones; of one that is too long its beginning."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
        kept = line if len(line) == LONGEST_LINE else line.removeprefix(codecs.BOM_UTF8).strip()
        if kept:
            yield number, kept

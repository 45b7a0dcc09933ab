"""A rules folder, read and checked; what did not change since it was read before is not read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from omotenashi import morphemes
from omotenashi.content.source import files_under, read_fragments
from omotenashi.engine.estimates import Estimate, estimates, per_cent
from omotenashi.language.analyse import analyse
from omotenashi.language.beside import Beside, named_countries, named_files, named_searches
from omotenashi.language.check import Whole, check
from omotenashi.language.compile import synonyms_of
from omotenashi.language.condition import Estimated, facts
from omotenashi.language.nodes import MapNode
from omotenashi.language.parse import LARGEST_FILE, decode, decode_content, parse
from omotenashi.language.read_file import read_file
from omotenashi.language.read_search_console import LANDING_LIMITS, LARGEST_LANDINGS
from omotenashi.language.read_site import read_site
from omotenashi.language.read_table import with_tables
from omotenashi.language.report import Report
from omotenashi.language.syntax import Folder
from omotenashi.language.table_text import decode_table
from omotenashi.language.vocabulary import REST
from omotenashi.model.errors import Diagnostic, Position
from omotenashi.model.site_facts import SiteFacts
from omotenashi.national_holidays import holidays_of

SITE_FILES = ("site.yaml", "site.yml")


class Parsed(Struct, frozen=True, eq=False):
    """A rule file, parsed; what came of it depends on its bytes alone."""

    digest: bytes
    """SHA-256 of its bytes, which take more room."""
    tree: MapNode | None
    """Kept until it is read; None also where there is none."""
    readable: bool
    """There is, or was, a tree of it."""
    named: frozenset[str]
    """Paths of the tables and files of holidays that it names."""
    countries: frozenset[str]
    """Those whose holidays it names."""
    searches: frozenset[str]
    """Paths of the files of searches by landing page that it names."""
    report: Report


class Read(Struct, frozen=True, eq=False):
    """What a rule file defines."""

    folder: Folder
    told: tuple[Diagnostic, ...]
    """Warnings and notes, where it is sound."""
    sound: bool
    """It has no errors, and what was read depends on the file and the site's facts alone."""


class Checked(Struct, frozen=True):
    """What came of reading a folder, and what is wrong with it."""

    diagnostics: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, str] = {}
    """Each file's text by its name, for showing lines."""
    files: Mapping[str, bytes] = {}
    """All that was read, by path within the folder."""
    folder: Folder = Folder()
    """What the files define, as far as it could be read."""
    facts: SiteFacts = SiteFacts()
    fragments: Mapping[str, str] = {}
    """The texts of the files under contents/ that are shown, by the path as written."""
    failed: bool = True
    """It has errors."""
    parsed: Mapping[str, Parsed] = {}
    """Each rule file by its name."""
    sound: Mapping[str, Read] = {}
    """What each rule file without errors defines that names no other file."""


class _Contents(Struct, frozen=True):
    """The files under contents/ that are shown, by the path as written."""

    raw: Mapping[str, bytes]
    texts: Mapping[str, str]
    readable: Mapping[str, str]
    """With an empty text for each that could not be read, which is reported already."""
    escaping: set[str]
    """Paths that lead out of contents/."""
    there: tuple[str, ...]
    """All files, where one that is shown is not there."""


AnyChecked = TypeVar("AnyChecked", bound=Checked)


def check_folder(root: Path, before: Checked | None = None, admits: Callable[[str], bool] | None = None) -> Checked:
    """Read and check a rules folder. Raises OSError when the folder itself cannot be listed.

    With `before`, what was read before is not read again where it is still the same. With `admits`, contents whose
    URL it does not admit are warned of.
    """
    before, report = before or Checked(), Report()
    files = _rule_files(root, report)
    parsed = {name: _parsed(name, data, before.parsed.get(name)) for name, data in files.items()}
    for one in parsed.values():
        report.join(one.report)
    readable = [name for name, one in parsed.items() if one.readable]
    tables, beside = _beside(root, parsed.values(), report)
    site_file = next((name for name in SITE_FILES if name in readable), SITE_FILES[0])
    facts = read_site(_tree(site_file, files.get(site_file, b""), parsed.get(site_file)), report, beside)
    rules = [name for name in readable if name != site_file]
    same = {name for name in rules if parsed[name] is before.parsed.get(name)} if facts == before.facts else set()
    known = {name: one for name, one in before.sound.items() if name in same}
    read: dict[str, Read] = {}
    for name in rules:
        again, one = known.get(name), parsed[name]
        read[name] = _told_again(again, report) if again else _read(name, files[name], one, beside, facts, report)
        parsed[name] = _without_tree(one)
    folder = _joined([one.folder for one in read.values()])
    contents = _contents(root / "contents", folder, report)
    settled = before.folder if facts == before.facts and not before.failed else None
    can_cut = morphemes.is_installed()
    decoded = {name: decode(name, data, Report()) for name, data in files.items()}
    texts = {**beside.texts, **{name: text for name, text in decoded.items() if text is not None}}
    shown, escaping, there = contents.readable, contents.escaping, contents.there
    check(Whole(folder, facts, shown, escaping, there, can_cut, settled, texts), report)
    _warn_of_hosts(folder, admits, report)
    named = {f"contents/{path}": text for path, text in contents.texts.items()}
    return Checked(
        diagnostics=report.sorted(),
        texts={**texts, **named},
        files={**tables, **files, **{f"contents/{path}": data for path, data in contents.raw.items()}},
        folder=folder,
        facts=facts,
        fragments=contents.texts,
        failed=report.failed,
        parsed=parsed,
        sound={name: one for name, one in read.items() if one.sound},
    )


def examined(checked: AnyChecked, now: float) -> AnyChecked:
    """Add the warnings and notes that serving does without, as of a moment (epoch seconds). Errors leave none."""
    if checked.failed:
        return checked
    report = Report()
    report.diagnostics.extend(checked.diagnostics)
    analyse(checked.folder, checked.facts, now, report)
    _warn_of_estimates(checked.folder, checked.facts, report)
    return replace(checked, diagnostics=report.sorted())


def site_language(facts: SiteFacts, environment: Mapping[str, str]) -> str:
    """Return the language, ja or en, in which a site's people are spoken to: site.yaml's, else that of LANG."""
    if facts.stated_language in ("ja", "en"):
        return facts.stated_language
    return "ja" if environment.get("LANG", "").startswith("ja") else "en"


def _rule_files(root: Path, report: Report) -> dict[str, bytes]:
    """The rule files of a folder by name: *.yaml and *.yml directly in it, not hidden."""
    files: dict[str, bytes] = {}
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.suffix not in (".yaml", ".yml") or not path.is_file():
            continue
        try:
            with path.open("rb") as file:
                files[path.name] = file.read(LARGEST_FILE + 1)
        except OSError as error:
            report.add("E109", Position(path.name, 1, 1, 2), problem=error.strerror or str(error))
            report.unreadable = True
    for path in sorted(root.glob("[!.]*/**/*.y*ml")):
        report.add("W501", Position(path.relative_to(root).as_posix(), 1, 1, 2))
    if not files:
        report.add("E110", Position("", 1, 1, 2))
    return files


def _parsed(name: str, data: bytes, before: Parsed | None) -> Parsed:
    digest = sha256(data).digest()
    if before is not None and before.digest == digest:
        return before
    report = Report()
    text = decode(name, data, report)
    tree = parse(name, text, report) if text is not None else None
    of_tree = (named_files, named_countries, named_searches)
    named, countries, searches = (frozenset(find(tree)) if tree else frozenset() for find in of_tree)
    return Parsed(digest, tree, tree is not None, named, countries, searches, report)


def _tree(name: str, data: bytes, parsed: Parsed | None) -> MapNode:
    """The tree of a file; one that was let go is made again, and one that never was is empty."""
    if parsed is not None and parsed.tree is None and parsed.readable:
        text = decode(name, data, Report())
        tree = parse(name, text, Report()) if text is not None else None
    else:
        tree = parsed.tree if parsed is not None else None
    return tree if tree is not None else MapNode((), Position(name, 1, 1, 2))


def _without_tree(parsed: Parsed) -> Parsed:
    """A tree takes more room than all that comes of it."""
    return parsed if parsed.tree is None else replace(parsed, tree=None)


def _beside(root: Path, parsed: Iterable[Parsed], report: Report) -> tuple[dict[str, bytes], Beside]:
    """Read the tables, the holidays and the searches by landing page that the files name."""
    files = tuple(parsed)
    searches = {path for one in files for path in one.searches}
    named = {path for one in files for path in one.named} - searches
    holidays = {country: holidays_of(country) for one in files for country in one.countries}
    raw, escaping = read_fragments(root, named)
    larger, also_escaping = read_fragments(root, searches, LARGEST_LANDINGS)
    decoded = {path: decode_table(path, data, report) for path, data in raw.items()}
    decoded |= {path: _searches_text(path, data, report) for path, data in larger.items()}
    texts = {path: text for path, text in decoded.items() if text is not None}
    any_named = named or searches
    names = [path.relative_to(root).as_posix() for path in root.glob("**/*.[cCtT][sS][vV]")] if any_named else []
    beside = Beside(texts, decoded.keys() - texts.keys(), escaping | also_escaping, tuple(sorted(names)), holidays)
    return raw | larger, beside


def _searches_text(path: str, data: bytes, report: Report) -> str | None:
    if len(data) <= LARGEST_LANDINGS:
        return decode_table(path, data, report, LARGEST_LANDINGS)
    report.add("E165", Position(path, 1, 1, 2), **LANDING_LIMITS)
    return None


def _read(name: str, data: bytes, parsed: Parsed, beside: Beside, facts: SiteFacts, report: Report) -> Read:
    """Read a file; it counts as sound only where nothing before it keeps what is wrong with it from being said."""
    count, healthy = len(report.diagnostics), _is_healthy(report)
    folder = read_file(with_tables(_tree(name, data, parsed), beside, facts, report), facts, report)
    told = tuple(report.diagnostics[count:])
    sound = healthy and _is_healthy(report) and not parsed.named and all(one.level != "error" for one in told)
    return Read(folder, told, sound)


def _told_again(read: Read, report: Report) -> Read:
    for one in read.told:
        report.add(one.code, one.position, *one.related, **one.values)
    return read


def _is_healthy(report: Report) -> bool:
    return not (report.full or report.unreadable or report.broken)


def _joined(folders: list[Folder]) -> Folder:
    return Folder(
        segments=tuple(one for folder in folders for one in folder.segments),
        contents=tuple(one for folder in folders for one in folder.contents),
        blocks=tuple(one for folder in folders for one in folder.blocks),
        tests=tuple(one for folder in folders for one in folder.tests),
    )


def _contents(contents: Path, folder: Folder, report: Report) -> _Contents:
    paths = sorted({show.text for show in folder.shows() if show.kind == "file"})
    raw, escaping = read_fragments(contents, paths)
    decoded = {path: decode_content(path, data, report) for path, data in raw.items()}
    texts = {path: text for path, text in decoded.items() if text is not None}
    readable = {path: text or "" for path, text in decoded.items()}
    return _Contents(raw, texts, readable, escaping, files_under(contents) if len(raw) < len(paths) else ())


def _warn_of_hosts(folder: Folder, admits: Callable[[str], bool] | None, report: Report) -> None:
    for show in folder.shows():
        if show.kind == "url" and admits is not None and not admits(show.text):
            report.add("W545", show.position, value=show.text)


def _warn_of_estimates(folder: Folder, site: SiteFacts, report: Report) -> None:
    """Warn of estimates that hold for no landing page of the file."""
    operands = estimates_in(folder)
    segment = morphemes.segment if site.keyword_matching == "morphemes" else None
    found = estimates(operands.values(), site.landings or {}, synonyms_of(site), segment)
    for position, operand in operands.items():
        estimate = found[operand]
        best = estimate.best()
        if best is None:
            report.add("W547", position)
        elif not estimate.true:
            report.add("W546", position, value=best[0], share=_share_of(estimate, *best), asked=f"{operand.share:g}%")


def estimates_in(folder: Folder) -> dict[Position, Estimated]:
    """Return the estimates that the rules and segments of a folder ask for."""
    rules = (rule.when for block in folder.blocks for rule in block.rules)
    asked = [fact for condition in (*rules, *(one.when for one in folder.segments)) for fact in facts(condition)]
    return {fact.position: fact.operand for fact in asked if isinstance(fact.operand, Estimated)}


def _share_of(estimate: Estimate, path: str, share: float) -> str:
    """What is known of a page, with the row of its file that holds the rest."""
    rest = per_cent(estimate.rests.get(path, 0), estimate.landings[path])
    return f"{share:.3g}% + {REST.name} {rest:.3g}%" if rest else f"{share:.3g}%"

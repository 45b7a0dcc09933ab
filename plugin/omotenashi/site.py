"""A rules folder to a site: read, checked, compiled; or diagnostics that say why not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from omotenashi import morphemes
from omotenashi.content.render import is_fixed, render, wants_word
from omotenashi.content.source import files_under, read_fragments
from omotenashi.content.upstreams import Upstreams
from omotenashi.engine.choose import Choice, Engine
from omotenashi.engine.occasion import Occasion
from omotenashi.language.analyse import analyse
from omotenashi.language.beside import Beside, named_files
from omotenashi.language.check import Whole, check
from omotenashi.language.compile import compile_folder
from omotenashi.language.nodes import MapNode
from omotenashi.language.parse import LARGEST_FILE, decode, parse
from omotenashi.language.read_file import read_file
from omotenashi.language.read_site import read_site
from omotenashi.language.read_table import with_tables
from omotenashi.language.report import Report
from omotenashi.language.syntax import CaseSpec, Folder, ShowSpec
from omotenashi.language.table_text import decode_table
from omotenashi.model.errors import Diagnostic, Position
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.visitor import Visitor

SITE_FILES = ("site.yaml", "site.yml")


class Shown(Struct, eq=False):
    """What one block shows; `html` is None where the CMS keeps its own."""

    choice: Choice
    html: str | None
    wire: bytes | None = None
    """What the web layer made of it, kept with it: most contents are the same for everybody."""


class Site(Struct, frozen=True):
    """One immutable snapshot of a rules folder, ready to decide."""

    facts: SiteFacts
    engine: Engine
    fixed: Mapping[Choice, Shown]
    """What needs no fact of the visitor, rendered once."""
    tests: tuple[CaseSpec, ...]
    links: tuple[str, ...]
    """Where contents are fetched."""
    digest: str
    """SHA-256 of all that was read, shortened."""


class Loaded(Struct, frozen=True):
    """What came of reading a folder: a site, or none and the diagnostics."""

    site: Site | None
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    """Each file's text by its name, for showing lines."""
    files: Mapping[str, bytes]
    """All that was read, by path within the folder."""
    folder: Folder = Folder()
    """What the files define, as far as it could be read."""
    facts: SiteFacts = SiteFacts()


def load(root: Path, upstreams: Upstreams | None = None) -> Loaded:
    """Read, check and compile a rules folder. Raises OSError when the folder itself cannot be listed.

    With `upstreams`, contents that are fetched from elsewhere are warned of.
    """
    report = Report()
    files = _rule_files(root, report)
    texts = {name: text for name, data in files.items() if (text := decode(name, data, report)) is not None}
    trees = {name: tree for name, text in texts.items() if (tree := parse(name, text, report)) is not None}
    site_file = next((name for name in SITE_FILES if name in trees), SITE_FILES[0])
    tables, beside = _beside(root, trees.values(), report)
    facts = read_site(trees.pop(site_file, MapNode((), Position(site_file, 1, 1, 2))), report, beside)
    folder = _joined([read_file(with_tables(tree, beside, facts, report), facts, report) for tree in trees.values()])
    paths = _fragment_paths(folder)
    raw, escaping = read_fragments(root / "contents", paths)
    fragments = {
        path: text for path, data in raw.items() if (text := decode(f"contents/{path}", data, report)) is not None
    }
    unreadable = dict.fromkeys(raw.keys() - fragments.keys(), "")  # reported already
    there = files_under(root / "contents") if len(raw) < len(paths) else ()
    read = {**unreadable, **fragments}
    check(Whole(folder, facts, read, escaping, there, morphemes.is_installed()), report)
    for show in _shows(folder):
        if show.kind == "url" and upstreams and upstreams.of(show.text) is None:
            report.add("W545", show.position, value=show.text)
    everything = {**tables, **files, **{f"contents/{path}": data for path, data in raw.items()}}
    shown = {**beside.texts, **texts, **{f"contents/{path}": text for path, text in fragments.items()}}
    site = None if report.failed else _site(folder, facts, fragments, _digest(everything))
    return Loaded(site, report.sorted(), shown, everything, folder, facts)


def examined(loaded: Loaded, now: float) -> Loaded:
    """Add the warnings and notes that serving does without, as of a moment (epoch seconds). Errors leave none."""
    if loaded.site is None:
        return loaded
    report = Report()
    report.diagnostics.extend(loaded.diagnostics)
    analyse(loaded.folder, loaded.facts, now, report)
    return replace(loaded, diagnostics=report.sorted())


def site_language(facts: SiteFacts, environment: Mapping[str, str]) -> str:
    """Return the language, ja or en, in which a site's people are spoken to: site.yaml's, else that of LANG."""
    if facts.stated_language in ("ja", "en"):
        return facts.stated_language
    return "ja" if environment.get("LANG", "").startswith("ja") else "en"


def shown(choice: Choice, site: Site, occasion: Occasion) -> Shown:
    """Return what a choice shows to a visitor."""
    fixed = site.fixed.get(choice)
    if fixed is not None:
        return fixed
    word = site.engine.matched_word(choice.rule, occasion) if choice.rule and wants_word(choice.show) else None
    return Shown(choice, render(choice.show, occasion.visitor, word))


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


def _beside(root: Path, trees: Iterable[MapNode], report: Report) -> tuple[dict[str, bytes], Beside]:
    """Read the tables and lists of holidays that the files name."""
    named = {path for tree in trees for path in named_files(tree)}
    raw, escaping = read_fragments(root, named)
    texts = {path: text for path, data in raw.items() if (text := decode_table(path, data, report)) is not None}
    names = [path.relative_to(root).as_posix() for path in root.glob("**/*.[cCtT][sS][vV]")] if named else []
    return raw, Beside(texts, raw.keys() - texts.keys(), escaping, tuple(sorted(names)))


def _joined(folders: list[Folder]) -> Folder:
    return Folder(
        segments=tuple(one for folder in folders for one in folder.segments),
        contents=tuple(one for folder in folders for one in folder.contents),
        blocks=tuple(one for folder in folders for one in folder.blocks),
        tests=tuple(one for folder in folders for one in folder.tests),
    )


def _fragment_paths(folder: Folder) -> list[str]:
    return sorted({show.text for show in _shows(folder) if show.kind == "file"})


def _shows(folder: Folder) -> Iterator[ShowSpec]:
    yield from (content.show for content in folder.contents)
    for block in folder.blocks:
        yield from (show for rule in block.rules for show in rule.shows)
        yield block.otherwise


def _site(folder: Folder, facts: SiteFacts, fragments: dict[str, str], digest: str) -> Site:
    program = compile_folder(folder, facts, fragments)
    segment = morphemes.segment if facts.keyword_matching == "morphemes" else None
    engine = Engine(program, ZoneInfo(facts.timezone), segment)
    fixed = {one: Shown(one, render(one.show, Visitor())) for one in engine.all_choices() if is_fixed(one.show)}
    links = tuple(sorted({one.show.url for one in engine.all_choices() if one.show.kind == "url"}))
    return Site(facts, engine, fixed, folder.tests, links, digest)


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return digest.hexdigest()[:16]

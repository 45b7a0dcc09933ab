"""A rules folder to a site: read, checked, compiled; or diagnostics that say why not."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict

from omotenashi import morphemes
from omotenashi.aside import uncollected
from omotenashi.content.render import Form, filled, form_of, has_gaps, is_fixed, render
from omotenashi.engine.choose import Choice, Engine
from omotenashi.engine.occasion import Occasion
from omotenashi.language.compile import compile_folder
from omotenashi.language.syntax import CaseSpec, Folder
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.visitor import Visitor
from omotenashi.rules_folder import Checked, check_folder


class Shown(Struct, eq=False):
    """What one block shows."""

    choice: Choice
    parts: Sequence[str] | None
    """HTML when they are joined; None where the CMS keeps its own."""
    wire: bytes | None = None
    """What the web layer made of it, kept with it: most contents are the same for everybody."""
    form: Form | None = None
    """Of a content with gaps: the parts are its own, filled in."""

    @property
    def html(self) -> str | None:
        """HTML, or None where the CMS keeps its own."""
        return None if self.parts is None else "".join(self.parts)


class Site(Struct, frozen=True):
    """One immutable snapshot of a rules folder, ready to decide."""

    facts: SiteFacts
    engine: Engine
    fixed: Mapping[Choice, Shown]
    """What needs no fact of the visitor, rendered once."""
    forms: Mapping[Choice, Form]
    """What has gaps for facts of the visitor."""
    limited: frozenset[Choice]
    """What rules with a limit choose."""
    tests: tuple[CaseSpec, ...]
    links: tuple[str, ...]
    """Where contents are fetched."""
    digest: str
    """SHA-256 of all that was read, shortened."""


class Loaded(Checked, frozen=True):
    """What came of reading a folder: a site, or none and the diagnostics that say why not."""

    site: Site | None = None


def load(root: Path, before: Loaded | None = None) -> Loaded:
    """Read, check and compile a rules folder. Raises OSError when the folder itself cannot be listed.

    With `before`, what was loaded before is not read again where it is still the same.
    """
    with uncollected():
        checked = check_folder(root, before)
        return Loaded(**asdict(checked), site=None if checked.failed else built(checked, before))


def built(checked: Checked, before: Loaded | None = None) -> Site:
    """Return the site of a folder without errors; what is the same as `before` is taken over."""
    facts, old = checked.facts, _of_the_same_site(checked, before)
    program = compile_folder(checked.folder, facts, checked.fragments, old and (old[0], old[1].program))
    segment = morphemes.segment if facts.keyword_matching == "morphemes" else None
    engine = Engine(program, ZoneInfo(facts.timezone), segment, old and old[1])
    known = before.site.fixed if old and before and before.site else {}
    choices = engine.all_choices()
    fixed = {one: known.get(one) or _fixed(one) for one in choices if is_fixed(one.show)}
    forms = {one: form_of(one.show.template) for one in choices if has_gaps(one.show)}
    limited = frozenset(one for one in choices if one.rule and one.rule.limit)
    links = tuple(sorted({one.show.url for one in choices if one.show.kind == "url"}))
    return Site(facts, engine, fixed, forms, limited, checked.folder.tests, links, _digest(checked.files))


def _fixed(choice: Choice) -> Shown:
    html = render(choice.show, Visitor())
    return Shown(choice, None if html is None else (html,))


def pieces(loaded: Loaded) -> list[object]:
    """Return what was loaded in pieces, each of them small, for who lets go of it piece by piece."""
    blocks = loaded.site.engine.program.blocks.values() if loaded.site else ()
    found: list[object] = [rule for block in loaded.folder.blocks for rule in block.rules]
    found += [rule for block in blocks for rule in block.rules]
    for table in (loaded.site.fixed, *_tables(loaded.site.engine)) if loaded.site else ():
        found += table.values() if isinstance(table, Mapping) else table
    return found


def _tables(owner: object) -> Iterator[Collection[object] | Mapping[object, object]]:
    """What an engine keeps, and what its parts do."""
    for kept in vars(owner).values():
        if isinstance(kept, (dict, list, tuple)):
            yield kept
        elif type(kept).__module__.startswith("omotenashi.engine.") and hasattr(kept, "__dict__"):
            yield from _tables(kept)


def shown(choice: Choice, site: Site, occasion: Occasion) -> Shown:
    """Return what a choice shows to a visitor."""
    return site.fixed.get(choice) or _filled(choice, site, occasion)


def all_shown(choices: Mapping[str, Choice], site: Site, occasion: Occasion) -> dict[str, Shown]:
    """Return what each block shows to a visitor."""
    fixed = site.fixed.get
    return {block: fixed(choice) or _filled(choice, site, occasion) for block, choice in choices.items()}


def _filled(choice: Choice, site: Site, occasion: Occasion) -> Shown:
    form = site.forms.get(choice)
    if form is None:  # what is fetched is put in its place later
        return Shown(choice, None)
    word = site.engine.matched_word(choice.rule, occasion) if form.wants_word and choice.rule else None
    return Shown(choice, filled(form, occasion.visitor, word), None, form)


def _of_the_same_site(checked: Checked, before: Loaded | None) -> tuple[Folder, Engine] | None:
    if before is None or before.site is None:
        return None
    same = before.facts == checked.facts and before.fragments == checked.fragments
    return (before.folder, before.site.engine) if same else None


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return digest.hexdigest()[:16]

"""The names of a rules folder that editors complete."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from omotenashi.language.nodes import MapNode
from omotenashi.language.syntax import Folder
from omotenashi.language.vocabulary import SITE_KEYS
from omotenashi.model.site_facts import Attribute, SiteFacts


class Names(Struct, frozen=True):
    """Names as they are written; without a folder there are none."""

    segments: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    blocks: Mapping[str, tuple[str, ...]] = {}
    """The names of each block's rules."""
    places: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of all rules, each once."""
        return tuple(dict.fromkeys(rule for rules in self.blocks.values() for rule in rules))


def names_of(folder: Folder, facts: SiteFacts, site_file: MapNode) -> Names:
    """Return the names that a folder and its site.yaml define."""
    return Names(
        segments=tuple(segment.name for segment in folder.segments),
        contents=tuple(content.name for content in folder.contents),
        blocks={block.name: tuple(rule.name for rule in block.rules) for block in folder.blocks},
        places=_places(site_file),
        attributes=tuple(facts.attributes.values()),
    )


def _places(site_file: MapNode) -> tuple[str, ...]:
    """Of the file itself, since facts know places by folded names only."""
    for key, value in site_file.entries:
        word = SITE_KEYS.find(key.text)
        if word and word.name == "places" and isinstance(value, MapNode):
            return tuple(name.text for name, _ in value.entries)
    return ()

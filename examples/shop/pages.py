"""Templates: which blocks a page names, and the page with the answer in it."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta, nodes


class Pages:
    """The templates of one folder."""

    def __init__(self, folder: Path) -> None:
        self._loader = FileSystemLoader(folder)
        self._environment = Environment(
            loader=self._loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._blocks: dict[str, tuple[str, ...]] = {}

    def blocks_of(self, template: str) -> tuple[str, ...]:
        """Return the names of the blocks that a template and what it includes name, in reading order.

        They are read from the templates themselves, once, so that nobody keeps a second list.
        """
        if template not in self._blocks:
            self._blocks[template] = tuple(dict.fromkeys(self._named_in(template)))
        return self._blocks[template]

    def render(self, template: str, **context: object) -> str:
        return self._environment.get_template(template).render(context)

    def _named_in(self, template: str) -> list[str]:
        source, _, _ = self._loader.get_source(self._environment, template)
        tree = self._environment.parse(source)
        parents = [name for name in meta.find_referenced_templates(tree) if name]
        inherited = [block for parent in parents for block in self._named_in(parent)]
        return inherited + [name for call in tree.find_all(nodes.Call) if (name := _block_name(call))]


def _block_name(call: nodes.Call) -> str | None:
    """Return "hero" for `block("hero")`, None for any other call."""
    match call:
        case nodes.Call(node=nodes.Name(name="block"), args=[nodes.Const(value=str(name))]):
            return name
    return None

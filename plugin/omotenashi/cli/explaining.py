"""`omo explain`."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from omotenashi.cli.accounts import account_data, account_lines, show_text, won
from omotenashi.cli.codes import explain_code, is_code
from omotenashi.cli.common import FAILED, FINE, command, language_of, moment_of, unknown_block
from omotenashi.cli.loading import load_site
from omotenashi.cli.stated import stated_visitor
from omotenashi.engine.choose import Engine
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.reading import moment_text
from omotenashi.language.messages import MESSAGES
from omotenashi.model.text import fold
from omotenashi.rules_folder import check_folder
from omotenashi.service import signal_tools
from omotenashi.settings import Settings
from omotenashi.signals.origins import NO_ORIGINS, Origins
from omotenashi.site import Site, shown
from omotenashi.verify import occasion_for, origins_of


def add_explain(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `explain`."""
    explain = command(commands, "explain", _explain, "なぜそう表示されるか / why a block shows what it shows")
    explain.add_argument("block", metavar="BLOCK|CODE", help="a block, or the code of a diagnostic such as E203")
    explain.add_argument("--rules", type=Path, default=Path("rules"), metavar="DIR")
    explain.add_argument("--visitor", default="{}", metavar="FILE|JSON", help="facts, named as in tests")
    explain.add_argument("--at", metavar="TIME", help="such as 2026-12-01 10:00, in the site's time zone")
    explain.add_argument("--mmdb", type=Path)
    explain.add_argument("--format", choices=("text", "json"), default="text")
    explain.add_argument("--lang", choices=("ja", "en"))


def _explain(options: argparse.Namespace) -> int:
    if is_code(options.block) and not _is_block(options.block, options.rules):
        return explain_code(options.block, options)
    site, loaded = load_site(options.rules, options)
    language = language_of(options, loaded)
    engine = site.engine
    block = _block(options.block, engine)
    at = moment_of(options.at, engine.zone)
    stated = stated_visitor(options.visitor, site, language)
    if stated is None:
        return FAILED
    occasion = occasion_for(stated, site, signal_tools(Settings(mmdb=options.mmdb)), at)
    origins = origins_of(stated, occasion.visitor, at)
    if options.format == "json":
        print(json.dumps(_data(site, occasion, block, language, origins), ensure_ascii=False, indent=2))
        return FINE
    print(f"{block}  {moment_text(occasion.local, language)} {site.facts.timezone}")
    print_block(engine, occasion, block, language, origins)
    return FINE


def _is_block(name: str, rules: Path) -> bool:
    """Tell whether a block has a name that looks like a code, such as w300; codes that there are come first."""
    if name.upper() in MESSAGES or not rules.is_dir():
        return False
    return fold(name) in {fold(block.name) for block in check_folder(rules).folder.blocks}


def _block(name: str, engine: Engine) -> str:
    blocks = {fold(block): block for block in engine.program.blocks}
    if fold(name) not in blocks:
        raise unknown_block(name, blocks.values())
    return blocks[fold(name)]


def print_block(engine: Engine, occasion: Occasion, block: str, language: str, origins: Origins = NO_ORIGINS) -> None:
    """Print every rule of a block as it was found, and which one won."""
    for account in engine.explain(occasion, block):
        print("\n".join(account_lines(account, occasion, language, origins)))
    choice = engine.decide(occasion, [block])[block]
    shows = show_text(choice.show, language)
    print(f"→ {won(choice, language)}: {shows}")


def _data(site: Site, occasion: Occasion, block: str, language: str, origins: Origins) -> dict[str, Any]:
    engine = site.engine
    choice = engine.decide(occasion, [block])[block]
    return {
        "block": block,
        "at": datetime.fromtimestamp(occasion.now, engine.zone).isoformat(),
        "rules": [account_data(account, occasion, language, origins) for account in engine.explain(occasion, block)],
        "won": choice.rule.name if choice.rule else "otherwise",
        "id": choice.rule.id if choice.rule else None,
        "variant": choice.variant,
        "reason": choice.reason,
        "shows": {
            "kind": choice.show.kind,
            "content": choice.show.content or None,
            "html": shown(choice, site, occasion).html,
            "url": choice.show.url or None,
        },
    }

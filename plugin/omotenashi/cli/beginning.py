"""`omo new site`, `omo new campaign`, `omo new test`."""

from __future__ import annotations

import argparse
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from omotenashi.cli.common import FINE, command, language_of, spoken, stated_moment, unknown_block
from omotenashi.cli.loading import load_site
from omotenashi.language import printer
from omotenashi.language.begin.campaign import Campaign, campaign_file, campaign_rule, campaign_tests
from omotenashi.language.begin.folder import folder_files
from omotenashi.language.begin.words import as_yaml
from omotenashi.language.parse import parse
from omotenashi.language.read_file import read_file
from omotenashi.language.report import Report
from omotenashi.language.syntax import BlockSpec, RuleSpec
from omotenashi.language.values import Moment
from omotenashi.model.errors import EditorError
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold
from omotenashi.rules_folder import SITE_FILES, examined
from omotenashi.site import Loaded
from omotenashi.untested import missing_tests


def add_new(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command with what it makes."""
    text = "フォルダー、キャンペーン、テストを作る / make a folder, a campaign or the tests that are missing"
    kinds = commands.add_parser("new", help=text, description=text).add_subparsers(metavar="WHAT", required=True)
    site = command(kinds, "site", _site, "ルールのフォルダーを作る / a rules folder to begin with")
    site.add_argument("dir", type=Path, metavar="DIR")
    site.add_argument("--name", default="", help="the site's name (the folder's)")
    campaign = command(kinds, "campaign", _campaign, "キャンペーンを作る / a file for a campaign with its tests")
    campaign.add_argument("name", metavar="NAME", help="its name, and the value of utm_campaign")
    campaign.add_argument("--from", dest="start", metavar="TIME", help="such as 2026-12-01 10:00")
    campaign.add_argument("--until", dest="end", metavar="TIME", help="such as 2026-12-25: to its end")
    campaign.add_argument("--block", default="", help="one that exists: what to paste is printed; else a new one")
    test = command(kinds, "test", _test, "足りないテストを作る / tests for a block's rules that no test expects")
    test.add_argument("block", metavar="BLOCK")
    for one in (campaign, test):
        one.add_argument("--rules", type=Path, default=Path("rules"), metavar="DIR")
    for one in (site, campaign, test):
        one.add_argument("--lang", choices=("ja", "en"))


# site


def _site(options: argparse.Namespace) -> int:
    folder: Path = options.dir
    language = spoken(options)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise EditorError(
            f"{folder} はもうあります。まだないフォルダーか、空のフォルダーを指定してください",
            f"{folder} is there already; name a folder that is not, or an empty one",
        )
    name = options.name or folder.resolve().name
    for path, text in folder_files(name, language).items():
        _write(folder / path, text)
    shown = folder.as_posix()
    if language == "ja":
        print(f"{shown}/ を作りました。次は: omo check {shown} と omo test {shown}")
    else:
        print(f"made {shown}/. Next: omo check {shown} and omo test {shown}")
    return FINE


# campaign


def _campaign(options: argparse.Namespace) -> int:
    start, end = _moment("--from", options.start), _moment("--until", options.end)
    _, loaded = load_site(options.rules, options)
    language = language_of(options, loaded)
    block = _block(options.block, loaded)
    _refuse_empty(options.name, start, end, ZoneInfo(loaded.facts.timezone))
    campaign = Campaign(options.name, block.name if block else _free_name(options, loaded), start, end)
    text = campaign_file(campaign, language)
    _refuse_wrong(text, loaded.facts, language)
    if block:
        _print_paste(campaign, block, loaded, options.rules, language)
        return FINE
    path = options.rules / _file_name(options.name)
    if path.exists():
        raise EditorError(
            f"{path} はもうあります。キャンペーンに別の名前を付けてください",
            f"there is {path} already; name the campaign otherwise",
        )
    _write(path, text)
    shown = path.as_posix()
    print(f"{shown} を作りました" if language == "ja" else f"made {shown}")
    return FINE


def _refuse_empty(name: str, start: Moment | None, end: Moment | None, zone: ZoneInfo) -> None:
    """A campaign needs a name and a time."""
    if not name.strip():
        raise EditorError(
            "キャンペーンの名前を書いてください: omo new campaign 名前",
            "give a name for the campaign: omo new campaign NAME",
        )
    if start and end and end.end(zone) <= start.start(zone):
        raise EditorError(
            "--until が --from より前なので、一度も表示されません",
            "--until lies before --from; the campaign would never run",
        )


def _moment(flag: str, text: str | None) -> Moment | None:
    return None if text is None else stated_moment(flag, text)


def _block(name: str, loaded: Loaded) -> BlockSpec | None:
    return next((one for one in loaded.folder.blocks if fold(one.name) == fold(name)), None)


def _free_name(options: argparse.Namespace, loaded: Loaded) -> str:
    """The name of a new block: the one that is asked for, else the first that is free."""
    if options.block:
        return str(options.block)
    taken = {fold(block.name) for block in loaded.folder.blocks}
    names = ("campaign", *(f"campaign{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _file_name(name: str) -> str:
    if name.startswith(".") or any(character in '/\\:*?"<>|' or not character.isprintable() for character in name):
        raise EditorError(
            f"「{name}」はファイルの名前に使えません。/ : * ? などの記号を除いてください",
            f"{name!r} makes no file name; leave out signs such as / : * ?",
        )
    if f"{name}.yaml" in SITE_FILES:
        raise EditorError(
            f"{name}.yaml はサイト全体についてのファイルです。キャンペーンに別の名前を付けてください",
            f"{name}.yaml holds the facts about the site; name the campaign otherwise",
        )
    return f"{name}.yaml"


def _refuse_wrong(text: str, facts: SiteFacts, language: str) -> None:
    """What was asked for may make no right rule, such as a period that ends before it begins."""
    report = Report()
    tree = parse("new.yaml", text, report)
    if tree is not None:
        read_file(tree, facts, report)
    if report.failed:
        told = printer.as_text(report.sorted(), printer.Voice({"new.yaml": text}, language), "")
        raise EditorError(f"このキャンペーンは作れません\n{told}", f"this makes no campaign\n{told}")


def _print_paste(campaign: Campaign, block: BlockSpec, loaded: Loaded, folder: Path, language: str) -> None:
    """A block is defined once, and comments of its file are the editors': so they paste the rule themselves."""
    at = block.position
    where = f"{folder.as_posix()}/{at.file}:{at.line}"
    indent = _indent_of_rules(block, loaded)
    rule = ("" if block.rules else f"{' ' * (indent - 2)}rules:\n") + campaign_rule(campaign, language, indent)
    place = (
        ("その rules: のすぐ下", "right below its rules:")
        if block.rules
        else ("その otherwise: の上", "above its otherwise:")
    )
    kind = block.otherwise.kind
    tests = campaign_tests(campaign, language, kind if kind in ("original", "nothing") else "otherwise")
    if language == "ja":
        print(f"# ブロック {block.name} はもうあります({where})。{place[0]}に、次を貼ってください。\n{rule}")
        print(f"# テストです。同じファイルの tests: の下に貼ってください。\n{tests}", end="")
    else:
        print(f"# The block {block.name} is there already ({where}). Paste this {place[1]}\n{rule}")
        print(f"# The tests. Paste them below tests: of the same file.\n{tests}", end="")


def _indent_of_rules(block: BlockSpec, loaded: Loaded) -> int:
    """The column of the dash of a block's first rule; where it has none, what is usual below its name."""
    if not block.rules:
        return block.position.column + 3
    lines = loaded.texts[block.position.file].splitlines()[: block.rules[0].position.line]
    dash = next(line for line in reversed(lines) if line.lstrip().startswith("-"))
    return len(dash) - len(dash.lstrip())


# test


def _test(options: argparse.Namespace) -> int:
    site, loaded = load_site(options.rules, options)
    language = language_of(options, loaded)
    block = _block(options.block, loaded)
    if block is None:
        raise unknown_block(options.block, (one.name for one in loaded.folder.blocks))
    now = time.time()
    today = datetime.fromtimestamp(now, ZoneInfo(loaded.facts.timezone))
    found, without = missing_tests(site, loaded.folder, block, today.replace(tzinfo=None))
    if not found and not without:
        print(
            "# すべてのルールに、テストがあります" if language == "ja" else "# every rule is expected by a test already"
        )
    if found:
        print(_WHERE_TO_PUT[language] + "tests:\n" + "".join(found), end="")
    warned = examined(loaded, now) if without else loaded
    for rule in without:
        print(f"# {as_yaml(rule.name)}: {_WITHOUT[language][_never_wins(rule, warned)]}")
    return FINE


def _never_wins(rule: RuleSpec, loaded: Loaded) -> bool:
    """Tell whether the check has found that the rules above leave nobody for a rule."""
    return any(one.code in ("W511", "W513") and one.position == rule.position for one in loaded.diagnostics)


_WITHOUT = {
    "ja": {
        True: "上のルールに隠れていて、出ることがありません。omo check で確かめてください。",
        False: "テストを自動では作れませんでした。手で書いてください。",
    },
    "en": {
        True: "the rules above hide it, so it never wins; see omo check",
        False: "its test could not be made automatically; write it by hand",
    },
}
_WHERE_TO_PUT = {
    "ja": "# このまま新しい .yaml ファイルに保存するか、tests: のあるファイルの tests: の下に、次の行を除いて貼ってください。\n",
    "en": "# Save this as a .yaml file of its own, or paste it without the next line below the tests: of a file.\n",
}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)

"""Reading a folder again after a change: only what changed is read, and nothing can tell."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from omotenashi.language.condition import Fact
from omotenashi.model.visitor import Arrival, Member, Visitor
from omotenashi.rules_folder import Checked, check_folder, examined
from omotenashi.site import Loaded, Site, load

HERO = """
contents:
  shoes: {html: "<p>shoes</p>"}
blocks:
  hero:
    rules:
      - name: shoes
        when: {segment: regulars, device: mobile}
        show: shoes
      - name: again
        when: {shown: {rule: side shoes, times: 2}, near: {place: 渋谷店, within: 5 km}}
        show: nothing
    otherwise: original
"""
SIDE = """
segments:
  regulars: {when: {member.rank: gold}}
blocks:
  side:
    rules:
      - name: side shoes
        when: {keyword: 靴}
        days: holiday
        show: {file: side.html}
      - name: from the table
        when: {device: tablet}
        show: shoes
    otherwise: nothing
tests:
  - name: on a phone
    visitor: {device: mobile, member.rank: gold}
    expect: {hero: shoes}
"""
SITE = """
version: 1
attributes:
  rank: {type: choice, values: [gold, silver]}
places:
  渋谷店: {lat: 35.6, lng: 139.7}
holidays: [2026-12-31]
"""
VERSIONS = {
    "site.yaml": [
        SITE,
        SITE.replace("gold", "red"),
        SITE.replace("holidays", "holidayz"),
        SITE.replace("choice", "chois"),
        "version: 1\n",
        "version: [",
        None,
    ],
    "hero.yaml": [
        HERO,
        HERO.replace("shoes:", "boots:"),
        HERO.replace("times: 2", "times: two"),
        HERO.replace("device: mobile", "device: mobil"),
        HERO.replace("device: mobile", "member.rank: silver"),
        HERO.replace("  hero", " hero:"),
        None,
    ],
    "side.yaml": [
        SIDE,
        SIDE.replace("side shoes", "other shoes"),
        SIDE.replace("gold}}", "silver}}"),
        SIDE.replace("regulars", "members"),
        SIDE.replace(
            "- name: from the table\n        when: {device: tablet}\n        show: shoes", "- table: side.csv"
        ),
        SIDE.replace("side:", "hero:"),
        SIDE.replace("days", "dayz"),
        "\t",
        None,
    ],
    "side.csv": ["name,device,show\nrow,tablet,shoes\n", "name,device,show\nrow,tablett,shoes\n", None],
    "contents/side.html": ["<p>a</p>", "<p>{{member.rank | none}}</p>", "<p>{{member.rang | none}}</p>", None],
}
NOW = 1_798_700_000
VISITORS = [
    Visitor(device=device, arrival=Arrival(keyword=keyword), member=member)
    for device in ("mobile", "tablet")
    for keyword in (None, "靴")
    for member in (None, Member("m", {"rank": "gold"}), Member("m", {"rank": "silver"}))
]
CHANGES = st.sampled_from([(name, text) for name, texts in VERSIONS.items() for text in texts])


def _write(folder: Path, name: str, text: str | None) -> None:
    path = folder / name
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def _first_versions(folder: Path) -> Path:
    for name, texts in VERSIONS.items():
        _write(folder, name, texts[0])
    return folder


def _told(loaded: Loaded) -> object:
    """All that can be told of a folder that was loaded; the site by what it is made of and what it decides."""
    program = loaded.site and loaded.site.engine.program
    checked, won = examined(loaded, NOW), _won(loaded.site) if loaded.site else []
    return checked.diagnostics, loaded.texts, loaded.files, loaded.folder, loaded.facts, loaded.fragments, program, won


def _won(site: Site) -> list[list[tuple[str, str]]]:
    engine = site.engine
    decided = (engine.decide(engine.occasion(one, NOW), engine.program.blocks) for one in VISITORS)
    return [sorted((block, choice.won) for block, choice in choices.items()) for choices in decided]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CHANGES, min_size=1, max_size=2), max_size=8))
def test_a_folder_that_is_loaded_again_after_any_change_is_as_if_it_were_loaded_first(
    changes: list[list[tuple[str, str | None]]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = _first_versions(Path(name))
        loaded = load(folder)
        for some in changes:
            for file, text in some:
                _write(folder, file, text)
            loaded = load(folder, loaded)
            assert _told(loaded) == _told(load(folder))


def test_the_first_versions_are_free_of_errors(tmp_path: Path) -> None:
    assert not [one for one in check_folder(_first_versions(tmp_path)).diagnostics if one.level == "error"]


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    before = check_folder(_first_versions(tmp_path))
    _write(tmp_path, "hero.yaml", HERO.replace("<p>shoes</p>", "<p>boots</p>"))
    after = check_folder(tmp_path, before)
    assert _blocks(after)["side"] is _blocks(before)["side"]
    assert _blocks(after)["hero"] is not _blocks(before)["hero"]


def test_a_file_stays_read_while_another_is_broken(tmp_path: Path) -> None:
    before = check_folder(_first_versions(tmp_path))
    _write(tmp_path, "hero.yaml", "\t")
    broken = check_folder(tmp_path, before)
    _write(tmp_path, "hero.yaml", HERO)
    assert _blocks(check_folder(tmp_path, broken))["side"] is _blocks(before)["side"]


def test_the_rules_of_a_block_that_did_not_change_are_not_built_again(tmp_path: Path) -> None:
    before = load(_first_versions(tmp_path))
    _write(tmp_path, "side.yaml", SIDE.replace("device: tablet", "device: desktop"))
    after = load(tmp_path, before)
    assert before.site
    assert after.site
    assert set(after.site.engine.rules) & set(before.site.engine.rules)


def test_every_file_is_read_again_where_the_site_says_something_else(tmp_path: Path) -> None:
    before = check_folder(_first_versions(tmp_path))
    _write(tmp_path, "site.yaml", SITE.replace("silver", "bronze"))
    assert _blocks(check_folder(tmp_path, before))["side"] is not _blocks(before)["side"]


def _blocks(checked: Checked) -> dict[str, object]:
    return {block.name: block for block in checked.folder.blocks}


def test_rules_that_ask_for_the_same_share_what_they_ask_for(tmp_path: Path) -> None:
    rule = "      - {name: NAME, when: {device: [mobile, tablet]}, from: 2027-01-01, show: nothing}\n"
    rules = rule.replace("NAME", "a") + rule.replace("NAME", "b")
    (tmp_path / "hero.yaml").write_text(f"blocks:\n  hero:\n    rules:\n{rules}    otherwise: original\n")
    first, second = (rule.when for rule in check_folder(tmp_path).folder.blocks[0].rules)
    assert isinstance(first, Fact)
    assert isinstance(second, Fact)
    assert first.operand is second.operand
    assert first.written is second.written

"""Taking changes of the rules folder up, or leaving them."""

from __future__ import annotations

import gc
import shutil
import threading
import time
import weakref
from pathlib import Path

import pytest

from omotenashi.language.program import Rule
from omotenashi.reload import Holder, look
from omotenashi.service import Service
from omotenashi.site import load


@pytest.fixture
def holder(rules: Path, tmp_path: Path) -> Holder:
    holder = Holder(rules, tmp_path / "data")
    holder.load_first()
    return holder


def digest(holder: Holder) -> str:
    assert holder.current
    return holder.current.digest


def test_nothing_is_loaded_where_nothing_changed(holder: Holder) -> None:
    before = holder.current
    holder.reload_if_changed()
    assert holder.current is before


def test_a_changed_file_is_taken_up(holder: Holder, rules: Path) -> None:
    before = digest(holder)
    (rules / "more.yaml").write_text("blocks:\n  side: {otherwise: nothing}\n")
    holder.reload_if_changed()
    assert digest(holder) != before
    assert holder.current
    assert "side" in holder.current.engine.program.blocks


def test_old_rules_are_gone_at_the_next_look_though_the_collector_never_saw_them(holder: Holder, rules: Path) -> None:
    assert holder.current
    old = weakref.ref(holder.current.engine)
    gc.disable()
    try:
        (rules / "more.yaml").write_text("blocks:\n  side: {otherwise: nothing}\n")
        holder.reload_if_changed()
        holder.reload_if_changed()
        assert old() is None
    finally:
        gc.enable()


def test_rules_that_did_not_change_are_taken_over_when_a_broken_file_is_mended(holder: Holder, rules: Path) -> None:
    found: list[dict[str, Rule]] = []
    for text in ("nothing}", "nothing", "original}"):
        (rules / "more.yaml").write_text(f"blocks:\n  side: {{otherwise: {text}\n")
        holder.reload_if_changed()
        assert holder.current
        blocks = holder.current.engine.program.blocks
        found.append({rule.id: rule for block in blocks.values() for rule in block.rules})
    assert blocks["side"].otherwise.kind == "original"
    assert all(rule is found[0][name] for name, rule in found[2].items())


def test_what_was_loaded_is_gone_without_the_collector_when_it_is_let_go(rules: Path) -> None:
    for _ in range(2):
        load(rules)
    gc.collect()
    gc.disable()
    try:
        load(rules)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_many_reloads_keep_no_more_than_few(holder: Holder, rules: Path) -> None:
    kept: list[int] = []
    for _ in range(20):
        for path in rules.glob("*.yaml"):
            path.write_bytes(path.read_bytes() + b"#\n")
        holder.reload_if_changed()
        holder.reload_if_changed()
        kept.append(gc.get_freeze_count() + len(gc.get_objects()))
    assert kept[-1] - kept[4] < 100


def test_a_snapshot_that_a_request_holds_stays_whole_when_the_rules_behind_it_are_gone(
    holder: Holder, rules: Path
) -> None:
    held = holder.current
    assert held
    before = [choice.won for choice in held.engine.all_choices()]
    (rules / "more.yaml").write_text("blocks:\n  side: {otherwise: nothing}\n")
    holder.reload_if_changed()
    holder.reload_if_changed()
    assert [choice.won for choice in held.engine.all_choices()] == before


def test_a_changed_fragment_is_taken_up(holder: Holder, rules: Path) -> None:
    before = digest(holder)
    (rules / "contents" / "hero" / "running.html").write_text("<p>new</p>")
    holder.reload_if_changed()
    assert digest(holder) != before


def test_a_changed_table_is_taken_up_and_a_broken_one_leaves_the_old_site(holder: Holder, rules: Path) -> None:
    (rules / "more.yaml").write_text("blocks:\n  side:\n    rules: {table: side.csv}\n    otherwise: original\n")
    (rules / "side.csv").write_text("キーワード,表示\n靴,nothing\n", encoding="cp932")
    holder.reload_if_changed()
    before = digest(holder)
    (rules / "side.csv").write_text("キーワード,表示\n靴,nothing\n帽子,nothing\n", encoding="cp932")
    holder.reload_if_changed()
    assert holder.current
    assert [rule.name for rule in holder.current.engine.program.blocks["side"].rules] == ["靴", "帽子"]
    assert digest(holder) != before
    (rules / "side.csv").write_text("キーワード,表示\n靴,nothing\n帽子,\n", encoding="cp932")
    holder.reload_if_changed()
    assert len(holder.current.engine.program.blocks["side"].rules) == 2
    problem = holder.state.problems[0]
    assert (problem["file"], problem["line"], problem["column"], problem["code"]) == ("side.csv", 3, 4, "E204")


def test_the_last_good_rules_hold_their_tables(rules: Path, tmp_path: Path) -> None:
    (rules / "tables").mkdir()
    (rules / "tables" / "side.csv").write_text("キーワード,表示\n靴,nothing\n")
    (rules / "more.yaml").write_text("blocks:\n  side:\n    rules: {table: tables/side.csv}\n    otherwise: original\n")
    Holder(rules, tmp_path / "data").load_first()
    (rules / "tables" / "side.csv").unlink()
    later = Holder(rules, tmp_path / "data")
    later.load_first()
    assert later.current
    assert len(later.current.engine.program.blocks["side"].rules) == 1


def test_a_broken_file_leaves_the_old_site_and_is_named(holder: Holder, rules: Path) -> None:
    before = holder.current
    (rules / "more.yaml").write_text("blocks:\n  side: {otherwise: nowhere}\n")
    holder.reload_if_changed()
    assert holder.current is before
    problem = holder.state.problems[0]
    assert (problem["file"], problem["line"], problem["column"], problem["code"]) == ("more.yaml", 2, 21, "E402")


def test_a_file_that_is_still_being_written_is_left_until_it_rests(holder: Holder, rules: Path) -> None:
    before = holder.current
    done = threading.Event()

    def write() -> None:
        with (rules / "more.yaml").open("w") as file:
            while not done.is_set():
                file.write("# more\n")
                file.flush()
                time.sleep(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    holder.reload_if_changed()
    assert holder.current is before
    done.set()
    writer.join()
    holder.reload_if_changed()
    assert holder.current is not before


def test_links_in_circles_and_to_nowhere_are_looked_at_once(rules: Path) -> None:
    (rules / "a").symlink_to(".")
    (rules / "b").symlink_to(".")
    (rules / "nowhere").symlink_to("gone")
    before = look(rules)
    (rules / "more.yaml").write_text("blocks: {}\n")
    assert look(rules) != before


def test_a_mounted_volume_that_turns_a_link_to_a_new_folder_is_taken_up_whole(rules: Path, tmp_path: Path) -> None:
    """As Kubernetes does with a ConfigMap: each file is a link into a hidden folder, which a link of its own names."""
    volume = tmp_path / "volume"
    shutil.copytree(rules, volume / "..first")
    (volume / "..data").symlink_to("..first")
    for file in rules.iterdir():
        (volume / file.name).symlink_to(Path("..data") / file.name)
    holder = Holder(volume)
    holder.load_first()
    before = digest(holder)
    shutil.copytree(rules, volume / "..second")
    (volume / "..second" / "site.yaml").write_text((rules / "site.yaml").read_text() + "\n# changed\n")
    (volume / "..next").symlink_to("..second")
    (volume / "..next").replace(volume / "..data")
    holder.reload_if_changed()
    assert (digest(holder) == before, holder.state.problems) == (False, ())


def test_the_last_good_rules_are_kept_for_a_start_with_broken_ones(holder: Holder, rules: Path, tmp_path: Path) -> None:
    good = digest(holder)
    (rules / "home.yaml").write_text("blocks: [")
    again = Holder(rules, tmp_path / "data")
    again.load_first()
    assert digest(again) == good
    assert again.state.problems[0]["code"] == "E125"


def test_the_last_good_rules_of_another_folder_are_not_served(holder: Holder, tmp_path: Path) -> None:
    assert holder.current
    other = tmp_path / "other"
    other.mkdir()
    (other / "home.yaml").write_text("blocks: [")
    again = Holder(other, tmp_path / "data")
    again.load_first()
    assert again.current is None


def test_a_fault_of_a_reload_is_counted_and_the_watch_goes_on(
    service: Service, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> None:
        raise ZeroDivisionError

    before = service.holder.current
    monkeypatch.setattr("omotenashi.reload.load", broken)
    (rules / "more.yaml").write_text("blocks: {}\n")
    service.look_around()
    assert service.counters["fault:reload"] == 1
    assert service.holder.current is before

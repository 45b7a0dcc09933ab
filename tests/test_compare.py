"""What `omo diff` tells: what was changed, and who sees something else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import good_site

from omotenashi.cli import main
from omotenashi.compare import Watched, differences
from omotenashi.language.changes import same_rules
from omotenashi.language.syntax import StatedVisitor
from omotenashi.model.request import StatedPlace
from omotenashi.signals.gather import SignalTools
from omotenashi.site import Site, load, shown
from omotenashi.verify import occasion_for

RULES = """
contents:
  sale: {html: <p>Sale</p>}
segments:
  gold: {when: {member.rank: ゴールド}}
blocks:
  hero:
    rules:
      - {name: gold, when: {segment: gold}, show: {file: gold.html}}
      - {name: sale, when: {campaign: winter}, from: 2026-12-01, until: 2026-12-25, show: sale}
      - {name: phone, when: {device: mobile}, show: {html: <p>Phone</p>}}
    otherwise: original
tests:
  - {name: gold member, visitor: {member.rank: ゴールド, device: mobile}, expect: {hero: gold}}
  - {name: in the sale, visitor: {campaign: winter, device: mobile}, at: 2026-12-25 23:59:59, expect: {hero: sale}}
  - {name: on a phone, visitor: {device: mobile}, expect: {hero: phone}}
  - {name: nobody, visitor: {}, expect: {hero: otherwise}}
"""
SITE = "version: 1\nlanguage: en\nattributes: {rank: {type: choice, values: [一般, ゴールド]}}\n"
Two = tuple[Path, Path]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def two(tmp_path: Path) -> Two:
    old = tmp_path / "old"
    (old / "contents").mkdir(parents=True)
    (old / "site.yaml").write_text(SITE)
    (old / "page.yaml").write_text(RULES)
    (old / "contents" / "gold.html").write_text("<p>Gold</p>")
    return old, Path(shutil.copytree(old, tmp_path / "new"))


def put(two: Two, *changes: tuple[str, str]) -> None:
    file = two[1] / "page.yaml"
    text = file.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file.write_text(text)


def told(two: Two, capsys: Capture, *options: str) -> list[str]:
    assert main(["diff", *map(str, two), "--at", "2026-11-20 12:00", *options]) == 0
    return capsys.readouterr().out.splitlines()


def test_nothing_changed(two: Two, capsys: Capture) -> None:
    assert told(two, capsys) == ["What was changed", "  nothing", "", "Of 4 visitors none sees anything else"]
    assert main(["diff", *map(str, two), "--exit-code"]) == 0


def test_in_japanese(two: Two, capsys: Capture) -> None:
    put(two, ("device: mobile}, show", "device: desktop}, show"))
    assert told(two, capsys, "--lang", "ja") == [
        "変わったところ",
        "  hero",
        "    ~ 条件の変更: ルール「phone」",
        "        前: device: mobile",
        "        後: device: desktop",
        "",
        "表示が変わる訪問者: 4 人中 1 人(hero 1 人)",
        "  on a phone  2026-11-20 12:00:00 (金)",
        "    hero: 「phone」(「Phone」) → 当てはまるルールなし(もとのまま)",
        "      理由: 「phone」に当てはまらなくなった(device: desktop)",
    ]


def test_a_new_rule_and_one_that_is_gone(two: Two, capsys: Capture) -> None:
    put(
        two,
        ("      - {name: gold, when: {segment: gold}, show: {file: gold.html}}\n", ""),
        ("    otherwise: original", "      - {name: rest, show: {html: <p>Rest</p>}}\n    otherwise: original"),
        ("expect: {hero: gold}", "expect: {hero: phone}"),
        ("expect: {hero: otherwise}", "expect: {hero: rest}"),
    )
    lines = told(two, capsys)
    assert lines[1:6] == [
        "  hero",
        "    - gone: rule gold",
        "        segment gold → gold.html",
        "    + added: rule rest",
        '        always → "Rest"',
    ]
    assert lines[-6:] == [
        "  gold member  2026-11-20 12:00:00 (Fri)",
        '    hero: gold (gold.html "Gold") → phone ("Phone")',
        "      because: gold is gone",
        "  nobody  2026-11-20 12:00:00 (Fri)",
        '    hero: no rule (the original) → rest ("Rest")',
        "      because: rest, which is new, matches",
    ]


def test_a_rule_that_was_renamed_changes_nobodys_page(two: Two, capsys: Capture) -> None:
    put(two, ("name: phone", "name: mobile"), ("hero: phone", "hero: mobile"))
    assert told(two, capsys) == [
        "What was changed",
        "  hero",
        "    ~ renamed: rule mobile",
        "        before: phone",
        "        now: mobile",
        "",
        "Of 4 visitors none sees anything else",
    ]


def test_another_order(two: Two, capsys: Capture) -> None:
    gold = "      - {name: gold, when: {segment: gold}, show: {file: gold.html}}\n"
    put(
        two,
        (gold, ""),
        ("    otherwise: original\n", gold + "    otherwise: original\n"),
        ("hero: gold", "hero: phone"),
    )
    lines = told(two, capsys)
    assert lines[2:5] == ["    ~ moved: rule gold", "        before: no. 1", "        now: no. 3"]
    assert lines[-2:] == [
        '    hero: gold (gold.html "Gold") → phone ("Phone")',
        "      because: phone now stands above",
    ]


def test_another_text_of_the_same_content_is_another_page(two: Two, capsys: Capture) -> None:
    (two[1] / "contents" / "gold.html").write_text("<p>Gold and silver</p>")
    put(two, ("<p>Sale</p>", "<p>Sale!</p>"))
    lines = told(two, capsys)
    assert lines[1:3] == ["  ~ changed: content sale", "  ~ changed: file contents/gold.html"]
    assert lines[-6:] == [
        "  gold member  2026-11-20 12:00:00 (Fri)",
        '    hero: gold (gold.html "Gold") → gold (gold.html "Gold and silver")',
        "      because: what gold shows was changed",
        "  in the sale  2026-12-25 23:59:59 (Fri)",
        '    hero: sale (sale "Sale") → sale (sale "Sale!")',
        "      because: what sale shows was changed",
    ]


def test_long_texts_are_told_from_shortly_before_where_they_differ(two: Two, capsys: Capture) -> None:
    long = "Everything in the house is cheaper until Christmas: "
    for folder, end in zip(two, ("30 %", "50 %"), strict=True):
        (folder / "contents" / "gold.html").write_text(f"<p>{long}<b>{end}</b></p>")
    assert '    hero: "…istmas: 30 %" → "…istmas: 50 %"' in told(two, capsys)


def test_a_period_that_ends_earlier(two: Two, capsys: Capture) -> None:
    put(two, ("until: 2026-12-25", "until: 2026-12-24"), ("hero: sale", "hero: phone"))
    lines = told(two, capsys)
    assert lines[3:5] == [
        "        before: campaign: winter and from: 2026-12-01 and until: 2026-12-25",
        "        now: campaign: winter and from: 2026-12-01 and until: 2026-12-24",
    ]
    assert lines[-2:] == [
        '    hero: sale (sale "Sale") → phone ("Phone")',
        "      because: sale no longer matches (until: 2026-12-24)",
    ]


def test_a_block_that_is_gone_shows_the_original(two: Two, capsys: Capture) -> None:
    put(two, ("  hero:\n", "  header:\n"), ("expect: {hero", "expect: {header"))
    lines = told(two, capsys)
    assert lines[1:3] == ["  - gone: block hero", "  + added: block header"]
    assert lines[4] == "3 of 4 visitors see something else (hero: 3, header: 3)"
    assert '    hero: gold (gold.html "Gold") → no block (the original)' in lines


def test_a_segment_that_was_changed(two: Two, capsys: Capture) -> None:
    put(two, ("member.rank: ゴールド}}\nblocks", "member.rank: 一般}}\nblocks"), ("hero: gold", "hero: phone"))
    lines = told(two, capsys)
    assert lines[1] == "  ~ changed: segment gold"
    assert lines[-1] == "      because: gold no longer matches (member.rank: 一般)"


def test_visitors_from_a_file(two: Two, capsys: Capture, tmp_path: Path) -> None:
    put(two, ("device: mobile}, show", "device: desktop}, show"))
    file = tmp_path / "visitors.jsonl"
    visitors: list[dict[str, object]] = [
        {"name": "太郎", "device": "mobile", "at": "2026-12-01 10:00"},
        {"device": "desktop", "campaign": "winter", "at": "2026-12-01 10:00"},
        {"visitor": {"device": "desktop", "consent": None}, "名前": "花子"},
    ]
    file.write_text("\n\n".join(map(json.dumps, visitors)))
    lines = told(two, capsys, "--visitors", str(file))
    assert "3 of 7 visitors see something else (hero: 3)" in lines
    assert lines[-6:] == [
        "  太郎  2026-12-01 10:00:00 (Tue)",
        '    hero: phone ("Phone") → no rule (the original)',
        "      because: phone no longer matches (device: desktop)",
        "  花子  2026-11-20 12:00:00 (Fri)",
        '    hero: no rule (the original) → phone ("Phone")',
        "      because: phone matches now",
    ]


def test_a_mistake_in_the_file_is_told_with_its_line(two: Two, capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "visitors.jsonl"
    file.write_text('{"device": "mobile"}\n{"weather": "rain"}\n')
    assert main(["diff", *map(str, two), "--visitors", str(file)]) == 1
    assert "visitors.jsonl:2:2: error[E210]" in capsys.readouterr().err


def test_settings_of_the_site_are_named(two: Two, capsys: Capture) -> None:
    (two[1] / "site.yaml").write_text(SITE + "timezone: UTC\nholidays: [2026-11-23]\nsite_search: {parameters: [q]}\n")
    lines = told(two, capsys)
    headline = lines.index("  ~ changed: settings of the site in site.yaml")
    assert lines[headline + 1] == "      timezone, holidays, site_search"


def test_another_goal_of_an_experiment_is_told(shares: Two, capsys: Capture) -> None:
    put(shares, ("id: xmas", "id: xmas\n          goal: purchase"))
    assert told(shares, capsys)[2:5] == [
        "    ~ limits changed: rule bars",
        "        before: no limit",
        "        now: the experiment's goal is purchase",
    ]


def test_a_fact_that_only_one_folder_knows_may_be_stated(two: Two, capsys: Capture, tmp_path: Path) -> None:
    (two[1] / "site.yaml").write_text(SITE.replace("{rank", "{points: {type: number}, rank"))
    file = tmp_path / "visitors.jsonl"
    file.write_text('{"member": {"points": 3}, "device": "mobile"}\n')
    assert "  ~ changed: settings of the site in site.yaml" in told(two, capsys, "--visitors", str(file))


def test_a_showing_of_a_rule_that_is_not_there_is_nothing(two: Two, capsys: Capture) -> None:
    seen = "      - {name: seen, when: {shown: {rule: phone}}, show: nothing}\n    otherwise: original\n"
    case = "  - {name: x, visitor: {consent: personalization, shown: [seen]}, expect: {hero: otherwise}}\n"
    put(two, ("    otherwise: original\n", seen), ("tests:\n", "tests:\n" + case))
    assert told(two, capsys)[-1] == "Of 5 visitors none sees anything else"


def test_exit_codes(two: Two, capsys: Capture) -> None:
    put(two, ("name: phone", "name: mobile"), ("hero: phone", "hero: mobile"))
    assert main(["diff", *map(str, two), "--exit-code"]) == 1
    (two[1] / "page.yaml").write_text("blocks: {hero: {}}\n")
    assert main(["diff", *map(str, two)]) == 1
    assert "new has errors" in capsys.readouterr().err


def test_as_json(two: Two, capsys: Capture) -> None:
    put(two, ("device: mobile}, show", "device: desktop}, show"))
    data = json.loads("\n".join(told(two, capsys, "--format", "json")))
    assert data["changes"] == [
        {
            "kind": "condition",
            "what": "rule",
            "name": "phone",
            "block": "hero",
            "before": "device: mobile",
            "after": "device: desktop",
        }
    ]
    assert (data["visitors"], data["visitors_changed"]) == (4, 1)
    assert data["differences"][0] == {
        "visitor": "on a phone",
        "at": "2026-11-20T12:00:00+09:00",
        "block": "hero",
        "before": {"rule": "phone", "variant": None, "shows": "html", "content": None, "html": "<p>Phone</p>"},
        "after": {"rule": "otherwise", "variant": None, "shows": "original", "content": None, "html": None},
        "reason": "phone no longer matches (device: desktop)",
    }


# No difference is told exactly where both decide alike

CONDITIONS = ("{device: mobile}", "{prefecture: 東京}", "{not: {device: mobile}}", "{campaign: a, device: desktop}")
SHOWS = ("original", "nothing", "{html: <p>a</p>}", "{html: <p>b</p>}")
blocks = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(CONDITIONS), st.sampled_from(SHOWS)),
    max_size=4,
    unique_by=lambda rule: rule[0],
)
folders = st.dictionaries(st.sampled_from(["hero", "side"]), st.tuples(blocks, st.sampled_from(SHOWS)), min_size=1)
visitors = st.lists(
    st.tuples(
        st.sampled_from([None, "mobile", "desktop"]),
        st.sampled_from([{}, {"campaign": "a"}]),
        st.sampled_from([None, StatedPlace(prefecture="東京"), StatedPlace(prefecture="大阪")]),
    ).map(lambda facts: StatedVisitor(device=facts[0], arrival=facts[1], place=facts[2])),
    max_size=4,
)


def written(folder: dict[str, tuple[list[tuple[str, str, str]], str]]) -> str:
    lines = ["blocks:"]
    for name, (rules, otherwise) in folder.items():
        lines += [f"  {name}:", "    rules:"] if rules else [f"  {name}:"]
        lines += [f"      - {{name: {rule}, when: {when}, show: {show}}}" for rule, when, show in rules]
        lines += [f"    otherwise: {otherwise}"]
    return "\n".join(lines)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(folders, folders, visitors)
def test_a_difference_is_told_exactly_where_the_folders_decide_differently(
    tmp_path_factory: pytest.TempPathFactory,
    one: dict[str, tuple[list[tuple[str, str, str]], str]],
    other: dict[str, tuple[list[tuple[str, str, str]], str]],
    stated: list[StatedVisitor],
) -> None:
    sites, loaded = [], []
    for folder in (one, other):
        path = tmp_path_factory.mktemp("rules")
        (path / "page.yaml").write_text(written(folder))
        sites.append(good_site(path))
        loaded.append(load(path))
    watched = [Watched(str(number), visitor) for number, visitor in enumerate(stated)]
    same = same_rules(loaded[0].folder, loaded[1].folder)
    told = {(one.visitor.name, one.block) for one in differences(sites[0], sites[1], same, watched, SignalTools(), 0)}
    expected = {
        (one.name, block)
        for one in watched
        for block in ("hero", "side")
        if html_of(sites[0], one.visitor, block) != html_of(sites[1], one.visitor, block)
    }
    assert told == expected


def html_of(site: Site, visitor: StatedVisitor, block: str) -> str | None:
    occasion = occasion_for(visitor, site, SignalTools(), 0)
    choice = site.engine.decide(occasion, [block]).get(block)
    return shown(choice, site, occasion).html if choice else None


def test_who_is_renamed_and_what_a_block_asks_for(two: Two, capsys: Capture) -> None:
    limit = "show: {html: <p>Phone</p>}}"
    for folder in two:
        text = (folder / "page.yaml").read_text()
        (folder / "page.yaml").write_text(text.replace(limit, "limit: {times: 3, per: 7 days}, " + limit))
    put(
        two,
        ("name: phone", "name: mobile"),
        ("hero: phone", "hero: otherwise"),
        ("  hero:\n", "  hero:\n    label: top\n"),
    )
    put(two, ("visitor: {device: mobile}, expect", "visitor: {device: mobile, consent: personalization}, expect"))
    put(
        two,
        ("consent: personalization}, expect: {hero: otherwise}", "consent: personalization}, expect: {hero: mobile}"),
    )
    assert told(two, capsys)[1:9] == [
        "  hero (top)",
        "    ~ renamed: rule mobile",
        "        before: phone",
        "        now: mobile",
        "        what was counted so far is not carried over (write id: hero/phone to keep it)",
        "    ~ settings changed",
        "        before: none",
        "        now: label: top",
    ]


SPLIT = """
blocks:
  bar:
    rules:
      - name: bars
        experiment:
          id: xmas
          split:
            - {name: red, share: 50%, show: {html: <p>Red</p>}}
            - {name: control, share: 50%, show: original}
    otherwise: nothing
tests:
  - name: red
    visitor: {consent: personalization, bucket: {xmas: red}}
    expect: {bar: {rule: bars, variant: red}}
"""


def test_a_variant_with_another_name_is_not_the_stated_one(two: Two, capsys: Capture) -> None:
    for folder in two:
        (folder / "split.yaml").write_text(SPLIT)
    file = two[1] / "split.yaml"
    file.write_text(SPLIT.replace("red", "blue").replace("Red", "Blue"))
    lines = told(two, capsys)
    assert lines[1:5] == [
        "  bar",
        "    ~ what it shows changed: rule bars",
        '        before: red 50% "Red", control 50% the original',
        '        now: blue 50% "Blue", control 50% the original',
    ]
    assert '    bar: bars [red] ("Red") → bars [control] (the original)' in lines


SHARES = """
blocks:
  bar:
    rules:
      - name: bars
        experiment:
          id: xmas
          split:
            - {name: red, share: 45%, show: {html: <p>Red</p>}}
            - {name: green, share: 45%, show: {html: <p>Green</p>}}
            - {name: control, share: 10%, show: original}
    otherwise: nothing
"""


@pytest.fixture
def shares(two: Two) -> Two:
    for folder in two:
        (folder / "page.yaml").write_text(SHARES)
    return two


@pytest.fixture
def thousand(tmp_path: Path) -> str:
    file = tmp_path / "visitors.jsonl"
    file.write_text('{"consent": "personalization"}\n' * 1000)
    return str(file)


def test_other_shares_give_some_visitors_another_variant(shares: Two, capsys: Capture, thousand: str) -> None:
    put(shares, ("green, share: 45%", "green, share: 35%"), ("control, share: 10%", "control, share: 20%"))
    lines = told(shares, capsys, "--visitors", thousand)
    assert lines[5] == "        the shares are others, so about 10% of those who take part see something else"
    assert 60 < int(lines[7].partition(" ")[0]) < 140
    assert lines[10] == "      because: the experiment of bars gives another variant"


def test_variants_with_other_names_change_nobodys_page(shares: Two, capsys: Capture, thousand: str) -> None:
    put(shares, ("red, share", "Red, share"), ("name: green", "name: verde"))
    lines = told(shares, capsys, "--visitors", thousand)
    assert not any("about" in line for line in lines)
    assert lines[-1] == "Of 1000 visitors none sees anything else"


def test_another_id_of_an_experiment_draws_everybody_anew(shares: Two, capsys: Capture, thousand: str) -> None:
    put(shares, ("id: xmas", "id: winter"))
    lines = told(shares, capsys, "--visitors", thousand)
    assert lines[3] == "        the experiment's id was xmas and is winter, so everybody is drawn anew"
    assert 535 < int(lines[5].partition(" ")[0]) < 635  # 1 - 0.45² - 0.45² - 0.1² = 58.5 %


LIMITED = """
blocks:
  bar:
    rules:
      - {name: NAME, id: bar/first, when: {device: mobile}, limit: {times: 2, per: 7 days}, show: {html: <p>Bar</p>}}
    otherwise: nothing
tests:
  - name: has seen it twice
    visitor: {consent: personalization, device: mobile, shown: [{rule: NAME, times: 2}]}
    expect: {bar: otherwise}
"""


def test_a_showing_is_one_of_the_same_rule_whatever_its_name_in_either_folder(
    two: Two, capsys: Capture, tmp_path: Path
) -> None:
    for folder, name in zip(two, ("first", "second"), strict=True):
        (folder / "page.yaml").write_text(LIMITED.replace("NAME", name))
    file = tmp_path / "visitors.jsonl"
    stated = '{"consent": "personalization", "device": "mobile", "shown": [{"rule": "NAME", "times": 2}]}\n'
    file.write_text("".join(stated.replace("NAME", name) for name in ("first", "second", "bar/first")))
    assert told(two, capsys, "--visitors", str(file))[-1] == "Of 4 visitors none sees anything else"


def test_a_rule_that_neither_folder_has_cannot_have_been_shown(two: Two, capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "visitors.jsonl"
    file.write_text('{"consent": "personalization", "shown": ["nowhere"]}')
    assert main(["diff", *map(str, two), "--visitors", str(file)]) == 1
    assert "visitors.jsonl:1:42: error[E421] there is no rule nowhere" in capsys.readouterr().err
    put(two, ("    otherwise: original", "      - {name: nowhere, show: original}\n    otherwise: original"))
    put(two, ("expect: {hero: otherwise}", "expect: {hero: original}"))
    assert told(two, capsys, "--visitors", str(file))[-1] == "Of 5 visitors none sees anything else"


def test_another_address_to_fetch_from_is_another_page(two: Two, capsys: Capture) -> None:
    for folder, address in zip(two, ("a", "b"), strict=True):
        (folder / "page.yaml").write_text(
            RULES.replace("{html: <p>Phone</p>}", f"{{url: https://cms.example/{address}}}")
        )
    lines = told(two, capsys)
    assert "    hero: phone (https://cms.example/a) → phone (https://cms.example/b)" in lines


def test_a_bad_line_far_down_in_a_file_of_visitors_is_told_at_its_place(
    two: Two, capsys: Capture, tmp_path: Path
) -> None:
    file = tmp_path / "visitors.jsonl"
    file.write_text('{"device": "mobile"}\n' * 25_000 + '{"device": "phon"}\n')
    assert main(["diff", *map(str, two), "--visitors", str(file)]) == 1
    assert "visitors.jsonl:25001:12: error[E305]" in capsys.readouterr().err

"""The benchmarks compare like with like: the same rules and visitors in every form, and equal answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.bench.conditions import AllOf, AnyOf, Between, Has, Is, Not, OneOf, Rule, Under, closure, conjunctions
from tests.bench.engines import check_alike, compared
from tests.bench.guests import Guest, guests
from tests.bench.peers import PEERS
from tests.bench.pools import BLOCKS
from tests.bench.report import BARS, Bar, table, write
from tests.bench.sides import OTHERWISE, Side, closures_side, engine_side, generated_side, source
from tests.bench.workload import rules as made_rules
from tests.bench.workload import write_folder
from tests.conftest import KEY, Connect

from omotenashi.cli import main

RULES, VISITORS = 400, 150


def winners(side: Side, visitors: Sequence[Guest]) -> list[list[str]]:
    return [side.winners(side.decide(side.prepare(visitor))) for visitor in visitors]


@pytest.fixture(params=[True, False], ids=["plain", "full"])
def mix(request: pytest.FixtureRequest) -> list[Rule]:
    """Rules without periods and hours, which hold at any moment."""
    return [replace(rule, timing=()) for rule in made_rules(RULES, plain=request.param)]


@pytest.fixture
def rules(mix: list[Rule], tmp_path: Path) -> Path:
    """Served in the place of the small site."""
    return write_folder(tmp_path / "rules", mix)


def test_the_same_number_makes_the_same_rules_and_visitors() -> None:
    assert made_rules(RULES) == made_rules(RULES)
    assert guests(VISITORS, RULES) == guests(VISITORS, RULES)


@pytest.mark.parametrize("size", [10, 100, 1000])
def test_as_many_rules_are_made_as_are_asked_for(size: int) -> None:
    names = [(rule.block, rule.name) for rule in made_rules(size)]
    assert len(set(names)) == size


@pytest.mark.parametrize("size", [10, 100, 1000])
def test_the_rules_with_periods_and_hours_are_accepted(size: int, tmp_path: Path) -> None:
    assert main(["check", str(write_folder(tmp_path / "rules", made_rules(size)))]) == 0


def test_the_rules_are_accepted(rules: Path) -> None:
    assert main(["check", str(rules)]) == 0


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "full"])
@pytest.mark.parametrize("size", [100, 1000, 10_000])
def test_on_sites_of_all_sizes_a_fifth_to_a_third_of_the_blocks_show_a_rule(size: int, *, plain: bool) -> None:
    answers = winners(engine_side(made_rules(size, plain=plain)), guests(2000, size))
    won = [name != OTHERWISE for answer in answers for name in answer]
    assert 0.22 < sum(won) / len(won) < 0.34


@pytest.mark.parametrize("size", [100, 1000])
def test_the_visitors_of_a_small_site_bring_as_many_different_values_as_those_of_a_large_one(size: int) -> None:
    of_size, of_largest = different(guests(6000, size)), different(guests(6000, 10_000))
    assert of_size["pages"] == of_largest["pages"] > 4000
    for kind, number in of_largest.items():
        assert of_size[kind] > 0.6 * number, kind


def different(visitors: Sequence[Guest]) -> dict[str, int]:
    """How many different values of each kind visitors bring."""
    came = [visitor.came for visitor in visitors]
    return {
        "pages": len({visitor.path for visitor in visitors}),
        "tags": len({visitor.tags for visitor in visitors}),
        "cities": len({visitor.city for visitor in visitors}),
        "words": len({one.keyword for one in came}),
        "campaigns": len({one.campaign for one in came}),
        "contents": len({one.content for one in came}),
        "referrers": len({one.referrer + one.keyword for one in came}),
    }


@pytest.mark.anyio
async def test_a_body_over_http_says_the_same_as_the_struct(mix: list[Rule], connect: Connect) -> None:
    visitors = guests(VISITORS, RULES)
    expected = winners(engine_side(mix), visitors)
    async with connect() as client:
        for visitor, names in zip(visitors, expected, strict=True):
            response = await client.post(
                "/v1/decide", content=visitor.body(), headers={"Authorization": f"Bearer {KEY}"}
            )
            blocks = response.json()["blocks"]
            assert [blocks.get(block, {"rule": OTHERWISE})["rule"] for block in BLOCKS] == names


@pytest.mark.parametrize("make", [closures_side, generated_side])
def test_flat_attributes_say_the_same_as_the_struct(make: Callable[[Sequence[Rule]], Side]) -> None:
    plain, visitors = made_rules(RULES, plain=True), guests(VISITORS, RULES)
    assert winners(make(plain), visitors) == winners(engine_side(plain), visitors)


@pytest.mark.parametrize("package", PEERS)
def test_a_peer_that_is_installed_answers_alike(package: str) -> None:
    plain = made_rules(100, plain=True)
    try:
        peer = PEERS[package](plain)
    except ImportError:
        pytest.skip("make bench installs it")
    compared([engine_side(plain), peer], guests(200, 100), rounds=1)
    peer.close()


def test_another_answer_ends_the_benchmark_with_the_block_and_both_names() -> None:
    visitors = guests(1, 100)
    one = Side("one", Guest.facts, lambda _: ["a"] * 8, list)
    other = Side("other", Guest.facts, lambda _: ["a"] * 7 + ["b"], list)
    with pytest.raises(AssertionError, match="footer: other b, one a"):
        check_alike([(one, [None]), (other, [None])], visitors)


MOBILE, GOLD = OneOf("device", ("mobile",)), OneOf("member.rank", ("ゴールド", "プラチナ"))


def test_the_conjunctions_of_a_condition_hold_when_it_does() -> None:
    nested = AllOf((Is("logged_in", value=True), AnyOf((AllOf((Not(MOBILE), GOLD)), Between("member.points", 5000)))))
    rows = [closure(AllOf(tuple(row))) for row in conjunctions(nested)]
    assert len(rows) == 2
    for visitor in guests(500, RULES):
        assert any(row(visitor.facts()) for row in rows) is closure(nested)(visitor.facts())


def test_the_generated_function_tests_attributes_in_local_variables() -> None:
    when = AllOf(
        (GOLD, Not(MOBILE), Has("page_tag", ("a",)), Under("page", ("/x/", "/y/")), Between("member.points", 5, 9))
    )
    lines = source([Rule("hero", "hero-0", when)]).splitlines()
    assert lines[:2] == ["def decide(facts):", "    device = facts['device']"]
    test = next(line for line in lines if " if " in line)
    assert test.endswith(
        "and not device == 'mobile' and ('a' in page_tag) and page.startswith(('/x/', '/y/')) and 5 <= points <= 9:"
    )


def test_a_bar_is_met_missed_or_not_measured() -> None:
    ratio = Bar("ratio", lambda figures: figures["a"] / figures["b"], least=5)
    assert ratio.is_met({"a": 10, "b": 2})
    assert not ratio.is_met({"a": 9, "b": 2})
    with pytest.raises(KeyError):
        ratio.is_met({"a": 9})


def test_the_table_says_what_was_missed_and_what_was_not_measured() -> None:
    figures = {"empty_asgi_cpu_us": 50.0, "engine_us_10000": 12.0, "build_s_10000": 0.5}
    rows = {
        line.strip().rpartition("  ")[0].split("  ")[0]: line
        for line in table(figures, ["growthbook is not measured"]).splitlines()
    }
    assert rows["engine, 10,000 rules: µs for all 8 blocks"].endswith("12.00       ≤ 10 µs   MISSED")
    assert rows["build of 10,000 rules, read and checked before"].endswith("0.50         ≤ 1 s   met")
    assert rows["resident with 10,000 rules"].endswith("not measured: rss_mb_10000")
    assert len(BARS) == 13


def test_figures_are_written_under_flat_keys(tmp_path: Path) -> None:
    write({"engine_us_10": 1.23456, "peer_us_1000.zen-engine": 330.0}, tmp_path / "build" / "bench.json")
    assert json.loads((tmp_path / "build" / "bench.json").read_text()) == {
        "engine_us_10": 1.2346,
        "peer_us_1000.zen-engine": 330.0,
    }

"""Matching keywords: CPU per query that was not seen before, by scripts and at morphemes. Run: python -m tests.bench.words

The queries and words are those of tests/cases/words.tsv. Memory is what loading the dictionary adds to the process; nearly
all of it is the mapped file, which processes share.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

from omotenashi import morphemes
from omotenashi.engine.borders import Segment
from omotenashi.engine.words import Query, WordTable
from omotenashi.model.text import fold

TABLE = Path(__file__).parents[1] / "cases" / "words.tsv"
ROUNDS = 9


def main() -> None:
    """Measure and print."""
    rows = [line.split("\t") for line in TABLE.read_text().splitlines()[1:]]
    words, queries = [fold(row[0]).replace(" ", "") for row in rows], [row[1] for row in rows]
    before, begun = memory(), time.process_time()
    morphemes.segment("")
    print(f"the dictionary: {(time.process_time() - begun) * 1000:.0f} ms, {memory() - before:.0f} MB")
    for name, segment in (("scripts", None), ("morphemes", morphemes.segment)):
        hit = microseconds(WordTable(words, segment), queries, segment)
        missed = microseconds(WordTable(["zzz"], segment), queries, segment)
        print(
            f"{name}: {hit:.1f} µs for a query that holds some word of the rules, {missed:.1f} µs for one that holds none"
        )


def microseconds(table: WordTable, queries: list[str], segment: Segment | None) -> float:
    """Return the median CPU of preparing a query and looking for all words in it."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for query in queries:
            table.found_in(Query(query, segment))
        rounds.append((time.process_time() - begun) / len(queries) * 1e6)
    return statistics.median(rounds)


def memory() -> float:
    """Return the resident memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()

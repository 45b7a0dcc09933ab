"""What the documentation claims, run."""

from __future__ import annotations

import json
import re
import shlex
import time
from io import BytesIO, TextIOWrapper
from pathlib import Path

import msgspec
import pytest
from tests.conftest import good_site, sample_rules

from omotenashi.cli import main, make_parser
from omotenashi.language.printer import Voice, as_text
from omotenashi.model.site_facts import SiteFacts
from omotenashi.reload import Holder
from omotenashi.settings import SETTINGS_FILE, Settings, read_settings
from omotenashi.signals.gather import SignalTools
from omotenashi.site import load
from omotenashi.verify import run_tests
from omotenashi.web import metrics
from omotenashi.web.build import access_of
from omotenashi.web.lines import Reader, RequestLine

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "rules" / "README.md").read_text()
PAGES = {
    str(page.relative_to(ROOT)): page.read_text()
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("rules/*.md"), *ROOT.glob("examples/*/*.md"))
}
README = PAGES["README.md"]
SH_LINES = "\n".join(re.findall(r"```sh\n(.*?)```", "\n".join(PAGES.values()), re.DOTALL)).splitlines()
SNIPPETS = {
    **dict(re.findall(r"<!-- runnable: (\w+) -->\n *```yaml\n(.*?)\n *```", GUIDE, re.DOTALL)),
    "readme": re.findall(r"```yaml\n(.*?)\n```", README, re.DOTALL)[0],
}
WRONG = dict(re.findall(r"<!-- wrong: (\w+) -->\n```yaml\n(.*?)\n```", GUIDE, re.DOTALL))
SAID = dict(re.findall(r"<!-- says: (\w+) -->\n```text\n(.*?)```", GUIDE, re.DOTALL))
TABLES = dict(re.findall(r"<!-- file: (\S+) -->\n *```\n(.*?)\n *```", GUIDE, re.DOTALL))


@pytest.mark.parametrize("name", SNIPPETS)
def test_an_example_is_accepted_beside_the_real_rules_and_passes_its_tests(name: str, tmp_path: Path) -> None:
    rules = sample_rules(tmp_path)
    (rules / "guide.yaml").write_text(SNIPPETS[name])
    for file, text in TABLES.items():
        (rules / file).write_text(text)
    site = good_site(rules)
    mine = [test for test in site.tests if test.position.file == "guide.yaml"]
    assert mine
    assert [result.test.name for result in run_tests(site, SignalTools(), time.time()) if result.failures] == []


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_in_the_guide_is_told_as_the_guide_says(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "first.yaml").write_text(f"{WRONG[name]}\n")
    language = "en" if name.endswith("_in_english") else "ja"
    loaded = load(folder)
    assert f"{as_text(loaded.diagnostics, Voice(loaded.texts, language), 'rules/')}\n" == SAID[name]


def test_everything_in_the_guide_that_looks_like_a_rule_is_run() -> None:
    marked = len(SNIPPETS) - 1 + len(WRONG) + len(re.findall(r"<!-- site: \w+ -->", GUIDE))
    assert GUIDE.count("```yaml") == marked


def test_rules_stand_in_the_guide_and_in_the_readme_alone() -> None:
    assert {page: text.count("```yaml") for page, text in PAGES.items() if "```yaml" in text} == {
        "README.md": 1,
        "rules/README.md": GUIDE.count("```yaml"),
    }


@pytest.mark.parametrize("line", [line for line in SH_LINES if re.match(r"(\S.*\| )?(\.venv/bin/)?omo ", line)])
def test_a_command_of_the_pages_is_one_that_omo_understands(line: str) -> None:
    words = [word for word in shlex.split(re.sub(r"^.*?omo ", "", line), comments=True) if word != "&"]
    assert make_parser(words[0]).parse_args(words)


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_every_setting_is_in_the_table_of_the_operators_page(name: str) -> None:
    table = re.findall(r"^\| .*", PAGES["docs/operating.md"], re.MULTILINE)
    assert [row for row in table if f"`OMO_{name.upper()}`" in row]


def test_every_flag_of_the_service_is_in_the_table_of_the_operators_page() -> None:
    rows = re.findall(r"^\| (`--.*?) \|", PAGES["docs/operating.md"], re.MULTILINE)
    flags = re.findall(r"--[a-z-]+", make_parser("serve").parse_args(["serve"]).parser.format_help())
    assert set(re.findall(r"--[a-z-]+", " ".join(rows))) == set(flags) - {"--help"}


def test_the_defaults_in_the_table_of_the_operators_page_are_those_of_the_service() -> None:
    rows = re.findall(r"^\| (`--[^|]*) \|[^|]*\| ([^|]*) \|", PAGES["docs/operating.md"], re.MULTILINE)
    stated = {
        flag.strip("-` ").replace("-", "_"): default.strip("` ")
        for flags, defaults in rows
        for flag, default in zip(flags.split(", "), defaults.split(", "), strict=True)
    }
    assert {name: text for name, text in stated.items() if text != _default(name)} == {
        "store": "visitors.sqlite` in the data directory"
    }


def _default(name: str) -> str:
    value = getattr(Settings(), name)
    return {None: "", (): "none", "": "none"}.get(value, str(value))


def test_no_page_names_a_variable_that_the_service_does_not_know() -> None:
    named = {name for text in PAGES.values() for name in re.findall(r"\bOMO_[A-Z_]+", text)}
    known = {f"OMO_{name.upper()}" for name in Settings.__struct_fields__}
    assert named - known == {"OMO_URL"}  # the sample shop's own


def test_every_make_target_of_the_pages_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for text in PAGES.values() for name in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)}
    assert {"demo", "test", "bench"} <= named <= targets


def test_every_path_in_a_command_of_the_pages_is_there() -> None:
    paths = {path for line in SH_LINES for path in re.findall(r"(?:^|\s)(examples/[\w./-]+)", line)}
    assert len(paths) > 2
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_sample_site_is_good_and_all_its_tests_pass(tmp_path: Path) -> None:
    site = good_site(sample_rules(tmp_path))
    results = list(run_tests(site, SignalTools(), time.time()))
    assert [result.test.name for result in results if result.failures] == []


def test_the_settings_of_consent_in_the_guide_are_accepted(tmp_path: Path) -> None:
    snippets = re.findall(r"<!-- site: \w+ -->\n```yaml\n(.*?)\n```", GUIDE, re.DOTALL)
    assert snippets
    for snippet in snippets:
        rules = tmp_path / "rules"
        rules.mkdir(exist_ok=True)
        (rules / "site.yaml").write_text(f"version: 1\n{snippet}\n")
        (rules / "page.yaml").write_text("blocks: {hero: {otherwise: original}}\n")
        assert load(rules).diagnostics == ()


def test_every_rule_of_the_sample_site_is_expected_by_a_test(tmp_path: Path) -> None:
    site = good_site(sample_rules(tmp_path))
    expected = {(one.block, one.won) for test in site.tests for one in test.expectations}
    rules = [(block.name, rule.name) for block in site.engine.program.blocks.values() for rule in block.rules]
    assert [rule for rule in rules if rule not in expected] == []


def test_the_requests_of_the_pages_are_read_as_they_say() -> None:
    first, second = (
        json.loads(one) for one in re.findall(r"^echo '(.*)' \| omo signals", PAGES["docs/explain.md"], re.MULTILINE)
    )
    settings = Settings(trusted_proxies=("10.0.0.0/8",))
    reader = Reader(access_of(settings, ""), settings, SiteFacts(), SignalTools())
    found = reader.signals(msgspec.convert(first, RequestLine))
    assert (found.source, found.keyword) == ("Yahoo! Japan", "靴")
    found = reader.signals(msgspec.convert(second, RequestLine))
    assert (found.client_ip, found.bot) == ("203.0.113.5", True)


def test_what_a_request_is_answered_with_stands_on_the_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    request = re.findall(r"^echo '(.*)' \| omo signals$", PAGES["docs/explain.md"], re.MULTILINE)[0]
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(request.encode()), encoding="utf-8"))
    assert main(["signals"]) == 0
    assert f"```json\n{capsys.readouterr().out}```" in PAGES["docs/explain.md"]


def test_the_explanation_on_the_page_is_what_the_command_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    found = re.search(r"^omo (explain hero .*)$", PAGES["docs/explain.md"], re.MULTILINE)
    assert found
    assert main(shlex.split(found[1])) == 0
    said = re.findall(r"```text\n(.*?)```", PAGES["docs/explain.md"], re.DOTALL)[0]
    assert capsys.readouterr().out.endswith(said)


def test_the_file_of_settings_on_the_page_is_read(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text(re.findall(r"```toml\n(.*?)```", PAGES["docs/operating.md"], re.DOTALL)[0])
    settings, warnings = read_settings({}, {}, tmp_path)
    assert (settings.rules, settings.trusted_proxies, warnings) == (Path("/srv/rules"), ("10.0.0.0/8",), [])


def test_the_import_on_the_page_says_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    sample_rules(tmp_path)
    Path("events.csv").write_text(re.findall(r"```csv\n(.*?)```", PAGES["docs/import.md"], re.DOTALL)[0])
    assert main(["import", "events", "events.csv", "--lang", "en"]) == 1
    out = capsys.readouterr()
    said = re.findall(r"```text\n(.*?)```", PAGES["docs/import.md"], re.DOTALL)[0]
    assert re.sub(r"; \S+ s$", "", (out.err + out.out).strip()) == re.sub(r"; \S+ s$", "", said.strip())


def test_readyz_tells_a_mistake_as_the_operators_page_shows(tmp_path: Path) -> None:
    shown = json.loads(re.findall(r"```json\n(.*?)```", PAGES["docs/operating.md"], re.DOTALL)[0])
    rules = sample_rules(tmp_path)
    (rules / "first.yaml").write_text(f"{SNIPPETS['readme']}\nx: [\n")
    holder = Holder(rules)
    holder.load_first()
    assert list(holder.state.problems) == shown["problems"]


def test_every_metric_is_explained_on_the_operators_page() -> None:
    told = Path(metrics.__file__).read_text()
    named = set(re.findall(r'"(omotenashi(?:_[a-z]+)*)"', told))
    assert len(named) > 5
    assert [name for name in named if f"`{name}" not in PAGES["docs/operating.md"]] == []


def test_every_link_of_the_pages_leads_somewhere() -> None:
    links = [
        (page, target)
        for page, text in PAGES.items()
        for target in re.findall(r"\]\(([^)\s]+)\)", _without_code(text))
        if not target.startswith(("http://", "https://"))
    ]
    assert len(links) > 50
    assert [(page, target) for page, target in links if not _leads_somewhere(page, target)] == []


def test_everything_that_is_counted_is_explained_on_the_operators_page() -> None:
    sources = [file.read_text() for file in Path(metrics.__file__).parents[1].rglob("*.py")]
    counted = {name for text in sources for name in re.findall(r'\bcount(?:er)?s\[f?"([a-z_]+)', text)}
    assert len(counted) > 10
    assert [name for name in counted if not re.search(rf"`{name}[`:]", PAGES["docs/operating.md"])] == []


def test_every_page_for_operators_begins_with_a_summary_in_japanese() -> None:
    pages = {page: text for page, text in PAGES.items() if page.startswith("docs/")}
    assert [page for page, text in pages.items() if "要点" not in "".join(text.splitlines()[:4])] == []


def test_every_page_is_found_from_the_readme() -> None:
    linked = set(re.findall(r"\]\(([^)#\s]+)", README))
    assert set(PAGES) - linked == {"README.md"}


def _leads_somewhere(page: str, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (ROOT / page).parent / path if path else ROOT / page
    return file.exists() and (not anchor or anchor in _anchors(file.read_text()))


def _anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives the headings, and those that are written out."""
    headings = re.findall(r"^#+ (.+)$", _without_code(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings} | set(
        re.findall(r'<a id="([^"]+)">', text)
    )


def _without_code(text: str) -> str:
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)

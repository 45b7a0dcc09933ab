from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from tests.conftest import READERS_OWN

from catalogue import CATEGORIES, PRODUCTS
from pages import Pages
from shop import HERE

RULES = HERE.parents[1] / "rules"
FIRST_RULE = "top_message"
"""The block that readers of the tutorial write their first rule for."""


def test_the_rules_and_the_templates_name_the_same_blocks() -> None:
    pages = Pages(HERE / "templates")
    named = {block for file in (HERE / "templates").glob("[a-z]*.html") for block in pages.blocks_of(file.name)}
    files = [
        yaml.load(file.read_text(), yaml.BaseLoader) for file in RULES.glob("*.yaml") if file.name not in READERS_OWN
    ]
    assert named - {FIRST_RULE} == {block for file in files for block in file.get("blocks", {})}


def test_the_front_page_has_the_block_of_the_first_rule() -> None:
    assert FIRST_RULE in Pages(HERE / "templates").blocks_of("home.html")
    for page in (HERE.parents[1] / "README.md", RULES / "README.md"):
        assert re.search(rf"^  {FIRST_RULE}:", page.read_text(), re.MULTILINE)


@pytest.mark.parametrize("file", sorted(RULES.glob("contents/**/*.html")), ids=lambda file: file.name)
def test_every_link_and_price_in_the_contents_is_true(file: Path) -> None:
    html = file.read_text()
    known = {"/", "/member/", "/cart/", *(f"/{slug}/" for slug in CATEGORIES), *(p.path for p in PRODUCTS.values())}
    assert set(re.findall(r'href="(/[^"]*)"', html)) <= known
    assert set(re.findall(r'src="/images/([^"]*)\.svg"', html)) <= set(PRODUCTS)
    cards = re.findall(r'class="card" href="/\w+/(\w+)".*?card__price">([\d,]+)<', html, re.DOTALL)
    assert cards == [(slug, f"{PRODUCTS[slug].price:,}") for slug, _ in cards]

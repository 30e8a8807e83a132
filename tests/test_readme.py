"""The README cannot lie: its tree is the modules' first lines, and what it links to and calls is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy import readme

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text("utf-8")


def test_the_tree_is_made_of_the_modules_first_lines() -> None:
    assert readme.with_tree(TEXT) == TEXT, "run `make readme`"


def test_every_module_says_in_its_first_line_what_it_is() -> None:
    modules = [path for package in readme.PACKAGES for path in (ROOT / package).rglob("*.py")]

    silent = [str(path.relative_to(ROOT)) for path in modules if not readme.first_line(path)]

    assert silent == []


@pytest.mark.parametrize("link", sorted({link for link in re.findall(r"\]\(([^)#]+)\)", TEXT) if "://" not in link}))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:`|^)make ([a-z]+)", TEXT, re.MULTILINE))))
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

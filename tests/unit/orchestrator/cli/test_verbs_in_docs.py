"""The pages that list the verbs list all of them."""

from pathlib import Path

import pytest

from orchestrator.cli.app import VERBS

ROOT = Path(__file__).parents[4]
NAMES = [verb.__name__.rstrip("_") for verb, _ in VERBS]


def rows(path):
    """The first cells of the page's table of verbs."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    return " ".join(line.replace("\\|", "/").split("|")[1] for line in lines if line.startswith("| `"))


@pytest.mark.parametrize("verb", NAMES)
def test_every_verb_has_a_row_in_the_page_of_the_command_line(verb):
    assert f"`{verb}" in rows("docs/cli.md")


@pytest.mark.parametrize("verb", NAMES)
def test_every_verb_has_a_row_in_the_readme(verb):
    assert f"`orchestrate {verb}" in rows("README.md") or f"`{verb}" in rows("README.md")

"""The pages that list the verbs list all of them."""

import inspect
import shlex
from pathlib import Path

import pytest
import typer

from orchestrator.cli.app import VERBS, function_of
from orchestrator.cli.application import application

ROOT = Path(__file__).parents[4]
NAMES = list(VERBS)
COMMANDS = typer.main.get_command(application()).commands


def rows(path):
    """The first cells of the page's table of verbs."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    return " ".join(line.replace("\\|", "/").split("|")[1] for line in lines if line.startswith("| `"))


@pytest.mark.parametrize("verb", NAMES)
def test_every_verb_has_a_row_in_the_page_of_the_command_line(verb):
    assert f"`{verb}" in rows("docs/reference/cli.md")


@pytest.mark.parametrize("verb", NAMES)
def test_every_verb_has_a_row_in_the_readme(verb):
    assert f"`orchestrate {verb}" in rows("README.md") or f"`{verb}" in rows("README.md")


@pytest.mark.parametrize("verb", NAMES)
def test_every_verb_has_examples_with_options_that_it_takes(verb):
    command, (_, examples) = COMMANDS[verb], VERBS[verb]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert examples
    for example in examples:
        program, name, *rest = shlex.split(example.partition(" | ")[0].partition(" > ")[0])
        assert (program, name) == ("orchestrate", command.name)
        assert {word for word in rest if word.startswith("-")} <= known


@pytest.mark.parametrize("verb", NAMES)
def test_every_verb_takes_json(verb):
    assert any("--json" in parameter.opts for parameter in COMMANDS[verb].params)


@pytest.mark.parametrize("verb", NAMES)
def test_a_verbs_summary_fits_in_the_list_of_verbs(verb):
    assert len(inspect.getdoc(function_of(verb)).splitlines()[0]) <= 65

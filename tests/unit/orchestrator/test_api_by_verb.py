"""Everything that the command line does can be called from Python: the page names the calls, and they are there."""

import re
from pathlib import Path

import pytest

import orchestrator
from orchestrator.cli.app import VERBS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "python-api.md").read_text(encoding="utf-8")
EXAMPLES = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
ROWS = re.findall(r"^\| `([\w-]+)` \| (.+) \|$", PAGE.partition("## By verb")[2], re.MULTILINE)
UNTRIED = {"read_psplib"}
"""What no example calls: its input is a file of a library of problems."""


def calls(cell):
    return re.findall(r"`([\w.]+)`", cell)


def test_every_verb_has_a_row_and_each_row_a_call():
    assert [verb for verb, _ in ROWS] == list(VERBS)
    assert all(calls(cell) for _, cell in ROWS)


@pytest.mark.parametrize(("verb", "cell"), ROWS, ids=[verb for verb, _ in ROWS])
def test_each_call_that_a_verb_is_done_by_is_public_documented_and_shown(verb, cell):
    for name in calls(cell):
        first, *rest = name.split(".")
        assert first in orchestrator.__all__
        found = getattr(orchestrator, first)
        for part in rest:
            found = getattr(found, part)
        assert callable(found)
        assert found.__doc__
        shown = name.replace("Runs.", "runs.")
        assert name in UNTRIED or re.search(rf"\b{re.escape(shown)}\b", EXAMPLES), f"{verb}: no example of {name}"

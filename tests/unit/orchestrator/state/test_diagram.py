from pathlib import Path

from orchestrator.state import transitions
from orchestrator.state.diagram import lines, mermaid
from orchestrator.state.transitions import TRANSITIONS

ROOT = Path(__file__).parents[4]


def test_the_docstring_of_the_table_shows_all_of_it():
    shown = transitions.__doc__.strip().splitlines()[2:]
    assert shown == list(lines())
    assert sum(len(line.partition(": ")[2].split(", ")) for line in shown) == len(TRANSITIONS)


def test_the_page_of_the_journal_draws_the_table_as_it_is():
    assert mermaid() in (ROOT / "docs" / "concepts" / "journal.md").read_text("utf-8")

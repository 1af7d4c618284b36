"""Open the journal of a state folder for as long as it is needed."""

from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator.engine.options import RunOptions
from orchestrator.engine.runs import JOURNAL_FILE, open_journal
from orchestrator.journal.port import JournalPort
from orchestrator.privacy import tighten


@contextmanager
def journal_of(options: RunOptions) -> Iterator[JournalPort]:
    """The journal for writing, created if it is missing. Raises JournalError."""
    for said in tighten(options.state):
        options.notice(said)
    journal = open_journal(options.state, options.durability)
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def journal_if_any(options: RunOptions) -> Iterator[JournalPort | None]:
    """The journal for reading, None if there is none. Nothing is written."""
    if not (options.state / JOURNAL_FILE).exists():
        yield None
        return
    journal = open_journal(options.state, readonly=True)
    try:
        yield journal
    finally:
        journal.close()

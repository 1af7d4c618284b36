"""Earlier events of a run that this process continues. Its display begins with them."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from orchestrator.engine.runs import open_journal
from orchestrator.errors import OrchestratorError
from orchestrator.state.events import Envelope

Past = Callable[[int], Sequence[Envelope]]
"""The events of the run before the one with that number; none where they are not known."""


def unknown(_seq: int) -> Sequence[Envelope]:
    """Nothing is known."""
    return ()


def own_past(state: Path, seq: int) -> Sequence[Envelope]:
    """The events before that one, of the run that this process owns; none where they cannot be read."""
    with suppress(OrchestratorError, OSError):
        journal = open_journal(state, readonly=True)
        try:
            for one in reversed(journal.runs()):
                lease = journal.owned(one.run)
                if lease is not None and lease.owner.pid == os.getpid():
                    return [each for each in journal.read(one.run, unsealed=True) if each.seq < seq]
        finally:
            journal.close()
    return ()

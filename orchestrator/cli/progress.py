"""Progress of a run on standard error: live on a terminal, plain lines elsewhere, nothing when quiet."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from orchestrator.cli.lines import describe
from orchestrator.cli.output import one_line, say, tell
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.codec import encode_event
from orchestrator.state import events as e
from orchestrator.state.events import Envelope

Listener = Callable[[Envelope], None]

UNTOLD: Final = (e.TaskNoted, e.TaskRequeued, e.ProgressReported)
"""Events that plain progress has no line for; `orchestrate logs` has them."""


@contextmanager
def listening(loaded: LoadedPlan, *, as_json: bool, quiet: bool, color: bool) -> Iterator[Listener]:
    """A listener for the run's events that shows them as asked, until the block ends."""
    if as_json:
        yield json_line
    elif quiet:
        yield lambda _envelope: None
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        from orchestrator.cli.live import live_display  # noqa: PLC0415 - rich costs a tenth of a second

        with live_display(loaded, color=color) as listener:
            yield listener
    else:
        yield plain_line


def plain_line(envelope: Envelope) -> None:
    """One line on standard error for what a reader of a log wants to know."""
    if not isinstance(envelope.event, UNTOLD):
        tell(one_line(describe(envelope.event)))


def json_line(envelope: Envelope) -> None:
    """The envelope as one line of JSON on standard output: seq, at, mono, fence, event."""
    say(
        f'{{"seq":{envelope.seq},"at":{envelope.at!r},"mono":{envelope.mono!r},"fence":{envelope.fence},'
        f'"event":{encode_event(envelope.event)}}}'
    )

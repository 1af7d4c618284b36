"""Progress of a run on standard error: live on a terminal, plain lines elsewhere, nothing when quiet."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Self

from orchestrator.cli.figures import figures
from orchestrator.cli.lines import describe
from orchestrator.cli.output import one_line, say, tell
from orchestrator.cli.past import Past, unknown
from orchestrator.engine.judging import declared_metrics
from orchestrator.evidence.metric import Metric
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.codec import encode_event
from orchestrator.records import dataclass
from orchestrator.report.failing import enumerated
from orchestrator.runner import Runner
from orchestrator.state import events as e
from orchestrator.state.events import Envelope


@dataclass(frozen=True, slots=True)
class Telling:
    """What to say while it runs and at the end."""

    as_json: bool = False
    quiet: bool = False
    color: bool = True
    explain: bool = False


Listener = Callable[[Envelope], None]

UNTOLD: Final = (e.AttemptLaunched, e.TaskNoted, e.TaskRequeued, e.ProgressReported)
"""Events that plain progress has no line for; `orchestrate logs` has them."""


@contextmanager
def listening(
    loaded: LoadedPlan, runners: Mapping[str, Runner], telling: Telling, past: Past = unknown
) -> Iterator[Listener]:
    """A listener for the run's events that shows them as asked, until the block ends, and that never ends the run.

    past: the events before the first that it hears of, for a run that is carried on.
    """
    with _listener(loaded, runners, telling, past) as listener:
        yield Steadfast(listener)


class Steadfast:
    """A listener that contains faults of the display. The first one is reported, and what could not be shown is left
    out.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._told = False

    def __call__(self, envelope: Envelope) -> None:
        """Pass the event on."""
        try:
            self._listener(envelope)
        except Exception as error:  # noqa: BLE001 - whatever a terminal library raises, the run is worth more
            if not self._told:
                tell(one_line(f"progress cannot be shown ({type(error).__name__}: {error}); the run goes on"))
            self._told = True


@contextmanager
def _listener(loaded: LoadedPlan, runners: Mapping[str, Runner], telling: Telling, past: Past) -> Iterator[Listener]:
    metrics = declared_metrics(loaded.graph, runners)
    if telling.as_json:
        yield json_line
    elif telling.quiet:
        yield lambda _envelope: None
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        from orchestrator.cli.live import live_display  # noqa: PLC0415 - rich costs a tenth of a second

        with live_display(loaded, metrics, runners, past, color=telling.color) as listener:
            yield listener
    else:
        with PlainLines(metrics) as listener:
            yield listener


class PlainLines:
    """Lines on standard error for what a reader of a log wants to know. Tasks that are skipped in a row for one
    reason share a line.
    """

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self._metrics = metrics
        self._skipped: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tell_skipped()

    def __call__(self, envelope: Envelope) -> None:
        """Tell of the event, or keep it for the line that it shares."""
        if isinstance(envelope.event, e.TaskSkipped):
            self._skipped.setdefault(envelope.event.reason, []).append(envelope.event.task)
        else:
            self._tell_skipped()
            plain_line(self._metrics, envelope)

    def _tell_skipped(self) -> None:
        for why, tasks in self._skipped.items():
            tell(one_line(f"skipped  {enumerated(tasks)}: {why}"))
        self._skipped.clear()


def plain_line(metrics: Mapping[str, Metric], envelope: Envelope) -> None:
    """A line for an event; a second one for what a task measured."""
    event = envelope.event
    if not isinstance(event, UNTOLD):
        tell(one_line(describe(event)))
    if isinstance(event, e.TaskSucceeded) and event.evidence.measurements:
        tell(one_line(f"measured {event.task}: {figures(metrics, event.evidence.measurements)}"))


def json_line(envelope: Envelope) -> None:
    """The envelope as one line of JSON on standard output: seq, at, mono, fence, event."""
    say(
        f'{{"seq":{envelope.seq},"at":{envelope.at!r},"mono":{envelope.mono!r},"fence":{envelope.fence},'
        f'"event":{encode_event(envelope.event)}}}'
    )

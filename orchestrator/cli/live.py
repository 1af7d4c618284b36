"""The live display: a bar for each workstream and stage, what is running under it, failures above at once."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from orchestrator.cli.lines import describe
from orchestrator.cli.output import duration, one_line
from orchestrator.cli.standing import Standing
from orchestrator.evidence.metric import Metric
from orchestrator.graph.load import LoadedPlan
from orchestrator.leaving import owing
from orchestrator.state import events as e
from orchestrator.state.events import Envelope

SHOW_CURSOR: Final = b"\x1b[?25h"
SHOWN_RUNNING: Final = 8
STYLES: Final = {"PASS": "green", "FAIL": "bold red", "UNPROVEN": "yellow"}


@contextmanager
def live_display(
    loaded: LoadedPlan, metrics: Mapping[str, Metric], *, color: bool
) -> Iterator[Callable[[Envelope], None]]:
    """A listener that keeps a display at the foot of the terminal, until the block ends."""
    console = Console(stderr=True, no_color=None if color else True, highlight=False)
    standing, lock, began = Standing(loaded, metrics), Lock(), time.monotonic()

    def draw() -> RenderableType:
        with lock:
            return render(standing, began, time.monotonic())

    with owing(lambda: os.write(2, SHOW_CURSOR)), Live(get_renderable=draw, console=console, transient=True, refresh_per_second=4, redirect_stderr=False,
              redirect_stdout=False) as live:  # fmt: skip

        def listen(envelope: Envelope) -> None:
            with lock:
                standing.take(envelope.event, time.monotonic())
            line = remark(envelope.event)
            if line is not None:
                live.console.print(line)

        yield listen


def remark(event: e.Event) -> Text | None:
    """What stays on the screen: failures, at once, and the verdicts."""
    match event:
        case e.CriterionJudged(verdict=verdict):
            return Text(one_line(describe(event)), style=STYLES[verdict.outcome.value])
        case e.TaskFailed() | e.AttemptFailed():
            return Text(one_line(describe(event)), style="red")
        case e.RunExpected():
            return Text(one_line(describe(event)), style="dim")
        case e.RoundJudged() | e.HandInJoined():
            well = event.round.passed if isinstance(event, e.RoundJudged) else event.joined.commit
            return Text(one_line(describe(event)), style="green" if well else "yellow")
        case e.TaskSkipped() | e.TaskSampled() | e.TaskInvalidated() | e.RunInterrupted():
            return Text(one_line(describe(event)), style="yellow")
        case _:
            return None


def render(standing: Standing, began: float, now: float) -> RenderableType:
    """The whole display at one moment. began, now: monotonic seconds."""
    grid = Table.grid(padding=(0, 1))
    for width in (4, 40, 20, 8):
        grid.add_column(max_width=width, no_wrap=True)
    titles = {name: group.title for name, group in standing.loaded.plan.groups.items()}
    for name, (total, settled, bad) in standing.groups().items():
        bar = ProgressBar(total=total, completed=settled, width=20, complete_style="red" if bad else "green")
        grid.add_row(Text(name, style="bold"), Text(one_line(titles[name])), bar, Text(f"{settled}/{total}"))
    return Group(grid, *_running(standing, now), Text(_foot(standing, began, now), style="dim"))


def _running(standing: Standing, now: float) -> Iterator[Text]:
    graph = standing.loaded.graph
    for task, working in list(standing.working.items())[:SHOWN_RUNNING]:
        said = working.said or (graph.nodes[task].task.title if task in graph.nodes else "")
        told = f", {working.round}" if working.round else ""
        line = Text(f"  {task} {duration(now - working.since)}{told}  ", no_wrap=True, overflow="ellipsis")
        yield line.append(one_line(said), style="dim")
    for task, told in list(standing.waiting.items())[:SHOWN_RUNNING]:
        yield Text(f"  {task} {told}", style="dim", no_wrap=True, overflow="ellipsis")
    if standing.measured:
        yield Text(f"  {standing.measured}", style="cyan", no_wrap=True, overflow="ellipsis")


def _foot(standing: Standing, began: float, now: float) -> str:
    total = len(standing.loaded.graph.nodes)
    rest = standing.remaining(now)
    told = "" if rest is None or rest < 1 else f", about {duration(rest)} to go"
    return f"{len(standing.settled)} of {total} tasks, {duration(now - began)}{told}"

"""The live display: a bar for each workstream and stage, what is running under it, failures above at once."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from orchestrator.cli.lines import describe
from orchestrator.cli.output import counted, duration, one_line
from orchestrator.cli.past import Past
from orchestrator.cli.run_view import RunView
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.verdict import Outcome
from orchestrator.graph.load import LoadedPlan
from orchestrator.leaving import owing
from orchestrator.report.outlook import BudgetLeft
from orchestrator.runner import Runner
from orchestrator.state import events as e
from orchestrator.state.events import Envelope

SHOW_CURSOR: Final = b"\x1b[?25h"
SHOWN_RUNNING: Final = 8
SHOWN_NEXT: Final = 4
SHOWN_DECIDED: Final = 5
SHOWN_BUDGETS: Final = 3
ROOMY: Final = 70  # columns from which on there is room for titles
STYLES: Final = {"PASS": "green", "FAIL": "bold red", "UNPROVEN": "yellow"}


@contextmanager
def live_display(
    loaded: LoadedPlan, metrics: Mapping[str, Metric], runners: Mapping[str, Runner], past: Past, *, color: bool
) -> Iterator[Callable[[Envelope], None]]:
    """A listener that keeps a display at the foot of the terminal, until the block ends. past: the events before
    the first that it hears of.
    """
    console = Console(stderr=True, no_color=None if color else True, highlight=False)
    standing, lock, began = RunView(loaded, metrics, runners=runners), Lock(), time.monotonic()

    def draw() -> RenderableType:
        with lock:
            return render(standing, began, time.monotonic(), console.width)

    with owing(lambda: os.write(2, SHOW_CURSOR)), Live(get_renderable=draw, console=console, transient=True,
    refresh_per_second=4, redirect_stderr=False,
              redirect_stdout=False) as live:  # fmt: skip

        def listen(envelope: Envelope) -> None:
            with lock:
                fresh = standing.state is not None and not standing.state.seq
                for each in (*(past(envelope.seq) if fresh and envelope.seq > 1 else ()), envelope):
                    standing.follow(each, time.monotonic() - max(0.0, time.time() - each.at))
            line = remark(envelope.event)
            if line is not None:
                live.console.print(line)

        yield listen


def remark(event: e.Event) -> Text | None:  # noqa: PLR0911 - one case for each kind of event
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
        case e.PersonAsked() | e.PersonAnswered() | e.QuestionAnswered() | e.RunWaits():
            return Text(one_line(describe(event)), style="cyan")
        case e.TaskSampled() | e.TaskInvalidated() | e.RunInterrupted():
            return Text(one_line(describe(event)), style="yellow")
        case _:
            return None


def render(standing: RunView, began: float, now: float, width: int = 100) -> RenderableType:
    """The whole display at one moment. began, now: monotonic seconds; width: of the terminal, in columns."""
    return Group(_bars(standing, width), *_running(standing, now), *_foot(standing, began, now))


def _bars(standing: RunView, width: int) -> Table:
    """A bar for each group; where there is little room it is short, and titles are cut or left out."""
    wide = width >= ROOMY
    grid = Table.grid(padding=(0, 1, 0, 0), expand=False)
    grid.add_column(max_width=16, no_wrap=True, overflow="ellipsis")
    if wide:
        grid.add_column(max_width=width - 58, no_wrap=True, overflow="ellipsis")
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    titles = {name: group.title for name, group in standing.loaded.plan.groups.items()}
    for name, (total, settled, bad) in standing.groups().items():
        style = "red" if bad else "green"
        size = 20 if wide else 8
        bar = ProgressBar(total=total, completed=settled, width=size, complete_style=style, finished_style=style)
        told = Text(f"{settled}/{total}" + (f", {bad} failed" if bad else ""), style="red" if bad else "")
        title = [Text(one_line(titles[name]))] if wide else []
        grid.add_row(Text(name, style="bold"), *title, bar, told)
    return grid


def _running(standing: RunView, now: float) -> Iterator[Text]:
    graph = standing.loaded.graph
    for task, working in list(standing.working.items())[:SHOWN_RUNNING]:
        said = working.said or (graph.nodes[task].task.title if task in graph.nodes else "")
        told = f", {working.round}" if working.round else ""
        again = working.attempt > 1 and not working.round  # a round is told as "round 2 of 3"
        told += f", {_attempt(standing, task, working.attempt)}" if again else ""
        line = Text(
            f"  {standing.agent(task)}  {task} {duration(now - working.since)}{told}  ",
            no_wrap=True,
            overflow="ellipsis",
        )
        yield line.append(one_line(said), style="dim")
    for task, pause in list(standing.pausing.items())[:SHOWN_RUNNING]:
        wait = duration(max(0.0, pause.due - now))
        told = f"  {task} {_attempt(standing, task, pause.attempt)} in {wait}: {pause.why}"
        yield Text(told, style="yellow", no_wrap=True, overflow="ellipsis")
    for task, told in list(standing.waiting.items())[:SHOWN_RUNNING]:
        yield Text(f"  {task} {told}", style="dim", no_wrap=True, overflow="ellipsis")
    for one in standing.waits(SHOWN_NEXT):
        yield Text(f"  next {one.task} ({one.agent}) {one.why}", style="dim", no_wrap=True, overflow="ellipsis")
    if standing.measured:
        yield Text(f"  {standing.measured}", style="cyan", no_wrap=True, overflow="ellipsis")


def _attempt(standing: RunView, task: str, attempt: int) -> str:
    """An instrument measures every round anew, so it may have more attempts than the plan's retries allow."""
    most = standing.attempts(task)
    return f"attempt {attempt} of {most}" if attempt <= most else f"attempt {attempt}"


def _foot(standing: RunView, began: float, now: float) -> Iterator[Text]:
    """What was skipped, in one line; how far it is, and how long it will take."""
    if standing.skipped:
        count = sum(map(len, standing.skipped.values()))
        told = f"  {counted(count, 'task')} skipped: {'; '.join(standing.skipped)}"
        yield Text(one_line(told), style="yellow", no_wrap=True, overflow="ellipsis")
    yield from _decided(standing)
    yield from _budgets(standing)
    total = len(standing.loaded.graph.nodes)
    failed = f", {standing.failures} failed" if standing.failures else ""
    yield Text(
        f"{len(standing.settled)} of {total} tasks{failed}, {duration(now - began)}{_to_go(standing, now)}", style="dim"
    )
    rest = standing.critical_rest(now)
    paths = [f"critical path {duration(rest)} to go"] if rest else []
    if (slowest := standing.slowest(now)) is not None:
        paths.append(f"slowest {slowest[0]} {duration(slowest[1])}")
    if paths:
        yield Text(", ".join(paths), style="dim", no_wrap=True, overflow="ellipsis")


def _budgets(standing: RunView) -> Iterator[Text]:
    """What is left of budgets, a line for each: the whole run's, then those with the smallest share left."""
    by_whose: dict[str, list[BudgetLeft]] = {}
    for one in standing.budgets():
        by_whose.setdefault(one.whose, []).append(one)
    shares = {whose: min(one.left / one.of for one in each if one.of > 0) for whose, each in by_whose.items()
    if any(one.of > 0 for one in each)}  # fmt: skip
    shown = sorted(shares, key=lambda whose: (whose != "the run", shares[whose]))
    for whose in shown[:SHOWN_BUDGETS]:
        left = ", ".join(map(_left, by_whose[whose]))  # first, as narrow terminals cut the end of a line
        yield Text(one_line(f"left {left}: {whose}"), style="dim", no_wrap=True, overflow="ellipsis")
    if len(shown) > SHOWN_BUDGETS:
        yield Text(f"and {counted(len(shown) - SHOWN_BUDGETS, 'budget')} with a larger share left", style="dim")


def _decided(standing: RunView) -> Iterator[Text]:
    """What is decided of the criteria already: those that did not pass by name."""
    counts = Counter(verdict.outcome.value for verdict in standing.decided.values())
    if not counts:
        return
    bad = [verdict for verdict in standing.decided.values() if verdict.outcome is not Outcome.PASS]
    for verdict in bad[:SHOWN_DECIDED]:
        told = one_line(f"  {verdict.outcome.value} {verdict.criterion}: {verdict.detail}")
        yield Text(told, style=STYLES[verdict.outcome.value], no_wrap=True, overflow="ellipsis")
    told = ", ".join(f"{count} {word}" for word, count in counts.items())
    yield Text(f"criteria: {told}, {len(standing.loaded.plan.criteria) - counts.total()} open", style="dim")


def _left(one: BudgetLeft) -> str:
    """As "9m46s of 10m00s", "14 of 20 turns"."""
    if one.unit in {"s", "USD"}:
        return f"{_amount(one.left, one.unit)} of {_amount(one.of, one.unit)}"
    return f"{one.left:,.0f} of {_amount(one.of, one.unit)}"


def _amount(value: float, unit: str) -> str:
    return duration(value) if unit == "s" else f"{value:,.4g} {unit}" if unit == "USD" else f"{value:,.0f} {unit}"


def _to_go(standing: RunView, now: float) -> str:
    rest = standing.remaining(now)
    if rest is None or rest < 1:
        return ""
    until = datetime.now().astimezone() + timedelta(seconds=rest)
    return f", about {duration(rest)} to go, until {until:%H:%M}"

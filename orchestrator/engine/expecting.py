"""The expected duration of a run on this machine, recorded before its first task starts.

Each remaining task counts with the median of what it took in the latest runs of the plan with the same settings. If
such a run was on another machine, its figures are scaled. The factor comes from a short calculation that each run
times at its start. Without such a run, the plan's file of times counts, scaled in the same way (`PLAN.times.json`, as
`orchestrate report -f times` writes it).

A task that no run has measured counts with its estimate. The estimate is scaled by how the other tasks compared with
theirs, or by this machine's pace if none is known. The schedule's own rules then give the end of the last task. They
respect the agents' capacities, the resources and the number of tasks at once.
"""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from math import isfinite
from pathlib import Path
from statistics import median
from typing import Any, Final

from orchestrator.engine.resources import JOBS, capacities
from orchestrator.graph.load import LoadedPlan
from orchestrator.graph.model import TaskGraph
from orchestrator.graph.schedule import forecast
from orchestrator.journal.errors import JournalError
from orchestrator.journal.port import JournalPort
from orchestrator.records import dataclass
from orchestrator.state.events import (
    AttemptFailed,
    Envelope,
    RunExpected,
    RunResumed,
    RunStarted,
    TaskSampled,
    TaskSucceeded,
)
from orchestrator.state.run import RunState

LOOKED_BACK: Final = 3
MANY_TASKS: Final = 2_000
"""For a plan with more tasks, one earlier run is read instead of three, and no task's own figure is recorded."""
MACHINE: Final = ("cpu", "cores")
TURNS: Final = 3
STEPS: Final = 20_000
REFERENCE: Final = 0.002
"""Processor seconds of the calculation on the machine that estimates are meant for."""
TIMES_LIMIT: Final = 8 << 20
BY_ESTIMATES: Final = "the plan's estimates, as no run of it was measured"


@dataclass(frozen=True, slots=True)
class Times:
    """How long tasks took. pace: seconds that the calculation took on the machine where they ran.

    It is 0.0 if that is this machine, or if it is not known.
    """

    seconds: Mapping[str, float]
    pace: float = 0.0


def calibrate() -> float:
    """Processor seconds of a short calculation here: the best of three turns, so a busy neighbour counts for little."""
    return min(_turn() for _ in range(TURNS))


def _turn() -> float:
    begun, value = time.thread_time(), 1
    for _ in range(STEPS):
        value = (value * 1_103_515_245 + 12_345) & 0x7FFFFFFF
    return time.thread_time() - begun


def expect(
    loaded: LoadedPlan, journal: JournalPort | None, environment: Mapping[str, str], jobs: int | None,
    state: RunState | None = None
) -> RunExpected | None:  # fmt: skip
    """How long the rest of the run will take, and what that is based on. Reads files, raises nothing.

    None if neither a run nor an estimate tells. state: of the run so far, None for one that begins. environment: of
    this machine.
    """
    earlier = (
        [] if journal is None else list(_earlier(loaded, journal, environment, "" if state is None else state.run))
    )
    read = earlier or list(_times_file(loaded))
    left = [task for task in loaded.graph.nodes if state is None or not _settled(state, task)]
    if not read and not any(loaded.graph.nodes[task].estimate for task in left):
        return None
    pace = calibrate()
    seconds = likely(loaded.graph, read, pace)
    told = expected_seconds(loaded, {task: seconds[task] for task in left}, jobs)
    if told <= 0 or not isfinite(told):
        return None
    each = tuple((task, round(seconds[task], 3)) for task in left if seconds[task] > 0)
    return RunExpected(told, _basis(len(earlier), len(read)), pace, each if len(each) <= MANY_TASKS else ())


def likely(graph: TaskGraph, earlier: Sequence[Times], pace: float) -> dict[str, float]:
    """The expected seconds of each task. Pure."""
    known = {}
    for task in graph.nodes:
        took = [one.seconds[task] * (pace / one.pace if one.pace else 1.0) for one in earlier if task in one.seconds]
        if took:
            known[task] = median(took)
    guessed = sum(graph.nodes[task].estimate for task in known)
    ratio = sum(known.values()) / guessed if guessed > 0 else pace / REFERENCE
    return {task: known.get(task, node.estimate * ratio) for task, node in graph.nodes.items()}


def expected_seconds(loaded: LoadedPlan, seconds: Mapping[str, float], jobs: int | None) -> float:
    """From the first start to the last end, given each task's seconds. Tasks without a figure are done.

    Pure, except for the number of processors.
    """
    graph = loaded.graph
    nodes = {task: replace(node, estimate=seconds.get(task, 0.0)) for task, node in graph.nodes.items()}
    at_once = capacities(loaded.plan, jobs).get(JOBS)
    return forecast(loaded.plan, replace(graph, nodes=nodes), at_once=at_once).makespan


def _settled(state: RunState, task: str) -> bool:
    record = state.tasks.get(task)
    return record is not None and record.settled


def _basis(runs: int, times: int) -> str:
    if runs:
        return f"{runs} earlier run{'s' if runs > 1 else ''}"
    return "the plan's file of times" if times else BY_ESTIMATES


def _earlier(loaded: LoadedPlan, journal: JournalPort, environment: Mapping[str, str], but: str) -> Iterable[Times]:
    most, found = (1 if len(loaded.graph.nodes) > MANY_TASKS else LOOKED_BACK), 0
    for summary in reversed(journal.runs()):
        if found == most:
            return
        if summary.plan_id != loaded.plan.id or summary.run == but or not summary.finished:
            continue
        with suppress(JournalError):
            if (times := times_of(journal.read(summary.run), loaded.settings, environment)) is not None:
                found += 1
                yield times


def times_of(
    envelopes: Iterable[Envelope], settings: Mapping[str, str] | None, environment: Mapping[str, str]
) -> Times | None:
    """How long the tasks of a run took until they succeeded. Pure.

    None if the run had other settings, or says nothing. environment: of the machine that asks. If the run was on the
    same machine, its pace is left out.
    """
    took: dict[str, float] = {}
    done: set[str] = set()
    given: Mapping[str, str] = {}
    machine: Mapping[str, str] = {}
    pace = 0.0
    for envelope in envelopes:
        match envelope.event:
            case RunStarted(settings=given, environment=machine) | RunResumed(settings=given, environment=machine):
                pass
            case RunExpected(pace=pace):
                pass
            case (
                TaskSucceeded(task=task, usage=usage)
                | TaskSampled(task=task, usage=usage)
                | AttemptFailed(task=task, usage=usage)
            ):
                took[task] = took.get(task, 0.0) + usage.seconds
                done |= {task} if isinstance(envelope.event, TaskSucceeded) else set()
    if not done or (settings is not None and dict(given) != dict(settings)):
        return None
    same = all(machine.get(fact) == environment.get(fact) for fact in MACHINE)
    return Times({task: took[task] for task in took if task in done}, 0.0 if same else pace)


def times_text(envelopes: Sequence[Envelope]) -> str:
    """A plan's file of times: how long the tasks of the run took, and its machine's pace, as JSON."""
    times = times_of(envelopes, None, {}) or Times({})
    told = {"pace": times.pace, "seconds": {task: round(took, 3) for task, took in times.seconds.items()}}
    return json.dumps(told, indent=1, sort_keys=True)


def _times_file(loaded: LoadedPlan) -> Iterable[Times]:
    """The times of the plan in the project: `plans/x.times.json` beside `plans/x.yaml`.

    A file that cannot be read gives nothing.
    """
    with suppress(OSError, ValueError, RecursionError):
        with Path(loaded.source).with_suffix(".times.json").open("rb") as file:
            said: Any = json.loads(file.read(TIMES_LIMIT))
        if isinstance(said, dict) and isinstance(said.get("seconds"), dict) and _is_time(said.get("pace")):
            yield Times(
                {str(task): took for task, took in said["seconds"].items() if _is_time(took)}, float(said["pace"])
            )


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value >= 0

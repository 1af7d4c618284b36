"""What a run would do with each task, and why: the words of `--explain`. Pure, except for the digests of files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from orchestrator.engine.reconcile import NOT_ASKED_FOR, Change, again
from orchestrator.graph.model import TaskGraph
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Fate(StrEnum):
    """The fate of a task. KEEP: its earlier result stands. REUSE: its result of another run stands."""

    RUN = "run"
    KEEP = "keep"
    REUSE = "reuse"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One task's fate, and why."""

    task: str
    fate: Fate
    why: str


def explain(
    graph: TaskGraph, state: RunState | None, change: Change, standing: Mapping[str, str] = NOTHING
) -> Iterator[Explanation]:
    """An explanation for every task, in the graph's order.

    state: of the run to be continued, None for a new run. standing: for a new run, which run each reused task comes
    from.
    """
    reasons = {} if state is None else again(graph, state, change)
    for task in graph.nodes:
        record = None if state is None else state.tasks.get(task)
        if task in change.excluded and (record is None or not record.settled or task in reasons):
            yield Explanation(task, Fate.SKIP, NOT_ASKED_FOR)
        elif task in standing:
            yield Explanation(task, Fate.REUSE, f"{standing[task]} did it with the same code, inputs and parameters")
        elif task in reasons:
            yield Explanation(task, Fate.RUN, reasons[task])
        elif record is None:
            yield Explanation(
                task, Fate.RUN, "there is no unfinished run to continue" if state is None else "it is new in the plan"
            )
        else:
            yield _as_it_stands(record)


def _as_it_stands(record: TaskRecord) -> Explanation:  # noqa: PLR0911 - one case for each status
    match record.status:
        case Status.PENDING:
            return Explanation(record.id, Fate.RUN, _why_pending(record))
        case Status.RUNNING:
            return Explanation(record.id, Fate.RUN, f"attempt {record.attempt} was cut off")
        case Status.WAITING:
            return Explanation(record.id, Fate.RUN, f"attempt {record.attempt} failed, and it has another")
        case Status.HANDED_IN:
            commit = record.hand_in.commit[:12] if record.hand_in else "its hand-in"
            why = (
                f"round {len(record.rounds) + 1} handed in {commit}, which is measured and judged; its agent is not "
                f"asked again for it"
            )
            return Explanation(record.id, Fate.KEEP, why)
        case Status.ASKED:
            return Explanation(record.id, Fate.KEEP, "it waits for a person")
        case Status.ANSWERED:
            return Explanation(record.id, Fate.KEEP, "a person answered; what follows from that is done next")
        case Status.SUCCEEDED:
            done = (
                f"round {len(record.rounds)} was accepted" if record.rounds else f"attempt {record.attempt} succeeded"
            )
            return Explanation(record.id, Fate.KEEP, f"{done}, and nothing of it changed")
        case _:
            return Explanation(record.id, Fate.KEEP, f"it {record.status} before, and nothing of it changed")


def _why_pending(record: TaskRecord) -> str:
    if record.rounds:
        return f"it has round {len(record.rounds) + 1}, after round {record.rounds[-1].number}: {record.rounds[-1].why}"
    return record.reason or "it has not run yet"

"""Which tasks need not run, because an earlier run of the plan did the same. Pure, except for `adopt`, which copies
the files.

The same means an equal fingerprint (runner, code, parameters, environment, …). All tasks above it must be reused too,
and must have left the same evidence. Measurements are reused only on request, because a machine is never twice the
same.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.model import Reuse, Task
from orchestrator.records import dataclass
from orchestrator.state.events import TaskReused
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status

Asked = Literal["auto", "all", "none"]
Adopt = Callable[[str, TaskRecord, Evidence], bool]
"""Copy what a task of another run left to where the given evidence says. Returns whether all of it is unchanged."""

SOFTWARE: Final = ("python", "package ")
NOT_THE_MACHINE: Final = ("load", "git", "limits", "prices")
ADOPTED: Final = 0
"""The attempt number of a reused task: it was not tried in this run."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What may be reused.

    asked: `auto` reuses tasks of runners that recorded no measurements; `all` also measurements and commands; `none`
    nothing. Except for `none`, a task's own `reuse` in the plan overrides it. candidates: tasks that have not run and
    are neither forced nor left out. environment: the current one. asks_less: whether the plan's criteria ask for less
    than those of an earlier run; then nothing that run measured is reused.
    """

    asked: Asked
    candidates: Collection[str]
    environment: Mapping[str, str]
    asks_less: Callable[[RunState], bool] = lambda _earlier: False


def reused(
    graph: TaskGraph, fingerprints: Mapping[str, str], earlier: Sequence[RunState], wish: Wish, adopt: Adopt
) -> Iterator[TaskReused]:
    """An event for each task that need not run, in the graph's order. earlier: runs of the same plan, the latest
    first.
    """
    if wish.asked == "none":
        return
    known = [(state, _identities(graph, state)) for state in earlier]
    here: dict[str, str] = {}
    for task in graph.nodes:
        if task not in wish.candidates or any(need not in here for need in graph.needs[task]):
            continue
        key = _key(fingerprints[task], [here[need] for need in graph.needs[task]])
        for state, identities in known:
            found = identities.get(task)
            if found is None or found[0] != key or not _may(graph.nodes[task].task, state, task, wish):
                continue
            event = _event(state.run, state.tasks[task])
            if adopt(state.run, state.tasks[task], event.evidence):
                here[task] = found[1]
                yield event
                break


def _identities(graph: TaskGraph, state: RunState) -> dict[str, tuple[str, str]]:
    """For each succeeded task two digests: of what it was done from, and of that together with what it left."""
    found: dict[str, tuple[str, str]] = {}
    for task in graph.nodes:
        record = state.tasks.get(task)
        if record is None or record.status is not Status.SUCCEEDED or record.evidence is None:
            continue
        if any(need not in found for need in graph.needs[task]):
            continue
        key = _key(state.fingerprints[task], [found[need][1] for need in graph.needs[task]])
        left = [(each.name, each.sha256) for each in record.evidence.artifacts]
        found[task] = key, _digest(key, repr(left), repr(record.evidence.measurements))
    return found


def _may(task: Task, state: RunState, name: str, wish: Wish) -> bool:
    """Whether a result of this kind may be reused in this environment."""
    evidence = state.tasks[name].evidence
    measured = bool(evidence and evidence.measurements)
    if task.approve is not None or task.brief is not None or state.tasks[name].answers:
        return False  # what a person said, or an agent did, holds for the run that it was said in
    if task.reuse is Reuse.NEVER or (
        measured and state.draws.get(name)
    ):  # drawn more than once: one draw does not stand for all
        return False
    if task.reuse is not Reuse.ALWAYS and wish.asked != "all" and (measured or task.run is None):
        return False
    if measured and wish.asks_less(state):
        return False
    return _facts(state.environment, whole=measured) == _facts(wish.environment, whole=measured)


def _facts(environment: Mapping[str, str], *, whole: bool) -> dict[str, str]:
    """The software; with `whole`, the machine too.

    The load does not count. Neither does a repository's state, which the code digest covers.
    """
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(SOFTWARE) or (whole and name not in NOT_THE_MACHINE)
    }


def _event(run: str, record: TaskRecord) -> TaskReused:
    evidence = record.evidence or Evidence()
    artifacts = tuple(replace(each, path=adopted(each.path)) for each in evidence.artifacts)
    used = tuple(replace(each, path=adopted(each.path)) for each in evidence.used)
    source, attempt = record.reused or (run, record.attempt)
    usage = record.usage or Usage(0.0, 0.0, 0, 0)
    return TaskReused(record.id, source, attempt, replace(evidence, artifacts=artifacts, used=used), usage)


def adopted(path: str) -> str:
    """Where a file is in the run that reuses it: "A.one/2/x" at "A.one/0/2/x". Further runs keep that place."""
    task, _, rest = path.partition("/")
    return path if rest.startswith(f"{ADOPTED}/") else f"{task}/{ADOPTED}/{rest}"


def _key(fingerprint: str, above: Sequence[str]) -> str:
    return _digest(fingerprint, *above)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

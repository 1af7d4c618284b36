"""What the tasks above a task left.

Runners in this process get it in memory. All others get it by its place in the run's file of results.
"""

from collections.abc import Iterator, Mapping
from threading import Lock

from orchestrator.engine.places import Places
from orchestrator.executors.order import LateInputs
from orchestrator.executors.results import RESULTS, Line, ResultsFile
from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.runner import TaskInput
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status


class Above:
    """Looks up results for one turn of a run (a start or a resume), during which settled tasks do not change.

    order: each task's place in the graph's order.
    """

    def __init__(self, graph: TaskGraph, places: Places, order: Mapping[str, int]) -> None:
        self._graph = graph
        self._places = places
        self._order = order
        self._lines: dict[str, Line] = {}
        self._file: ResultsFile | None = None
        self._lock = Lock()

    def inputs(self, state: RunState, task: str) -> LateInputs:
        """What every succeeded task above this one left, in the graph's order. It is put together on demand."""
        return LateInputs(lambda: tuple(self._inputs(state, task)), lambda: self._named(state, task))

    def _inputs(self, state: RunState, task: str) -> Iterator[TaskInput]:
        for above in sorted(self._graph.ancestors[task], key=self._order.__getitem__):
            found = self._input(state, above)
            if found is not None:
                yield found

    def _named(self, state: RunState, task: str) -> tuple[str, list[Line]]:
        """The file, and the lines of the tasks directly above. Lines that nobody asked for before are written now.

        Raises OSError.
        """
        with self._lock:
            path = self._places.run_folder(state.run) / RESULTS
            self._file = self._file or ResultsFile(path)
            for each in self._graph.needs[task]:
                self._write(self._file, state, each)
            return str(path), [self._lines[each] for each in self._graph.needs[task]]

    def _write(self, file: ResultsFile, state: RunState, task: str) -> None:
        """Write the line of a task, after those of all tasks above it."""
        waiting = [task]
        while waiting:
            one = waiting[-1]
            missing = [each for each in self._graph.needs[one] if each not in self._lines]
            if one not in self._lines and missing:
                waiting += missing
                continue
            if one not in self._lines:
                needs = [self._lines[each] for each in self._graph.needs[one]]
                self._lines[one] = file.put(one, self._order[one], needs, self._input(state, one))
            waiting.pop()

    def _input(self, state: RunState, task: str) -> TaskInput | None:
        """What the task left, None if it did not succeed."""
        record = state.tasks[task]
        if record.status is not Status.SUCCEEDED:
            return None
        return self._left(state.run, self._graph.nodes[task], record)

    def _left(self, run: str, node: TaskNode, record: TaskRecord) -> TaskInput:
        root = self._places.run_folder(run)
        series = self._places.attempt_folder(run, node.id, record.attempt) / "series.csv"
        evidence = record.evidence
        return TaskInput(
            task=node.id,
            group=node.group,
            title=node.task.title,
            agent=node.agent,
            artifacts={each.name: root / each.path for each in evidence.artifacts} if evidence else {},
            measurements=evidence.measurements if evidence else (),
            usage=record.usage,
            series=series if record.usage is not None and record.usage.samples else None,
        )

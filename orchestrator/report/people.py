"""Rows about questions to people and their answers, for everything that shows a run. Pure."""

from collections.abc import Iterator

from orchestrator.graph.model import TaskGraph
from orchestrator.report.model import PersonRow
from orchestrator.state.people import Answer
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status


def people_rows(graph: TaskGraph, state: RunState) -> Iterator[PersonRow]:
    """By task in the graph's order: every answer, those that are void among them, then the question that is open."""
    for task in graph.nodes:
        record = state.tasks.get(task)
        if record is None or record.asked is None:
            continue
        for answer in record.answers:
            yield PersonRow(task, record.asked, answer, _holds(answer))
        if record.answer is None and not (record.answers and record.status is Status.PENDING):
            yield PersonRow(task, record.asked, None, _open(record))


def _holds(answer: Answer) -> str:
    return f"void: {answer.void}" if answer.void else "holds"


def _open(record: TaskRecord) -> str:
    if record.status is Status.ASKED:
        return "waits for an answer"
    if record.failures:
        return record.failures[-1].message
    return record.reason or str(record.status)

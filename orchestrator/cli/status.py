"""`orchestrate status`: how a run stands, by task and by criterion."""

import dataclasses
from collections import Counter
from pathlib import Path
from typing import Any

from orchestrator.cli.agents_status import agents_data, agents_text
from orchestrator.cli.condition import clock, condition
from orchestrator.cli.output import counted, duration, say, table
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.engine.contract import describe, loosened_in
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status


def show_status(state: Path, name: str | None, *, as_data: bool) -> None:
    """Show one run. Raises UsageError for a run that is not there, JournalError."""
    with opened_journal(state) as journal:
        summary = find_run(journal, name)
        owner = journal.owned(summary.run)
        run = fold(journal.read(summary.run))
    word = condition(summary, owner)
    pid = owner.owner.pid if owner else None
    say(as_json(_data(run, word, pid)) if as_data else _text(run, word, pid))


def _data(run: RunState, word: str, pid: int | None) -> dict[str, Any]:
    return {
        "run": run.run,
        "plan": run.plan_id,
        "plan_digest": run.plan_digest,
        "condition": word,
        "owner_pid": pid,
        "exit_code": run.exit_code,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "waits": run.asking,
        "answers": {
            record.id: [dataclasses.asdict(one) for one in record.answers]
            for record in run.tasks.values()
            if record.answers
        },
        "tasks": [_task_data(record) for record in run.tasks.values()],
        "verdicts": [dataclasses.asdict(verdict) for verdict in run.verdicts.values()],
        "loosened": [dataclasses.asdict(one) for one in loosened_in(run)],
        **agents_data(run),
    }


def _task_data(record: TaskRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "status": record.status.value,
        "attempt": record.attempt,
        "seconds": record.seconds,
        "failures": [dataclasses.asdict(failure) for failure in record.failures],
        "reason": record.reason,
        "note": record.notes[-1] if record.notes else "",
    }


def _text(run: RunState, word: str, pid: int | None) -> str:
    counts = Counter(record.status.value for record in run.tasks.values())
    owner = f" (process {pid})" if pid else ""
    lines = [
        f"{run.run}: {word}{owner}, started {clock(run.started_at)}",
        f"{counted(len(run.tasks), 'task')}: {', '.join(f'{count} {status}' for status, count in sorted(counts.items()))}",
        "",
        table(("task", "status", "attempt", "time", ""), map(_row, run.tasks.values())),
    ]
    if told := agents_text(run):
        lines += ["", told]
    if run.verdicts:
        rows = ((v.criterion, v.outcome.value, v.detail) for v in run.verdicts.values())
        lines += ["", table(("criterion", "verdict", ""), rows)]
    if loosened := loosened_in(run):
        lines += ["", *(f"contract {describe(one)}" for one in loosened)]
    if run.asking:
        lines += ["", *(f"waits    {task}: orchestrate inbox {run.run}" for task in run.asking)]
    if word in {"interrupted", "died", "waits for people"}:
        lines += ["", f"resume with: orchestrate resume {run.run}"]
    return "\n".join(lines)


def _row(record: TaskRecord) -> tuple[str, ...]:
    seconds = "" if record.seconds is None else duration(record.seconds)
    failure = record.failures[-1].message if record.failures else ""
    why = _asked(record) or record.reason or failure or (record.notes[-1] if record.notes else "")
    return record.id, record.status.value, str(record.attempt or ""), seconds, why


def _asked(record: TaskRecord) -> str:
    """What a person is asked, or said last while that holds."""
    if record.status is Status.ASKED and record.asked is not None:
        return f"{record.asked.who} is asked: {record.asked.text}"
    answer = record.answer
    if answer is None:
        return ""
    return f"{answer.word.value} by {answer.by}" + (f": {answer.comment}" if answer.comment else "")

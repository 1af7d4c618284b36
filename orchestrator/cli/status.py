"""`orchestrate status`: how a run stands, by task and by criterion."""

import dataclasses
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from orchestrator.cli.agents_status import agents_data, agents_text
from orchestrator.cli.clock import clock
from orchestrator.cli.output import counted, duration, plain, say
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.cli.screen import WIDEST, Screen, screen_of_stdout
from orchestrator.cli.status_text import Moment, moment_after, run_text
from orchestrator.engine.contract import describe, loosened_in
from orchestrator.errors import OrchestratorError
from orchestrator.journal.condition import condition
from orchestrator.plan.load import parse_plan
from orchestrator.plan.model import Plan
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.telling.record import Sent, untold

LARGEST_PLAN: Final = 2**19  # characters


def show_status(state: Path, name: str | None, *, as_data: bool, everything: bool = False) -> None:
    """Show one run. everything: a line for each task. Raises UsageError for a run that is not there, JournalError."""
    with opened_journal(state) as journal:
        summary = find_run(journal, name)
        owner = journal.owned(summary.run)
        events = journal.read(summary.run)
    run, now = fold(events), moment_after(events[-1], time.time())
    word = condition(summary, owner)
    pid = owner.owner.pid if owner else None
    screen, left = screen_of_stdout(), untold(state, summary.run)
    if as_data:
        say(as_json({**_data(run, word, pid), "untold": [dataclasses.asdict(one) for one in left]}))
        return
    shown = replace(screen, height=WIDEST) if everything else screen
    say("\n".join([_text(run, word, pid, shown, now), *_untold(left, screen)]))


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


def _text(run: RunState, word: str, pid: int | None, screen: Screen, now: Moment) -> str:
    counts = Counter(record.status.value for record in run.tasks.values())
    owner = f" (process {pid})" if pid else ""
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    lines = [
        *screen.wrap(f"{run.run}: {word}{owner}, started {clock(run.started_at)}{_lasted(run)}"),
        *screen.wrap(f"{counted(len(run.tasks), 'task')}: {told}"),
        "",
        *run_text(run, _plan(run), screen, now),
    ]
    if told := agents_text(run):
        lines += ["", told]
    if loosened := loosened_in(run):
        lines += ["", *(line for one in loosened for line in screen.wrap(f"contract {describe(one)}"))]
    if run.asking:
        lines += ["", *(f"waits    {task}: orchestrate inbox {run.run}" for task in run.asking)]
    if word in {"interrupted", "died", "waits for people"}:
        lines += ["", f"resume with: orchestrate resume {run.run}"]
    return "\n".join(lines)


def _untold(left: Sequence[Sent], screen: Screen) -> list[str]:
    """What nobody could be told of the run."""
    told = [plain(f"untold   {one.title}, to {one.target}: {one.problem}") for one in left]
    return ["", *(line for each in told for line in screen.wrap(each))] if told else []


def _lasted(run: RunState) -> str:
    if run.started_at is None or run.ended_at is None or run.resumes:
        return ""
    return f", took {duration(max(0.0, run.ended_at - run.started_at))}"


def _plan(run: RunState) -> Plan | None:
    """The run's plan, for titles and targets; None where another version wrote it, or where reading it would take
    longer than all the rest.
    """
    if len(run.plan_text) > LARGEST_PLAN:
        return None
    try:
        return parse_plan(run.plan_text, run.plan_source, run.settings)
    except OrchestratorError:
        return None

"""The part of `orchestrate status` about agents' tasks: rounds, hand-ins, spending."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from orchestrator.cli.output import duration, one_line, table
from orchestrator.errors import OrchestratorError
from orchestrator.graph.load import LoadedPlan, load_text
from orchestrator.report.agentwork import AgentTask, agent_tasks, spent_rows
from orchestrator.report.model import SpendRow
from orchestrator.state.rounds import Round
from orchestrator.state.run import RunState


def agents_data(run: RunState) -> dict[str, Any]:
    """The keys `agents`, `merges` and `spent`; empty where no task is done from a brief."""
    loaded = _loaded(run)
    if loaded is None:
        return {}
    return {
        "agents": [_task_data(run, each) for each in agent_tasks(loaded.plan, loaded.graph, run)],
        "merges": [
            {"merge": task, **dataclasses.asdict(each)} for task, record in run.tasks.items() for each in record.joined
        ],
        "spent": [dataclasses.asdict(row) for row in spent_rows(loaded.plan, loaded.graph, run)],
    }


def agents_text(run: RunState) -> str:
    """Two tables: agents' tasks, and what they cost; "" where no task is done from a brief."""
    loaded = _loaded(run)
    if loaded is None:
        return ""
    tasks = [_row(each) for each in agent_tasks(loaded.plan, loaded.graph, run)]
    spent = [_spent_row(row) for row in spent_rows(loaded.plan, loaded.graph, run) if row.budget or row.spent.turns]
    heads = ("spent by", "turns", "time", "tokens", "reserved", "USD", "unknown")
    parts = [table(("agent's task", "agent", "round", "stands", "commit", ""), tasks)] if tasks else []
    return "\n\n".join([*parts, table(heads, spent)]) if spent else "\n\n".join(parts)


def _loaded(run: RunState) -> LoadedPlan | None:
    """The run's plan, where it can have agents' tasks: reading a large one takes longer than all the rest."""
    if "brief" not in run.plan_text:
        return None
    try:
        return load_text(run.plan_text, run.plan_source, run.settings)
    except OrchestratorError:  # written by another version; the tasks are shown all the same
        return None


def _task_data(run: RunState, one: AgentTask) -> dict[str, Any]:
    return {**dataclasses.asdict(one), "history": [_round_data(each) for each in run.tasks[one.task].rounds]}


def _round_data(one: Round) -> dict[str, Any]:
    return {
        "round": one.number,
        "passed": one.passed,
        "why": one.why,
        "commit": one.hand_in.commit if one.hand_in else "",
        "verdicts": [dataclasses.asdict(verdict) for verdict in one.verdicts],
    }


def _row(one: AgentTask) -> tuple[str, ...]:
    number = f"{one.round} of {one.of}" if one.round else ""
    return one.task, one.agent, number, one.stands, one.commit[:12], "" if one.stands == "accepted" else one.why


def _spent_row(row: SpendRow) -> tuple[str, ...]:
    spent, budget = row.spent, row.budget
    return (
        row.whose,
        _of(str(spent.turns), budget.get("turns"), str),
        _of(duration(spent.seconds), budget.get("time"), duration),
        _of(f"{spent.tokens:,}", budget.get("tokens"), "{:,.0f}".format),
        f"{spent.open_tokens:,}" if spent.open_tokens else "",
        _of(f"{spent.cost:.4g}", budget.get("cost"), "{:.4g}".format),
        one_line("; ".join(_unknown(row))),
    )


def _of(used: str, limit: float | None, spell: Any) -> str:  # noqa: ANN401 - a function of the limit
    return used if limit is None else f"{used} of {spell(limit)}"


def _unknown(row: SpendRow) -> Iterator[str]:
    if row.spent.unknown:
        yield f"usage of {row.spent.unknown} calls"
    if row.spent.unpriced:
        yield f"price of {row.spent.unpriced} calls"

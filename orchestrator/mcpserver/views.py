"""What an agent sees of a run, as plain data. Pure."""

from collections.abc import Iterator
from typing import Any

from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.codec import plain
from orchestrator.plan.drivers import Driver
from orchestrator.report.agentwork import commit_of, stands
from orchestrator.state.rounds import Round
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status


def plan_view(loaded: LoadedPlan, state: RunState) -> dict[str, Any]:
    """The plan with how each task and criterion stands."""
    plan, graph = loaded.plan, loaded.graph
    return {
        "run": state.run, "plan": plan.id, "title": plan.title, "digest": state.plan_digest,
        "tasks": [
            {"task": task, "title": node.task.title, "agent": node.agent, "needs": list(graph.needs[task]),
            "status": state.tasks[task].status.value}
            for task, node in graph.nodes.items() if task in state.tasks
        ],
        "criteria": [
            {
                "criterion": name, "title": each.title, "metric": each.metric, "target": str(each.target),
                "verdict": state.verdicts[name].outcome.value if name in state.verdicts else "not judged yet",
            }
            for name, each in plan.criteria.items()
        ],
    }  # fmt: skip


def offers_view(loaded: LoadedPlan, state: RunState, agent: str) -> list[dict[str, Any]]:
    """The turns that wait to be claimed by an agent of that name."""
    return [
        {
            "run": state.run, "task": task, "title": node.task.title, "round": len(record.rounds) + 1,
            "of": node.task.rounds,
            "until": list(node.task.until), "writes": list(node.task.writes),
        }
        for task, node, record in _pulled(loaded, state)
        if node.agent == agent and record.status is Status.RUNNING and record.claim is None
    ]  # fmt: skip


def _pulled(loaded: LoadedPlan, state: RunState) -> Iterator[tuple[str, Any, TaskRecord]]:
    for task, node in loaded.graph.nodes.items():
        agent = loaded.plan.agents[node.agent]
        if node.task.brief is not None and agent.driver == Driver.PULL and task in state.tasks:
            yield task, node, state.tasks[task]


def verdicts_view(state: RunState, task: str) -> dict[str, Any]:
    """How a task stands, and what became of each of its rounds."""
    record = state.tasks[task]
    return {
        "task": task, "attempt": record.attempt, "status": record.status.value, "stands": stands(record),
        "commit": commit_of(record),
        "rounds": [_round(one) for one in record.rounds], "answers": answers_view(state, task),
    }  # fmt: skip


def answers_view(state: RunState, task: str) -> list[dict[str, Any]]:
    """What was asked of people in a task, and what they answered: "" while nobody did."""
    return [
        {
            "question": each.name, "asked": each.text,
            "answer": each.reply.text if each.reply else "", "by": each.reply.by if each.reply else "",
        }
        for each in state.tasks[task].questions
    ]  # fmt: skip


def _round(one: Round) -> dict[str, Any]:
    return {
        "round": one.number, "passed": one.passed, "why": one.why, "commit": one.hand_in.commit if one.hand_in else "",
        "verdicts": [plain(each) for each in one.verdicts],
    }  # fmt: skip


def evidence_view(state: RunState, task: str) -> dict[str, Any]:
    """What was measured in a task, by metric, and the files that it left."""
    evidence = state.tasks[task].evidence
    if evidence is None:
        return {"task": task, "measurements": [], "artifacts": []}
    return {
        "task": task,
        "measurements": [plain(each) for each in evidence.measurements],
        "artifacts": [plain(each) for each in evidence.artifacts],
    }

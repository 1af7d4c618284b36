"""The graph and its forecast as plain data: one JSON shape for `orchestrate graph -f json` and `schedule --json`."""

from dataclasses import asdict
from typing import Any

from orchestrator.graph.model import TaskGraph
from orchestrator.graph.schedule import Schedule, forecast
from orchestrator.plan.model import Plan


def graph_view(graph: TaskGraph, plan: Plan) -> dict[str, Any]:
    """Groups, tasks in topological order, edges as [from, to], and the critical path. Times in seconds."""
    schedule = forecast(plan, graph)
    return {
        "plan": plan.id,
        "title": plan.title,
        "groups": [
            {"id": name, "title": group.title, "stage": name in plan.stages, "lead": group.lead}
            for name, group in plan.groups.items()
        ],
        "tasks": [
            {
                "id": name,
                "group": node.group,
                "title": node.task.title,
                "agent": node.agent,
                "estimate": node.estimate,
                "demand": dict(node.demand),
                "critical": schedule.tasks[name].critical,
            }
            for name, node in graph.nodes.items()
        ],
        "edges": [[need, task] for task, needs in graph.needs.items() for need in needs],
        "critical_path": list(schedule.critical_path),
    }


def schedule_view(schedule: Schedule) -> dict[str, Any]:
    """The forecast as plain data: makespan, critical path, each task's times, each agent's load."""
    return {
        "makespan": schedule.makespan,
        "length": schedule.length,
        "critical_path": list(schedule.critical_path),
        "tasks": [asdict(one) for one in schedule.tasks.values()],
        "load": [asdict(one) for one in schedule.load.values()],
    }

"""A shape as a plan of ours: one workstream of one task each job, as JSON or as YAML text."""

import json
from collections.abc import Mapping
from typing import Any, Final

from benchmarks.engine.shapes import Job, Shape

WORK: Final[Mapping[str, str]] = {"noop": "bench.noop", "sleep": "bench.sleep"}


def plan_of(shape: Shape) -> dict[str, Any]:
    """The plan's data. An agent's capacity is at most 1024; the jobs of a run are limited by `--jobs`."""
    return {
        "schema": 1,
        "id": shape.name if shape.name[0].isalpha() else f"x{shape.name}",
        "title": f"{len(shape.jobs)} tasks, {shape.edges} needs",
        "agents": {"MAKER": {"specialty": "Benchmarks", "capacity": 1024}},
        "workstreams": {"W": {"title": shape.name, "lead": "MAKER", "tasks": [_task(job) for job in shape.jobs]}},
    }


def as_json(shape: Shape) -> str:
    """The plan as JSON text."""
    return json.dumps(plan_of(shape), indent=1)


def wide_plan(count: int) -> dict[str, Any]:
    """Independent no-ops by matrices of 1,000 each, as no text that people write has 100,000 tasks. count: of
    thousands.
    """
    many = {"run": WORK["noop"], "needs": [], "matrix": {"n": list(range(1000))}}
    plan = plan_of(Shape(f"wide-{count}000", ()))
    plan["workstreams"]["W"]["tasks"] = [{"id": f"t{index}", "title": "t", **many} for index in range(count)]
    return plan


def as_yaml(shape: Shape) -> str:
    """The plan as YAML, a task on each line, as people write them."""
    plan = plan_of(shape)
    tasks = plan["workstreams"]["W"].pop("tasks")
    head = [f"{key}: {json.dumps(value)}" for key, value in plan.items() if key != "workstreams"]
    group = json.dumps(plan["workstreams"]["W"])[1:-1]
    lines = [*head, "workstreams:", "  W:", *(f"    {part}" for part in group.replace('", "', '"\n"').split("\n"))]
    return "\n".join([*lines, "    tasks:", *(f"      - {_flow(task)}" for task in tasks), ""])


def _task(job: Job) -> dict[str, Any]:
    programs = {"true": ["true"], "program": ["sleep", str(job.seconds)]}
    work: dict[str, Any] = {"command": programs[job.kind]} if job.kind in programs else {"run": WORK[job.kind]}
    if job.kind == "sleep":
        work["with"] = {"seconds": job.seconds}
    return {"id": job.name, "title": job.name, **work, "needs": list(job.needs)}


def _flow(task: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {json.dumps(value)}" for key, value in task.items()) + "}"

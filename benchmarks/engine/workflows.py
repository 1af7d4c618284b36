"""The graph of a workflow instance of WfCommons as a shape of no-ops."""

from pathlib import Path

from benchmarks.engine.shapes import Job, Shape
from orchestrator.graph.load import load_plan


def shape_of(path: Path) -> Shape:
    """Its tasks in topological order, with the needs that do not follow from others. Raises PlanError."""
    graph = load_plan(path).graph
    jobs = tuple(
        Job(task.partition(".")[2], needs=tuple(need.partition(".")[2] for need in graph.needs[task]))
        for task in graph.nodes
    )
    return Shape(path.stem, jobs)

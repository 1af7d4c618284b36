"""The graph in Graphviz's DOT language. Source: https://graphviz.org/doc/info/lang.html"""

from collections.abc import Iterator, Mapping

from orchestrator.graph.drawing import Box, Drawing, draw
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.model import Plan


def to_dot(
    graph: TaskGraph, plan: Plan, *, outcomes: Mapping[str, str] | None = None, collapsed: bool | None = None
) -> str:
    """A digraph with a cluster per workstream or stage. Arguments are as for `to_mermaid`."""
    return "\n".join(_lines(draw(graph, plan, outcomes=outcomes, collapsed=collapsed))) + "\n"


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "digraph plan {"
    yield f"  label={quote(drawing.title)} labelloc=t rankdir=LR"
    yield "  node [shape=box style=rounded fontname=sans-serif]"
    for frame, title in drawing.frames.items():
        yield f"  subgraph {quote('cluster_' + frame)} {{"
        yield f"    label={quote(title)}"
        yield from (f"    {_box(box)}" for box in drawing.boxes if box.frame == frame)
        yield "  }"
    if not drawing.frames:
        yield from (f"  {_box(box)}" for box in drawing.boxes)
    for one, other, critical in drawing.arrows:
        yield f"  {quote(one)} -> {quote(other)}{' [color=red penwidth=2]' if critical else ''}"
    yield "}"


def _box(box: Box) -> str:
    mark = " color=red penwidth=2" if box.critical else ""
    outcome = f" class={quote(box.outcome)}" if box.outcome else ""
    return f"{quote(box.name)} [label={quote(*box.lines)}{mark}{outcome}]"


def quote(*lines: str) -> str:
    """A quoted string; each argument is one line of it, in which nothing is an escape."""
    plain = ("".join(part if part.isprintable() else " " for part in line) for line in lines)
    return '"' + "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in plain) + '"'

"""The graph as a Mermaid flowchart, which code hosts draw. Syntax: https://mermaid.js.org/syntax/flowchart.html"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from orchestrator.graph.drawing import OUTCOMES, Box, Drawing, draw
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.model import Plan

STYLES: Final = {  # every fill sets its text's colour too, so that it is readable on light and dark pages
    "critical": "stroke:#d4380d,stroke-width:3px",
    "succeeded": "fill:#d9f7be,color:#135200",
    "failed": "fill:#ffccc7,color:#820014",
    "cancelled": "fill:#ffe7ba,color:#873800",
    "skipped": "fill:#f0f0f0,color:#595959,stroke-dasharray:4 3",
    "running": "fill:#bae0ff,color:#003eb3",
    "pending": "fill:#ffffff,color:#434343",
}
ESCAPES: Final = {"#": "#35;", "&": "#38;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\\": "#92;"}
READABLE: Final = 60  # boxes of tasks on a page
WIDEST: Final = 2.0  # times as wide as high
BOX: Final = (260, 110)  # about what a box with three lines takes, with the space around it
LINK: Final = "stroke:#d4380d,stroke-width:3px"


def to_mermaid(
    graph: TaskGraph,
    plan: Plan,
    *,
    outcomes: Mapping[str, str] | None = None,
    collapsed: bool | None = None,
    path: tuple[str, ...] | None = None,
) -> str:
    """A flowchart with a subgraph per workstream or stage, estimates on the boxes and the critical path in red.

    outcomes: by task id, one of succeeded, failed, skipped, cancelled, running, pending; they colour the boxes.
    collapsed: groups instead of tasks; None means only if the tasks would be more than 200 boxes or arrows. path: the
    critical one, if it is known.
    """
    drawing = draw(graph, plan, outcomes=outcomes, collapsed=collapsed, path=path)
    return "\n".join(_lines(drawing, "LR")) + "\n"


def to_page(
    graph: TaskGraph, plan: Plan, outcomes: Mapping[str, str], figures: Mapping[str, str], path: tuple[str, ...]
) -> str:
    """For the width of a page: no wider than twice its height, from the top down where it would be; else of the
    groups, each with a figure.
    """
    tasks = draw(graph, plan, outcomes=outcomes, path=path, figures=figures)
    if len(tasks.boxes) <= READABLE and (direction := direction_of(tasks)):
        return "\n".join(_lines(tasks, direction)) + "\n"
    groups = draw(graph, plan, outcomes=outcomes, collapsed=True, path=path, figures=figures)
    return "\n".join(_lines(groups, direction_of(groups) or "TB")) + "\n"


def direction_of(drawing: Drawing) -> str:
    """From left to right, or from the top down where that would be wider than WIDEST; "" where that is so either
    way.
    """
    ranks = _ranks(drawing)
    deep, broad = max(ranks.values(), default=0) + 1, max(Counter(ranks.values()).values(), default=1)
    if deep * BOX[0] <= WIDEST * broad * BOX[1]:
        return "LR"
    return "TB" if broad * BOX[0] <= WIDEST * deep * BOX[1] else ""


def _ranks(drawing: Drawing) -> dict[str, int]:
    """How many boxes at most lie before each, as the drawing's layers will be."""
    before: dict[str, list[str]] = {box.name: [] for box in drawing.boxes}
    for one, other, _ in drawing.arrows:
        before[other].append(one)
    ranks: dict[str, int] = {}
    waiting = list(before)
    while waiting:
        later = []
        for name in waiting:
            if all(one in ranks for one in before[name]):
                ranks[name] = max((ranks[one] + 1 for one in before[name]), default=0)
            else:
                later.append(name)
        if len(later) == len(waiting):  # groups that need each other's tasks
            return ranks | dict.fromkeys(later, 0)
        waiting = later
    return ranks


def _lines(drawing: Drawing, direction: str) -> Iterator[str]:
    names = identifiers([box.name for box in drawing.boxes])
    frames = identifiers(list(drawing.frames), "g_")
    yield f"flowchart {direction}"
    for frame, title in drawing.frames.items():
        yield f'  subgraph {frames[frame]}["{escape(title)}"]'
        yield from (f"    {_box(box, names)}" for box in drawing.boxes if box.frame == frame)
        yield "  end"
    if not drawing.frames:
        yield from (f"  {_box(box, names)}" for box in drawing.boxes)
    yield from (f"  {names[one]} --> {names[other]}" for one, other, _ in drawing.arrows)
    marked = [str(index) for index, (_, _, critical) in enumerate(drawing.arrows) if critical]
    if marked:
        yield f"  linkStyle {','.join(marked)} {LINK}"
    yield from _classes(drawing, names)


def _classes(drawing: Drawing, names: Mapping[str, str]) -> Iterator[str]:
    members = {"critical": [names[box.name] for box in drawing.boxes if box.critical]}
    members |= {one: [names[box.name] for box in drawing.boxes if box.outcome == one] for one in OUTCOMES}
    for style, boxes in members.items():
        if boxes:
            yield f"  classDef {style} {STYLES[style]}"
            yield f"  class {','.join(boxes)} {style}"


def _box(box: Box, names: Mapping[str, str]) -> str:
    return f'{names[box.name]}["{"<br/>".join(escape(line) for line in box.lines)}"]'


def identifiers(names: list[str], prefix: str = "n_") -> dict[str, str]:
    """A Mermaid identifier for each name: letters, digits and _, unique, stable if names are added elsewhere."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        base = identifier = prefix + re.sub(r"[^A-Za-z0-9]", "_", name)
        count = 2
        while identifier in taken:
            identifier, count = f"{base}_{count}", count + 1
        taken.add(identifier)
        found[name] = identifier
    return found


def escape(text: str) -> str:
    """Text within a quoted label. Nothing in it can end the label, be markup, or break the line."""
    plain = " ".join("".join(part if part.isprintable() else " " for part in text).split())
    return "".join(ESCAPES.get(part, part) for part in plain)

"""The part of the graph that a review is about, as a Mermaid flowchart: what changed, and what lies next to it."""

from collections.abc import Iterator
from typing import Final

from orchestrator.graph.mermaid import escape, identifiers
from orchestrator.review.change import Action, Part
from orchestrator.review.compare import Review

STYLES: Final = {  # every fill says its text's colour too, so that light and dark pages both stay readable
    "added": "fill:#d9f7be,color:#135200",
    "removed": "fill:#ffccc7,color:#820014,stroke-dasharray:4 3",
    "changed": "fill:#fff1b8,color:#613400",
    "next": "fill:#f5f5f5,color:#434343",
}
REMOVED_LINK: Final = "stroke:#cf1322,stroke-dasharray:4 3"
ADDED_LINK: Final = "stroke:#389e0d,stroke-width:3px"
LARGEST: Final = 120
"""Boxes; beyond it no drawing helps, and code hosts refuse large ones."""


def to_mermaid(review: Review) -> str:
    """The flowchart; empty where no task or edge changed, or where the drawing would be too large."""
    styles = _styles(review)
    boxes = _with_neighbours(review, styles)
    if not boxes or len(boxes) > LARGEST:
        return ""
    return "\n".join(_lines(review, styles, boxes)) + "\n"


def _styles(review: Review) -> dict[str, str]:
    """What became of each task, by its new name (or its old one, where it is gone)."""
    styles: dict[str, str] = {}
    for one in review.changes:
        if one.part in {Part.TASK, Part.ESTIMATE}:
            moved = one.action in {Action.RENAMED, Action.MOVED}
            styles[one.after if moved else one.name] = "changed" if moved else str(one.action)
        elif one.part is Part.EDGE:
            for name in one.name.split(" -> "):
                styles.setdefault(name, "changed")
    return styles


def _edges(review: Review) -> dict[tuple[str, str], str]:
    """Every edge of either plan, by new names: "kept", "removed" or "added"."""
    named = dict(review.tasks.kept)
    old = {
        (named.get(need, need), named.get(task, task))
        for task, needs in review.old.graph.needs.items()
        for need in needs
    }
    new = {(need, task) for task, needs in review.new.graph.needs.items() for need in needs}
    order = sorted(old | new)
    return {edge: "kept" if edge in old and edge in new else "added" if edge in new else "removed" for edge in order}


def _with_neighbours(review: Review, styles: dict[str, str]) -> list[str]:
    near = {end for edge in _edges(review) if not styles.keys().isdisjoint(edge) for end in edge}
    return sorted(near | styles.keys())


def _lines(review: Review, styles: dict[str, str], boxes: list[str]) -> Iterator[str]:
    names = identifiers(boxes)
    yield "flowchart LR"
    yield from (f'  {names[box]}["{escape(box)}"]' for box in boxes)
    drawn = {edge: kind for edge, kind in _edges(review).items() if edge[0] in names and edge[1] in names}
    for (one, other), kind in drawn.items():
        yield f"  {names[one]} {'-.->' if kind == 'removed' else '-->'} {names[other]}"
    for kind, link in (("removed", REMOVED_LINK), ("added", ADDED_LINK)):
        if marked := [str(index) for index, of in enumerate(drawn.values()) if of == kind]:
            yield f"  linkStyle {','.join(marked)} {link}"
    for style, look in STYLES.items():
        if members := [names[box] for box in boxes if styles.get(box, "next") == style]:
            yield f"  classDef {style} {look}"
            yield f"  class {','.join(members)} {style}"

"""Where each box of a drawing stands: in layers from left to right, with few crossings.

The method is Sugiyama, Tagawa and Toda's (1981), by igraph; here its rows become columns, and steps become pixels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from orchestrator.graph.drawing import Drawing

WIDTH: Final = 236
HEIGHT: Final = 62
ACROSS: Final = 56
DOWN: Final = 18
MARGIN: Final = 16


@dataclass(frozen=True, slots=True)
class Layout:
    """Top left corners of the boxes by name, in pixels, and the size of the whole."""

    places: Mapping[str, tuple[float, float]]
    width: float
    height: float


def lay_out(drawing: Drawing) -> Layout:
    """The places of a drawing's boxes; the same drawing gives the same places."""
    names = [box.name for box in drawing.boxes]
    if not names:
        return Layout({}, 2 * MARGIN, 2 * MARGIN)
    number = {name: index for index, name in enumerate(names)}
    igraph: Any = import_module("igraph")  # loaded where used: drawing is not what most commands do
    edges = [(number[one], number[other]) for one, other, _ in drawing.arrows]
    found = igraph.Graph(n=len(names), edges=edges, directed=True).layout_sugiyama(hgap=1, vgap=1)
    steps = [(float(layer), float(row)) for row, layer in found.coords[: len(names)]]
    top = min(row for _, row in steps)
    places = {
        name: (MARGIN + layer * (WIDTH + ACROSS), MARGIN + (row - top) * (HEIGHT + DOWN))
        for name, (layer, row) in zip(names, steps, strict=True)
    }
    width = max(x for x, _ in places.values()) + WIDTH + MARGIN
    height = max(y for _, y in places.values()) + HEIGHT + MARGIN
    return Layout(places, width, height)

"""The place of each box of a drawing: in layers from left to right, with few crossings.

The method is by Sugiyama, Tagawa and Toda (1981), from grandalf. Its layers go down the page, so the axes are
exchanged here.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from orchestrator.graph.drawing import Drawing
from orchestrator.records import dataclass

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


@dataclass(slots=True)
class _View:
    """What grandalf knows about a box: its sizes along and across a layer. grandalf sets the middle."""

    w: float
    h: float
    xy: tuple[float, float] = (0.0, 0.0)


def lay_out(drawing: Drawing) -> Layout:
    """The places of a drawing's boxes. The same drawing gives the same places. Connected boxes are placed together."""
    return _layered(drawing) if drawing.arrows else _column(drawing)


def _column(drawing: Drawing) -> Layout:
    """Boxes without arrows, one below the other. They do not load the library, which takes longer than a small run."""
    places = {box.name: (float(MARGIN), MARGIN + nth * (HEIGHT + DOWN)) for nth, box in enumerate(drawing.boxes)}
    width = 2.0 * MARGIN + WIDTH if places else float(MARGIN + WIDTH)
    return Layout(places, width, float(MARGIN + len(places) * (HEIGHT + DOWN)))


def _layered(drawing: Drawing) -> Layout:
    """Boxes in layers, each behind those that point at it."""
    graphs: Any = import_module("grandalf.graphs")  # loaded on use, because most commands draw nothing
    vertices = {box.name: graphs.Vertex(box.name) for box in drawing.boxes}
    for vertex in vertices.values():
        vertex.view = _View(HEIGHT, WIDTH)
    edges = [graphs.Edge(vertices[one], vertices[other]) for one, other, _ in drawing.arrows]
    places: dict[str, tuple[float, float]] = {}
    below = float(MARGIN)
    for part in graphs.Graph(list(vertices.values()), edges).C:
        below = _place(part, below, places)
    width = max((x for x, _ in places.values()), default=0.0) + WIDTH + MARGIN
    return Layout({name: places[name] for name in vertices}, width, below)


def _place(part: Any, below: float, places: dict[str, tuple[float, float]]) -> float:  # noqa: ANN401 - untyped
    """Put one connected part below what is there. Returns where the next one begins."""
    sugiyama = import_module("grandalf.layouts").SugiyamaLayout(part)
    sugiyama.xspace, sugiyama.yspace = DOWN, ACROSS
    sugiyama.init_all()
    sugiyama.draw()
    middles = {vertex.data: vertex.view.xy for vertex in part.sV}
    first_row, first_layer = (min(middle[axis] for middle in middles.values()) for axis in (0, 1))
    for name, (row, layer) in middles.items():
        places[name] = (MARGIN + layer - first_layer, below + row - first_row)
    return max(places[name][1] for name in middles) + HEIGHT + DOWN

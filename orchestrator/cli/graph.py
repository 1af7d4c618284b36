"""`orchestrate graph`: the plan's graph as Mermaid, DOT, SVG or JSON."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from orchestrator.atomic_write import write_whole
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import say
from orchestrator.cli.places import as_json
from orchestrator.cli.settings import parse_settings
from orchestrator.graph.dot import to_dot
from orchestrator.graph.drawing import draw
from orchestrator.graph.load import LoadedPlan, load_plan
from orchestrator.graph.mermaid import to_mermaid
from orchestrator.graph.svg import to_svg
from orchestrator.graph.view import graph_view

FORMATS: Final[Mapping[str, Callable[[LoadedPlan], str]]] = {
    "mermaid": lambda loaded: to_mermaid(loaded.graph, loaded.plan),
    "dot": lambda loaded: to_dot(loaded.graph, loaded.plan),
    "svg": lambda loaded: to_svg(draw(loaded.graph, loaded.plan)),
    "json": lambda loaded: as_json(graph_view(loaded.graph, loaded.plan)),
}


def draw_graph(path: Path, settings: list[str], style: str, output: Path | None) -> None:
    """Print the graph, or write it to a file. Runners need not be installed. Raises PlanError, UsageError, OSError."""
    if style not in FORMATS:
        raise UsageError(f"there is no format {style!r}\n  mend: use one of {', '.join(FORMATS)}")
    text = FORMATS[style](load_plan(path, parse_settings(settings)))
    text = text if text.endswith("\n") else f"{text}\n"
    if output is None:
        say(text)
    else:
        write_whole(output, text)

"""Reports: a pure function of plan and journal, rendered as Markdown. The same journal gives the same bytes.

Each name is loaded when it is first asked for: who only needs a module of this package waits for nothing else.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.report.build import build_report
    from orchestrator.report.model import Report
    from orchestrator.report.render import render_group, render_markdown, render_parts, render_short
    from orchestrator.report.summary import render_summary

__all__ = [
    "Report",
    "build_report",
    "render_group",
    "render_markdown",
    "render_parts",
    "render_short",
    "render_summary",
]


def __getattr__(name: str) -> object:
    """A name of `__all__`, kept from then on. Raises AttributeError."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = {"build_report": "build", "Report": "model", "render_summary": "summary"}.get(name, "render")
    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value

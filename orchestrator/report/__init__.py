"""Reports: a pure function of plan and journal, rendered as Markdown. The same journal gives the same bytes."""

from orchestrator.report.build import build_report
from orchestrator.report.model import Report
from orchestrator.report.render import render_group, render_markdown, render_parts, render_short, render_summary

__all__ = [
    "Report",
    "build_report",
    "render_group",
    "render_markdown",
    "render_parts",
    "render_short",
    "render_summary",
]

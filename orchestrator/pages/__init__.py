"""The report as one HTML page that opens from disk: graph, Gantt, memory over time, samples against targets, claims."""

from orchestrator.pages.page import Served, compare_page, index_page, render_page
from orchestrator.pages.traces import NO_TRACES, Trace, read_traces

__all__ = ["NO_TRACES", "Served", "Trace", "compare_page", "index_page", "read_traces", "render_page"]

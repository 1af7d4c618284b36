"""The report as one HTML page, as a format of reports."""

from orchestrator.report.format import ReportFormat, ToldRun
from orchestrator.state.fold import fold


class Html(ReportFormat):
    """One file that opens from disk."""

    def render(self, told: ToldRun) -> str:
        """The page."""
        from orchestrator.pages import read_traces, render_page  # noqa: PLC0415 - drawing is slow to load, and often not wanted

        attempts = [(name, record.attempt) for name, record in fold(told.envelopes).tasks.items()]
        return render_page(told.loaded, told.envelopes, read_traces(told.folder, attempts))

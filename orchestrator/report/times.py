"""The report format `times`: how long each task took, as a plan's file of times."""

from orchestrator.engine.expecting import times_text
from orchestrator.report.format import ReportFormat, ToldRun


class Times(ReportFormat):
    """PLAN.times.json."""

    def render(self, told: ToldRun) -> str:
        """The file's text."""
        return times_text(told.envelopes)

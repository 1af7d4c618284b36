"""What a run's tasks took, as the file of times that a plan may have beside it."""

from orchestrator.engine.expecting import times_text
from orchestrator.report.format import ReportFormat, ToldRun


class Times(ReportFormat):
    """PLAN.times.json."""

    def render(self, told: ToldRun) -> str:
        """The file's text."""
        return times_text(told.envelopes)

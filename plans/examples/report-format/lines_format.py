"""A format of reports for `orchestrate`: one line for each criterion, to paste into a chat."""

from orchestrator.report.format import ReportFormat, ToldRun


class Lines(ReportFormat):
    """`orchestrate report -f lines`."""

    def render(self, told: ToldRun) -> str:
        """The run's name, then the criteria."""
        rows = [f"{row.verdict.outcome} {row.id}: {row.title} ({row.target})" for row in told.report.criteria]
        return "\n".join([f"{told.report.run}: {told.report.standing}", *rows])

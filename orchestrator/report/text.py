"""The report format `markdown`. `orchestrator.report.render` writes the text."""

from orchestrator.report.format import ReportFormat, ToldRun
from orchestrator.report.render import render_group, render_short


class Markdown(ReportFormat):
    """What a run writes as its report."""

    by_group = True

    def render(self, told: ToldRun) -> str:
        """The first screen of the run, or the part of the group."""
        return render_short(told.report) if told.group is None else render_group(told.report, told.section.id)

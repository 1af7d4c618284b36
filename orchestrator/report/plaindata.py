"""A report as JSON."""

from typing import Any

from orchestrator.journal.codec import plain
from orchestrator.report.format import ReportFormat, ToldRun
from orchestrator.report.model import Report
from orchestrator.strict_json import as_json


class Json(ReportFormat):
    """The report as data; of one group, its part with the run's name."""

    by_group = True

    def render(self, told: ToldRun) -> str:
        """Indented."""
        if told.group is None:
            return as_json(report_data(told.report))
        return as_json({"run": told.report.run, **plain(told.section)})


def report_data(report: Report) -> dict[str, Any]:
    """The report as plain data, for JSON."""
    return dict(plain(report))

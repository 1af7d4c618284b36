"""What a format of reports is to `orchestrate report`: a function of what the journal has of a run.

A package brings its own by an entry point of the group `orchestrator.report_formats`. It names an object with the
members of `ReportFormat`, or a class of such objects (docs/guides/report-formats.md). Ours are found in the same way.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Final, Protocol

from orchestrator.errors import OrchestratorError
from orchestrator.extensions import ExtensionPoint
from orchestrator.graph.load import LoadedPlan
from orchestrator.plan.problem import did_you_mean
from orchestrator.records import dataclass
from orchestrator.report.build import build_report
from orchestrator.report.model import GroupSection, Report
from orchestrator.state.events import Envelope


class FormatError(OrchestratorError):
    """A format of reports cannot be had, or not of what was asked for. The message has the mend."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True)
class ToldRun:
    """A run as its journal has it. folder: its own, where attempts left logs. group: the one that is asked for,
    None for all.
    """

    loaded: LoadedPlan
    envelopes: Sequence[Envelope]
    folder: Path
    group: str | None = None

    @cached_property
    def report(self) -> Report:
        """The run's report as data."""
        return build_report(self.loaded.plan, self.loaded.graph, self.envelopes)

    @property
    def section(self) -> GroupSection:
        """The part of the report that is of the group. Raises FormatError where there is no such group."""
        known = {one.id: one for one in self.report.groups}
        if self.group not in known:
            what = f"run {self.report.run} has no workstream or stage {self.group!r}"
            raise FormatError(f"{what}\n  mend: {did_you_mean(self.group or '', known)}")
        return known[self.group]


class ReportFormat(Protocol):
    """Renders runs. by_group: whether it can render one workstream or stage (`ToldRun.group`)."""

    by_group: bool = False

    def render(self, told: ToldRun) -> str:
        """The text. The same journal gives the same text."""
        ...


REPORT_FORMATS: Final[ExtensionPoint[ReportFormat]] = ExtensionPoint(
    "orchestrator.report_formats", "report format", ("by_group", "render"), FormatError
)
"""By name."""


def render(name: str, told: ToldRun) -> str:
    """The run in the format of that name. Raises FormatError."""
    form = REPORT_FORMATS.find(name)
    if told.group is None:
        return form.render(told)
    _ = told.section
    if not form.by_group:
        raise FormatError(
            f"--group: the format {name} has no part of one group\n  mend: leave out -f {name}, or --group"
        )
    return form.render(told)

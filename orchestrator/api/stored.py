"""Read a run's plan from the journal, and make its report in every format."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestrator.graph.load import LoadedPlan, load_text
from orchestrator.journal.port import JournalPort
from orchestrator.registry import Promises
from orchestrator.report import Report, build_report, render_group, render_markdown, render_short
from orchestrator.report.format import ToldRun
from orchestrator.runner import Runner
from orchestrator.state.events import Envelope, RunResumed, RunStarted


def plan_of(journal: JournalPort, run: str, runners: Mapping[str, Runner] | None = None) -> LoadedPlan:
    """The plan of a run as its journal has it. runners: to check it against, as before a run. Raises PlanError,
    UnknownRun.
    """
    return plan_in(journal.read(run), run, runners)


def plan_in(envelopes: Sequence[Envelope], run: str, runners: Mapping[str, Runner] | None = None) -> LoadedPlan:
    """The plan as these events have it. Raises PlanError."""
    source, last = _begun(envelopes, run)
    return load_text(last.plan_text, source, last.settings, None if runners is None else Promises(runners))


def origin_of(journal: JournalPort, run: str) -> tuple[str, Mapping[str, str]]:
    """The name of a run's plan file and the settings that it was last taken up with. Raises UnknownRun."""
    source, last = _begun(journal.read(run), run)
    return source, last.settings


def _begun(envelopes: Sequence[Envelope], run: str) -> tuple[str, RunStarted | RunResumed]:
    begun = [one.event for one in envelopes if isinstance(one.event, RunStarted | RunResumed)]
    return next((event.plan_source for event in begun if isinstance(event, RunStarted)), run), begun[-1]


def report_text(journal: JournalPort, run: str, group: str | None = None, *, full: bool = False) -> str:
    """The run's report in Markdown: its first screen, or the part of one workstream or stage.

    The same journal gives the same text. full: everything in one text. Raises KeyError for a group that the plan does
    not have.
    """
    report = report_of(journal, run)
    if group is not None:
        return render_group(report, group)
    return render_markdown(report) if full else render_short(report)


def page_text(journal: JournalPort, run: str, state: Path) -> str:
    """The run's report as one HTML page. state: the folder where attempts left their logs and memory over time."""
    envelopes = journal.read(run)
    return page_of(plan_in(envelopes, run), envelopes, state / "runs" / run)


def page_of(loaded: LoadedPlan, envelopes: Sequence[Envelope], folder: Path) -> str:
    """The report of a run as one HTML page. folder: the run's."""
    from orchestrator.pages.format import Html  # noqa: PLC0415 - drawing is slow to load, and often not wanted

    return Html().render(ToldRun(loaded, envelopes, folder))


def junit_text(journal: JournalPort, run: str) -> str:
    """The run's verdicts as JUnit XML."""
    from orchestrator.report.junit import to_junit  # noqa: PLC0415 - few ask

    return to_junit(report_of(journal, run))


def report_data(journal: JournalPort, run: str) -> dict[str, Any]:
    """The run's report as plain data, for JSON."""
    from orchestrator.report.plaindata import report_data as plain_report  # noqa: PLC0415 - few ask

    return plain_report(report_of(journal, run))


def told_run(journal: JournalPort, run: str, state: Path, group: str | None = None) -> ToldRun:
    """The run as formats of reports have it. group: one workstream or stage of it. Raises UnknownRun, PlanError."""
    envelopes = journal.read(run)
    return ToldRun(plan_in(envelopes, run), envelopes, state / "runs" / run, group)


def report_of(journal: JournalPort, run: str) -> Report:
    """The run's report as data. Raises UnknownRun, PlanError."""
    envelopes = journal.read(run)
    loaded = plan_in(envelopes, run)
    return build_report(loaded.plan, loaded.graph, envelopes)

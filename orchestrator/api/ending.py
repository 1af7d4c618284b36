"""What comes after the last task of a run: the summary, the report and the page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

from orchestrator.api.stored import page_of, plan_in
from orchestrator.atomic_write import write_all, write_whole
from orchestrator.engine.options import RunOptions
from orchestrator.engine.session import RunResult, owned
from orchestrator.evidence.verdict import Verdict
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.codec import as_read
from orchestrator.journal.errors import DamagedJournal
from orchestrator.journal.port import JournalPort
from orchestrator.records import dataclass
from orchestrator.report import Report, build_report, render_parts, render_short, render_summary
from orchestrator.state.events import Envelope
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState

PAGE_LIMIT: Final = 500
"""Tasks; the HTML page of a larger run is made when it is asked for."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended. exit_code: as of the command line. report: None where it was interrupted or could not be
    written. verdicts: by criterion.

    summary: what it came to, in a few lines of plain text; empty where it was interrupted. trouble: what kept the
    report or the page from being written, though the verdicts stand. ran: False where all had been done before, but for
    the report. why: what interrupted it.
    """

    run: str
    exit_code: int
    report: Path | None
    verdicts: Mapping[str, Verdict]
    summary: str = ""
    trouble: Exception | None = None
    ran: bool = True
    why: str = ""


class Ending:
    """What comes after the last task of a run, while it is still this process's. outcome: once it is closed or
    reported.
    """

    outcome: RunOutcome

    def __init__(self, loaded: LoadedPlan, journal: JournalPort, options: RunOptions) -> None:
        self._loaded = loaded
        self._journal = journal
        self._options = options

    def close(self, result: RunResult) -> None:
        """Say what it came to and write it down; nothing where it was interrupted."""
        if result.state.finished:
            self._publish(*_as_kept(result, self._journal))
        else:
            self.outcome = RunOutcome(
                result.run, result.exit_code, None, dict(result.state.verdicts), why=result.state.interrupted or ""
            )

    def report(self, run: str) -> RunOutcome:
        """The same for a run that finished under another process."""
        with owned(self._journal, run):
            envelopes = self._journal.read(run)
            self._publish(envelopes, fold(envelopes))
        self.outcome = replace(self.outcome, ran=False)
        return self.outcome

    def _publish(self, envelopes: Sequence[Envelope], state: RunState) -> None:
        assert state.exit_code is not None, "only a run that finished is reported"
        report = build_report(self._loaded.plan, self._loaded.graph, envelopes, state)
        summary = render_summary(report)
        self._options.announce(summary)
        self.outcome = RunOutcome(state.run, state.exit_code, None, dict(state.verdicts), summary)
        try:
            self.outcome = replace(self.outcome, report=_write(report, self._options.reports))
            self._draw(report, envelopes)
        except Exception as error:  # noqa: BLE001 - the verdicts stand; whoever asked for the run is told of it after them
            self.outcome = replace(self.outcome, trouble=error)

    def _draw(self, report: Report, envelopes: Sequence[Envelope]) -> None:
        if not self._options.page or len(self._loaded.graph.nodes) > PAGE_LIMIT:
            return
        path = report_path(self._options.reports, report.run)
        write_whole(
            path.with_suffix(".html"), page_of(self._loaded, envelopes, self._options.state / "runs" / report.run)
        )


def _as_kept(result: RunResult, journal: JournalPort) -> tuple[Sequence[Envelope], RunState]:
    """The run's events and state as its journal has them, without reading again what is known. Raises
    DamagedJournal.
    """
    kept = journal.check(result.run)
    if kept != len(result.events):
        raise DamagedJournal(
            f"run {result.run}: its journal has {kept} events of {len(result.events)}\n"
            "  mend: restore the journal from a copy"
        )
    envelopes = [as_read(each) for each in result.events]
    same = all(one is other for one, other in zip(envelopes, result.events, strict=True))
    return envelopes, result.state if same else fold(envelopes)


def write_report(journal: JournalPort, run: str, state: Path, reports: Path, *, page: bool = True) -> Path:
    """Every file that the run left in its folder of reports, written again; the path of the report. Raises OSError."""
    envelopes = journal.read(run)
    loaded = plan_in(envelopes, run)
    path = _write(build_report(loaded.plan, loaded.graph, envelopes), reports)
    if page:
        write_whole(path.with_suffix(".html"), page_of(loaded, envelopes, state / "runs" / run))
    return path


def _write(report: Report, reports: Path) -> Path:
    """The report and its parts, each whole or not at all; the path of its first screen. Raises OSError."""
    path = report_path(reports, report.run)
    parts = ((path.with_suffix("") / name, text) for name, text in render_parts(report))
    write_all(chain([(path, render_short(report))], parts))
    return path


def report_path(reports: Path, run: str) -> Path:
    """Where the report of a run is written."""
    return reports / f"{run}.md"

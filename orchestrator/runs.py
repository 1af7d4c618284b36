"""The runs of a state folder, from Python: what `status`, `logs`, `history`, `report`, `compare`, `export`, `verify`,
`cancel`, `inbox`, `approve` and `resume` do.

>>> runs = Runs(".orchestrate")
>>> runs.latest
'phase4a3-20261129T152411Z-358c'
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestrator.agents.workspaces import Left, workspaces
from orchestrator.api.ending import RunOutcome
from orchestrator.api.explaining import explain_prepared
from orchestrator.api.loading import load
from orchestrator.api.prepare import prepare
from orchestrator.api.proof import export_bundle, verify_run
from orchestrator.api.running import resume_prepared
from orchestrator.api.stored import junit_text, page_text, plan_of, report_data, report_of, report_text
from orchestrator.bundle.check import Checked
from orchestrator.bundle.write import Exported
from orchestrator.desk import Desk, Open, Said, Waiting
from orchestrator.engine.explain import Explanation
from orchestrator.engine.options import DEFAULT, RunOptions
from orchestrator.engine.runs import open_journal
from orchestrator.engine.stop import stop_run
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.errors import UnknownRun
from orchestrator.journal.port import JournalPort, RunSummary
from orchestrator.plan.load import NO_SETTINGS
from orchestrator.registry import load_registry
from orchestrator.report.compare import RunComparison, compare_runs
from orchestrator.report.history import MetricPoint, points_of
from orchestrator.state.events import Envelope
from orchestrator.state.fold import fold
from orchestrator.state.people import Answer, Word
from orchestrator.state.questions import Reply
from orchestrator.state.run import RunState
from orchestrator.tasklogs import TaskLog, read_log


class Runs:
    """Reads the journal of one state folder. Every method raises JournalError where it cannot be read, UnknownRun for
    an id that it does not have; none changes anything but `resume`, `cancel`, `answer` and `workspaces(prune=True)`.
    """

    def __init__(self, state: str | Path = ".orchestrate") -> None:
        self.folder = Path(state)

    def list(self) -> tuple[RunSummary, ...]:
        """All runs, the oldest first."""
        with self._journal() as journal:
            return journal.runs()

    @property
    def latest(self) -> str:
        """The id of the run that was started last. Raises UnknownRun if there is none."""
        found = self.list()
        if not found:
            raise UnknownRun("latest")
        return found[-1].run

    def events(self, run: str, after: int = 0) -> tuple[Envelope, ...]:
        """Everything that happened in the run, in order, from the event after that number."""
        with self._journal() as journal:
            return journal.read(run, after)

    def state(self, run: str) -> RunState:
        """How the run stands: its tasks with their evidence, and its verdicts."""
        return fold(self.events(run))

    def plan(self, run: str) -> LoadedPlan:
        """The plan as the run had it."""
        with self._journal() as journal:
            return plan_of(journal, run)

    def markdown(self, run: str, group: str | None = None, *, full: bool = False) -> str:
        """The run's report: its first screen, one workstream's or stage's part, or everything. Raises KeyError for
        a group that is not there.
        """
        with self._journal() as journal:
            return report_text(journal, run, group, full=full)

    def html(self, run: str) -> str:
        """The run's report as one self-contained page."""
        with self._journal() as journal:
            return page_text(journal, run, self.folder)

    def data(self, run: str) -> dict[str, Any]:
        """The run's report as plain data, as `orchestrate report --json` prints it."""
        with self._journal() as journal:
            return report_data(journal, run)

    def junit(self, run: str) -> str:
        """The run's verdicts as JUnit XML."""
        with self._journal() as journal:
            return junit_text(journal, run)

    def export(self, run: str, target: str | Path) -> Exported:
        """Write the run with all its evidence as one file. Raises OSError."""
        with self._journal() as journal:
            return export_bundle(journal, run, self.folder, Path(target))

    def verify(self, run: str) -> Checked:
        """Judge the run again from its stored evidence, and check every artifact."""
        with self._journal() as journal:
            return verify_run(journal, run, self.folder)

    def compare(self, before: str, after: str, level: float = 0.99) -> RunComparison:
        """What got worse and what got better, by metric, with intervals at that level."""
        with self._journal() as journal:
            return compare_runs(report_of(journal, before), report_of(journal, after), level)

    def metric(self, name: str, task: str | None = None) -> tuple[MetricPoint, ...]:
        """The metric in every run that measured it, the oldest first, in the unit of the latest. task: only as that
        one measured it.
        """
        with self._journal() as journal:
            return points_of([report_of(journal, one.run) for one in journal.runs()], name, task)

    def logs(self, run: str, task: str, attempt: int | None = None, tail: int | None = None) -> TaskLog:
        """What the task printed in its latest attempt or that one, whole or the last lines. Raises NoSuchAttempt."""
        return read_log(self.folder, self.state(run), task, attempt, tail)

    def cancel(self, run: str, wait: float = 30.0) -> None:
        """Stop the run, in whatever process it is under way, and wait for that up to so many seconds; it can be
        resumed.

        Raises NotStopped where it is not under way, or has not stopped by then.
        """
        with self._journal() as journal:
            stop_run(journal, run, wait)

    def inbox(self, run: str | None = None) -> tuple[Waiting, ...]:
        """What waits for people, over all runs or in one."""
        return Desk(self.folder, Path.cwd()).inbox(run)

    def answer(self, run: str, task: str, word: Word, *, comment: str = "", by: str = "") -> Answer:
        """Give a person's answer. Raises Refused where the task does not wait for it, or what it is about changed
        since it was asked.
        """
        return Desk(self.folder, Path.cwd()).answer(run, task, Said(word, "python", comment, by))

    def questions(self, run: str | None = None) -> tuple[Open, ...]:
        """What agents asked while they worked, and nobody has answered, over all runs or in one."""
        return Desk(self.folder, Path.cwd()).questions(run)

    def reply(self, run: str, task: str, number: int, text: str, *, by: str = "") -> Reply:
        """Answer what an agent asked while it worked. Raises Refused."""
        return Desk(self.folder, Path.cwd()).reply(run, task, number, text, "python", by)

    def workspaces(self, run: str | None = None, *, prune: bool = False) -> tuple[Left, ...]:
        """What agents' worktrees and branches hold, of all runs or of one. prune: first remove what is merged or
        empty.
        """
        with self._journal() as journal:
            runs = [one.run for one in journal.runs()] if run is None else [run]
            return tuple(workspaces(journal, self.folder, runs, prune=prune))

    def explain(
        self,
        plan: str | Path,
        settings: Mapping[str, str] = NO_SETTINGS,
        *,
        new: bool = False,
        options: RunOptions = DEFAULT,
    ) -> tuple[Explanation, ...]:
        """What a run of the plan in the file would do with each task here, and why; nothing is started. Raises
        PlanError.
        """
        runners = load_registry()
        loaded = load(Path(plan), settings, runners)
        return explain_prepared(prepare(loaded, runners, replace(options, state=self.folder)), new=new)

    def resume(self, run: str, options: RunOptions = DEFAULT) -> RunOutcome:
        """Carry the run on with the plan that its journal has. Raises RunOwned while another process has it.

        options: whatever its `state` says, the run goes on in this folder.
        """
        runners = load_registry()
        with self._journal() as journal:
            loaded = plan_of(journal, run, runners)
        return resume_prepared(run, prepare(loaded, runners, replace(options, state=self.folder)))

    @contextmanager
    def _journal(self) -> Iterator[JournalPort]:
        journal = open_journal(self.folder, readonly=True)
        try:
            yield journal
        finally:
            journal.close()

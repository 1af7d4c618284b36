"""Find the runs of a plan in the journal: the one to continue, the one to report, those to reuse."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from orchestrator.engine.reuse import Wish
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.errors import DamagedJournal
from orchestrator.journal.port import JournalPort
from orchestrator.records import dataclass
from orchestrator.state.events import RunResumed, RunStarted
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState

LOOKED_BACK: Final = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """How a run was last started or resumed.

    source: the plan file's name as first given. file: its path, if that is known.
    """

    settings: Mapping[str, str]
    source: str
    file: str


def find_interrupted(
    journal: JournalPort,
    plan_id: str,
    settings: Mapping[str, str] | None = None,
    another: Callable[[Origin], bool] = lambda _: False,
    passed_over: Callable[[str, Origin], object] = lambda *_: None,
) -> str | None:
    """The latest run of the plan if it did not finish, None otherwise.

    settings: only a run with these counts. A run that an orchestrator is working on counts too; resuming it then
    reports that. another: whether a run belongs to another plan with the same id (see `of_another_file`). Such a run
    does not count. passed_over: called with each of them that did not finish.
    """
    for summary in reversed(journal.runs()):
        if summary.plan_id != plan_id:
            continue
        origin = _origin(journal, summary.run)
        if settings is not None and origin.settings != dict(settings):
            continue
        if not another(origin):
            return None if summary.finished else summary.run
        if not summary.finished:
            passed_over(summary.run, origin)
    return None


def find_unreported(journal: JournalPort, plan_id: str, settings: Mapping[str, str] | None = None) -> str | None:
    """The latest run of the plan, if it finished but its orchestrator died before it wrote the report.

    settings: only a run with these counts.
    """
    runs = [each for each in reversed(journal.runs()) if each.plan_id == plan_id]
    left = {each.run for each in runs if each.finished and left_behind(journal, each.run)}
    if not left:  # the usual case; then no run's events need be read for its settings
        return None
    for summary in runs:
        if settings is None or _origin(journal, summary.run).settings == dict(settings):
            return summary.run if summary.run in left else None
    return None


def left_behind(journal: JournalPort, run: str) -> bool:
    """Whether the owner died with the run: nobody owns it, and its lease was not released."""
    lease = journal.lease(run)
    return lease is not None and lease.held and journal.owned(run) is None


def of_another_file(loaded: LoadedPlan, project: Path) -> Callable[[Origin], bool]:
    """Whether a run was started from another plan file that still exists.

    If that file is gone, the plan was moved or renamed, and the run is its own.
    """
    now = plan_file(loaded, project)

    def another(origin: Origin) -> bool:
        before = origin.file or str(project.absolute() / origin.source)
        if before == now or not os.path.isfile(before):  # noqa: PTH113 - a text
            return False
        return not now or not os.path.samefile(before, now)  # noqa: PTH121 - as above

    return another


def plan_file(loaded: LoadedPlan, project: Path) -> str:
    """The absolute path of the plan's file, "" for a plan without a file."""
    path = project.absolute() / loaded.source
    return str(path) if path.is_file() else ""


def earlier_runs(journal: JournalPort, plan_id: str, wish: Wish) -> tuple[RunState, ...]:
    """The latest few readable runs of the plan, the latest first. None of them if nothing is to be reused."""
    if wish.asked == "none":
        return ()
    names = [each.run for each in reversed(journal.runs()) if each.plan_id == plan_id][:LOOKED_BACK]
    found = []
    for name in names:
        with suppress(DamagedJournal):  # a damaged run is not reused
            found.append(fold(journal.read(name)))
    return tuple(found)


def _origin(journal: JournalPort, run: str) -> Origin:
    found = Origin({}, "", "")
    for envelope in journal.read(run, unsealed=True):  # resuming the run checks its seals
        match envelope.event:
            case RunStarted() as begun:
                found = Origin(begun.settings, begun.plan_source, begun.plan_file)
            case RunResumed() as begun:
                found = Origin(begun.settings, found.source, begun.plan_file or found.file)
            case _:
                pass
    return found

"""Start a run, resume one, find one to resume: what the command line calls."""

import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.engine.adoption import into
from orchestrator.engine.briefs import NO_AGENTS, Agents
from orchestrator.engine.contract import asks_less
from orchestrator.engine.engine import CarryOut
from orchestrator.engine.fingerprints import fingerprints, named_files
from orchestrator.engine.history import earlier_values
from orchestrator.engine.judging import file_digest
from orchestrator.engine.people import People, Tip, nobody_knows
from orchestrator.engine.promises import metrics_of
from orchestrator.engine.reconcile import Change, Left, reconcile
from orchestrator.engine.reuse import Asked, Wish, reused
from orchestrator.engine.secrecy import journalled_settings, journalled_text, require_variables
from orchestrator.engine.selection import excluded, named
from orchestrator.engine.session import Conditions, RunResult, absolute, run_session
from orchestrator.evidence.measurement import Measurement
from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.collect import left_measured
from orchestrator.executors.folder import EVIDENCE
from orchestrator.executors.leftovers import reap
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.errors import DamagedJournal, JournalError, UnknownRun
from orchestrator.journal.port import JournalPort
from orchestrator.journal.sqlite import Durability, SqliteJournal
from orchestrator.keys import unfinished_evidence
from orchestrator.registry import load_registry
from orchestrator.runner import Runner
from orchestrator.state.events import Envelope, Event, RunExpected, RunResumed, RunStarted
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState

JOURNAL_FILE = "journal.sqlite"
LOOKED_BACK = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """How a run was last started or resumed.

    source: the plan file's name as first given. file: its path, if that is known.
    """

    settings: Mapping[str, str]
    source: str
    file: str


def start_run(  # noqa: PLR0913 - the run's circumstances, by name
    loaded: LoadedPlan,
    *,
    state_dir: Path,
    project: Path,
    executor: Executor,
    environment: Mapping[str, str],
    command: tuple[str, ...],
    jobs: int | None = None,
    keep_going: bool = True,
    durability: Durability = "process",
    listener: Callable[[Envelope], None] = lambda _envelope: None,
    clock: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
    only: Sequence[str] = (),
    until: Sequence[str] = (),
    force: Sequence[str] = (),
    reuse: Asked = "none",
    runners: Mapping[str, Runner] | None = None,
    journal: JournalPort | None = None,
    carry: CarryOut = carry_out,
    opened: Callable[[], None] = lambda: None,
    closing: Callable[[RunResult], None] = lambda _result: None,
    expect: Callable[[RunState], RunExpected | None] = lambda _state: None,
    agents: Agents = NO_AGENTS,
    tip: Tip = nobody_knows,
) -> RunResult:
    """Run a plan from its beginning, as a new run.

    runners: by default, all installed ones. journal: by default, the one in the state folder; `durability` matters
    only for that. carry: does one attempt, called by the executor. opened: called once this process owns the run and
    its beginning is durable. reuse: whether results of earlier runs of the plan may stand (see
    `orchestrator.engine.reuse`). Tasks that `force` names, and all below them, are never reused.

    The others are described in `Conditions`. Raises JournalError and UnknownTask.
    """
    offered = load_registry() if runners is None else runners
    left_out = excluded(loaded.graph, only, until)
    require_variables(loaded.plan, loaded.graph, left_out, os.environ)
    places = absolute(state_dir, project)
    conditions = Conditions(
        places,
        executor,
        offered,
        jobs,
        keep_going,
        left_out,
        listener,
        clock,
        wall,
        carry,
        opened,
        closing,
        expect,
        agents,
        tip,
    )
    run = new_run_id(loaded.plan.id, wall())
    digests = fingerprints(
        loaded.plan, loaded.graph, offered, named_files(loaded.plan, places.project, places.state), agents
    )
    fresh = frozenset(loaded.graph.nodes) - left_out - named(loaded.graph, force)

    def opening(_state: RunState) -> Iterable[Event]:
        yield RunStarted(
            run, loaded.plan.id, loaded.digest, journalled_text(loaded), loaded.source, journalled_settings(loaded), dict(environment), command,
            digests, plan_file(loaded, places.project), *earlier_values(port, loaded.plan),
        )  # fmt: skip
        wish = Wish(reuse, fresh, environment, asks_less(loaded.plan, loaded.graph, loaded.digest))
        yield from reused(
            loaded.graph, digests, earlier_runs(port, loaded.plan.id, wish), wish, into(places.state / "runs", run)
        )

    with _journal(journal, state_dir, durability) as port:
        return run_session(port, run, loaded, conditions, opening)


def resume_run(  # noqa: PLR0913 - the run's circumstances, by name
    run: str | None,
    loaded: LoadedPlan,
    *,
    state_dir: Path,
    project: Path,
    executor: Executor,
    environment: Mapping[str, str],
    command: tuple[str, ...] = (),  # noqa: ARG001 - a run keeps the command that it was started by
    jobs: int | None = None,
    keep_going: bool = True,
    durability: Durability = "process",
    listener: Callable[[Envelope], None] = lambda _envelope: None,
    clock: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
    only: Sequence[str] = (),
    until: Sequence[str] = (),
    force: Sequence[str] = (),
    accept_loosened: bool = False,
    runners: Mapping[str, Runner] | None = None,
    journal: JournalPort | None = None,
    carry: CarryOut = carry_out,
    opened: Callable[[], None] = lambda: None,
    closing: Callable[[RunResult], None] = lambda _result: None,
    expect: Callable[[RunState], RunExpected | None] = lambda _state: None,
    agents: Agents = NO_AGENTS,
    tip: Tip = nobody_knows,
) -> RunResult:
    """Continue a run: the given one, or the latest interrupted one of the plan. The plan may have been edited since.

    Finished tasks keep their results (`reconcile` says which do not). Tasks that `force` names run again, with all
    below them. What a dead orchestrator left running is ended first. accept_loosened: accept that the plan asks for
    less than it did earlier in the run. Otherwise the exit code is 3 at best.

    Other arguments are as for `start_run`. Raises RunOwned while another orchestrator owns the run. Raises UnknownRun
    for an id that the journal does not have, and JournalError if there is no run to resume.
    """
    offered = load_registry() if runners is None else runners
    left_out = excluded(loaded.graph, only, until)
    require_variables(loaded.plan, loaded.graph, left_out, os.environ)
    forced = named(loaded.graph, force)
    places = absolute(state_dir, project)
    conditions = Conditions(
        places,
        executor,
        offered,
        jobs,
        keep_going,
        left_out,
        listener,
        clock,
        wall,
        carry,
        opened,
        closing,
        expect,
        agents,
        tip,
    )
    digests = fingerprints(
        loaded.plan, loaded.graph, offered, named_files(loaded.plan, places.project, places.state), agents
    )

    def opening(state: RunState) -> Iterable[Event]:
        if not state.run:
            raise UnknownRun(run or "")
        reap(state.run, [each.launch for each in state.tasks.values() if each.launch and not each.settled])
        folder = places.run_folder(state.run)
        void = People(loaded.plan, loaded.graph, loaded.digest, agents).void(state, tip)
        change = Change(digests, left_out, forced, file_digest(folder), _left(loaded, offered, folder), void)
        kept = list(reconcile(loaded.graph, state, change))
        yield RunResumed(
            loaded.digest,
            journalled_text(loaded),
            journalled_settings(loaded),
            dict(environment),
            digests,
            accept_loosened,
            plan_file(loaded, places.project),
        )
        yield from kept

    with _journal(journal, state_dir, durability) as port:
        chosen = run or find_interrupted(port, loaded.plan.id, loaded.settings)
        if chosen is None:
            raise JournalError(
                f"no interrupted run of plan {loaded.plan.id} to resume\n  mend: start one with `orchestrate run`",
            )
        return run_session(port, chosen, loaded, conditions, opening)


def _left(loaded: LoadedPlan, runners: Mapping[str, Runner], folder: Path) -> Left:
    """The effect: what attempts under way wrote before their orchestrator died."""

    def left(task: str, attempt: int) -> tuple[Measurement, ...]:
        metrics = metrics_of(loaded.graph.nodes[task].task, runners)
        beside = unfinished_evidence(folder.name)
        if beside is not None and (beside / f"{task}.{attempt}").is_file():
            return left_measured(beside / f"{task}.{attempt}", metrics)
        return left_measured(folder / task / str(attempt) / EVIDENCE, metrics)

    return left


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


def new_run_id(plan_id: str, at: float) -> str:
    """`<plan id>-<UTC time>-<4 hex digits>`: sorts by time, and two in one second differ."""
    return f"{plan_id}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(at))}-{secrets.token_hex(2)}"


def open_journal(state_dir: Path, durability: Durability = "process", *, readonly: bool = False) -> SqliteJournal:
    """The journal of a state folder. Raises JournalError."""
    return SqliteJournal(state_dir / JOURNAL_FILE, durability, readonly=readonly)


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


@contextmanager
def _journal(given: JournalPort | None, state_dir: Path, durability: Durability) -> Iterator[JournalPort]:
    """The given journal, which stays open, or the state folder's, which is closed afterwards."""
    if given is not None:
        yield given
        return
    opened = open_journal(state_dir, durability)
    try:
        yield opened
    finally:
        opened.close()

"""Run a plan from Python, as the command line does: load, check, run or continue, judge, write the report."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from orchestrator.atomic_write import require_writable, write_whole
from orchestrator.bundle.check import Checked
from orchestrator.bundle.dsse import Signer
from orchestrator.bundle.write import Exported, export
from orchestrator.engine.adoption import intact
from orchestrator.engine.briefs import NO_AGENTS, Agents
from orchestrator.engine.contract import asks_less, judge_under_contract
from orchestrator.engine.engine import CarryOut
from orchestrator.engine.entry import entry
from orchestrator.engine.exit_code import UNPROVEN, exit_code
from orchestrator.engine.expecting import expect, times_text
from orchestrator.engine.explain import Explanation, explain
from orchestrator.engine.fingerprints import fingerprints, named_files
from orchestrator.engine.judging import declared_metrics, file_digest
from orchestrator.engine.people import People, Tip, nobody_knows
from orchestrator.engine.reconcile import NOT_ASKED_FOR, Change
from orchestrator.engine.reuse import Asked, Wish, reused
from orchestrator.engine.runs import (
    JOURNAL_FILE,
    Origin,
    earlier_runs,
    find_interrupted,
    find_unreported,
    of_another_file,
    open_journal,
    resume_run,
    start_run,
)
from orchestrator.engine.secrecy import secrets_of_run
from orchestrator.engine.selection import excluded, named
from orchestrator.engine.session import RunResult, owned
from orchestrator.engine.testimony import contradictions
from orchestrator.environment import capture, version
from orchestrator.errors import OrchestratorError
from orchestrator.evidence.verdict import Verdict
from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.inline import InlineExecutor, ThreadExecutor, carry_out_inline
from orchestrator.executors.processes import ProcessExecutor
from orchestrator.executors.room import make_room
from orchestrator.graph.load import LoadedPlan, load_plan, load_text
from orchestrator.journal.codec import as_read
from orchestrator.journal.codec import plain as as_plain
from orchestrator.journal.errors import Contradicted, DamagedJournal
from orchestrator.journal.port import JournalPort
from orchestrator.journal.reading import refusals_told
from orchestrator.journal.sqlite import Durability
from orchestrator.missing import explained
from orchestrator.plan.drivers import Driver
from orchestrator.plan.handins import briefed, gates, joined
from orchestrator.plan.model import Plan
from orchestrator.plan.problem import PlanError
from orchestrator.plan.text import plan_text
from orchestrator.privacy import tighten
from orchestrator.registry import Promises, Registry, driver_names, load_registry
from orchestrator.report import (
    Report,
    build_report,
    render_group,
    render_markdown,
    render_parts,
    render_short,
    render_summary,
)
from orchestrator.report.junit import to_junit
from orchestrator.report.verify import STANDS, compared, sealed, testified
from orchestrator.runner import Runner
from orchestrator.state.events import Envelope, RunExpected, RunResumed, RunStarted
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState, metrics_known
from orchestrator.telling.others import Others, Telling, telling_others, with_targets
from orchestrator.tracing.live import send_run, to_be_sent

if TYPE_CHECKING:
    from orchestrator.agents.turn import Counter

STATE: Final = Path(".orchestrate")
REPORTS: Final = Path("reports")
PAGE_LIMIT: Final = 500
"""Tasks; the HTML page of a larger run is made when it is asked for."""


@dataclass(frozen=True, slots=True)
class ExecutorSpec:
    """One way to carry out attempts. make: its executor, from the options, the plan and the runners that there are; carry: what
    that calls.
    """

    make: Callable[["RunOptions", LoadedPlan, Mapping[str, Runner]], Executor]
    carry: Callable[[Mapping[str, Runner]], CarryOut]


def _on_a_cluster(options: "RunOptions", loaded: LoadedPlan, runners: Mapping[str, Runner]) -> Executor:
    """Raises ClusterFault, before anything is started."""
    from orchestrator.executors.cluster.executor import DaskExecutor  # noqa: PLC0415 - heavy, and an extra

    names = sorted({node.task.run for node in loaded.graph.nodes.values() if node.task.run is not None})
    store = options.store or str((options.state / "store").absolute())
    return DaskExecutor(options.scheduler, store, runners, names, patience=options.cluster_wait)


EXECUTORS: Final[Mapping[str, ExecutorSpec]] = {
    "processes": ExecutorSpec(lambda *_: ProcessExecutor(), lambda _runners: carry_out),
    "threads": ExecutorSpec(lambda *_: ThreadExecutor(), carry_out_inline),
    "inline": ExecutorSpec(lambda *_: InlineExecutor(), carry_out_inline),
    "dask": ExecutorSpec(_on_a_cluster, lambda _runners: carry_out),
}


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended. exit_code: as of the command line. report: None where it was interrupted or could not be written. verdicts: by criterion.

    summary: what it came to, in a few lines of plain text; empty where it was interrupted. trouble: what kept the report or the page
    from being written, though the verdicts stand. ran: False where all had been done before, but for the report. why: what interrupted it.
    """

    run: str
    exit_code: int
    report: Path | None
    verdicts: Mapping[str, Verdict]
    summary: str = ""
    trouble: Exception | None = None
    ran: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run is to be done.

    state, reports: folders, made when missing. jobs: tasks at once, None for one per processor. keep_going: after a failure,
    go on with what does not need it. executor: `processes`; `threads` and `inline` run runners within this process, side by side
    or one after the other (`orchestrator.executors.inline` says what that costs). only, until: tasks
    or groups; see `orchestrator.engine.selection`. force: tasks or groups that run again whatever they came to, "*" for all.
    reuse: whether what earlier runs of the plan did may stand (`orchestrator.engine.reuse`). accept_loosened: where a run is taken up
    again, that its plan asks for less than it did before is accepted; otherwise the exit code is 3 at best.
    scheduler, store: with the executor `dask`, the scheduler's address (None: a cluster of processes on this machine) and the folder or
    URL that artifacts travel by (None: `store` in the state folder). cluster_wait: seconds to wait for a cluster that went away.
    page: beside the report, write it as an HTML page. command: argv to show as what repeats the run.
    told: called with a sentence for people about how the run is done, before it begins.
    listener: told of every
    event once it is durable. announce: told the summary once everything is judged, before the report is written and the page drawn.
    notice: told what its user should know and no report says, in a sentence.
    notify: variables with the addresses of those who are told of the run, beside those of the plan; "NOTIFIER:VARIABLE" names a notifier too.
    otlp: send the run's spans over OTLP once it has finished; None: where OTEL_EXPORTER_OTLP_ENDPOINT is set.
    """

    state: Path = STATE
    reports: Path = REPORTS
    jobs: int | None = None
    keep_going: bool = True
    durability: Durability = "process"
    executor: Literal["processes", "threads", "inline", "dask"] = "processes"
    only: Sequence[str] = ()
    until: Sequence[str] = ()
    force: Sequence[str] = ()
    reuse: Asked = "auto"
    accept_loosened: bool = False
    scheduler: str | None = None
    store: str | None = None
    cluster_wait: float = 60.0
    command: tuple[str, ...] = ()
    page: bool = True
    notify: Sequence[str] = ()
    otlp: bool | None = None
    listener: Callable[[Envelope], None] = field(default=lambda _envelope: None)
    told: Callable[[str], None] = field(default=lambda _text: None)
    announce: Callable[[str], None] = field(default=lambda _summary: None)
    notice: Callable[[str], None] = field(default=lambda _text: None)


DEFAULT: Final = RunOptions()


def run(
    plan: str | Path | Plan | LoadedPlan,
    *,
    settings: Mapping[str, str] | None = None,
    new: bool = False,
    options: RunOptions = DEFAULT,
) -> RunOutcome:
    """Run the plan, in a file or in memory; continue its latest run if that did not finish, unless `new`.

    settings: the plan's params by name, as with `--set`. Raises PlanError with every problem before anything is started,
    RunOwned while another process has the run, and JournalError where the state folder cannot be used.
    """
    runners = load_registry()
    if isinstance(plan, str | Path):
        loaded = load(Path(plan), settings or {}, runners)
    else:
        loaded = _checked(plan, settings, runners)
    return run_loaded(loaded, runners, new=new, options=options)


def _checked(plan: Plan | LoadedPlan, settings: Mapping[str, str] | None, runners: Mapping[str, Runner]) -> LoadedPlan:
    """A plan in memory as one from a file, checked against what the runners promise. Raises PlanError."""
    if isinstance(plan, Plan):
        return load_text(plan_text(plan), f"plan {plan.id}", settings or {}, Promises(runners), driver_names())
    return load_text(plan.text, plan.source, settings or plan.settings, Promises(runners), driver_names())


def load(path: Path, settings: Mapping[str, str], runners: Mapping[str, Runner]) -> LoadedPlan:
    """The plan in the file, checked against what the runners promise. Raises PlanError."""
    try:
        return load_plan(path, settings, Promises(runners), driver_names())
    except PlanError as error:
        raise explained(error, path, lambda: runners.broken if isinstance(runners, Registry) else ()) from None


def run_loaded(loaded: LoadedPlan, runners: Mapping[str, Runner], *, new: bool, options: RunOptions) -> RunOutcome:
    """As `run`, for a plan already loaded. Raises OSError, too, where the report could not be written later."""
    require_writable(_report_path(options.reports, f"{loaded.plan.id}-00000000T000000Z-0000"))
    loaded = with_targets(loaded, options.notify)
    traced = to_be_sent(options.otlp, os.environ, options.notice)
    with (
        _journal(options) as journal,
        _telling(loaded, options) as others,
        EXECUTORS[options.executor].make(options, loaded, runners) as executor,
        _carrying(loaded, runners, options) as carry,
    ):
        options = replace(options, listener=others.beside(options.listener))
        ending = _Ending(loaded, journal, options)
        given = _circumstances(loaded, runners, options, journal, _room(loaded, executor, options))
        given |= {"executor": executor, "carry": carry, "closing": ending.close}
        given["expect"] = partial(expect, loaded, journal, given["environment"], given["jobs"])
        with entry(journal, loaded.plan.id, loaded.settings) as leave:
            unfinished = None if new else _to_continue(journal, loaded, options)
            unreported = None if new or unfinished else _same_unreported(journal, loaded, runners, options)
            if unreported is not None:
                others.take_up(journal, unreported)
                return ending.report(unreported)
            if unfinished is None:
                start_run(loaded, opened=leave, force=options.force, reuse=options.reuse, **given)
            else:
                others.take_up(journal, unfinished)
                resume_run(unfinished, loaded, opened=leave, **_taken_up(options), **given)
        return _traced(ending.outcome, loaded, journal, options) if traced else ending.outcome


def _to_continue(journal: JournalPort, loaded: LoadedPlan, options: RunOptions) -> str | None:
    """The plan's run that did not finish. That another plan of the same id has one is told, and lets it be."""

    def passed_over(run: str, origin: Origin) -> None:
        options.notice(
            f"run {run} of {origin.source} did not finish; {loaded.source} is another plan with the id {loaded.plan.id}, and has "
            f"runs of its own\n  mend: give one of them another id; carry that run on with `orchestrate resume {run}`"
        )

    another = of_another_file(loaded, Path.cwd())
    return find_interrupted(journal, loaded.plan.id, loaded.settings, another, passed_over)


def resume_loaded(run: str, loaded: LoadedPlan, runners: Mapping[str, Runner], *, options: RunOptions) -> RunOutcome:
    """Carry on that run. Raises as `run` does."""
    require_writable(_report_path(options.reports, run))
    loaded = with_targets(loaded, options.notify)
    traced = to_be_sent(options.otlp, os.environ, options.notice)
    with (
        _journal(options) as journal,
        _telling(loaded, options) as others,
        EXECUTORS[options.executor].make(options, loaded, runners) as executor,
        _carrying(loaded, runners, options) as carry,
    ):
        options = replace(options, listener=others.beside(options.listener))
        ending = _Ending(loaded, journal, options)
        given = _circumstances(loaded, runners, options, journal, _room(loaded, executor, options))
        given |= {"executor": executor, "carry": carry, "closing": ending.close}
        given["expect"] = partial(expect, loaded, journal, given["environment"], given["jobs"])
        others.take_up(journal, run)
        resume_run(run, loaded, **_taken_up(options), **given)
        return _traced(ending.outcome, loaded, journal, options) if traced else ending.outcome


def report_loaded(run: str, loaded: LoadedPlan, *, options: RunOptions) -> RunOutcome:
    """Write the report of a run that finished, as it would have been; nothing runs. Raises RunOwned, OSError."""
    require_writable(_report_path(options.reports, run))
    loaded = with_targets(loaded, options.notify)
    with _journal(options) as journal, _telling(loaded, options) as others:
        others.take_up(journal, run)
        return _Ending(loaded, journal, options).report(run)


def _same_unreported(
    journal: JournalPort, loaded: LoadedPlan, runners: Mapping[str, Runner], options: RunOptions
) -> str | None:
    """The run that finished without its report, if the same is asked for now: plan, code, parameters, and which tasks."""
    run = None if options.force else find_unreported(journal, loaded.plan.id, loaded.settings)
    if run is None:
        return None
    state = fold(journal.read(run))
    looked_at = named_files(loaded.plan, Path.cwd(), options.state.absolute())
    left_out = {task for task, record in state.tasks.items() if record.reason == NOT_ASKED_FOR}
    same = (
        state.plan_digest == loaded.digest
        and state.fingerprints
        == fingerprints(loaded.plan, loaded.graph, runners, looked_at, _agents(loaded.plan, Path.cwd()))
        and left_out == set(excluded(loaded.graph, options.only, options.until))
    )
    return run if same else None


def _taken_up(options: RunOptions) -> dict[str, Any]:
    """What resuming takes beside what starting takes too."""
    return {"force": options.force, "accept_loosened": options.accept_loosened}


def explain_loaded(
    loaded: LoadedPlan, runners: Mapping[str, Runner], *, options: RunOptions, run: str | None = None, new: bool = False
) -> tuple[Explanation, ...]:
    """What `run_loaded` would do with each task, or `resume_loaded` with the given run, and why. Nothing is written."""
    looked_at = named_files(loaded.plan, Path.cwd(), options.state.absolute())
    digests = fingerprints(loaded.plan, loaded.graph, runners, looked_at, _agents(loaded.plan, Path.cwd()))
    left_out = excluded(loaded.graph, options.only, options.until)
    forced = named(loaded.graph, options.force)
    with _journal_if_any(options) as journal:
        state = None if new or journal is None else _state_to_continue(journal, loaded, run)
        wish = Wish(
            "none" if state else options.reuse,
            frozenset(loaded.graph.nodes) - left_out - forced,
            capture(Path.cwd()),
            asks_less(loaded.plan, loaded.graph, loaded.digest),
        )
        earlier = () if journal is None else earlier_runs(journal, loaded.plan.id, wish)
    standing = reused(loaded.graph, digests, earlier, wish, intact(options.state / "runs"))
    people = People(loaded.plan, loaded.graph, loaded.digest, _agents(loaded.plan, Path.cwd()))
    void = {} if state is None else people.void(state, _tip(loaded.plan))
    kept = file_digest(options.state / "runs" / (state.run if state else ""))
    change = Change(digests, left_out, forced, kept, void=void)
    return tuple(explain(loaded.graph, state, change, {event.task: event.source for event in standing}))


def expectation(loaded: LoadedPlan, options: RunOptions) -> RunExpected | None:
    """How long a new run of the plan would take here, and by what that is known; None where nothing tells. Nothing is written."""
    with _journal_if_any(options) as journal:
        return expect(loaded, journal, capture(Path.cwd()), options.jobs)


@contextmanager
def _journal_if_any(options: RunOptions) -> Iterator[JournalPort | None]:
    if not (options.state / JOURNAL_FILE).exists():
        yield None
        return
    journal = open_journal(options.state, readonly=True)
    try:
        yield journal
    finally:
        journal.close()


def _state_to_continue(journal: JournalPort, loaded: LoadedPlan, run: str | None) -> RunState | None:
    chosen = run or _to_continue(journal, loaded, DEFAULT)
    return None if chosen is None else fold(journal.read(chosen))


def plan_of(journal: JournalPort, run: str, runners: Mapping[str, Runner] | None = None) -> LoadedPlan:
    """The plan of a run as its journal has it. runners: to check it against, as before a run. Raises PlanError, UnknownRun."""
    return _plan_in(journal.read(run), run, runners)


def _plan_in(envelopes: Sequence[Envelope], run: str, runners: Mapping[str, Runner] | None = None) -> LoadedPlan:
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
    """The run's report in Markdown: its first screen, or the part of one workstream or stage. The same journal gives the same text.

    full: everything in one text. Raises KeyError for a group that the plan does not have.
    """
    report = report_of(journal, run)
    if group is not None:
        return render_group(report, group)
    return render_markdown(report) if full else render_short(report)


def write_report(journal: JournalPort, run: str, state: Path, reports: Path, *, page: bool = True) -> Path:
    """Every file that the run left in its folder of reports, written again; the path of the report. Raises OSError."""
    envelopes = journal.read(run)
    loaded = _plan_in(envelopes, run)
    path = _write(build_report(loaded.plan, loaded.graph, envelopes), reports)
    if page:
        write_whole(path.with_suffix(".html"), _page(loaded, envelopes, state / "runs" / run))
    return path


def page_text(journal: JournalPort, run: str, state: Path) -> str:
    """The run's report as one HTML page. state: the folder where attempts left their logs and memory over time."""
    envelopes = journal.read(run)
    return _page(_plan_in(envelopes, run), envelopes, state / "runs" / run)


def _page(loaded: LoadedPlan, envelopes: Sequence[Envelope], folder: Path) -> str:
    from orchestrator.pages import read_traces, render_page  # noqa: PLC0415 - drawing is slow to load, and often not wanted

    attempts = [(name, record.attempt) for name, record in fold(envelopes).tasks.items()]
    return render_page(loaded, envelopes, read_traces(folder, attempts))


def junit_text(journal: JournalPort, run: str) -> str:
    """The run's verdicts as JUnit XML."""
    return to_junit(report_of(journal, run))


def report_data(journal: JournalPort, run: str) -> dict[str, Any]:
    """The run's report as plain data, for JSON."""
    return dict(as_plain(report_of(journal, run)))


def times_data(journal: JournalPort, run: str) -> str:
    """What the run's tasks took, as the file of times that a plan may have beside it."""
    return times_text(journal.read(run))


def export_bundle(journal: JournalPort, run: str, state: Path, target: Path, signer: Signer | None = None) -> Exported:
    """Write the run with all its evidence as one file that `orchestrate verify` checks offline.

    Raises OSError, and Contradicted where the attempts' own files say something else than the journal.
    """
    envelopes = journal.read(run)
    folder = state / "runs" / run
    with refusals_told(state):
        found = next((one for one in contradictions(envelopes, folder) if not one.gone), None)
        if found is not None:
            raise Contradicted(run, found.path, found.detail)
        return export(envelopes, folder, target, version(), signer)


def verify_run(journal: JournalPort, run: str, state: Path) -> Checked:
    """Judge the run again from its stored evidence, and check every artifact.

    The exit code is what a run with the verdicts of now has; where that would be 0 and something does not match, it is 3. Raises JournalError
    where this user may not read a file of the run: nothing can be said of it then.
    """
    envelopes = journal.read(run, unsealed=True)
    loaded, told = _plan_in(envelopes, run), fold(envelopes)
    metrics = {**declared_metrics(loaded.graph, load_registry()), **metrics_known(told)}
    digest = file_digest(state / "runs" / run, told=True)
    with refusals_told(state):
        judged = judge_under_contract(loaded.plan, loaded.graph, told, metrics, digest)
        own = (*sealed(journal.seal(run)), *testified(contradictions(envelopes, state / "runs" / run)))
        findings = (*own, *compared(loaded.plan, loaded.graph, told, judged, digest))
    stands = all(one.standing in STANDS for one in findings)
    code = exit_code(told.tasks.values(), judged.verdicts, accepted=judged.accepted)
    return Checked(run, code if stands else code or UNPROVEN, findings)


def report_of(journal: JournalPort, run: str) -> Report:
    """The run's report as data. Raises UnknownRun, PlanError."""
    envelopes = journal.read(run)
    loaded = _plan_in(envelopes, run)
    return build_report(loaded.plan, loaded.graph, envelopes)


def _write(report: Report, reports: Path) -> Path:
    """The report and its parts, each whole or not at all; the path of its first screen. Raises OSError."""
    path = _report_path(reports, report.run)
    write_whole(path, render_short(report))
    for name, text in render_parts(report):
        write_whole(path.with_suffix("") / name, text)
    return path


def _report_path(reports: Path, run: str) -> Path:
    return reports / f"{run}.md"


def _room(loaded: LoadedPlan, executor: Executor, options: RunOptions) -> tuple[int | None, str]:
    """How many tasks at once: where nobody says it, as many as a cluster has room for; and why not as many as that, where this machine has less."""
    jobs = options.jobs or getattr(executor, "slots", None)
    if not isinstance(executor, ProcessExecutor):
        return jobs, ""
    room = make_room(jobs or loaded.plan.resources.get("cpu") or os.cpu_count() or 1)
    if not room.said:
        return jobs, ""
    options.told(room.said)
    return room.jobs, room.said


def _circumstances(
    loaded: LoadedPlan,
    runners: Mapping[str, Runner],
    options: RunOptions,
    journal: JournalPort,
    room: tuple[int | None, str],
) -> dict[str, Any]:
    """What starting and resuming take alike."""
    project = Path.cwd()
    jobs, said = room
    return {
        "jobs": jobs,
        "state_dir": options.state,
        "project": project,
        "environment": capture(project, Path(loaded.source)) | ({"limits": said} if said else {}),
        "command": options.command or (Path(sys.argv[0]).name, *sys.argv[1:]),
        "keep_going": options.keep_going,
        "listener": options.listener,
        "only": options.only,
        "until": options.until,
        "runners": runners,
        "journal": journal,
        "agents": _agents(loaded.plan, project),
        "tip": _tip(loaded.plan),
    }


@contextmanager
def _carrying(loaded: LoadedPlan, runners: Mapping[str, Runner], options: RunOptions) -> Iterator[CarryOut]:
    """What does an attempt: with agents' work in the plan, something that can do that too."""
    if not (briefed(loaded.plan) or joined(loaded.plan)):
        yield EXECUTORS[options.executor].carry(runners)
        return
    from orchestrator.agents.carry import carrying, require_drivers  # noqa: PLC0415 - most plans need none of it

    left_out = excluded(loaded.graph, options.only, options.until)
    asked = dict.fromkeys(loaded.graph.nodes[task].agent for task in briefed(loaded.plan) if task not in left_out)
    require_drivers(loaded.plan, asked, {"project": Path.cwd(), "state": options.state.absolute()})
    with _counter(loaded.plan, options.state) as counter, carrying(loaded.plan, os.environ, counter) as carry:
        yield carry


def _counter(plan: Plan, state: Path) -> AbstractContextManager["Counter | None"]:
    """Where agents that speak a protocol of agents ask about their tasks; nowhere without the SDK, which is an extra."""
    doers = {task.agent or plan.groups[name.split(".")[0]].lead for name, task in briefed(plan).items()}
    if not any(plan.agents[name].driver == Driver.ACP for name in doers):
        return nullcontext()
    try:
        from orchestrator.mcpserver.own import OwnServer  # noqa: PLC0415 - as above
    except ImportError:
        return nullcontext()
    return OwnServer(state.absolute())


def _agents(plan: Plan, project: Path) -> Agents:
    """What the agents' files say. Raises AgentFileError."""
    if not any(agent.from_ for agent in plan.agents.values()):
        return NO_AGENTS
    from orchestrator.agents.instructions import read_agents  # noqa: PLC0415 - as above

    return read_agents(plan, project)


def _tip(plan: Plan) -> Tip:
    """Where branches of repositories are, for plans in which people approve what agents did."""
    if not gates(plan):
        return nobody_knows
    from orchestrator.agents.git import tip  # noqa: PLC0415 - as above

    return tip


def _telling(loaded: LoadedPlan, options: RunOptions) -> AbstractContextManager[Others]:
    """Who else is told of the run. Raises NotifierError."""
    return telling_others(loaded, Telling(options.state.absolute(), Path.cwd(), options.notice))


def _traced(outcome: RunOutcome, loaded: LoadedPlan, journal: JournalPort, options: RunOptions) -> RunOutcome:
    """The outcome, and its spans sent where it finished; that they could not be is told."""
    if outcome.summary:
        try:
            send_run(loaded, journal.read(outcome.run), outcome.run, secrets_of_run(loaded.plan, Path.cwd()))
        except OrchestratorError as error:
            options.notice(str(error))
    return outcome


def export_spans(journal: JournalPort, run: str) -> int:
    """Send the run's spans over OTLP as far as it got, to where OTEL_EXPORTER_OTLP_ENDPOINT says; how many. Raises TracingError."""
    envelopes = journal.read(run)
    loaded = _plan_in(envelopes, run)
    return send_run(loaded, envelopes, run, secrets_of_run(loaded.plan, Path.cwd()))


class _Ending:
    """What comes after the last task of a run, while it is still this process's. outcome: once it is closed or reported."""

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
        path = _report_path(self._options.reports, report.run)
        write_whole(
            path.with_suffix(".html"), _page(self._loaded, envelopes, self._options.state / "runs" / report.run)
        )


def _as_kept(result: RunResult, journal: JournalPort) -> tuple[Sequence[Envelope], RunState]:
    """The run's events and state as its journal has them, without reading again what is known. Raises DamagedJournal."""
    kept = journal.check(result.run)
    if kept != len(result.events):
        raise DamagedJournal(
            f"run {result.run}: its journal has {kept} events of {len(result.events)}\n"
            "  mend: restore the journal from a copy"
        )
    envelopes = [as_read(each) for each in result.events]
    same = all(one is other for one, other in zip(envelopes, result.events, strict=True))
    return envelopes, result.state if same else fold(envelopes)


@contextmanager
def _journal(options: RunOptions) -> Iterator[JournalPort]:
    for said in tighten(options.state):
        options.notice(said)
    journal = open_journal(options.state, options.durability)
    try:
        yield journal
    finally:
        journal.close()

"""One owner's turn at a run: acquire it, work, judge, record how it ended, and release it."""

import secrets
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final

from orchestrator.attempts import bring_home, forget_unfinished, under_way
from orchestrator.beneath import private_folder
from orchestrator.engine.contract import judge_under_contract
from orchestrator.engine.door import Door, Threshold, is_open
from orchestrator.engine.engine import Engine
from orchestrator.engine.exit_code import FAULT, INTERRUPTED, WAITS, exit_code
from orchestrator.engine.interrupts import interrupts
from orchestrator.engine.judging import declared_metrics, file_digest
from orchestrator.engine.orders import Orders
from orchestrator.engine.prepared import Prepared
from orchestrator.engine.recorder import Recorder
from orchestrator.engine.rounds import rounds_of
from orchestrator.engine.secrecy import secrets_of_run
from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.spec import CarryOut
from orchestrator.executors.temporary import tidy
from orchestrator.executors.tree import signal_tree
from orchestrator.graph.load import LoadedPlan
from orchestrator.journal.errors import JournalError, RunOwned, UnknownRun
from orchestrator.journal.port import JournalPort
from orchestrator.keys import SIZE, user_keys
from orchestrator.plan.handins import briefed, for_people
from orchestrator.records import dataclass
from orchestrator.state.events import (
    CriterionJudged,
    Envelope,
    Event,
    RunExpected,
    RunFinished,
    RunInterrupted,
    RunWaits,
)
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState

VISIT: Final = 5.0
"""Seconds for which somebody may have the run only to record an answer."""
PAUSE: Final = 0.02


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended. exit_code: as documented in `orchestrator.engine.exit_code`; 5 when it waits for people, 130
    when it was interrupted, 4 when its executor broke.

    exit_code: as documented in `orchestrator.engine.exit_code`; 130 if it was interrupted, 4 if its executor broke.
    events: everything that its journal holds of it, as recorded.
    """

    run: str
    exit_code: int
    state: RunState
    events: tuple[Envelope, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """The effects of a run on the world.

    carry: does one attempt, called by the executor. programs_here: whether the engine's thread may start programs, in
    place of `carry`. clock: monotonic seconds; wall: seconds since the epoch. opened: called once this process owns the
    run and the beginning of this turn is durable. closing: told how it ended while the run is still this process's: a
    lease that outlives its owner on a run that finished says that this was not done. expect: how long what is left will
    take, to be kept; None where that is not asked.
    """

    executor: Executor
    carry: CarryOut = carry_out
    programs_here: bool = False
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    opened: Callable[[], None] = lambda: None
    closing: Callable[[RunResult], None] = lambda _result: None
    expect: Callable[[RunState], RunExpected | None] = lambda _state: None


def run_session(
    journal: JournalPort,
    run: str,
    prepared: Prepared,
    effects: Effects,
    opening: Callable[[RunState], Iterable[Event]],
) -> RunResult:
    """Own the run from here to its end. `opening` gives the first events, from the state as the journal has it.

    Raises JournalError, and RunOwned if another live orchestrator owns the run.
    """
    folder = prepared.places.run_folder(run)
    visited = has_door(prepared.loaded)
    with owned(journal, run, lambda: visited and not is_open(folder)) as fence, tidy(under_way(folder)):
        before = _recorded(journal, run)
        secrets = secrets_of_run(prepared.loaded.plan, prepared.places.project)
        told, clock = prepared.options.listener, effects.clock
        recorder = Recorder(journal, run, fence, fold(before), told, clock, effects.wall, clock(), secrets)
        with _door(folder) if visited else nullcontext(Threshold()) as threshold:
            _open(recorder, effects, opening)
            engine = _engine(prepared, recorder, effects)
            bring_home(folder)  # files of an owner that died
            forget_unfinished(run)
            threshold.lead_to(engine.hear)
            try:
                with interrupts(engine.interrupt):
                    settled = engine.run()
            finally:
                bring_home(folder)
        _close(engine, recorder, prepared, settled=settled)
        forget_unfinished(run)
        result = RunResult(run, _exit_code(engine, recorder.state), recorder.state, (*before, *recorder.committed))
        effects.closing(result)
        return result


def _open(recorder: Recorder, effects: Effects, opening: Callable[[RunState], Iterable[Event]]) -> None:
    for event in opening(recorder.state):
        recorder.record(event)
    if (told := effects.expect(recorder.state)) is not None:
        recorder.record(told)
    recorder.commit()
    effects.opened()


def _exit_code(engine: Engine, state: RunState) -> int:
    if state.exit_code is not None:
        return state.exit_code
    return WAITS if state.waits else FAULT if engine.faulty else INTERRUPTED


def has_door(loaded: LoadedPlan) -> bool:
    """Whether the owner of the plan's run hears other processes: the plan has something for people, or for agents, who
    may ask people.
    """
    return bool(briefed(loaded.plan) or for_people(loaded.plan))


@contextmanager
def _door(folder: Path) -> Iterator[Threshold]:
    """What other processes ask is let in within. It is open before the run's state is known: who comes early waits on
    the threshold.
    """
    private_folder(folder.parent)
    private_folder(folder)
    threshold = Threshold()
    door = Door(folder, threshold.come)
    try:
        yield threshold
    finally:
        door.close()


@contextmanager
def owned(journal: JournalPort, run: str, visited: Callable[[], bool] = lambda: False) -> Iterator[int]:
    """This process owns the run inside the context. Yields the fencing token. Raises RunOwned.

    visited: whether who has it now may only record a person's answer, which takes a moment; that is waited for.
    """
    deadline = time.monotonic() + VISIT
    while (fence := _acquired(journal, run, lambda: visited() and time.monotonic() < deadline)) is None:
        time.sleep(PAUSE)
    try:
        yield fence
    finally:
        with suppress(JournalError):  # a journal that cannot be written keeps the lease, which ends with this process
            journal.release(run, fence)


def _acquired(journal: JournalPort, run: str, bear: Callable[[], bool]) -> int | None:
    """The fencing token, None where somebody has the run and that is borne. Raises RunOwned where it is not."""
    try:
        return journal.acquire(run)
    except RunOwned:
        if not bear():
            raise
        return None


def _engine(prepared: Prepared, recorder: Recorder, effects: Effects) -> Engine:
    loaded, options = prepared.loaded, prepared.options
    order = {task: place for place, task in enumerate(loaded.graph.nodes)}
    secret = user_keys().find(recorder.run) or secrets.token_bytes(SIZE)
    orders = Orders(
        loaded.plan, loaded.graph, prepared.runners, prepared.places, order, secret, prepared.agents
    )  # fmt: skip
    digest = file_digest(prepared.places.run_folder(recorder.run))
    return Engine(
        orders,
        recorder,
        effects.executor,
        carry=effects.carry,
        programs_here=effects.programs_here,
        jobs=options.jobs,
        keep_going=options.keep_going,
        excluded=prepared.excluded,
        kill=lambda: signal_tree(f"{recorder.run}/", signal.SIGKILL),
        rounds=rounds_of(loaded.plan, loaded.graph, prepared.runners, digest),
        people=prepared.people,
    )


def _close(engine: Engine, recorder: Recorder, prepared: Prepared, *, settled: bool) -> None:
    """Judge what came of it, or say why it stopped."""
    loaded = prepared.loaded
    if settled and engine.waits:
        recorder.record(RunWaits(engine.waits))
    elif settled:
        digest = file_digest(prepared.places.run_folder(recorder.run))
        metrics, named = declared_metrics(loaded.graph, prepared.runners), loaded.plan.criteria
        judged = judge_under_contract(loaded.plan, loaded.graph, recorder.state, metrics, digest)
        for verdict in judged.verdicts:
            recorder.record(CriterionJudged(verdict, metrics.get(named[verdict.criterion].metric)))
        code = exit_code(recorder.state.tasks.values(), judged.verdicts, accepted=judged.accepted)
        recorder.record(RunFinished(code, judged.loosened))
    else:
        recorder.record(RunInterrupted(engine.interrupted or "stopped"))
    recorder.commit()


def _recorded(journal: JournalPort, run: str) -> tuple[Envelope, ...]:
    """What happened so far. Empty for a run that is about to start."""
    try:
        return journal.read(run)
    except UnknownRun:
        return ()

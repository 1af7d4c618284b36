"""One turn of an agent as an attempt: workspace, sandbox, driver, and the hand-in once every process of the agent
has ended.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from orchestrator.agents.driver import (
    Driver,
    DriverError,
    Going,
    Hatch,
    Lost,
    Tell,
    agent_environment,
    find_driver,
    missing_names,
)
from orchestrator.agents.git import GitError, attempted, commit_id
from orchestrator.agents.home import clear, make_home
from orchestrator.agents.meter.accounts import Account
from orchestrator.agents.meter.providers import bases_in, provider_of
from orchestrator.agents.sandbox import Enclosure, NoSandboxError, choose, enclosed, shortfall
from orchestrator.agents.workspace import Taken, Workspace, close_workspace, open_workspace, put_away, take_hand_in
from orchestrator.evidence.measurement import Claim, Evidence, Usage
from orchestrator.executors.agentwork import Turn
from orchestrator.executors.folder import fresh
from orchestrator.executors.guard import owner
from orchestrator.executors.order import AttemptResult, Note, Offered, StopSignal, Told, TurnEnd, WorkOrder
from orchestrator.executors.output import CAP
from orchestrator.executors.tree import ATTEMPT, OWNER
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.rounds import Talk

RULES_LIMIT: Final = 64 * 1024
"""Bytes of a workspace's AGENTS.md that a brief takes over."""


class Meter(Protocol):
    """The way to models: the metering proxy, as a turn needs it."""

    socket: Path
    port: int

    def open_account(self, account: Account) -> None:
        """Let the attempt call."""

    def close_account(self, account: Account) -> None:
        """Let it call no more, and wait until what is under way is settled."""

    def settings(self, account: Account, names: tuple[str, ...]) -> dict[str, str]:
        """What the agent's environment has instead of keys."""


class Counter(Protocol):
    """Where agents that we drive ask about their tasks."""

    def hatch(self, run: str, task: str, brief: str, tell: Tell) -> contextlib.AbstractContextManager[Hatch]:
        """An attempt may ask within."""


def carry_turn(
    order: WorkOrder,
    stop: StopSignal,
    listener: Callable[[Told], None],
    meter: Meter | None = None,
    counter: Counter | None = None,
) -> AttemptResult:
    """Take the turn that the order asks for. What the agent does never raises here; a turn that could not begin is
    a failure.
    """
    assert order.turn is not None
    start = time.monotonic()
    try:
        driver, turn = _ready(order.turn)
        fresh(order.folder)
        return _Turning(order, turn, driver, stop, listener, meter, counter, start).take()
    except (DriverError, GitError, NoSandboxError) as error:
        return _failed(order, start, str(error))
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        return _failed(order, start, f"{error.strerror or error}{where}")


def _ready(turn: Turn) -> tuple[Driver, Turn]:
    """Everything that can be known before something is spent. Raises DriverError, NoSandboxError."""
    driver = find_driver(turn.driver)
    if wrong := driver.problem(turn.program):
        raise DriverError(wrong)
    if missing := list(missing_names(turn)):
        raise DriverError(f"{', '.join(missing)} is not set\n  mend: export it, or take it out of the agent's `env`")
    return driver, replace(turn, sandbox=choose(turn.sandbox))


@dataclass(slots=True)
class _Turning:
    """A turn that can begin."""

    order: WorkOrder
    turn: Turn
    driver: Driver
    stop: StopSignal
    listener: Callable[[Told], None]
    meter: Meter | None
    counter: Counter | None
    start: float

    def take(self) -> AttemptResult:
        order = self.order
        workspace = open_workspace(self.turn, lambda text: self._tell(text, None))
        found = None
        try:
            try:
                talk = self._talked()
            except Lost as gone:
                usage = _usage(order.folder, self.start)
                return AttemptResult(order.task, order.attempt, Evidence(), usage, lost=str(gone), outage=True)
            usage = _usage(order.folder, self.start)
            if self.stop.is_set():
                return AttemptResult(order.task, order.attempt, Evidence(), usage, stopped=True, talk=talk)
            found = _hand_in(self.turn, workspace, talk)
            why = found.refused and f"{found.refused} (it ended its turn with: {talk.stop})"
            result = AttemptResult(order.task, order.attempt, Evidence(), usage, talk=talk, hand_in=found.hand_in)
            return replace(result, fruitless=why)
        finally:
            if found is None:
                put_away(workspace, lambda text: self._tell(text, None))
            else:
                close_workspace(workspace, keep=not found.whole)

    def _talked(self) -> Talk:
        """The turn itself; what its calls cost is settled when it returns."""
        account = Account(self.order.task, self.order.attempt, self.listener)
        metered = self.meter is not None and any(provider_of(name) for name in self.turn.env)
        with self._hatch() as hatch, same_place(self.turn) as place:
            if self.meter is None or not metered:
                return self.driver.take_turn(self._going({}, hatch, place))
            self.meter.open_account(account)
            try:
                return self.driver.take_turn(self._going(self.meter.settings(account, self.turn.env), hatch, place))
            finally:
                self.meter.close_account(account)

    def _hatch(self) -> contextlib.AbstractContextManager[Hatch | None]:
        """Only programs that speak a protocol of agents can be told of it."""
        if self.counter is None or self.turn.driver != "acp":
            return contextlib.nullcontext()
        return self.counter.hatch(self.order.run, self.order.task, self.turn.brief, self._tell)

    def _going(self, settings: dict[str, str], hatch: Hatch | None, place: Path) -> Going:
        order = self.order
        brief = self.turn.brief + rules_of(self.turn)
        turn = replace(self.turn, brief=brief, settings=settings, workspace=place)
        make_home(turn, bases_in(settings))
        env = agent_environment(turn, {ATTEMPT: order.marker, OWNER: owner()})
        door = (self.meter.socket, self.meter.port) if self.meter is not None and settings else (None, 0)
        relayed = turn.sandbox == "bubblewrap" and not turn.network
        inside = Enclosure(
            turn.workspace,
            turn.home,
            order.project,
            turn.repo,
            order.cache.parent,
            turn.network,
            socket=door[0] if relayed else None,
            port=door[1],
            hatch=hatch.socket if hatch is not None else None,
        )
        if lacking := shortfall(turn.sandbox, network=turn.network):
            self._tell(f"the agent: {lacking}", None)
        argv = tuple(enclosed(turn.sandbox, turn.program, inside))
        return Going(turn, argv, env, order.folder, self.stop, self._tell, CAP, order.marker, self._offer, hatch)

    def _offer(self, end: Callable[[TurnEnd], object]) -> None:
        """Offer the turn to the agent that claims it. Its brief contains the workspace's rules, like every brief."""
        order, turn = self.order, self.turn
        brief = turn.brief + rules_of(turn)
        self.listener(Offered(order.task, order.attempt, turn.agent, turn.workspace, brief, turn.silent, end))

    def _tell(self, text: str, claim: Claim | None) -> None:
        self.listener(Note(self.order.task, self.order.attempt, text, claim))


@contextlib.contextmanager
def same_place(turn: Turn) -> Iterator[Path]:
    """Within, the workspace stands at the same place in every round, which is beside the agent's home: by that place
    some agents find a session again. In bubblewrap it is the folder itself. Elsewhere it is a link; whoever resolves
    links sees another place each round.
    """
    place = turn.home.with_name("workspace")
    if place == turn.workspace:
        yield place
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    clear(place)  # of an orchestrator that died, or of an agent without a sandbox
    place.symlink_to(turn.workspace)
    try:
        yield place
    finally:
        with contextlib.suppress(OSError):  # what lies there is no reason to lose a hand-in
            clear(place)


def _hand_in(turn: Turn, workspace: Workspace, talk: Talk) -> Taken:
    try:
        return take_hand_in(turn, workspace, talk)
    except GitError as error:  # what the agent left cannot be taken: its affair, not ours
        return Taken(None, str(error).replace("\n  mend:", ";"), whole=False)
    except PermissionError as error:
        return Taken(None, f"what it left cannot be read: {error.filename}", whole=False)


def rules_of(turn: Turn) -> str:
    """What the workspace's own AGENTS.md says, as a part of the brief; "" if there is none. It is the base's,
    not the agent's.
    """
    said = attempted(turn.repo, "cat-file", "blob", f"{commit_id(turn.repo, turn.base)}:AGENTS.md")
    if said.returncode or not said.stdout.strip():
        return ""
    text = said.stdout[:RULES_LIMIT].decode("utf-8", "replace").strip()
    return f"\n## AGENTS.md of this repository\n\n{text}\n"


def _usage(folder: Path, start: float) -> Usage:
    """What the agent's processes used, by the samples that were written."""
    rows: list[list[str]] = []
    with contextlib.suppress(OSError):  # it was too short to be looked at
        rows = [line.split(",") for line in (folder / "series.csv").read_text("ascii").splitlines()[1:]]
    peak = max((int(row[1]) for row in rows), default=0)
    return Usage(time.monotonic() - start, max((float(row[2]) for row in rows), default=0.0), peak, len(rows))


def _failed(order: WorkOrder, start: float, message: str) -> AttemptResult:
    usage = Usage(time.monotonic() - start, 0.0, 0, 0)
    failure = Failure(Cause.SPAWN, message.replace("\n  mend:", "; mend:"))
    return AttemptResult(order.task, order.attempt, Evidence(), usage, failure)

"""What an executor receives (WorkOrder) and returns (AttemptResult), and what it tells in between (Told)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, overload

from orchestrator.evidence.measurement import Claim, Evidence, Usage
from orchestrator.evidence.metric import Metric
from orchestrator.executors.results import (
    Line,
)
from orchestrator.process import Launch
from orchestrator.records import dataclass
from orchestrator.runner import TaskInput
from orchestrator.state.failure import Failure
from orchestrator.state.rounds import HandIn, Joined, Talk
from orchestrator.state.spending import Reserved, Settled

if TYPE_CHECKING:
    from orchestrator.executors.agentwork import Checkout, Merge, Turn  # tasks of agents need it


@dataclass(frozen=True, slots=True)
class Cage:
    """What an attempt's program is kept in. argv: the words before its own; env: all that it gets of our
    environment.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One attempt, as plain data: picklable, and written to order.json for the child.

    runner or command: exactly one is given. offer: where the runner comes from, "workstreams:RUNNERS" (None: look it
    up). env: what the plan adds; env_from: variables that it names by reference, and the ones of the executor that they
    are read from. secret: variables of the executor whose values are secret whatever they are called. folder: the
    attempt's own, absolute; project: where the run was started; cache: caches of all tasks. timeout, grace: seconds
    (None: no limit; grace: between TERM and KILL). metrics: all that may be recorded. artifacts: names below the folder
    that must exist at the end. inputs: the tasks above that succeeded. kept: where the folder is moved when the attempt
    has ended, None where it stays. turn, merge: in place of runner and command, an agent's work; checkout: the hand-in
    that is measured; cage: None where the program is kept in nothing. They are for the orchestrator itself, so that
    order.json does not have them.
    """

    run: str
    task: str
    attempt: int
    folder: Path
    project: Path
    cache: Path
    runner: str | None = None
    command: tuple[str, ...] | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    env_from: Mapping[str, str] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    timeout: float | None = None
    grace: float = 5.0
    seed: int = 0
    metrics: tuple[Metric, ...] = ()
    artifacts: tuple[str, ...] = ()
    inputs: Sequence[TaskInput] = ()
    offer: str | None = None
    turn: "Turn | None" = None
    checkout: "Checkout | None" = None
    merge: "Merge | None" = None
    kept: Path | None = None
    cage: Cage | None = None

    @property
    def home(self) -> Path:
        """Where the attempt's folder is once it has ended."""
        return self.kept or self.folder

    @property
    def marker(self) -> str:
        """The value of ORCHESTRATE_ATTEMPT in every process of the attempt."""
        return f"{self.run}/{self.task}/{self.attempt}"


class LateInputs(Sequence[TaskInput]):
    """Inputs that are put together on demand: most tasks never read them, and a long chain has many.

    gather: makes them; its answer must not depend on when it is asked. refer: says where they are in the run's file of
    results. They are pickled and compared as the plain tuple.
    """

    __slots__ = ("_found", "_gather", "_refer")

    def __init__(
        self, gather: Callable[[], tuple[TaskInput, ...]], refer: Callable[[], tuple[str, list[Line]]] | None = None
    ) -> None:
        self._gather = gather
        self._refer = refer
        self._found: tuple[TaskInput, ...] | None = None

    def named(self) -> tuple[str, list[Line]] | None:
        """The file of results and its lines of the tasks directly above, None if there is none. Raises OSError."""
        return None if self._refer is None else self._refer()

    @overload
    def __getitem__(self, index: int) -> TaskInput: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[TaskInput, ...]: ...
    def __getitem__(self, index: int | slice) -> TaskInput | tuple[TaskInput, ...]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, LateInputs) else other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __reduce__(self) -> tuple[type[tuple[TaskInput, ...]], tuple[tuple[TaskInput, ...]]]:
        return tuple, (self._all(),)

    def _all(self) -> tuple[TaskInput, ...]:
        if self._found is None:
            self._found = self._gather()
        return self._found


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """How an attempt ended. It succeeded if failure is None, stopped False and lost empty; only then is there
    evidence.

    lost: how its machine went away, or went silent, which says nothing about the task. outage: all machines did, which
    says nothing about the task however often it happens. fault: why the executor cannot carry out anything any more;
    the run ends, and can be resumed. hand_in, talk: what an agent's turn left. fruitless: why it left nothing that
    counts, which is a lost round and no failure of ours. joined: what a merge made of each hand-in.
    """

    task: str
    attempt: int
    evidence: Evidence
    usage: Usage
    failure: Failure | None = None
    stopped: bool = False
    lost: str = ""
    outage: bool = False
    fault: str = ""
    hand_in: HandIn | None = None
    talk: Talk | None = None
    fruitless: str = ""
    joined: tuple[Joined, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """What a task said while it ran, and the figure in it."""

    task: str
    attempt: int
    text: str
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Launched:
    """An attempt's processes, once it has run for a while. A shorter attempt leaves nothing to find."""

    task: str
    attempt: int
    launch: Launch


@dataclass(frozen=True, slots=True)
class Asking:
    """A call of a model is to be made for the attempt, and waits.

    reply: called once the reservation is durable, with "" or with the reason why the call is not allowed.
    """

    task: str
    attempt: int
    reserved: Reserved
    reply: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Spent:
    """A call of a model was answered, or broken off."""

    task: str
    attempt: int
    settled: Settled


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """How a turn that was claimed ended. name: what its claimant calls itself; said: its last words. lost: why the
    claimant has it no more.
    """

    name: str
    said: str
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A turn waits to be claimed by an agent of that name. silent: seconds without a word after which a claim is
    lost. end: ends the turn.
    """

    task: str
    attempt: int
    agent: str
    workspace: Path
    brief: str
    silent: float
    end: Callable[[TurnEnd], object]


Told = Note | Launched | Asking | Spent | Offered
"""What an attempt reports while it runs."""


class StopSignal(Protocol):
    """Set to end an attempt. A `threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether the attempt must end."""

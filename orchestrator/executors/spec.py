"""What an executor is to the engine: a `concurrent.futures.Executor`, and how attempts are carried out on it.

A package brings its own by an entry point of the group `orchestrator.executors`. It names an object with the members of
`ExecutorSpec`, or a class of such objects (docs/guides/executors.md). Ours are found in the same way.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import ClassVar, Final, Protocol

from orchestrator.errors import OrchestratorError
from orchestrator.executors.order import AttemptResult, StopSignal, Told, WorkOrder
from orchestrator.extensions import ExtensionPoint
from orchestrator.graph.load import LoadedPlan
from orchestrator.records import dataclass
from orchestrator.runner import Runner

CarryOut = Callable[[WorkOrder, StopSignal, Callable[[Told], None]], AttemptResult]
"""Does one attempt; called by the executor."""


class ExecutorError(OrchestratorError):
    """An executor cannot be had, or cannot work with what it was given. The message has the mend."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class Site:
    """What an executor is made for. state: the state folder. settings: what its user set of
    `ExecutorSpec.settings`, by name.
    """

    loaded: LoadedPlan
    runners: Mapping[str, Runner]
    state: Path
    settings: Mapping[str, str]


class ExecutorSpec(Protocol):
    """One way to carry out attempts. A class that derives from it inherits the defaults.

    settings: the names that `--executor-set` can set. processes_here: whether every attempt is a process that this one
    starts; then this machine's limits say how many there can be at once.
    """

    settings: Sequence[str] = ()
    processes_here: bool = False

    def make(self, site: Site) -> Executor:
        """The executor, used as a context. Raises ExecutorError or another OrchestratorError, before anything is
        started.
        """
        ...

    def carry(self, runners: Mapping[str, Runner]) -> CarryOut:  # noqa: ARG002 - for who runs them in this process
        """What the executor calls for each attempt. Unless replaced, that is a process tree of its own."""
        from orchestrator.executors.carry_out import carry_out  # noqa: PLC0415 - not for who brings its own

        return carry_out

    def slots(self, executor: Executor) -> int | None:  # noqa: ARG002 - for who knows
        """How many attempts it has room for at once, None where it does not know."""
        return None


EXECUTORS: Final[ExtensionPoint[ExecutorSpec]] = ExtensionPoint(
    "orchestrator.executors", "executor", ("settings", "processes_here", "make", "carry", "slots"), ExecutorError
)  # fmt: skip
"""By name. Nothing is imported before one is asked for."""


def find_executor(name: str, settings: Mapping[str, str]) -> ExecutorSpec:
    """The executor of that name. Raises ExecutorError where it is not there, or does not take one of the settings."""
    spec = EXECUTORS.find(name)
    for unknown in [one for one in settings if one not in spec.settings]:
        takers = [other for other in EXECUTORS.names() if unknown in _settings_of(other)]
        told = f"it means something only with --executor {' or '.join(takers)}" if takers else _known(spec)
        raise ExecutorError(f"the executor {name!r} takes no setting {unknown!r}\n  mend: {told}")
    return spec


def _settings_of(name: str) -> Sequence[str]:
    """What another executor takes; nothing where its package is not usable here."""
    try:
        return EXECUTORS.find(name).settings
    except ExecutorError:
        return ()


def _known(spec: ExecutorSpec) -> str:
    return f"use one of {', '.join(spec.settings)}" if spec.settings else "leave it out"

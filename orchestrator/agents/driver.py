"""Drivers talk to an agent's program. A driver takes one turn. What it says about the result is a claim.

A package brings its own by an entry point of the group `orchestrator.drivers`. It names an object with the members of
`Driver`, or a class of such objects (docs/guides/drivers.md).
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Protocol

from orchestrator.agents.meter.providers import provider_of
from orchestrator.errors import OrchestratorError
from orchestrator.evidence.measurement import Claim
from orchestrator.executors.agentwork import Turn
from orchestrator.executors.order import StopSignal, TurnEnd
from orchestrator.extensions import ExtensionPoint
from orchestrator.registry import DRIVERS
from orchestrator.state.rounds import Talk

SAID_LIMIT: Final = 4_000
"""Characters of an agent's last words that are kept."""


class DriverError(OrchestratorError):
    """A driver cannot work: it is not there, or its program could not be started. The message has the mend."""

    exit_code: ClassVar[int] = 2


class Lost(OrchestratorError):  # noqa: N818 - named after what happened
    """The agent that had claimed the turn lost it. That says nothing about the task, which gets another turn."""


Tell = Callable[[str, Claim | None], object]
"""Passes a note on, with the figure in it."""


@dataclass(frozen=True, slots=True)
class Hatch:
    """How an agent that we drive asks about its own task: a socket to our server, and the token of its attempt."""

    socket: Path
    token: str


@dataclass(frozen=True, slots=True)
class Going:
    """What a driver works with.

    argv: the program as it is to be started, sandbox included. env: all of its environment. folder: for logs, the
    attempt's own; log_cap: bytes kept of each. stop: set to end the turn. tell: passes a note on, with the figure in
    it. marker: what the agent's processes carry in ORCHESTRATE_ATTEMPT. offer: has the turn wait for an agent that
    claims it, whose end is told by the function given. hatch: by which the agent can ask about its task, None where it
    cannot.
    """

    turn: Turn
    argv: tuple[str, ...]
    env: Mapping[str, str]
    folder: Path
    stop: StopSignal
    tell: Callable[[str, Claim | None], None]
    log_cap: int
    marker: str
    offer: Callable[[Callable[[TurnEnd], object]], object] = lambda _end: None
    hatch: Hatch | None = None


class Driver(Protocol):
    """Takes turns with one kind of program. `name`: as plans call it."""

    name: str

    def problem(self, program: tuple[str, ...]) -> str | None:
        """Why it could not work with this program on this machine, with the mend; None where it could. Nothing is
        started.
        """

    def take_turn(self, going: Going) -> Talk:
        """One prompt, from start to end; every process that it started has ended when it returns.

        Raises DriverError if the turn could not begin. If it goes wrong later, `Talk.stop` says so.
        """


def find_driver(name: str) -> Driver:
    """The driver of that name. Raises DriverError: nobody offers it, two packages do, or what is offered cannot be
    used.
    """
    return OFFERED.find(name)


OFFERED: Final[ExtensionPoint[Driver]] = ExtensionPoint(
    DRIVERS,
    "driver",
    ("name", "problem", "take_turn"),
    DriverError,
    own={
        "acp": "orchestrator.agents.acp_driver:AcpDriver",
        "command": "orchestrator.agents.command_driver:CommandDriver",
        "pull": "orchestrator.agents.pull_driver:PullDriver",
    },
    extras={"acp": "agents"},
)
"""By name."""


def agent_environment(turn: Turn, marks: Mapping[str, str]) -> dict[str, str]:
    """All that an agent's program sees of an environment: a path, its own home, and the names that the plan passes on.

    Of providers' keys it never has one: the metering proxy gives it a token in place of each.
    """
    base = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    home = str(turn.home)
    own = {"HOME": home, "TMPDIR": f"{home}/tmp", "XDG_CACHE_HOME": f"{home}/.cache", "TERM": "dumb", "USER": "agent"}  # noqa: S108 - its own folder
    passed = {name: os.environ[name] for name in turn.env if name in os.environ and provider_of(name) is None}
    return {**base, **own, **passed, **(turn.settings or {}), **marks}


def missing_names(turn: Turn) -> Iterator[str]:
    """Names that the plan passes on, and our environment does not have."""
    return (name for name in turn.env if name not in os.environ)

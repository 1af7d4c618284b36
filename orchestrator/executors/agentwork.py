"""The part of an order that concerns agents' work: a turn to take, a commit to measure, hand-ins to join.

Plain data.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.evidence.demand import Demand
from orchestrator.state.rounds import HandIn

if TYPE_CHECKING:
    from orchestrator.executors.order import WorkOrder


@dataclass(frozen=True, slots=True)
class Checkout:
    """A clean checkout of `commit`, with what matches `pinned` as it is in `base`. folder: where it is put.

    sandbox, network: what its code is kept in while it is measured, and whether it reaches other hosts, both as its
    agent.
    """

    repo: Path
    commit: str
    base: str
    pinned: tuple[str, ...]
    folder: Path
    sandbox: str = "none"
    network: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a turn, as reserved for it; None is no limit. seconds: of wall time. cost: US dollars."""

    seconds: float | None = None
    tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One prompt to an agent in a workspace.

    agent: its name in the plan. driver: the driver it works by. program: how the driver starts it. env: names of our
    variables that it gets. mode: the session mode to ask for. brief: the prompt. session: of the round before, to
    continue ("" for a fresh one).

    repo, base: where the workspace starts, the base as a commit or a branch. onto: a hand-in to continue from, None in
    the first round. workspace, home: folders for the turn. branch: of the hand-in. writes, pinned: patterns that the
    hand-in must respect. run: patterns of command lines that it may run. network: whether it may reach other hosts.
    sandbox: the requested one.

    silent: seconds without a word after which it is shown as silent. files: the files in its home when the turn
    begins, by their path in it. settings: variables in its environment instead of keys.
    """

    agent: str
    driver: str
    program: tuple[str, ...]
    env: tuple[str, ...]
    mode: str | None
    brief: str
    session: str
    repo: Path
    base: str
    onto: HandIn | None
    workspace: Path
    home: Path
    branch: str
    writes: tuple[str, ...]
    pinned: tuple[str, ...]
    run: tuple[str, ...]
    network: bool
    sandbox: str
    silent: float
    number: int
    limits: Limits = Limits()
    files: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ToJoin:
    """One hand-in in the queue, with its instruments and what it has to PASS on the joined tree."""

    task: str
    hand_in: HandIn
    instruments: "tuple[WorkOrder, ...]" = ()
    demands: tuple[Demand, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """Hand-ins to join on the branch `into` of `repo`, in order. "HEAD" is the branch that is checked out."""

    repo: Path
    into: str
    queue: tuple[ToJoin, ...]

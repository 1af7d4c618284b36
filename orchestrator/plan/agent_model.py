"""Agents in a plan, and the limits of their work."""

from enum import StrEnum

from pydantic import Field

from orchestrator.plan.base import (
    DriverName,
    HomePath,
    PlanModel,
)
from orchestrator.plan.drivers import Driver
from orchestrator.plan.values import (
    Cost,
    Count,
    Duration,
)


class Budget(PlanModel):
    """What may be spent at the most; None is no limit.

    cost: in US dollars. tokens: of all answers, input and output. time: seconds of turns. turns: prompts.
    """

    cost: Cost | None = None
    tokens: Count | None = None
    time: Duration | None = None
    turns: int | None = Field(default=None, ge=1, le=100_000)

    @property
    def limited(self) -> bool:
        """Whether it limits anything."""
        return not (self.cost is None and self.tokens is None and self.time is None and self.turns is None)


class May(PlanModel):
    """What an agent may do beyond reading and writing its workspace.

    run: programs, as shell-style patterns of whole command lines. network: reach other hosts than the metering proxy.
    """

    run: tuple[str, ...] = ()
    network: bool = False


class Sandbox(StrEnum):
    """How an agent's programs are kept in. AUTO: bubblewrap, else landlock; where there is neither, the task fails."""

    AUTO = "auto"
    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    NONE = "none"


class Agent(PlanModel):
    """Who does tasks: capacity is how many at once, duty what the plan says it is there for.

    from_: an agent file (front matter and instructions), relative to the project; it gives `specialty` where the plan
    does not.
    program: how the driver starts the agent. env: names of our environment that it gets; nothing else of it is passed
    on.
    mode: the session mode to ask for, where the agent has several. silent: seconds without a word after which it is
    shown as silent.
    home: files that lie in its home when a turn begins, as texts by their path in it.
    """

    specialty: str = ""
    from_: str | None = Field(default=None, alias="from")
    duty: str = ""
    capacity: int = Field(default=1, ge=1, le=1024)
    driver: Driver | DriverName = Driver.PYTHON
    program: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    budget: Budget = Budget()
    may: May = May()
    sandbox: Sandbox = Sandbox.AUTO
    mode: str | None = None
    home: dict[HomePath, str] = Field(default_factory=dict, max_length=64)
    silent: Duration = 1200.0

    @property
    def works_on_briefs(self) -> bool:
        """Whether its driver can do a task that is described by a `brief`."""
        return self.driver in {Driver.HUMAN, Driver.PULL} or (self.driver != Driver.PYTHON and bool(self.program))


class Workspace(PlanModel):
    """Where an agent works: a worktree of `repo` (a path; the project's own unless given) on a branch that starts
    at `base`.
    """

    repo: str = "${project}"
    base: str = "HEAD"

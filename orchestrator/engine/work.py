"""What the parts of the engine share: what the run works with, and where it stands beside its recorded state."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from threading import Event as Flag

from orchestrator.engine.decide import Frontier
from orchestrator.engine.orders import Orders
from orchestrator.engine.people import People
from orchestrator.engine.recorder import Recorder
from orchestrator.engine.resources import Demand, Slots
from orchestrator.engine.rounds import Rounds
from orchestrator.engine.sampling import Sampling
from orchestrator.plan.model import Task
from orchestrator.records import dataclass
from orchestrator.state.run import RunState


@dataclass(slots=True)
class Work:
    """One run's. One thread owns it.

    demands: of each task, in slots. running: the attempt under way, by task. left: how many tasks of each group are not
    settled. draining: nothing more starts, since a task failed. losses: how often each task lost its machine.
    interrupted: why the run stops before its end. faulty: whether that is because the executor broke, and not because
    somebody asked. stop: tells every attempt to end.
    """

    orders: Orders
    recorder: Recorder
    frontier: Frontier
    slots: Slots
    demands: Mapping[str, Demand]
    rounds: Rounds
    people: People
    sampling: Sampling
    keep_going: bool
    running: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    losses: Counter[str] = field(default_factory=Counter)
    draining: bool = False
    interrupted: str | None = None
    faulty: bool = False
    stop: Flag = field(default_factory=Flag)

    def __post_init__(self) -> None:
        self.left = dict.fromkeys(self.orders.plan.groups, 0)
        for node in self.orders.graph.nodes.values():
            self.left[node.group] += not self.state.tasks[node.id].settled

    @property
    def state(self) -> RunState:
        """The run so far."""
        return self.recorder.state

    def interrupt(self, why: str, *, faulty: bool = False) -> None:
        """Start nothing more, and end what is under way."""
        if self.interrupted is None:
            self.interrupted, self.faulty = why, faulty
        self.stop.set()

    def task(self, task: str) -> Task:
        """What the plan says of it."""
        return self.orders.graph.nodes[task].task

    def group(self, task: str) -> str:
        """The workstream or stage that it belongs to."""
        return self.orders.graph.nodes[task].group

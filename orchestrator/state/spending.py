"""What agents' work costs, as data: reserved before it is spent, settled from the provider's own answer."""

from collections.abc import Iterable
from dataclasses import field
from operator import attrgetter
from typing import Final

from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Reserved:
    """The most that one call of a model can cost, as far as is known before it. call: counts from 1 within the
    attempt.

    tokens: input and output together. cost: US dollars, None if the model's price is not known.
    """

    call: int
    provider: str
    model: str
    tokens: int
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What one call did cost, by the provider's answer.

    known: False if the answer told no usage; then the reservation is charged. input_tokens: includes those from a
    cache. cost: US dollars, None if the model's price is not known.
    """

    call: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    cost: float | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Spending:
    """What was spent in all, and what is reserved besides.

    tokens, cost: charged; unknown usage is charged as reserved. unknown: calls whose usage nobody told. They include
    calls that were under way when their orchestrator ended. unpriced: calls of models without a known price. seconds:
    of turns that ended.
    """

    turns: int = 0
    seconds: float = 0.0
    tokens: int = 0
    cost: float = 0.0
    calls: int = 0
    unknown: int = 0
    unpriced: int = 0
    open_tokens: int = 0
    open_cost: float = 0.0

    def __add__(self, other: "Spending") -> "Spending":
        return total((self, other))


_FIGURES: Final = attrgetter(*Spending.__slots__)


def total(parts: Iterable[Spending]) -> Spending:
    """The sum. It is asked for before each call of a model, of all tasks of the run."""
    return Spending(*map(sum, zip(*map(_FIGURES, parts), strict=True)))


@dataclass(slots=True)
class Calls:
    """A task's calls of models. It belongs to its task's record, and changes with it.

    open: those that are not settled, by attempt and call. settled: what all others came to. So what is asked before
    each call does not grow with the number of calls.
    """

    open: dict[tuple[int, int], Reserved] = field(default_factory=dict)
    settled: Spending = Spending()

    def reserve(self, attempt: int, reserved: Reserved) -> None:
        """A call may be made."""
        self.open[attempt, reserved.call] = reserved

    def settle(self, attempt: int, settled: Settled) -> None:
        """It is over. One that was never reserved was never made."""
        reserved = self.open.pop((attempt, settled.call), None)
        if reserved is not None:
            self.settled += charge(reserved, settled)


def charge(reserved: Reserved, settled: Settled | None) -> Spending:
    """The cost of a finished call. If its usage is unknown (None), it costs what was reserved."""
    if settled is None or not settled.known:
        unpriced = int(reserved.cost is None)
        return Spending(calls=1, unknown=1, unpriced=unpriced, tokens=reserved.tokens, cost=reserved.cost or 0.0)
    tokens = settled.input_tokens + settled.output_tokens
    return Spending(calls=1, unpriced=int(settled.cost is None), tokens=tokens, cost=settled.cost or 0.0)

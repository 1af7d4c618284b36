"""What agents' work costs, as data: reserved before it is spent, settled from the provider's own answer."""

from dataclasses import dataclass


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
        return Spending(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

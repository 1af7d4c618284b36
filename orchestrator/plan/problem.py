"""Problems of a plan: where, what, and the mend; and the one error that carries them all."""

from collections.abc import Iterable
from typing import ClassVar, Final

from orchestrator.errors import OrchestratorError
from orchestrator.nearest import nearest
from orchestrator.records import dataclass

PROBLEM_LIMIT: Final = 200  # nobody reads more, and each costs a search for what was meant


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with a plan. line and column count from 1; 0 where there is no position."""

    file: str
    line: int
    column: int
    what: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.what}\n  mend: {self.mend}"


class PlanError(OrchestratorError):
    """The plan cannot be used; `problems` says why, in the order of the file, and each problem how to mend it."""

    exit_code: ClassVar[int] = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        told = sorted(set(problems))
        self.problems = tuple(told[:PROBLEM_LIMIT])
        more = ["there are more problems; only the first are shown"] if len(told) >= PROBLEM_LIMIT else []
        super().__init__("\n".join([*map(str, self.problems), *more]))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A mend for an unknown name: the nearest known one, or what there is to choose from."""
    known = list(known)
    near = nearest(word, known)
    if near is not None:
        return f"did you mean '{near}'?"
    choice = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f"use one of: {choice}" if choice else "remove it: there is none to choose from"

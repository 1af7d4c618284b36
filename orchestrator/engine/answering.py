"""Record a person's answer. The run's owner does it. If the run has none, this process takes the run for a moment."""

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, Final

from orchestrator.engine.door import knock
from orchestrator.engine.people import is_taken, refusal, reply_is_taken, reply_refused
from orchestrator.engine.recorder import Recorder
from orchestrator.engine.requests import Answering, Replying, Request
from orchestrator.engine.session import owned
from orchestrator.errors import OrchestratorError
from orchestrator.journal.errors import RunOwned
from orchestrator.journal.port import JournalPort
from orchestrator.records import dataclass
from orchestrator.state.events import Event, PersonAnswered, QuestionAnswered
from orchestrator.state.fold import fold
from orchestrator.state.people import Answer
from orchestrator.state.run import RunState

PATIENCE: Final = 30.0
"""Seconds for which a run may be somebody's who does not open."""


class Refused(OrchestratorError):  # noqa: N818 - named after what happened
    """An answer that cannot be taken."""

    exit_code: ClassVar[int] = 2


def give(  # noqa: PLR0913 - the answer and what it is recorded by
    journal: JournalPort,
    run: str,
    folder: Path,
    task: str,
    answer: Answer,
    *,
    secrets: Sequence[str] = (),
    wall: Callable[[], float] = time.time,
) -> None:
    """Record the answer; it is durable on return. folder: the run's. Raises Refused, RunOwned where its owner does
    not open, JournalError.
    """

    def event(state: RunState) -> tuple[str, Event | None]:
        said = _refused(state, refusal(state, task, answer, wall()))
        return said, None if said else PersonAnswered(task, answer.attempt, answer)

    def taken(state: RunState) -> bool:
        return task in state.tasks and is_taken(state, task, answer)

    _Door(journal, run, folder, tuple(secrets), wall).bring(Answering(task, answer), taken, event)


def give_reply(  # noqa: PLR0913 - as above
    journal: JournalPort,
    run: str,
    folder: Path,
    asked: Replying,
    *,
    secrets: Sequence[str] = (),
    wall: Callable[[], float] = time.time,
) -> None:
    """The same, of an answer to what an agent asked while it worked."""

    def event(state: RunState) -> tuple[str, Event | None]:
        said = _refused(state, reply_refused(state, asked.task, asked.number, asked.reply))
        return said, None if said else QuestionAnswered(asked.task, asked.number, asked.reply)

    def taken(state: RunState) -> bool:
        refused = reply_refused(state, asked.task, asked.number, asked.reply)
        return not refused and reply_is_taken(state, asked.task, asked.number)

    _Door(journal, run, folder, tuple(secrets), wall).bring(asked, taken, event)


Following = Callable[[RunState], tuple[str, Event | None]]
"""Why what is brought is refused, "" with the event to record where it is not."""
Taken = Callable[[RunState], bool]
"""Whether it is recorded already: who had the run took it, and its reply was cut off."""


def _refused(state: RunState, why: str) -> str:
    return f"run {state.run} is finished" if state.finished else why


@dataclass(frozen=True, slots=True)
class _Door:
    """Where an answer to a run is brought, and what it is recorded by where nobody opens."""

    journal: JournalPort
    run: str
    folder: Path
    secrets: tuple[str, ...]
    wall: Callable[[], float]

    def bring(self, request: Request, taken: Taken, following: Following) -> None:
        """Have the run's owner record it, or record it here. Raises Refused, RunOwned, JournalError."""
        deadline = time.monotonic() + PATIENCE
        while True:
            heard = knock(self.folder, request)
            said = "" if heard is None else str(heard["refused"])
            if heard is None:
                try:
                    said = self._record(taken, following)
                except RunOwned:
                    if time.monotonic() >= deadline:
                        raise
                    time.sleep(random.uniform(0.01, 0.1))  # noqa: S311 - so that those who wait do not come at once
                    continue
            if said:
                raise Refused(f"{said}\n  mend: `orchestrate inbox` shows what waits for people")
            return

    def _record(self, taken: Taken, following: Following) -> str:
        """Why it is refused, "" where it is durable now."""
        with owned(self.journal, self.run) as fence:
            state = fold(self.journal.read(self.run))
            if taken(state):
                return ""
            said, event = following(state)
            if event is not None:
                told, clock = (lambda _envelope: None), time.monotonic
                recorder = Recorder(self.journal, self.run, fence, state, told, clock, self.wall, clock(), self.secrets)
                recorder.record(event)
                recorder.commit()
        return said

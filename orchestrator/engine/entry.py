"""The per-plan start lock: one process at a time checks whether a plan has a run to continue.

So two commands in the same instant do not become two runs.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from orchestrator.journal.errors import RunOwned
from orchestrator.journal.port import JournalPort

PATIENCE: Final = 30.0  # seconds; the holder needs time to read the journal and commit one event
PAUSE: Final = 0.02


@contextmanager
def entry(  # noqa: PLR0913 - the clock and the pause are for tests
    journal: JournalPort,
    plan_id: str,
    settings: Mapping[str, str],
    *,
    patience: float = PATIENCE,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Callable[[], None]]:
    """Acquire the start lock of a plan and its settings.

    Yields a function that releases the lock. Call it once the run is owned and its beginning is durable. Leaving the
    context releases the lock too. It is a lease of the journal, so a process that dies inside blocks nobody. Raises
    RunOwned if it takes longer than `patience` seconds.
    """
    door = _door(plan_id, settings)
    deadline = clock() + patience
    while (fence := _try(journal, door, last=clock() >= deadline)) is None:
        sleep(PAUSE)

    def leave() -> None:
        journal.release(door, fence)

    try:
        yield leave
    finally:
        leave()


def _try(journal: JournalPort, door: str, *, last: bool) -> int | None:
    try:
        return journal.acquire(door)
    except RunOwned:
        if last:
            raise
        return None


def _door(plan_id: str, settings: Mapping[str, str]) -> str:
    """The lock's name, which no run can have: run ids hold no blank."""
    said = json.dumps(dict(settings), sort_keys=True).encode("utf-8", "surrogatepass")
    return f"start of {plan_id} {hashlib.sha256(said).hexdigest()[:16]}"

"""One at a time finds out whether a plan has a run to continue: two commands in the same instant do not become two runs."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from orchestrator.journal.errors import RunOwned
from orchestrator.journal.port import JournalPort

PATIENCE: Final = 30.0  # seconds; who is inside needs the time to read the journal and to commit one event
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
    """Wait for whoever starts a run of the same plan and settings just now, then be that one.

    Yields what lets the next one in: call it once the run is owned and its beginning durable; leaving the context does it too.
    A lease of the journal does it, so one who dies inside holds nobody up. Raises RunOwned when it takes longer than `patience` seconds.
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
    """A name for the lease that no run can have: run ids hold no blank."""
    said = json.dumps(dict(settings), sort_keys=True).encode("utf-8", "surrogatepass")
    return f"start of {plan_id} {hashlib.sha256(said).hexdigest()[:16]}"

"""What the orchestrator knows of attempts on a cluster: which execution is theirs, and whether its worker still gives signs of life.

Pure but for the lock: times and the scheduler's list of workers are arguments.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from orchestrator.evidence.measurement import Claim
from orchestrator.executors.order import Launched, Note, Told, WorkOrder
from orchestrator.process import Launch, ProcessId


@dataclass(slots=True)
class Watched:
    """One attempt under way. execution, worker: of its first start, "" before. another: whether a second one was started."""

    order: WorkOrder
    listener: Callable[[Told], None]
    execution: str = ""
    worker: str = ""
    another: bool = False
    ended: bool = False


class Watch:
    """Fencing for attempts: the first execution that starts is the attempt's, and only as long as its worker's lease lasts.

    lease: seconds that a worker may be silent. refused: how many messages and results came of executions that were given up.
    """

    def __init__(self, lease: float) -> None:
        self.lease = lease
        self.refused = 0
        self._lock = Lock()
        self._watched: dict[str, Watched] = {}
        self._seen: dict[str, tuple[float, float]] = {}

    def begin(self, order: WorkOrder, listener: Callable[[Told], None]) -> None:
        """An attempt is handed to the cluster."""
        with self._lock:
            self._watched[order.marker] = Watched(order, listener)

    def give_up(self, marker: str) -> None:
        """Whatever comes of it from now on is refused."""
        with self._lock:
            self._watched.pop(marker, None)

    def hear(self, said: Mapping[str, Any]) -> None:
        """A message of a worker: started, launched, note or ended."""
        with self._lock:
            one = self._watched.get(said["marker"])
            if one is None:
                self.refused += 1
                return
            if said["kind"] == "started" and not one.execution:
                one.execution, one.worker = said["execution"], said["worker"]
            if said["execution"] != one.execution:
                one.another = True
                self.refused += 1
                return
            one.ended = one.ended or said["kind"] == "ended"
        task, attempt = one.order.task, one.order.attempt
        if said["kind"] == "note":
            claim = said["claim"]
            one.listener(Note(task, attempt, said["text"], Claim(*claim) if claim else None))
        elif said["kind"] == "launched":
            one.listener(Launched(task, attempt, Launch(*(ProcessId(*each) for each in said["launch"]))))

    def see(self, workers: Mapping[str, Mapping[str, Any]], now: float) -> None:
        """Take in the scheduler's list of workers. now: monotonic seconds; a worker's own clock is only compared with itself."""
        with self._lock:
            fresh = {}
            for address, facts in workers.items():
                beat = float(facts.get("last_seen", 0.0))
                before = self._seen.get(address)
                fresh[address] = before if before is not None and before[0] == beat else (beat, now)
            self._seen = fresh

    def silent(self, now: float) -> frozenset[str]:
        """Addresses of workers that are listed and have been silent for longer than the lease."""
        with self._lock:
            return frozenset(address for address, (_, at) in self._seen.items() if now - at > self.lease)

    def living(self, now: float) -> tuple[str, ...]:
        """Addresses of the others."""
        silent = self.silent(now)
        with self._lock:
            return tuple(address for address in self._seen if address not in silent)

    def loss(self, marker: str, now: float) -> str:
        """Why the attempt must be given up, "" while it need not be."""
        with self._lock:
            one = self._watched[marker]
            seen = self._seen.get(one.worker)
        if one.another:
            return f"its worker {one.worker} was lost, and the scheduler began it again elsewhere"
        if not one.worker:
            return ""
        if seen is None:
            return f"its worker {one.worker} is gone"
        if now - seen[1] > self.lease:
            return f"its worker {one.worker} has been silent for more than {self.lease:g} s"
        return ""

    def accepts(self, marker: str, execution: str) -> bool:
        """Whether a result is of the attempt's own execution; one that is not is refused."""
        with self._lock:
            one = self._watched.get(marker)
            ours = one is not None and one.execution in {"", execution}
            self.refused += not ours
            return ours

    def has_ended(self, marker: str) -> bool:
        """Whether its worker said that nothing of it runs any more, or it never began."""
        with self._lock:
            one = self._watched[marker]
            return one.ended or not one.execution

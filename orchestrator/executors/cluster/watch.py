"""What the orchestrator knows about attempts on a cluster: their execution, its deadline, and whether its worker
lives.

Pure, except for the lock: times and the scheduler's list of workers are arguments.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from orchestrator.evidence.measurement import Claim
from orchestrator.executors.order import Launched, Note, Told, WorkOrder
from orchestrator.process import Launch, ProcessId

Grants = dict[str, dict[str, dict[str, str]]]
"""By run and worker's address: the marker of each execution that may run there."""


@dataclass(slots=True)
class Watched:
    """One attempt under way. execution, worker: of its first start, "" before. another: whether a second one was
    started.

    granted: when its lease was last renewed. withdrawn: whether it must not be renewed again.
    """

    order: WorkOrder
    listener: Callable[[Told], None]
    execution: str = ""
    worker: str = ""
    another: bool = False
    ended: bool = False
    granted: float | None = None
    withdrawn: bool = False


class Watch:
    """Fencing for attempts. The first execution that starts is the attempt's, as long as its worker's lease lasts.

    lease: seconds that a worker can be silent, and that an execution can run unless it is renewed. refused: how many
    messages and results came from executions that were given up.
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
        """Refuse everything that it sends from now on."""
        with self._lock:
            self._watched.pop(marker, None)

    def hear(self, said: Mapping[str, Any]) -> bool:
        """Take a message of a worker: started, asks, launched, note or ended.

        Returns whether it belongs to an attempt's own execution.
        """
        with self._lock:
            one = self._watched.get(said["marker"])
            if one is None:
                self.refused += 1
                return False
            if said["kind"] == "started" and not one.execution:
                one.execution, one.worker = said["execution"], said["worker"]
            if said["execution"] != one.execution:
                one.another = True
                self.refused += 1
                return False
            one.ended = one.ended or said["kind"] == "ended"
        task, attempt = one.order.task, one.order.attempt
        if said["kind"] == "note":
            claim = said["claim"]
            one.listener(Note(task, attempt, said["text"], Claim(*claim) if claim else None))
        elif said["kind"] == "launched":
            one.listener(Launched(task, attempt, Launch(*(ProcessId(*each) for each in said["launch"]))))
        return True

    def tell(self, marker: str, text: str) -> None:
        """Tell the attempt's listener something of our own."""
        with self._lock:
            one = self._watched[marker]
        one.listener(Note(one.order.task, one.order.attempt, text))

    def see(self, workers: Mapping[str, Mapping[str, Any]], now: float) -> None:
        """Take in the scheduler's list of workers.

        now: monotonic seconds. A worker's own clock is only compared with itself.
        """
        with self._lock:
            fresh = {}
            for address, facts in workers.items():
                beat = float(facts.get("last_seen", 0.0))
                before = self._seen.get(address)
                fresh[address] = before if before is not None and before[0] == beat else (beat, now)
            self._seen = fresh

    def silent(self, now: float) -> frozenset[str]:
        """Addresses of listed workers that have been silent for longer than the lease."""
        with self._lock:
            return frozenset(address for address, (_, at) in self._seen.items() if now - at > self.lease)

    def living(self, now: float) -> tuple[str, ...]:
        """Addresses of the others."""
        silent = self.silent(now)
        with self._lock:
            return tuple(address for address in self._seen if address not in silent)

    def loss(self, marker: str, now: float) -> str:
        """Why the attempt must be given up, "" if it need not be."""
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

    def grants(self) -> Grants:
        """Which execution may run where, for all attempts under way."""
        with self._lock:
            granted: Grants = {}
            for marker, one in self._watched.items():
                if one.execution and not one.withdrawn and not one.ended:
                    granted.setdefault(one.order.run, {}).setdefault(one.worker, {})[one.execution] = marker
            return granted

    def granted(self, markers: Iterable[str], now: float) -> None:
        """Their leases may have been renewed, up to now."""
        with self._lock:
            for marker in markers:
                if marker in self._watched:
                    self._watched[marker].granted = now

    def withdraw(self, marker: str) -> None:
        """Stop renewing its lease."""
        with self._lock:
            self._watched[marker].withdrawn = True

    def over(self, marker: str, now: float) -> bool:
        """Whether nothing of it can run: it reported its end, it was never allowed to run, or its lease is over."""
        with self._lock:
            one = self._watched[marker]
            return one.ended or one.granted is None or now >= one.granted + self.lease

    def accepts(self, marker: str, execution: str) -> bool:
        """Whether a result belongs to the attempt's own execution. Any other result is refused."""
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

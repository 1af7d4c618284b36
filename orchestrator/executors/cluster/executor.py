"""The orchestrator's side: a `concurrent.futures.Executor` whose attempts run on the workers of a Dask cluster.

Every attempt has a thread here that ships its inputs, waits, watches its worker, and fetches what it left. The journal
stays the truth. The cluster only dispatches, and forgets everything that the engine does not ask for.
"""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.executors.cluster.address import require_listener
from orchestrator.executors.cluster.facts import facts_here
from orchestrator.executors.cluster.fence import Fence
from orchestrator.executors.cluster.link import Link
from orchestrator.executors.cluster.store import Store, StoreError
from orchestrator.executors.cluster.tending import Tending
from orchestrator.executors.cluster.there import Delivery, Shipment, WrongEnvironment, carry_out_there
from orchestrator.executors.cluster.watch import Watch
from orchestrator.executors.folder import fresh, keep
from orchestrator.executors.order import AttemptResult, Note, StopSignal, Told, WorkOrder
from orchestrator.executors.place import Place
from orchestrator.runner import Runner
from orchestrator.state.failure import Cause, Failure

LEASE: Final = 10.0
PATIENCE: Final = 60.0
TICK: Final = 0.1
MOST_AT_ONCE: Final = 256
LOSSES: Final = frozenset(
    {"KilledWorker", "FutureCancelledError", "CancelledError", "CommClosedError", "FutureLost", "ClosedClientError",
     "NotGranted"}
)  # fmt: skip
"""Exceptions, by name, that say that workers or scheduler went away, or did not hear of us; not that the task did
anything.
"""


@dataclass(frozen=True, slots=True)
class Lost:
    """Why an attempt is given up.

    outage: the whole cluster is away, which says nothing about the task, however often it happens.
    """

    why: str
    outage: bool = False


class Stopped(Exception):  # noqa: N818 - named after what happened
    """The run stops before the attempt was handed to the cluster."""


class GivenUp(Exception):  # noqa: N818 - as above
    """The cluster did not come back in time. The message names it, and how long it was waited for."""


class DaskExecutor(ThreadPoolExecutor):
    """`submit(carry_out, order, stop, listener)` lets a worker carry out the order. Use it as a context.

    Leaving the context ends what it began. scheduler: its address ("tcp://host:8786"), or None for a cluster of
    processes on this machine. store: the URL or folder that artifacts travel through; every machine must reach it.
    lease: how many seconds a worker can be silent, and an attempt can run without hearing from this process. patience:
    seconds to wait for a cluster that went away. workers: how many, for a cluster of its own.

    Raises ClusterFault if the environment of a worker differs from this one in what the runners depend on.
    """

    def __init__(  # noqa: PLR0913 - where and how, by name
        self,
        scheduler: str | None,
        store: str,
        runners: Mapping[str, Runner],
        names: Iterable[str],
        *,
        lease: float = LEASE,
        patience: float = PATIENCE,
        workers: int | None = None,
    ) -> None:
        super().__init__(max_workers=MOST_AT_ONCE, thread_name_prefix="attempt")
        self.watch = Watch(lease)
        if scheduler is not None:
            require_listener(scheduler)
        self._patience = patience
        self._store = Store(store)
        self._topic = f"orchestrate-{secrets.token_hex(8)}"
        self._facts = facts_here(names, runners)
        self._digests: dict[Path, str] = {}
        self._fences: dict[str, Fence] = {}
        self._link = Link(scheduler, self._facts, topic=self._topic, hear=self._hear, workers=workers)
        self._tending = Tending(self._link, self.watch)

    @property
    def client(self) -> Any:  # noqa: ANN401 - distributed has no types
        """Dask's current client."""
        return self._link.client

    @property
    def slots(self) -> int:
        """How many attempts the cluster's workers have threads for now."""
        return sum(int(worker["nthreads"]) for worker in self._link.workers().values())

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401, ARG002 - as Executor
        """As `concurrent.futures.Executor`.

        `fn` is what the engine would call here; the worker calls its counterpart.
        """
        return super().submit(self._attempt, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as Executor
        """End the threads, then the connection, and a cluster of its own."""
        super().shutdown(wait=wait, cancel_futures=cancel_futures)
        self._tending.close()
        self._link.close()
        while self._fences:
            self._fences.popitem()[1].close()

    def _attempt(self, order: WorkOrder, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
        start = time.monotonic()
        try:
            self._await_former(order, stop, listener)
            self.watch.begin(order, listener)
            return self._carried_out(order, stop, start)
        except Stopped:
            return _result(order, start, stopped=True)
        except GivenUp as error:
            return _result(order, start, fault=str(error))
        except (StoreError, WrongEnvironment, OSError) as error:  # the connection's own troubles are losses
            return _result(order, start, failure=Failure(Cause.SPAWN, str(error)))
        finally:
            self.watch.give_up(order.marker)

    def _carried_out(self, order: WorkOrder, stop: StopSignal, start: float) -> AttemptResult:
        fresh(order.folder)
        shipment = Shipment(order, self._shipped(order), self._store, self._topic, self._facts, self.watch.lease)
        client = self._link.client
        try:
            self._await_cluster(order, stop)
            client = self._link.client
            delivery = self._wait(order, self._dispatch(shipment), stop)
        except (Stopped, GivenUp):
            raise
        except Exception as error:
            lost = self._as_loss(order, error, client)
            if lost is None:
                raise
            delivery = lost
        if isinstance(delivery, Lost):
            self._await_release(order, delivery)
            return _result(order, start, lost=f"{delivery.why}; its lease is over", outage=delivery.outage)
        if delivery is None:
            return _result(order, start, stopped=True)
        for name, content in delivery.files.items():
            self._store.get(content, order.folder / name)
        place = Place(order.folder)
        try:
            keep(order.folder, order.home, place.handle)
        finally:
            place.close()
        return delivery.result

    def _dispatch(self, shipment: Shipment) -> "Future[Delivery]":
        """Hand it to any worker that gives signs of life.

        Dask itself only notices workers that closed the connection.
        """
        now = time.monotonic()
        only = {"workers": list(self.watch.living(now))} if self.watch.silent(now) else {}
        executor = self._link.client.get_executor(pure=False, retries=0, **only)
        future: Future[Delivery] = executor.submit(carry_out_there, shipment)
        return future

    def _await_cluster(self, order: WorkOrder, stop: StopSignal) -> None:
        """Return once there is a worker. Raises Stopped, GivenUp."""
        told = False
        while (away := self._tending.away()) is not None:
            if stop.is_set():
                raise Stopped
            if time.monotonic() - away.since > self._patience:
                raise GivenUp(f"{away.why}, and did not come back within {self._patience:g} s")
            if not told:
                self.watch.tell(order.marker, f"{away.why}: waiting for it, up to {self._patience:g} s")
            told = True
            time.sleep(TICK)

    def _wait(self, order: WorkOrder, future: "Future[Delivery]", stop: StopSignal) -> Delivery | Lost | None:
        """The delivery; or why it was given up; or None if it was stopped."""
        while True:
            with contextlib.suppress(TimeoutError):
                delivery = future.result(timeout=TICK)
                if self.watch.accepts(order.marker, delivery.execution):
                    return delivery
                return Lost("its worker was lost, and the scheduler began it again elsewhere: that result is refused")
            if lost := self._loss(order):
                future.cancel()
                return lost
            if stop.is_set():
                future.cancel()  # the worker sees that nobody wants it any more, and ends the attempt
                self._await_end(order)
                return None

    def _await_end(self, order: WorkOrder) -> None:
        deadline = time.monotonic() + order.grace + self.watch.lease
        while not self.watch.has_ended(order.marker) and time.monotonic() < deadline:
            if self._loss(order):
                return
            time.sleep(TICK)

    def _loss(self, order: WorkOrder) -> Lost | None:
        away = self._tending.away()
        if away is not None and away.scheduler:
            return Lost(away.why, outage=True)
        why = self.watch.loss(order.marker, time.monotonic())
        return Lost(why) if why else None

    def _as_loss(self, order: WorkOrder, error: Exception, client: object) -> Lost | None:
        """What the error says about the cluster, None if it says something about the attempt.

        client: the one that the attempt was handed to.
        """
        away = self._tending.away()
        if client is not self._link.client or (away is not None and away.scheduler):
            return Lost(f"{self._link.name} went away", outage=True)
        if is_loss(error):
            return Lost(f"the cluster lost it: {type(error).__name__}: {error}".split("\n", 1)[0][:500])
        return self._loss(order) if isinstance(error, OSError) else None

    def _await_release(self, order: WorkOrder, lost: Lost) -> None:
        """Return once nothing of the attempt can run any more."""
        marker = order.marker
        self._tending.withdraw(marker)
        if not self._released(marker):
            within = f"in {self.watch.lease:g} s at the latest"
            self.watch.tell(marker, f"{lost.why}; it is begun again when its lease is over, {within}")
        while not self._released(marker):
            time.sleep(TICK)

    def _released(self, marker: str) -> bool:
        fence = self._fences.get(marker)
        return (fence is not None and fence.shut()) or self._tending.over(marker)

    def _await_former(self, order: WorkOrder, stop: StopSignal, listener: Callable[[Told], None]) -> None:
        """Wait for the end of a former orchestrator's lease, if that had the task under way when it went away.

        Raises Stopped.
        """
        told = False
        while (left := self._tending.former(order.run, order.task)) > 0:
            if stop.is_set():
                raise Stopped
            if not told:
                text = (
                    f"an attempt of a former orchestrator may still run: it is begun when that one's lease is over, "
                    f"in {left:.0f} s"
                )
                listener(Note(order.task, order.attempt, text))
            told = True
            time.sleep(TICK)

    def _shipped(self, order: WorkOrder) -> dict[Path, str]:
        """Put every input's content into the store, each file once."""
        paths = dict.fromkeys(path for given in order.inputs for path in given.artifacts.values())
        for path in paths:
            if path not in self._digests:
                self._digests[path] = self._store.put(path)
        return {path: self._digests[path] for path in paths}

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        said = event[1]
        if not self.watch.hear(said):
            return
        if said["kind"] == "started":
            self._tending.wake()
        elif said["kind"] == "asks" and (fence := Fence.found(said["lease"])) is not None:
            self._fences[said["marker"]] = fence
        elif said["kind"] == "ended" and (done := self._fences.pop(said["marker"], None)) is not None:
            done.close()


def is_loss(error: BaseException) -> bool:
    """Whether the error concerns the connection or its other end. Any other OSError concerns a file here."""
    return isinstance(error, CancelledError | ConnectionError | TimeoutError) or type(error).__name__ in LOSSES


def _result(order: WorkOrder, start: float, **how: Any) -> AttemptResult:  # noqa: ANN401 - fields of AttemptResult
    used = Usage(time.monotonic() - start, 0.0, 0, 0)
    return AttemptResult(order.task, order.attempt, Evidence(), used, **how)

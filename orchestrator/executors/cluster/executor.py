"""The orchestrator's side: a `concurrent.futures.Executor` that has attempts carried out by the workers of a Dask cluster.

Every attempt has a thread here that ships its inputs, waits, watches its worker's lease, and fetches what it left. The journal
stays the truth: the cluster only dispatches, and forgets everything that the engine does not ask for.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import Any, ClassVar, Final

from orchestrator.errors import OrchestratorError
from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.executors.cluster.facts import Facts, differences, facts_here
from orchestrator.executors.cluster.store import Store, StoreError
from orchestrator.executors.cluster.there import Delivery, Shipment, WrongEnvironment, carry_out_there
from orchestrator.executors.cluster.watch import Watch
from orchestrator.executors.folder import fresh, keep
from orchestrator.executors.order import AttemptResult, StopSignal, Told, WorkOrder
from orchestrator.executors.place import Place
from orchestrator.runner import Runner
from orchestrator.state.events import Cause, Failure

LEASE: Final = 30.0
LOOK: Final = 0.5  # seconds between looks at the scheduler's list of workers
TICK: Final = 0.1
CONNECT: Final = 20.0
GONE: Final = frozenset({"closed", "closing"})
MOST_AT_ONCE: Final = 256
QUIET: Final = {"dashboard_address": "127.0.0.1:0"}
"""For an own cluster: without it, its scheduler serves HTTP to everyone on port 8787, and complains where that is taken."""
LOSSES: Final = frozenset({"KilledWorker", "FutureCancelledError", "CancelledError", "CommClosedError", "FutureLost"})
"""Exceptions, by name, that say that workers or scheduler went away; not that the task did anything."""


class ClusterFault(OrchestratorError):  # noqa: N818 - named after what was found
    """The cluster cannot be reached, has no workers, or has some that are not like this machine."""

    exit_code: ClassVar[int] = 4


class DaskExecutor(ThreadPoolExecutor):
    """`submit(carry_out, order, stop, listener)` has the order carried out by a worker. Use it as a context: it ends what it began.

    scheduler: its address ("tcp://host:8786"), or None for a cluster of processes on this machine. store: the URL or folder that
    artifacts travel by; every machine must reach it. lease: seconds that a worker may be silent. workers: how many, of an own
    cluster. Raises ClusterFault where the environment of a worker differs from this one in what the runners depend on.
    """

    def __init__(  # noqa: PLR0913 - where and how, by name
        self,
        scheduler: str | None,
        store: str,
        runners: Mapping[str, Runner],
        names: Iterable[str],
        *,
        lease: float = LEASE,
        workers: int | None = None,
    ) -> None:
        super().__init__(max_workers=MOST_AT_ONCE, thread_name_prefix="attempt")
        self.watch = Watch(lease)
        self._scheduler = scheduler
        self._store = Store(store)
        self._topic = f"orchestrate-{secrets.token_hex(8)}"
        self._facts = facts_here(names, runners)
        self._digests: dict[Path, str] = {}
        self._over = Event()
        self._held = contextlib.ExitStack()
        with contextlib.ExitStack() as undo:
            undo.push(self._held)
            self._meet(self._held.enter_context(_connected(scheduler, workers)))
            undo.pop_all()
        Thread(target=self._keep_looking, name="cluster watch", daemon=True).start()

    def _meet(self, client: Any) -> None:  # noqa: ANN401 - distributed has no types
        """Check the workers, listen to them, and use them from now on. Raises ClusterFault."""
        require_alike(client.run(facts_here, tuple(self._facts.code)), self._facts)
        client.subscribe_topic(self._topic, self._hear)
        self.client = client
        self._look()

    @property
    def slots(self) -> int:
        """How many attempts the cluster's workers have threads for now."""
        return sum(int(worker["nthreads"]) for worker in self.client.scheduler_info()["workers"].values())

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401, ARG002 - as Executor
        """As `concurrent.futures.Executor`; `fn` is what the engine would call here, and stands for what the worker calls."""
        return super().submit(self._attempt, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as Executor
        """End the threads, then the connection, and a cluster of its own."""
        super().shutdown(wait=wait, cancel_futures=cancel_futures)
        self._over.set()
        self._held.close()

    def _attempt(self, order: WorkOrder, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
        start = time.monotonic()
        self.watch.begin(order, listener)
        try:
            return self._carried_out(order, stop, start)
        except (StoreError, WrongEnvironment, OSError) as error:  # the connection's own troubles are losses
            return _failed(order, start, Failure(Cause.SPAWN, str(error)))
        finally:
            self.watch.give_up(order.marker)

    def _carried_out(self, order: WorkOrder, stop: StopSignal, start: float) -> AttemptResult:
        fresh(order.folder)
        shipment = Shipment(order, self._shipped(order), self._store, self._topic, self._facts)
        try:
            future = self._dispatch(shipment)
            delivery = self._wait(order, future, stop)
        except Exception as error:
            if not (_is_loss(error) or (isinstance(error, OSError) and self._gone(order))):
                raise
            return _lost(order, start, f"the cluster lost it: {type(error).__name__}: {error}")
        if isinstance(delivery, str):
            return _lost(order, start, delivery)
        if delivery is None:
            return AttemptResult(order.task, order.attempt, Evidence(), _used(start), None, stopped=True)
        for name, content in delivery.files.items():
            self._store.get(content, order.folder / name)
        place = Place(order.folder)
        try:
            keep(order.folder, order.home, place.handle)
        finally:
            place.close()
        return delivery.result

    def _dispatch(self, shipment: Shipment) -> "Future[Delivery]":
        """To any worker that gives signs of life; Dask itself only knows of those that have hung up. Raises ConnectionError."""
        deadline = time.monotonic() + self.watch.lease
        while not self.watch.living(now := time.monotonic()):
            if now > deadline:
                raise ConnectionError(f"no worker has given a sign of life for {self.watch.lease:g} s")
            time.sleep(TICK)
        only = {"workers": list(self.watch.living(now))} if self.watch.silent(now) else {}
        executor = self.client.get_executor(pure=False, retries=0, **only)
        future: Future[Delivery] = executor.submit(carry_out_there, shipment)
        return future

    def _wait(self, order: WorkOrder, future: "Future[Delivery]", stop: StopSignal) -> Delivery | str | None:
        """The delivery; why it was given up; or None where it was stopped."""
        while True:
            with contextlib.suppress(TimeoutError):
                delivery = future.result(timeout=TICK)
                if self.watch.accepts(order.marker, delivery.execution):
                    return delivery
                return "its worker was lost, and the scheduler began it again elsewhere: that result is refused"
            if loss := self.watch.loss(order.marker, time.monotonic()):
                future.cancel()
                return loss
            if stop.is_set():
                future.cancel()  # the worker sees that nobody wants it any more, and ends the attempt
                self._await_end(order)
                return None

    def _await_end(self, order: WorkOrder) -> None:
        deadline = time.monotonic() + order.grace + self.watch.lease
        while not self.watch.has_ended(order.marker) and time.monotonic() < deadline:
            if self.watch.loss(order.marker, time.monotonic()):
                return
            time.sleep(TICK)

    def _gone(self, order: WorkOrder) -> bool:
        """Whether the attempt's worker, or the whole cluster, does not answer any more."""
        return self.client.status in GONE or bool(self.watch.loss(order.marker, time.monotonic()))

    def _shipped(self, order: WorkOrder) -> dict[Path, str]:
        """Put every input's content into the store; a file is put once."""
        paths = dict.fromkeys(path for given in order.inputs for path in given.artifacts.values())
        for path in paths:
            if path not in self._digests:
                self._digests[path] = self._store.put(path)
        return {path: self._digests[path] for path in paths}

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        self.watch.hear(event[1])

    def _keep_looking(self) -> None:
        while not self._over.wait(LOOK):
            with contextlib.suppress(Exception):  # a scheduler that does not answer lets every lease run out
                if self._scheduler is not None and self.client.status in GONE:
                    self._meet(self._held.enter_context(_connected(self._scheduler, None)))
                self._look()

    def _look(self) -> None:
        self.watch.see(self.client.scheduler_info()["workers"], time.monotonic())


def require_alike(found: Mapping[str, Facts], wanted: Facts) -> None:
    """Raise ClusterFault unless there are workers, each with what the runners depend on as it is here."""
    if not found:
        raise ClusterFault("the cluster has no workers\n  mend: start some (`dask worker ADDRESS`), then run again")
    for address, facts in sorted(found.items()):
        if told := differences(wanted, facts):
            raise ClusterFault(
                f"worker {address}: {'; '.join(told)}\n  mend: install the same versions there, and start it again"
            )


def _is_loss(error: BaseException) -> bool:
    """Whether it tells of the connection or of who is at its other end; any other OSError is of a file here."""
    return isinstance(error, CancelledError | ConnectionError | TimeoutError) or type(error).__name__ in LOSSES


def _failed(order: WorkOrder, start: float, failure: Failure) -> AttemptResult:
    return AttemptResult(order.task, order.attempt, Evidence(), _used(start), failure)


def _lost(order: WorkOrder, start: float, why: str) -> AttemptResult:
    return AttemptResult(order.task, order.attempt, Evidence(), _used(start), None, lost=why.split("\n", 1)[0][:500])


def _used(start: float) -> Usage:
    return Usage(time.monotonic() - start, 0.0, 0, 0)


@contextlib.contextmanager
def _connected(scheduler: str | None, workers: int | None) -> Any:  # noqa: ANN401 - a generator, as contextmanager wants it
    """A client of the scheduler, or of a cluster on this machine that ends with it. Raises ClusterFault."""
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - heavy, and an extra
    except ImportError as error:
        raise ClusterFault(
            f"Dask is not installed ({error})\n  mend: pip install 'workstream-orchestrator[dask]'"
        ) from error
    with contextlib.ExitStack() as stack:
        try:
            address: Any = scheduler or stack.enter_context(
                LocalCluster(  # type: ignore[no-untyped-call]
                    n_workers=workers or os.cpu_count(), threads_per_worker=8, dashboard_address=None, silence_logs=50,
                    memory_limit=0, scheduler_kwargs=QUIET,
                )
            )  # fmt: skip
            client = stack.enter_context(Client(address, timeout=CONNECT, set_as_default=False))  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError, ValueError) as error:
            where = scheduler or "a cluster on this machine"
            raise ClusterFault(
                f"{where}: {error}\n  mend: check the address, and that a scheduler listens there"
            ) from error
        yield client

"""The worker's side: one attempt in a folder of the worker's own. Its inputs are fetched and its files put by content.

Dask calls everything here in a thread of a worker process. The attempt runs in a process tree of its own, as anywhere.
"""

import asyncio
import contextlib
import functools
import secrets
import shutil
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any, Final

from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.cluster.facts import Facts, differences, facts_here
from orchestrator.executors.cluster.lease import FILE, GRANTS, Lease, locked
from orchestrator.executors.cluster.store import Store, StoreError
from orchestrator.executors.order import AttemptResult, Launched, Note, Told, WorkOrder
from orchestrator.runner import TaskInput

KEPT: Final = ("stdout.log", "stderr.log", "series.csv", "evidence.jsonl", "order.json")
WANTED: Final = frozenset({"executing", "long-running"})


class WrongEnvironment(Exception):  # noqa: N818 - named after what was found
    """This worker differs from the orchestrator's machine. The message says how."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """An order on its way.

    files: sha256 of each input file, by the path that the order has. topic: where to report what happens. facts: what
    the worker must have. lease: seconds that an execution can run without hearing from its orchestrator.
    """

    order: WorkOrder
    files: Mapping[Path, str]
    store: Store
    topic: str
    facts: Facts
    lease: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """What comes back.

    execution: the execution of the attempt that it belongs to. files: sha256 by path below the attempt's folder.
    """

    execution: str
    result: AttemptResult
    files: Mapping[str, str]


def carry_out_there(shipment: Shipment) -> Delivery:
    """Carry out the order on this worker. What the task does is in the result.

    Raises WrongEnvironment, NotGranted, StoreError. What this worker's system refuses (a full disk, no rights) is a
    StoreError too: an OSError would look as if the worker were gone.
    """
    from distributed import get_worker  # noqa: PLC0415 - workers have it

    worker, execution = get_worker(), secrets.token_hex(8)

    def tell(kind: str, **more: object) -> None:
        said = {"marker": shipment.order.marker, "execution": execution, "worker": worker.address, "kind": kind}
        worker.log_event(shipment.topic, {**said, **more})

    tell("started")
    try:
        require_alike(shipment.facts)
        root = Path(worker.local_directory) / "attempts" / execution
        try:
            with locked(root / FILE) as known:
                tell("asks", lease=known)
                lease = Lease(
                    execution, str(root / FILE), shipment.lease, ask=functools.partial(_ask, worker,
                    shipment.order.run),
                    released=StopWhenReleased(worker),
                )  # fmt: skip
                lease.await_grant()
                return _carry_out(shipment, execution, root, lease, tell)
        except OSError as error:
            raise StoreError(f"worker {worker.address}: {error}\n  mend: look at its disk and rights") from error
        finally:
            shutil.rmtree(root, ignore_errors=True)
    finally:
        tell("ended")


def _ask(worker: Any, run: str) -> "Future[Any]":  # noqa: ANN401 - distributed has no types
    """Begin to read what the run's orchestrator grants this worker."""
    reading = worker.scheduler.get_metadata(keys=[GRANTS, run, worker.address], default=None)
    return asyncio.run_coroutine_threadsafe(reading, worker.loop.asyncio_loop)


def _carry_out(shipment: Shipment, execution: str, root: Path, lease: Lease, tell: Any) -> Delivery:  # noqa: ANN401
    order = localized(shipment, root)
    for path, content in shipment.files.items():
        shipment.store.get(content, moved_path(shipment.order, root, path))

    def listen(told: Told) -> None:
        if isinstance(told, Launched):
            tell(
                "launched",
                launch=[astuple(each) for each in (told.launch.owner, told.launch.launcher, told.launch.process)],
            )
        elif isinstance(told, Note):
            claim = told.claim
            tell("note", text=told.text, claim=claim and (claim.metric, claim.value, claim.unit))

    result = carry_out(order, lease, listen, lease=lease)
    names = [*KEPT, *(_below(artifact.path, order) for artifact in result.evidence.artifacts)]
    files = {name: shipment.store.put(order.folder / name) for name in names if (order.folder / name).is_file()}
    return Delivery(execution, result, files)


def localized(shipment: Shipment, root: Path) -> WorkOrder:
    """The order with this worker's folders instead of the orchestrator's, wherever they occur. Pure."""
    order = shipment.order
    folder = root / order.run / order.task / str(order.attempt)

    def moved(part: Any) -> Any:  # noqa: ANN401 - whatever a plan's value may be
        if isinstance(part, str):
            return part.replace(str(order.folder), str(folder))
        if isinstance(part, Mapping):
            return {key: moved(value) for key, value in part.items()}
        return type(part)(moved(each) for each in part) if isinstance(part, list | tuple) else part

    def fetched(given: TaskInput) -> TaskInput:
        files = {name: moved_path(order, root, path) for name, path in given.artifacts.items()}
        return replace(given, artifacts=files, series=None)

    return replace(
        order,
        folder=folder,
        kept=None,
        cache=root.parent.parent / "cache",
        command=moved(order.command),
        params=moved(order.params),
        env=moved(order.env),
        inputs=tuple(fetched(given) for given in order.inputs),
    )


def moved_path(order: WorkOrder, root: Path, path: Path) -> Path:
    """Where a file of the run's folder is on this worker: at the same place below the run's folder here."""
    return root / order.run / path.relative_to(order.home.parents[1])


def require_alike(wanted: Facts) -> None:
    """Raises WrongEnvironment unless this worker has the facts that the orchestrator wants.

    Cached per worker process.
    """
    found = _facts_once(tuple(wanted.code))
    if told := differences(wanted, found):
        raise WrongEnvironment("; ".join(told))


@functools.cache
def _facts_once(runners: tuple[str, ...]) -> Facts:
    return facts_here(runners)


class StopWhenReleased:
    """A StopSignal: set once the scheduler does not want the running task any more, or is gone.

    It is the orchestrator that drops the task: because it stops, has given this worker up, or died.
    """

    def __init__(self, worker: Any) -> None:  # noqa: ANN401 - distributed has no types
        self._worker = worker
        self._key = worker.get_current_task()

    def is_set(self) -> bool:
        """Examines the worker's own state; no message is sent."""
        with contextlib.suppress(AttributeError):
            task = self._worker.state.tasks.get(self._key)
            return task is None or task.state not in WANTED
        return False


def _below(path: str, order: WorkOrder) -> str:
    """An artifact's path relative to the attempt's folder. The collector gives it relative to the run's."""
    return path.removeprefix(f"{order.task}/{order.attempt}/")

"""An executor for `orchestrate`: attempts in processes of their own, each begun only while this machine is not busy."""

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from orchestrator.executors.order import AttemptResult, StopSignal, Told, WorkOrder
from orchestrator.executors.spec import CarryOut, ExecutorError, ExecutorSpec, Site


class PoliteExecutor(ThreadPoolExecutor):
    """Waits in a thread for each attempt. The engine counts how many there are at once."""

    def __init__(self, most_load: float) -> None:
        super().__init__(max_workers=256)
        self._most_load = most_load

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As every executor. `fn(order, stop, tell)` carries out one attempt."""
        return super().submit(self._later, fn, *args, **kwargs)

    def _later(self, fn: CarryOut, order: WorkOrder, stop: StopSignal, tell: Callable[[Told], None]) -> AttemptResult:
        while os.getloadavg()[0] > self._most_load and not stop.is_set():
            time.sleep(0.2)
        return fn(order, stop, tell)


class Polite(ExecutorSpec):
    """`--executor polite --executor-set most-load=2`."""

    settings = ("most-load",)

    def make(self, site: Site) -> Executor:
        """Raises ExecutorError for what is no figure."""
        try:
            return PoliteExecutor(float(site.settings.get("most-load", "1000")))
        except ValueError as error:
            raise ExecutorError(f"most-load: {error}\n  mend: write a figure, as in most-load=2") from error

"""The default executor: every attempt in a process of its own, supervised by a thread of this pool.

with ProcessExecutor() as executor:
    future = executor.submit(carry_out, order, stop, listener)
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.spec import ExecutorSpec, Site

__all__ = ["ProcessExecutor", "carry_out"]

P = ParamSpec("P")
T = TypeVar("T")


class ProcessExecutor(ThreadPoolExecutor):
    """A `concurrent.futures.Executor` for `carry_out`.

    Its threads only wait, so it can have many; the engine counts the slots. A thread lives as long as the pool. So it
    outlives the attempt that the kernel ties to it.
    """

    def __init__(self, most_at_once: int = 256) -> None:
        super().__init__(max_workers=most_at_once, thread_name_prefix="attempt")
        super().submit(int).result()  # there is one thread from now on, whatever the system refuses later

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As `ThreadPoolExecutor`. If the system refuses another thread, an existing one does the work when it is
        free.
        """
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def settle() -> None:
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - the future's reader gets it
                future.set_exception(error)
            else:
                future.set_result(result)

        try:
            super().submit(settle)
        except RuntimeError:  # raised after queueing if no thread could be started, and before it if the pool is closed
            if self._shutdown or not self._threads:
                raise
        return future


class Processes(ExecutorSpec):
    """`--executor processes`: each task in one of its own."""

    processes_here = True

    def make(self, site: Site) -> Executor:  # noqa: ARG002 - the same everywhere
        """A pool of threads that wait."""
        return ProcessExecutor()

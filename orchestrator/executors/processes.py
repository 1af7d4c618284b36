"""The default executor: every attempt in a process of its own, supervised by a thread of this pool.

with ProcessExecutor() as executor:
    future = executor.submit(carry_out, order, stop, listener)
"""

from concurrent.futures import ThreadPoolExecutor

from orchestrator.executors.carry_out import carry_out

__all__ = ["ProcessExecutor", "carry_out"]


class ProcessExecutor(ThreadPoolExecutor):
    """A `concurrent.futures.Executor` for `carry_out`. Its threads only wait, so it may have many: who starts attempts
    counts the slots. A thread lives as long as the pool, and so outlives the attempt that the kernel ties to it.
    """

    def __init__(self, most_at_once: int = 256) -> None:
        super().__init__(max_workers=most_at_once, thread_name_prefix="attempt")

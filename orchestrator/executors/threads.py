"""Runners side by side in threads of this process; `orchestrator.executors.inline` says what that costs."""

from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor

from orchestrator.executors.inline import carry_out_inline
from orchestrator.executors.spec import CarryOut, ExecutorSpec, Site
from orchestrator.runner import Runner


class ThreadExecutor(ThreadPoolExecutor):
    """Attempts in parallel threads of this process. The engine counts the slots."""

    def __init__(self, most_at_once: int = 256) -> None:
        super().__init__(max_workers=most_at_once, thread_name_prefix="attempt")


class Threads(ExecutorSpec):
    """`--executor threads`: within this process, side by side, for short tasks."""

    def make(self, site: Site) -> Executor:  # noqa: ARG002 - the same everywhere
        """A pool."""
        return ThreadExecutor()

    def carry(self, runners: Mapping[str, Runner]) -> CarryOut:
        """Runners here; commands in processes."""
        return carry_out_inline(runners)

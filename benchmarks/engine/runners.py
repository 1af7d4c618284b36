"""The runners of the benchmarks' plans: ORCHESTRATE_RUNNERS=benchmarks.engine.runners:RUNNERS."""

import time
from typing import Final

from orchestrator.runner import Runner, TaskContext


def noop(_context: TaskContext) -> None:
    """Do nothing."""


def sleep(context: TaskContext) -> None:
    """Sleep `with: {seconds: N}`."""
    time.sleep(float(context.params["seconds"]))


RUNNERS: Final = (Runner("bench.noop", noop), Runner("bench.sleep", sleep))

"""Start an attempt's first process, and say with what argv it can be repeated later."""

import sys
from typing import Protocol

from orchestrator.executors.launch import LaunchedProgram, launched
from orchestrator.executors.order import WorkOrder
from orchestrator.executors.surroundings import attempt_environment, inherited


class Lease(Protocol):
    """How long an attempt may run. path: a file that stays locked as long as anything of it runs."""

    path: str

    def deadline(self) -> float:
        """The deadline, by `time.monotonic`. It can be later each time."""


def start_process(order: WorkOrder, evidence: str, lease: Lease | None) -> LaunchedProgram:
    """The attempt's first process: the program itself, or a worker for a runner. Raises OSError."""
    cage = order.cage
    environment = attempt_environment(order, inherited() if cage is None else cage.env, evidence)
    held = None if lease is None else (lease.path, lease.deadline())
    argv = (*(cage.argv if cage else ()), *(order.command or worker_argv(order)))
    return launched(argv, environment, order.folder, held)


def worker_argv(order: WorkOrder) -> tuple[str, ...]:
    """The argv of an attempt's first process."""
    worker = (sys.executable, "-P", "-m", "orchestrator.executors.worker")
    return (*worker, str(order.folder / "order.json"))


def kept_argv(order: WorkOrder, argv: tuple[str, ...]) -> tuple[str, ...]:
    """The argv that repeats the attempt later: with the folder's final path."""
    working, home = str(order.folder), str(order.home)
    return argv if working == home else tuple(part.replace(working, home) for part in argv)

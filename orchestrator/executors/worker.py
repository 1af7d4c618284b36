"""The child: `python -m orchestrator.executors.worker ORDER.json` carries out one order in its own process.

A command replaces this process; a Python runner runs in it. Either way the process dies with the launcher that started
it. The launcher dies with the orchestrator and ends everything else of the attempt. Nothing heavy is imported here.
"""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from orchestrator import kernel
from orchestrator.context import CHECKOUT, EvidenceFile, EvidenceSink, FileContext
from orchestrator.executors.order import WorkOrder
from orchestrator.executors.orderfile import order_from_json
from orchestrator.executors.unstartable import Attempted, why_not_started
from orchestrator.registry import find_runner
from orchestrator.runner import Runner
from orchestrator.state.failure import Cause

FAILED: Final = 1


def main() -> int:
    """Carry out the order named on the command line; returns the exit code."""
    kernel.end_with_parent()  # its launcher; its orphans go to that
    if CHECKOUT in os.environ:
        kernel.shut_off()  # a hand-in that a runner starts must not reach the runner
    order = order_from_json(Path(sys.argv[1]).read_text(encoding="utf-8"))
    evidence = EvidenceFile(Path(os.environ["ORCHESTRATE_EVIDENCE"]))
    if order.command is not None:
        return become(order, order.command, evidence)
    return run(order, evidence)


def become(order: WorkOrder, command: tuple[str, ...], evidence: EvidenceFile) -> int:
    """Replace this process by the program; returns only if that could not be done."""
    try:
        os.execvp(command[0], command)  # noqa: S606 - argv as in the plan, no shell
    except (OSError, ValueError) as error:  # ValueError: a NUL in an argument
        number = getattr(error, "errno", None) or errno.EINVAL
        start = Attempted(command[0], number, order.folder, order.project, os.environ.get("PATH", os.defpath))
        fail(evidence, Cause.SPAWN, why_not_started(start))
    return FAILED


def run(order: WorkOrder, evidence: EvidenceFile) -> int:
    """Find the runner and run it; returns the exit code."""
    try:
        runner = find_runner(order.runner or "", order.offer)
    except Exception as error:  # noqa: BLE001 - whatever another package raises while it is imported
        traceback.print_exc()
        fail(evidence, Cause.SPAWN, f"the runner {order.runner!r} cannot be used: {one_line(error)}")
        return FAILED
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that `finally` blocks run
    return execute(runner, order, evidence)


def execute(runner: Runner, order: WorkOrder, evidence: EvidenceFile) -> int:
    """Run a runner in this process. Its end or its exception goes to the evidence. Returns the exit code."""
    try:
        runner.run(context_of(order, runner, evidence))
    except Exception as error:  # noqa: BLE001 - the runner's failure is data
        traceback.print_exc()
        fail(evidence, Cause.EXCEPTION, f"{one_line(error)}{place_of(error)}; the traceback is in stderr.log")
        return FAILED
    evidence.append("done", {})
    evidence.close()
    return 0


def context_of(
    order: WorkOrder, runner: Runner, evidence: EvidenceSink, kind: Callable[..., FileContext] = FileContext
) -> FileContext:
    """The runner's window on the run."""
    return kind(
        task=order.task,
        attempt=order.attempt,
        params=order.params,
        folder=order.folder,
        project=order.project,
        inputs=order.inputs,
        seed=order.seed,
        metrics=order.metrics or runner.metrics,
        evidence=evidence,
    )


def fail(evidence: EvidenceSink, cause: Cause, message: str) -> None:
    """Report why this attempt ends."""
    evidence.append("failed", {"cause": cause.value, "message": message[:1000]})
    evidence.close()


def one_line(error: BaseException) -> str:
    """The kind of an exception and the first line of its text: "ValueError: too small"."""
    first = str(error).split("\n", 1)[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def place_of(error: BaseException) -> str:
    """Where it was raised, " (file.py:12)", or nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""


if __name__ == "__main__":
    sys.exit(main())

"""Carry out attempts in this process and thread: for tests and for runners that do next to nothing.

There is no tree to end, no log and no series, and neither timeout nor stop is heeded once a runner has started.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

from orchestrator.context import EvidenceFile
from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.executors.carry_out import carry_out, settle
from orchestrator.executors.collect import Collector
from orchestrator.executors.order import AttemptResult, Note, StopSignal, WorkOrder
from orchestrator.executors.outcome import Ending
from orchestrator.executors.worker import execute
from orchestrator.runner import Runner

P = ParamSpec("P")
T = TypeVar("T")


class InlineExecutor(Executor):
    """A `concurrent.futures.Executor` that does the work within `submit` and returns a settled future."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call it now. What it raises is in the future."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asks the future
            future.set_exception(error)
        return future


CarryOut = Callable[[WorkOrder, StopSignal, Callable[[Note], None]], AttemptResult]


def carry_out_inline(runners: Mapping[str, Runner]) -> CarryOut:
    """A stand-in for `carry_out` that runs these runners here; commands still get a process of their own."""

    def carry_out_here(order: WorkOrder, stop: StopSignal, listener: Callable[[Note], None]) -> AttemptResult:
        if order.command is not None:
            return carry_out(order, stop, listener)
        if stop.is_set():
            return AttemptResult(order.task, order.attempt, Evidence(), Usage(0.0, 0.0, 0, 0), None, stopped=True)
        return _run_here(runners[order.runner or ""], order, listener)

    return carry_out_here


def _run_here(runner: Runner, order: WorkOrder, listener: Callable[[Note], None]) -> AttemptResult:
    start, cpu = time.monotonic(), time.process_time()
    (order.folder / "tmp").mkdir(parents=True, exist_ok=True)
    collector = Collector(order.folder / "evidence.jsonl", order.metrics or runner.metrics)
    try:
        exit_code = _exit_code(runner, order)
        for text in collector.poll(last=True):
            listener(Note(order.task, order.attempt, text))
    finally:
        collector.close()
    usage = Usage(time.monotonic() - start, time.process_time() - cpu, 0, 0)
    ending = Ending(exit_code, collector.done, reported=collector.failed, problem=collector.problem)
    failure, evidence = settle(ending, collector, order)
    return AttemptResult(order.task, order.attempt, evidence, usage, failure)


def _exit_code(runner: Runner, order: WorkOrder) -> int:
    try:
        return execute(runner, order, EvidenceFile(order.folder / "evidence.jsonl"))
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else int(leave.code is not None)

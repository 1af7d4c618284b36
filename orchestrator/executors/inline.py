"""Carry out attempts in this process: for runners that take less time than the start of a process.

The costs:

- A runner that dies takes the orchestrator with it (and the run is resumed).
- Once a runner has begun, neither a timeout nor a stop ends it.
- Its output is not kept, its memory is not watched, and it has no current directory of its own.

An attempt's folder is made when its runner first asks for it, or records something. Commands still get a process each.
"""

import atexit
import functools
import gc
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from orchestrator.beneath import write_text
from orchestrator.context import EvidenceFile, FileContext
from orchestrator.evidence.measurement import Evidence, Origin, Usage
from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.collect import Collector
from orchestrator.executors.ending import Ending
from orchestrator.executors.folder import fresh
from orchestrator.executors.heed import CutShort, Heed, heeding, never
from orchestrator.executors.load_average import load_average
from orchestrator.executors.order import AttemptResult, Note, StopSignal, Told, WorkOrder
from orchestrator.executors.place import Place, keep_all
from orchestrator.executors.printed import ENDING, said_last
from orchestrator.executors.settling import settle, with_origin
from orchestrator.executors.spec import CarryOut, ExecutorSpec, Site
from orchestrator.executors.surroundings import inherited, secrets_of
from orchestrator.executors.worker import context_of, fail, one_line, place_of
from orchestrator.runner import Runner
from orchestrator.secrets import mask
from orchestrator.state.failure import Cause, Failure

P = ParamSpec("P")
T = TypeVar("T")


class InlineExecutor(Executor):
    """A `concurrent.futures.Executor` that does the work within `submit` and returns a finished future."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call it now. An exception is stored in the future."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the future's reader gets it
            future.set_exception(error)
        return future


class Inline(ExecutorSpec):
    """`--executor inline`: within this process, one by one."""

    def make(self, site: Site) -> Executor:  # noqa: ARG002 - the same everywhere
        """No pool at all."""
        return InlineExecutor()

    def carry(self, runners: Mapping[str, Runner]) -> CarryOut:
        """Runners here; commands in processes."""
        return carry_out_inline(runners)


def carry_out_inline(runners: Mapping[str, Runner]) -> CarryOut:
    """A replacement for `carry_out` that runs these runners here. Commands still get a process of their own."""
    atexit.register(gc.unfreeze)  # Python's last look then finds files that a runner left open, and writes them

    def carry_out_here(order: WorkOrder, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
        if order.command is not None:
            return carry_out(order, stop, listener)
        if stop.is_set():
            return AttemptResult(order.task, order.attempt, Evidence(), Usage(0.0, 0.0, 0, 0), None, stopped=True)
        return _run_here(runners[order.runner or ""], order, stop, listener)

    return carry_out_here


class LateFolder:
    """An attempt's folder that is made once, on demand."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_made = False

    def made(self) -> Path:
        """The folder. Raises OSError."""
        if not self.is_made:
            fresh(self._path)
            self.is_made = True
        return self._path


class LateEvidence:
    """The evidence of an attempt in this process. Folder and file are made for the first line."""

    def __init__(self, order: WorkOrder, runner: Runner, folder: LateFolder) -> None:
        self.done = False
        self.printed: tuple[str, tuple[str, ...]] = ("", ())
        self._folder = folder
        self._load = load_average()
        self._order = order
        self._runner = runner
        self._file: EvidenceFile | None = None
        self._collector: Collector | None = None

    def append(self, kind: str, plain: Mapping[str, Any]) -> None:
        """Keep one line. Raises OSError if the disk refuses it."""
        if self._file is None:
            self._open()
        assert self._file is not None, "opened just now"
        self._file.append(kind, plain)

    def close(self) -> None:
        """No line follows."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def settled(
        self, usage: Usage, exit_code: int, listener: Callable[[Told], None], heed: Heed = never
    ) -> AttemptResult:
        """The attempt's result, after its notes were passed on. Raises what `heed` raises."""
        order = self._order
        if self._collector is None:
            if exit_code == 0 and self.done and not order.artifacts and not self._folder.is_made:
                return AttemptResult(order.task, order.attempt, NOTHING, usage)
            self._open()
        assert self._collector is not None, "opened just now"
        try:
            for said in self._collector.poll(last=True, heed=heed):
                listener(Note(order.task, order.attempt, said.text, said.claim))
            told = self._collector
            ending = Ending(exit_code, self.done, reported=told.failed, problem=told.problem)
            failure, evidence = settle(ending, told, order, heed)
            load = load_average()
            origin = Origin(order.attempt, tuple(sys.argv), self._load, max(load, self._load), usage.seconds)
            evidence = with_origin(evidence, origin)
            failure, evidence = self._kept(failure, evidence, listener)
        finally:
            self.close()
            self._collector.close()
        if failure is not None:
            stream, lines = self.printed
            failure = replace(failure, printed=lines, stream=stream)
        return AttemptResult(order.task, order.attempt, evidence, usage, failure)

    def _kept(
        self, failure: Failure | None, evidence: Evidence, listener: Callable[[Told], None]
    ) -> tuple[Failure | None, Evidence]:
        """The same, once what the attempt left is in its final place."""
        assert self._collector is not None, "asked for what it has"
        order, place = self._order, Place(self._folder.made())
        try:
            for text in keep_all(order, place, self._collector):
                listener(Note(order.task, order.attempt, text))
        except OSError as error:
            said = f"what it left could not be kept: {error.strerror or error}"
            return failure or Failure(Cause.EVIDENCE, said), Evidence()
        finally:
            place.close()
        return failure, evidence

    def _open(self) -> None:
        self._collector = Collector(self._folder.made(), self._order.metrics or self._runner.metrics)
        self._file = EvidenceFile(Path(self._collector.address))


NOTHING = Evidence()


class LateContext(FileContext):
    """A context whose folder is made when the runner asks for it."""

    def __init__(self, late: LateFolder, **parts: Any) -> None:  # noqa: ANN401 - as FileContext
        super().__init__(**parts)
        self._late = late

    @property
    def folder(self) -> Path:
        """The attempt's own folder."""
        return self._late.made()


def _run_here(runner: Runner, order: WorkOrder, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
    start, cpu = time.monotonic(), time.thread_time()
    folder = LateFolder(order.folder)
    evidence = LateEvidence(order, runner, folder)
    exit_code = _exit_code(runner, order, evidence, folder)
    usage = Usage(time.monotonic() - start, time.thread_time() - cpu, 0, 0)
    try:
        return evidence.settled(usage, exit_code, listener, heeding(stop, start, None))
    except CutShort:
        return AttemptResult(order.task, order.attempt, NOTHING, usage, stopped=True)


def _exit_code(runner: Runner, order: WorkOrder, evidence: LateEvidence, folder: LateFolder) -> int:
    try:
        runner.run(context_of(order, runner, evidence, functools.partial(LateContext, folder)))
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else int(leave.code is not None)
    except Exception as error:  # noqa: BLE001 - the runner's failure is data
        told = mask(traceback.format_exc(), secrets_of(order, inherited()))
        write_text(folder.made(), "stderr.log", told)
        evidence.printed = said_last(told.encode("utf-8", "replace")[-ENDING:], b"")
        fail(evidence, Cause.EXCEPTION, f"{one_line(error)}{place_of(error)}; the traceback is in stderr.log")
        return 1
    evidence.done = True
    evidence.close()
    return 0

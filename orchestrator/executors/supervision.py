"""One attempt while it runs: keep its output, watch its memory, pass on its notes, end it whole.

Everything happens in the caller's thread, in one loop over the attempt's pipes.
"""

import os
import selectors
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from orchestrator import kernel
from orchestrator.evidence.measurement import Evidence, Origin
from orchestrator.executors.collect import Collector
from orchestrator.executors.ending import Ending
from orchestrator.executors.folder import forget
from orchestrator.executors.guard import guard_pid
from orchestrator.executors.heed import CutShort, Heed, heeding, never
from orchestrator.executors.launch import LAUNCHERS, SPAWNING
from orchestrator.executors.lines import FailedLine
from orchestrator.executors.load_average import load_average
from orchestrator.executors.order import AttemptResult, Launched, Note, StopSignal, Told, WorkOrder
from orchestrator.executors.output import CappedLog
from orchestrator.executors.place import Place
from orchestrator.executors.printed import said_last
from orchestrator.executors.room import Alive, NoRoom, is_shortage
from orchestrator.executors.sampler import TreeSampler
from orchestrator.executors.settling import cut_short, kept_result, settle, with_origin
from orchestrator.executors.started import Ended
from orchestrator.executors.starting import Lease, kept_argv, start_process, worker_argv
from orchestrator.executors.strays import end_strays
from orchestrator.executors.surroundings import attempt_environment, inherited, secrets_of
from orchestrator.executors.temporary import remove_tmp
from orchestrator.executors.tree import LONGEST_KILL, end_tree, signal_tree
from orchestrator.executors.unstartable import NO_COMMAND, Attempted, why_no_command, why_not_started
from orchestrator.keys import unfinished_evidence
from orchestrator.process import Launch, process_of, this_process
from orchestrator.state.failure import Cause

FIRST_LOOK: Final = 0.025  # seconds to the first sample: sampling a tree takes longer than most short programs
LOGS: Final = ("stdout.log", "stderr.log")
TICK: Final = 0.1  # seconds between looks at the stop signal, the clock and the notes


class Closable(Protocol):
    """An object that holds descriptors or a process."""

    def close(self) -> None:
        """Release them."""


class Supervision:
    """One attempt while it runs. Make it, `watch` it once (or let `result_now` give the result), `close` it.

    start: when it began, by `time.monotonic`.
    """

    def __init__(self, order: WorkOrder, log_cap: int, start: float, lease: Lease | None = None) -> None:
        self.order = order
        self._lease = lease
        self.start = start
        self._place = Place(order.folder)
        self._collector = _collector(order, self._place)
        self._stopped = self._timed_out = False
        self._kill_at: float | None = None
        self._ended: Ended | None = None
        self._load_before = self._load_during = load_average()
        self._held: list[Closable] = [self._place, self._collector]
        try:
            self._started = start_process(order, self._collector.address, lease)
            self._held.append(self._started)  # a started process must not be left
            self._attach(log_cap)
            Alive.attempts.add(self)
        except BaseException:
            _close(self._held)
            remove_tmp(order.folder)
            raise

    def _attach(self, log_cap: int) -> None:
        folder, started = self._place.path, self._started
        self._sampler = TreeSampler(started.root, f"{folder}/series.csv", self.start)
        secrets = secrets_of(self.order, inherited())
        self.logs = [
            CappedLog(pipe, f"{folder}/{name}", log_cap, secrets)
            for pipe, name in zip(started.pipes, LOGS, strict=True)
        ]
        self._held += (self._sampler, *self.logs)

    def fileno(self) -> int:
        """Readable once the program has ended."""
        return self._started.fileno()

    def result_now(self, listener: Callable[[Told], None]) -> AttemptResult | None:
        """The result, if it has ended and left nothing that takes time: no process, no evidence, no artifact."""
        ended = self._started.poll()
        if ended is None or ended.left != frozenset() or self.order.artifacts or self._collector.waiting():
            return None
        return self._settled(ended, listener, never)

    def watch(self, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
        """Wait until the attempt and all its processes have ended, then give the result."""
        self._listen()
        tick, sample, named = 0.0, self.start + FIRST_LOOK, False
        while (ended := self._started.poll()) is None:
            now = time.monotonic()
            if now >= sample:
                named = named or self._name(listener)
                self._sampler.sample(now)
                self._load_during = max(self._load_during, load_average())
                sample = now + self._sampler.due(now)
            if now >= tick:
                self._tell(listener)
                self._end_if_due(now, stop)
                if self._lease is not None:
                    self._started.renew(self._lease.deadline())
                tick = now + TICK
            self._pump(max(0.0, min(tick, sample) - time.monotonic()))
        return self._settled(ended, listener, heeding(stop, self.start, self.order.timeout))

    def _listen(self) -> None:
        self._selector = selectors.PollSelector()
        self._held.append(self._selector)
        for log in self.logs:
            self._selector.register(log.pipe, selectors.EVENT_READ, log)
        if self._started.poll() is None:
            self._selector.register(self.fileno(), selectors.EVENT_READ)

    def _settled(self, ended: Ended, listener: Callable[[Told], None], heed: Heed) -> AttemptResult:
        self._ended = ended
        if is_shortage(ended.errno) and not self._stopped:
            forget(self.order.folder)
            raise NoRoom(os.strerror(ended.errno))
        seconds = time.monotonic() - self.start
        unended = 0 if ended.left == frozenset() else self._end_rest(ended.left or frozenset())
        self._finish_files()
        try:
            self._tell(listener, last=True, heed=heed)
            result = self._result(seconds, ended, unended, heed)
        except CutShort as cut:
            usage = self._sampler.usage(time.monotonic() - self.start, ended.cpu)
            result = cut_short(self.order, self._collector.measured, usage, ended.exit_code, timeout=cut.timeout)
        return self._with_last_lines(kept_result(result, self.order, self._place, self._collector, listener))

    def close(self) -> None:
        """End what still runs (only if `watch` was left early) and close every file."""
        Alive.attempts.discard(self)
        if self._ended is None:
            end_tree(self.order.marker, 0)
        try:
            _close(self._held)
        finally:
            remove_tmp(self.order.folder)

    def _pump(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            if isinstance(key.data, CappedLog) and not key.data.pump():
                self._selector.unregister(key.fileobj)

    def _name(self, listener: Callable[[Told], None]) -> bool:
        """Report the attempt's processes, so that they can be found again. False if it has none now."""
        root = self._started.root
        launcher = process_of(root)
        first = next((each for each in map(process_of, kernel.children_of(root)) if each is not None), None)
        if launcher is None or first is None:
            return False
        listener(Launched(self.order.task, self.order.attempt, Launch(this_process(), launcher, first)))
        return True

    def _tell(self, listener: Callable[[Told], None], *, last: bool = False, heed: Heed = never) -> None:
        for said in self._collector.poll(last=last, heed=heed):
            listener(Note(self.order.task, self.order.attempt, said.text, said.claim))

    def _end_if_due(self, now: float, stop: StopSignal) -> None:
        if self._kill_at is None:
            limit = self.order.timeout
            self._stopped = stop.is_set()
            self._timed_out = not self._stopped and limit is not None and now - self.start >= limit
            if self._stopped or self._timed_out:
                self._kill_at = now + self.order.grace
                signal_tree(self.order.marker, signal.SIGTERM, self._sampler.alive())
        elif now >= self._kill_at:
            signal_tree(self.order.marker, signal.SIGKILL, self._sampler.alive())
            if now >= self._kill_at + LONGEST_KILL:
                self._started.abandon()

    def _end_rest(self, left: frozenset[int]) -> int:
        """End what the first process left behind. It gets its grace period unless that has begun already.

        left: pids of these processes, if they are known.
        """
        grace = self.order.grace if self._kill_at is None else max(0.0, self._kill_at - time.monotonic())
        unended = end_tree(self.order.marker, grace)
        signal_tree(self.order.marker, signal.SIGKILL, self._sampler.alive() | left)
        end_strays(lambda: {*LAUNCHERS, guard_pid()}, SPAWNING)
        return unended

    def _finish_files(self) -> None:
        """Read the rest of the pipes, which is little, because no writer is left. Do not touch a file of the attempt
        after that.

        Any of them can be an artifact, whose checksum is taken next.
        """
        for log, name in zip(self.logs, LOGS, strict=True):
            log.pump()
            log.finish(made=name in self.order.artifacts)
        self._sampler.close()

    def _result(self, seconds: float, ended: Ended, unended: int, heed: Heed) -> AttemptResult:
        order, usage = self.order, self._sampler.usage(seconds, ended.cpu)
        if self._stopped:
            measured = Evidence(self._collector.measured)  # it does not stand, and is not lost either
            return AttemptResult(order.task, order.attempt, measured, usage, None, stopped=True)
        failure, evidence = settle(self._ending(ended, unended), self._collector, order, heed)
        if failure is not None and failure.cause is Cause.EXIT and ended.exit_code in NO_COMMAND and order.command:
            failure = replace(failure, message=failure.message + why_no_command(self._attempted(0)))
        evidence = with_origin(evidence, self._origin(seconds))
        return AttemptResult(order.task, order.attempt, evidence, usage, failure)

    def _with_last_lines(self, result: AttemptResult) -> AttemptResult:
        if result.failure is None:
            return result
        stdout, stderr = (log.ending for log in self.logs)
        stream, lines = said_last(stderr, stdout)
        return replace(result, failure=replace(result.failure, printed=lines, stream=stream))

    def _origin(self, seconds: float) -> Origin:
        argv = kept_argv(self.order, self.order.command or worker_argv(self.order))
        return Origin(self.order.attempt, argv, self._load_before, self._load_during, seconds)

    def _ending(self, ended: Ended, unended: int) -> Ending:
        return Ending(
            exit_code=ended.exit_code,
            done=self._collector.done,
            program=self.order.command[0] if self.order.command else None,
            timeout=self.order.timeout if self._timed_out else None,
            reported=self._not_started(ended.errno) if ended.errno else self._collector.failed,
            problem=self._collector.problem,
            unended=unended,
        )

    def _not_started(self, number: int) -> FailedLine:
        return FailedLine(Cause.SPAWN, why_not_started(self._attempted(number)))

    def _attempted(self, number: int) -> Attempted:
        order = self.order
        path = attempt_environment(order, inherited(), "").get("PATH", os.defpath)
        program = order.command[0] if order.command else sys.executable
        return Attempted(program, number, order.folder, order.project, path)


def _close(held: list[Closable]) -> None:
    """Close the last first. Each is closed, even if a full disk stops us half-way."""
    try:
        while held:
            held.pop().close()
    finally:
        if held:
            _close(held)


def _collector(order: WorkOrder, place: Place) -> Collector:
    try:
        beside = unfinished_evidence(order.run) if order.kept is not None else None
        return Collector(order.folder, order.metrics, beside and beside / f"{order.task}.{order.attempt}")
    except BaseException:
        place.close()
        raise

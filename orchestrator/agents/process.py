"""An agent's running program. A launcher starts it and gathers all its descendants, and all are ended together."""

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from orchestrator.agents.driver import DriverError, Going
from orchestrator.evidence.measurement import Usage
from orchestrator.executors.launch import LaunchedProgram, launched
from orchestrator.executors.output import CappedLog
from orchestrator.executors.sampler import TreeSampler
from orchestrator.executors.started import Ended
from orchestrator.executors.tree import end_tree, signal_tree

GRACE: Final = 2.0
"""Seconds between TERM and KILL."""
READER: Final = 'exec "$@" < "$ORCHESTRATE_STDIN"'


class AgentProcess:
    """The program, with a pipe to write to it, or text for it to read. Use it in a `with`: at its end no process of the
    agent is left.

    given: all of its standard input, None for a pipe. stdin, stdout: descriptors, not blocking. Standard error goes
    into stderr.log.
    """

    def __init__(self, going: Going, given: str | None = None) -> None:
        self._going = going
        self._start = time.monotonic()
        source = going.folder / ("stdin" if given is None else "brief.md")
        if given is None:
            os.mkfifo(source, 0o600)
        else:
            source.write_text(given, encoding="utf-8", errors="surrogateescape")
        self._open_end = os.open(
            source, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK
        )  # so that neither side waits for the other
        self.stdin = os.open(source, os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        argv = ("/bin/sh", "-c", READER, "sh", *going.argv)
        try:
            self.program: LaunchedProgram = launched(
                argv, {**going.env, "ORCHESTRATE_STDIN": str(source)}, going.turn.workspace
            )
        except OSError as error:
            self._close_stdin()
            raise DriverError(f"{going.argv[0]!r} could not be started: {error.strerror or error}") from error
        self.stdout = self.program.pipes[0]
        os.set_blocking(self.stdout, False)
        self.errors = CappedLog(self.program.pipes[1], going.folder / "stderr.log", going.log_cap)
        self._sampler = TreeSampler(self.program.root, going.folder / "series.csv", self._start)
        self._sample_at = self._start
        self.ended: Ended | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        for each in (self._sampler, self.errors, self.program):
            with contextlib.suppress(OSError):
                each.close()
        self._close_stdin()
        with contextlib.suppress(OSError):
            Path(self._going.folder, "stdin").unlink()

    def _close_stdin(self) -> None:
        os.close(self.stdin)
        os.close(self._open_end)

    def look(self) -> Ended | None:
        """Keep what it said on standard error, sample its memory when that is due; how it ended, None while it runs."""
        self.errors.pump()
        now = time.monotonic()
        if now >= self._sample_at:
            self._sampler.sample(now)
            self._sample_at = now + self._sampler.due(now)
        self.ended = self.ended or self.program.poll()
        return self.ended

    def end(self) -> None:
        """End every process of the agent: TERM, a grace, KILL. What hides its environment is found below the
        launcher.
        """
        if self.look() is None:
            signal_tree(self._going.marker, signal.SIGTERM, self._sampler.alive())
            deadline = time.monotonic() + GRACE
            while self.look() is None and time.monotonic() < deadline:
                time.sleep(0.01)
        end_tree(self._going.marker, 0)
        if self.ended is None:
            signal_tree(self._going.marker, signal.SIGKILL, self._sampler.alive())

    @property
    def usage(self) -> Usage:
        """What the whole tree used so far."""
        return self._sampler.usage(time.monotonic() - self._start, self.ended.cpu if self.ended else 0.0)


def missing(program: Sequence[str]) -> str | None:
    """Why a program cannot be started, with the mend; None where it is there."""
    if shutil.which(program[0]) is not None:
        return None
    return f"the program {program[0]!r} is not there\n  mend: install it, or write its path in the agent's `program`"

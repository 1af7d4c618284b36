"""What an attempt's first process is to those who watch it, whichever way it was started."""

import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol


@dataclass(frozen=True, slots=True)
class Ended:
    """exit_code: negative for a signal. cpu: user and system seconds of the process and all that it waited for. left: pids of what it
    left running, None where that is not known and must be searched for. problem: why it could not be started, None where it was.
    """

    exit_code: int
    cpu: float
    left: frozenset[int] | None
    problem: str | None = None


class Started(Protocol):
    """root: whose descendants are the attempt's processes; rooted: whether it is one of them itself. pipes: descriptors to read its
    standard output and error from.
    """

    root: int
    rooted: bool
    pipes: tuple[int, int]

    def fileno(self) -> int:
        """A descriptor that becomes readable when it has ended."""

    def poll(self) -> Ended | None:
        """How it ended, None while it runs."""

    def close(self) -> None:
        """Let go of it, and kill it if it runs."""


class StartedWorker:
    """A worker process, started directly: it dies with the thread that started it, and gathers its own orphans."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], cwd: Path) -> None:
        self._process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in the terminal is for the orchestrator, which then ends the tree
        )
        self.root = self._process.pid
        self.rooted = True
        self.pipes = (_descriptor(self._process.stdout), _descriptor(self._process.stderr))
        self._ended: Ended | None = None
        try:
            self._handle = os.pidfd_open(self.root)
        except OSError:
            self._handle = -1
            self.close()
            raise

    def fileno(self) -> int:
        """See Started."""
        return self._handle

    def poll(self) -> Ended | None:
        """See Started."""
        if self._ended is None:
            pid, status, used = os.wait4(self.root, os.WNOHANG)
            if pid:
                self._process.returncode = os.waitstatus_to_exitcode(status)
                self._ended = Ended(self._process.returncode, used.ru_utime + used.ru_stime, None)
        return self._ended

    def close(self) -> None:
        """See Started."""
        if self._ended is None:
            self._process.kill()
        with contextlib.suppress(OSError):
            os.close(self._handle)
        self._process.__exit__(None, None, None)


def _descriptor(pipe: IO[bytes] | None) -> int:
    assert pipe is not None  # Popen was asked for it
    return pipe.fileno()

"""How a signal ends the command: at once, silently, with exit code 128 + its number, and with no half-written file.

An exception from a signal handler can surface inside any library, which may swallow it or treat it as its own error. So
the handler raises nothing. It runs the registered clean-up (`owing`) and ends the process. This module imports nothing
slow, because it guards the imports.
"""

from __future__ import annotations

import _thread
import fcntl
import os
import signal
import time

TYPE_CHECKING = False  # as `typing` has it, which takes ten milliseconds to load
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType
    from typing import Final

LEAVING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GRACE: Final = 0.05
"""Seconds that the main thread has to hear a signal itself; while it is inside a compressor it cannot."""
_STDERR: Final = 2
_duties: Final[dict[int, Callable[[], object]]] = {}
_held = 0
_waiting: int | None = None


class owing:  # noqa: N801 - a context manager, used like a function
    """While inside, `duty` is done should a signal end the command: remove a file half written, show the cursor
    again.
    """

    def __init__(self, duty: Callable[[], object]) -> None:
        self._duty = duty

    def __enter__(self) -> None:
        _duties[id(self)] = self._duty

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _duties.pop(id(self), None)


class undisturbed:  # noqa: N801 - as above
    """While inside, which must be short, a signal waits: between the making of a file and the duty to remove it,
    say.
    """

    def __enter__(self) -> None:
        global _held  # noqa: PLW0603 - the process's, as its signals are
        _held += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _held  # noqa: PLW0603 - as above
        _held -= 1
        if _waiting is not None and not _held:
            _leave(_waiting, None)


def leave_on_signals() -> None:
    """From now on end this process with 128 + the number of a signal of `LEAVING`; one that is ignored stays
    ignored.
    """
    heard = [number for number in LEAVING if signal.getsignal(number) is not signal.SIG_IGN]
    for number in heard:
        signal.signal(number, _leave)
    reads, writes = (_above_streams(end) for end in os.pipe())
    os.set_blocking(writes, False)
    signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    _thread.start_new_thread(_watch, (reads, frozenset(heard)))


def _above_streams(descriptor: int) -> int:
    """The same file as a descriptor that is none of the standard streams': one of those that was closed stays so."""
    if descriptor > _STDERR:
        return descriptor
    above = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _STDERR + 1)
    os.close(descriptor)
    return above


def _watch(reads: int, heard: frozenset[int]) -> None:
    """Leave for a main thread that is too deep in a compressor to hear of a signal."""
    while told := os.read(reads, 1):
        if told[0] in heard:
            time.sleep(_GRACE)
            while _held:
                time.sleep(_GRACE)
            _leave(told[0], None)


def _leave(number: int, _frame: FrameType | None) -> None:
    global _waiting  # noqa: PLW0603 - as above
    if _held:
        _waiting = number
        return
    for duty in list(_duties.values()):
        try:  # noqa: SIM105 - contextlib takes time to load
            duty()
        except Exception:  # noqa: BLE001, S110 - the next duty is owed all the same
            pass
    os._exit(128 + number)

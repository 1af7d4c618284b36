"""Ctrl-C and SIGTERM as messages to the engine, instead of exceptions at any line."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interrupts(tell: Callable[[str], None]) -> Iterator[None]:
    """While inside, each signal calls `tell` with its name. Afterwards the former handlers are restored.

    `tell` must be safe in a signal handler (`queue.SimpleQueue.put` is). Handlers can only be set in the main thread.
    In any other thread signals stay as they are.
    """
    if current_thread() is not main_thread():
        yield
        return

    def handle(number: int, _frame: FrameType | None) -> None:
        tell(signal.Signals(number).name)

    heeded = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]  # nohup ignores SIGHUP
    former = {number: signal.signal(number, handle) for number in heeded}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)

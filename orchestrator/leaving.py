"""How a signal ends the program while no run handles it: at once, and with nothing half done.

An exception from a signal handler can surface inside any library, which may swallow it or treat it as its own error. So
the handler raises nothing. It runs the registered clean-up (`owing`) and ends the process. This module imports nothing
slow, because it guards the imports.
"""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False  # as `typing` has it, which takes ten milliseconds to load
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType
    from typing import Final

LEAVING: Final = (signal.SIGINT, signal.SIGTERM)
_DUTIES: Final[dict[int, Callable[[], object]]] = {}


class owing:  # noqa: N801 - a context manager, used like a function
    """While inside, `duty` is done should a signal end the program: remove a file half written, show the cursor
    again.
    """

    def __init__(self, duty: Callable[[], object]) -> None:
        self._duty = duty

    def __enter__(self) -> None:
        _DUTIES[id(self)] = self._duty

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _DUTIES.pop(id(self), None)


def leave_on_signals() -> None:
    """End this process with 128 + the signal's number on SIGINT and SIGTERM. A SIGINT that is ignored stays ignored."""
    for number in LEAVING:
        if number is signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)


def _leave(number: int, _frame: FrameType | None) -> None:
    for duty in list(_DUTIES.values()):
        try:  # noqa: SIM105 - contextlib takes time to load
            duty()
        except Exception:  # noqa: BLE001, S110 - the next duty is owed all the same
            pass
    os._exit(128 + number)

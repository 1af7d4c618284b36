"""Call a library that may never return, and give up after a deadline.

The call runs in its own thread. An exception raised there from outside ends pure Python code, even in an endless loop.
Other code ends with the process, because the thread is a daemon.
"""

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class GivenUp(Exception):  # noqa: N818 - named after what happened
    """The call took longer than it may."""


class _Ended(BaseException):
    """Raised within the work; not an `Exception`, which a library may catch and go on."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises. Raises GivenUp where that takes more than `seconds`."""
    returned: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            returned.append(work())
        except BaseException as error:  # noqa: BLE001 - passed on below
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True, name="drawing")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        _end(thread)
        raise GivenUp(f"not done within {seconds:g} s")
    if raised:
        raise raised[0]
    return returned[0]


def _end(thread: threading.Thread) -> None:
    """Source: https://docs.python.org/3/c-api/init.html#c.PyThreadState_SetAsyncExc"""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_Ended))

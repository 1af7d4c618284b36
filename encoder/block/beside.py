"""Decoding a block again while it is still being made, in another thread where its stream has one to spare.

What a block becomes does not depend on that. A check that no thread was free for, or that failed, is left to whoever
asks at the end.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Thread
from typing import Final

Begin = Callable[[Callable[[], None]], Thread | None]
"""Begins something in a thread of its own; None where there is none to spare."""

_begin: Final[ContextVar[Begin | None]] = ContextVar("begin", default=None)
_checks: Final[ContextVar["Checks | None"]] = ContextVar("checks", default=None)


@contextmanager
def lending(begin: Begin) -> Iterator[None]:
    """Within, this thread's blocks may begin others."""
    token = _begin.set(begin)
    try:
        yield
    finally:
        _begin.reset(token)


def begin_beside(run: Callable[[], None]) -> Thread | None:
    """Begins it where this thread was lent another, and that one is free."""
    begin = _begin.get()
    return None if begin is None else begin(run)


class Checks:
    """What was decoded again of one block. decode: a body's bytes."""

    def __init__(self, view: memoryview, decode: Callable[[bytes], bytes]) -> None:
        self._view: Final = view
        self._decode: Final = decode
        self._right: Final[set[bytes]] = set()
        self._thread: Thread | None = None

    def decodes(self, body: bytes) -> bool:
        """Whether the body gives the block's bytes; raises what decoding does."""
        return self._decode(body) == self._view

    def of_body(self, body: bytes) -> None:
        """Begins to decode a body that may be the block's."""
        self._start(lambda: body if self.decodes(body) else None)

    def of_stream(self, run: Callable[[], bytes | None]) -> None:
        """Begins `run`, which returns a stream of all the block's bytes if it decodes to them."""
        self._start(run)

    def holds(self, view: memoryview) -> bool:
        """Whether these are all the block's bytes."""
        return view is self._view

    def found_right(self, body: bytes, header: int) -> bool:
        """Whether the body, or its stream behind a header of so many bytes, was right; waits for what has begun."""
        self._join()
        return body in self._right or body[header:] in self._right

    def _start(self, run: Callable[[], bytes | None]) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = begin_beside(lambda: self._note(run))

    def _note(self, run: Callable[[], bytes | None]) -> None:
        with suppress(Exception):  # no memory, for one: then it is not known to be right
            right = run()
            if right is not None:
                self._right.add(right)

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join()


@contextmanager
def checking(view: memoryview, decode: Callable[[bytes], bytes]) -> Iterator[Checks]:
    """Within, what is made of the block can be checked. No thread is left behind."""
    checks = Checks(view, decode)
    token = _checks.set(checks)
    try:
        yield checks
    finally:
        _checks.reset(token)
        checks._join()  # noqa: SLF001 - of this module


def checks_at_hand() -> Checks | None:
    """Those of the block that this thread makes, where it is to be decoded again."""
    return _checks.get()

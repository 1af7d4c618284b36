"""Standard streams whose faults never end a command. A closed stream discards what is written, a fault is noted, and
characters that the encoding lacks are escaped.

A run is worth more than its progress. A terminal may be gone (EIO), a disk full (ENOSPC), a reader away (EPIPE), a
descriptor closed.
"""

import codecs
import errno
import io
import os
import select
import sys
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

NAMES: Final = {0: "stdin", 1: "stdout", 2: "stderr"}
ESCAPED: Final = "orchestrate-escaped"
"""An error handler for encoding: what cannot be spelt becomes an escape that JSON knows too."""
_REPLACED: Final = frozenset({"strict", "surrogateescape", "backslashreplace"})
_READER_GONE: Final = frozenset({errno.EPIPE, errno.EIO, errno.ECONNRESET, errno.ENXIO})
_lost: dict[int, OSError] = {}


class SafeOutput(io.RawIOBase):
    """A descriptor that takes all it is given. After its first fault it takes it to nowhere; `lost` says so."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def writable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """The descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether it leads to a terminal."""
        return os.isatty(self._descriptor)

    def write(self, content: "ReadableBuffer", /) -> int:
        """All of it; a reader that is slow is waited for, also where the descriptor would not wait."""
        rest = memoryview(content).cast("B")
        size = len(rest)
        while rest and self._descriptor not in _lost:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [], 1.0)
            except OSError as error:
                _lost[self._descriptor] = error
        return size


def make_safe() -> None:
    """Put safe streams in the place of this process's own; the second time, do nothing."""
    if isinstance(getattr(getattr(sys.stdout, "buffer", None), "raw", None), SafeOutput):
        return
    codecs.register_error(ESCAPED, escaped)
    _fill_closed()
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor, for as long as the process lives
    sys.stdout, sys.stderr = _safe(1, sys.stdout), _safe(2, sys.stderr)


def lost_output() -> OSError | None:
    """Why results on standard output did not arrive; None where they did, or where nobody wants them: a reader that
    went away.
    """
    error = _lost.get(1)
    return None if error is None or error.errno in _READER_GONE else error


def escaped(error: UnicodeError) -> tuple[str, int]:
    r"""The characters as `\u2192`, beyond the first plane as a pair: the same escapes as in JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)), error.end


def _fill_closed() -> None:
    """A closed descriptor is taken by the next file opened, and what is printed would land in it: the journal, say."""
    for descriptor in NAMES:
        try:
            os.fstat(descriptor)
        except OSError:
            taken = os.open(os.devnull, os.O_RDWR)
            if taken != descriptor:  # a lower one was closed meanwhile
                os.dup2(taken, descriptor)
                os.close(taken)


def _safe(descriptor: int, former: TextIO | None) -> TextIO:
    """The stream as Python would have it, on a `SafeOutput`."""
    encoding = former.encoding if former else "utf-8"
    errors = former.errors if former else None
    if former is not None:
        former.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(SafeOutput(descriptor)),
        encoding=encoding,
        errors=ESCAPED if errors is None or errors in _REPLACED else errors,
        newline="\n",
        line_buffering=descriptor == 2 or os.isatty(descriptor),
    )

"""The standard streams: closed ones, and the other names of standard output."""

import io
import os
import sys
from pathlib import Path
from typing import IO, Final, TextIO

CLOSED_AS: Final = {0: os.O_WRONLY, 1: os.O_RDONLY, 2: os.O_RDWR}
"""How the null device is put in a closed descriptor's place: reading 0 and writing 1 then fail as if it were
closed; 2 leads nowhere.
"""
MOST_LINKS: Final = 40
closed: Final[set[int]] = set()
"""Which were closed when the command was started."""


def make_safe() -> None:
    """A fault of standard output says whose it is. A closed descriptor is taken by the next file opened, and what
    is printed would land in that one.
    """
    for descriptor, mode in CLOSED_AS.items():
        try:
            os.fstat(descriptor)
        except OSError:
            taken = os.open(os.devnull, mode)
            if taken != descriptor:  # a lower one was closed meanwhile
                os.dup2(taken, descriptor)
                os.close(taken)
            closed.add(descriptor)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as the process lives
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as above
    sys.stdout = _named(sys.stdout or open(1, "w", encoding="utf-8", closefd=False))  # noqa: SIM115 - as above


class naming:  # noqa: N801 - a context manager, used like a function
    """A fault of standard output inside is raised with its name."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            raise OSError(f"standard output: {error.strerror or error}") from error


class _NamedText(io.TextIOWrapper):
    def write(self, text: str, /) -> int:
        with naming():
            return super().write(text)

    def flush(self) -> None:
        with naming():
            super().flush()


def _named(former: TextIO) -> TextIO:
    """The same stream, whose faults say whose they are."""
    if not isinstance(former, io.TextIOWrapper):
        return former
    encoding, errors, by_line, through = former.encoding, former.errors, former.line_buffering, former.write_through
    return _NamedText(former.detach(), encoding, errors, line_buffering=by_line, write_through=through)


def flush_stdout() -> None:
    """What is printed must have arrived before the command says that all went well. Raises OSError."""
    sys.stdout.flush()


def silence() -> None:
    """The interpreter flushes both once more at its end, where a fault would be a traceback and another exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


class StandardOutput:
    """Standard output's bytes; a fault says whose it is."""

    def write(self, data: memoryview, /) -> int:
        """How many of them it took. Raises OSError."""
        with naming():
            written = sys.stdout.buffer.write(data)
        if written is None:  # a raw one that would not wait
            raise BlockingIOError("standard output would block; use a blocking one")
        return written


def descriptor_of(path: Path) -> int | None:
    """The descriptor of this process that a path names, by itself or through links: 1 for /dev/stdout, say."""
    link = _kernels_link(path)
    if link is None or not link.name.isdecimal() or not link.parent.samefile("/proc/self/fd"):
        return None
    return int(link.name)


def is_special(path: Path) -> bool:
    """Whether it leads to anything else than a regular file or a folder: that is written to as it is, and never
    renamed over.
    """
    return _kernels_link(path) is not None or (path.exists() and not path.is_file() and not path.is_dir())


def opened_special(path: Path) -> IO[bytes]:
    """It, to be written to; a descriptor of this process as it stands, behind what was written there before. Raises
    OSError.
    """
    descriptor = descriptor_of(path)
    return path.open("wb") if descriptor is None else os.fdopen(os.dup(descriptor), "wb")


def _kernels_link(path: Path) -> Path | None:
    """The link below /proc that a path is or leads to: it stands for an open file, not for the name that it shows."""
    for _ in range(MOST_LINKS):
        if not path.is_symlink():
            return None
        if path.parent.resolve().is_relative_to("/proc"):
            return path
        path = path.parent / path.readlink()
    return None

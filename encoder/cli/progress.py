"""Progress on standard error, when a person is looking at it."""

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Iterator
from typing import IO

from encoder.cli.leaving import owing

Report = Callable[[int], None]
"""Called with how many bytes of the input are done."""


@contextlib.contextmanager
def progress_for(name: str, source: IO[bytes], *, quiet: bool) -> Iterator[Report]:
    """A progress bar for the input while the block runs; nothing where standard error is no terminal, or quiet."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console  # noqa: PLC0415 - only where a bar is drawn
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with owing(_show_cursor), Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("" if name == "-" else name, total=_size_of(source))
        yield lambda done: bar.update(task, completed=done)


def _show_cursor() -> None:
    """By the descriptor: whoever draws may hold the console's lock."""
    os.write(sys.stderr.fileno(), b"\r\x1b[2K\x1b[?25h")


def _size_of(source: IO[bytes]) -> int | None:
    """The size of a regular file, None where it is not known."""
    status = os.fstat(source.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None

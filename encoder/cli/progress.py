"""Progress on standard error, if that is a terminal."""

import contextlib
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from typing import IO, Final

from encoder.cli.leaving import owing

PATIENCE: Final = 1.0  # seconds before it is told what takes so long
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


@contextlib.contextmanager
def waiting(what: str, *, quiet: bool = False) -> Iterator[None]:
    """While the block runs, what it does and for how long, once that is more than PATIENCE; nothing as in
    `progress_for`.
    """
    if quiet or not sys.stderr.isatty():
        yield
        return
    shown = contextlib.ExitStack()
    timer = threading.Timer(PATIENCE, _show, (shown, what))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        shown.close()


def _show(shown: contextlib.ExitStack, what: str) -> None:
    from rich.console import Console  # noqa: PLC0415 - only where somebody waits
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    shown.enter_context(owing(_show_cursor))
    bar = shown.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
    bar.add_task(what, total=None)


def _size_of(source: IO[bytes]) -> int | None:
    """The size of a regular file, None where it is not known."""
    status = os.fstat(source.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None

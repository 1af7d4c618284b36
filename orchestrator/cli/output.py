"""Text to the terminal: results on standard output, everything else on standard error."""

import math
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final, TextIO

_KEPT = "\n\t"
LONGEST: Final = 160  # characters of a line about what happened


def say(text: str) -> None:
    """A result, on standard output. A reader that went away does not change how the command ends."""
    _write(sys.stdout, text)


def tell(text: str) -> None:
    """Progress and errors, on standard error."""
    _write(sys.stderr, text)


def notice(text: str) -> None:
    """Tell the user something beside progress, on standard error. Names in it are escaped, because others may have
    written them.
    """
    tell(plain(text))


def plain(text: str) -> str:
    """The text with control characters made visible, so that what a task says cannot drive the terminal."""
    return "\n".join(line if line.isprintable() else _visible(line) for line in text.split("\n"))


def quoted(text: str) -> str:
    """What somebody else says: no further line of it can be taken for one of ours."""
    return plain("\n    | ".join(text.splitlines()))


def _visible(line: str) -> str:
    return "".join(char if char.isprintable() or char in _KEPT else ascii(char)[1:-1] for char in line)


def with_way_on(text: str, way: str, width: int = LONGEST) -> str:
    """Text on one line, and behind it what to do about it, which stays whole however long the text is."""
    return f"{one_line(text, max(1, width - len(way) - 1))} {way}"


def one_line(text: str, width: int = LONGEST) -> str:
    """The text on one line of at most `width` characters, control characters made visible."""
    line = plain(" ".join(text.expandtabs(1).splitlines()).strip())
    return line if len(line) <= width else f"{line[: width - 1]}…"


def counted(count: int, noun: str) -> str:
    """1 task, 2 tasks."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """A duration for people: 0.4s, 12s, 3m05s, 2h05m."""
    if not math.isfinite(seconds):
        return "?"
    if seconds < 9.95:  # what is more rounds to 10s, which needs no tenth
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Left-aligned columns, two blanks between; control characters made visible."""
    lines = [tuple(head), *(tuple(one_line(cell) for cell in row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def _write(stream: TextIO, text: str) -> None:
    """The reader may be gone. The stream itself notes that (`orchestrator.cli.streams`), or nobody does."""
    with suppress(OSError):
        stream.write(text if text.endswith("\n") else f"{text}\n")
        stream.flush()

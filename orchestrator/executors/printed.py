"""The last lines that a failed attempt printed: enough to see why it failed without opening its log. Pure."""

import re
from typing import Final

ENDING: Final = 2**13
"""Bytes at the end of a stream in which its last lines are looked for."""
LINES: Final = 12
LONGEST: Final = 300  # characters of a line that are kept

_DRAWN: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")


def last_lines(ending: bytes, *, cut: bool = False) -> tuple[str, ...]:
    """The last lines with something in them, without colours and what a progress bar wrote over. cut: more came
    before the ending.
    """
    text = _DRAWN.sub("", ending.decode("utf-8", "replace"))
    lines = [line.rstrip("\r").rpartition("\r")[2].rstrip() for line in text.split("\n")]
    if cut and len(lines) > 1:
        del lines[0]  # half a line
    kept = [_shown(line) for line in lines if line.strip()]
    return tuple(kept[-LINES:])


def said_last(stderr: bytes, stdout: bytes) -> tuple[str, tuple[str, ...]]:
    """The stream's name and its last lines: of stderr; of stdout where that is all there is; "" and none of a
    silent attempt.
    """
    for name, ending in (("stderr", stderr), ("stdout", stdout)):
        if lines := last_lines(ending, cut=len(ending) >= ENDING):
            return name, lines
    return "", ()


def _shown(line: str) -> str:
    line = "".join(char if char.isprintable() else " " for char in line)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"

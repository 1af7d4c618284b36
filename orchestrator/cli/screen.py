"""The terminal's width and height, whether it takes colours, and text wrapped to it."""

import os
import re
import shutil
import sys
import textwrap
from typing import Final

from orchestrator.records import dataclass

WIDEST: Final = 10_000  # of what goes to no terminal: it is not wrapped, so that it can be searched by line
HIGHEST: Final = 50  # lines of a screen if nobody says
COLORS: Final = {
    "FAIL": "31",
    "failed": "31",
    "UNPROVEN": "33",
    "cancelled": "33",
    "waiting": "33",
    "PASS": "32",
    "running": "36",
}


@dataclass(frozen=True, slots=True)
class Screen:
    """width: columns. height: lines. color: whether escapes for colours may be written."""

    width: int = WIDEST
    height: int = HIGHEST
    color: bool = False

    def wrap(self, text: str, hang: int = 2) -> list[str]:
        """The text in lines no wider than the screen, all but the first indented."""
        if len(text) <= self.width:
            return [text]
        indent = " " * min(hang, self.width // 4)
        return textwrap.wrap(text, self.width, subsequent_indent=indent, break_on_hyphens=False) or [""]

    def fit(self, text: str, hang: int = 8) -> str:
        """Lines that are too long wrapped, and the word that each begins with in its colour."""
        return "\n".join(self._painted(part) for line in text.split("\n") for part in self.wrap(line, hang))

    def _painted(self, line: str) -> str:
        word = re.match(r"[A-Za-z]+", line)
        return line if word is None else self.paint(word[0]) + line[word.end() :]

    def cut(self, text: str) -> str:
        """The text, no longer than one line."""
        return text if len(text) <= self.width else f"{text[: self.width - 1]}…"

    def paint(self, word: str, told: str | None = None) -> str:
        """The word in the colour of what it says, or of what `told` says."""
        code = COLORS.get(told or word)
        return f"\x1b[{code}m{word}\x1b[0m" if self.color and code else word


def screen_of_stdout() -> Screen:
    """What standard output leads to: COLUMNS and LINES where they are set, the terminal's size where there is one."""
    terminal = sys.stdout.isatty()
    size = shutil.get_terminal_size((WIDEST if not terminal else 80, HIGHEST))
    return Screen(max(20, size.columns), max(10, size.lines), terminal and colored())


def colored() -> bool:
    """By https://no-color.org: not where NO_COLOR says anything, nor where the terminal is a dumb one."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

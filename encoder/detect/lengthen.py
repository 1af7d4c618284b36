"""Longer blocks where nothing is taken apart: what a general compressor gets alone gains by every byte that it still sees.

Columns are best made of a few megabytes. Plain bytes that are cut as short begin without a past each time: licences that come again
from package to package become half as large when four such blocks are one.
"""

from typing import Final

from encoder.detect.ports import StrategySelector
from encoder.detect.records import Cutting, cut_at
from encoder.strategy import BackEnd, Strategy
from encoder.trees import TREES

LEAST_ASKED: Final = 1 << 18
"""Bytes at the end of a stream that are worth a question whether they are still plain; fewer go with the block before."""


class Lengthening:
    """Selects as `selector` and cuts as `cutting`, except that a block whose bytes stay plain goes on to `longest` bytes, window by window.

    Each further window is shown to the selector, and the block ends before one that it would take apart or store. One serves one stream, in its order, as its cutting and as its selector: not thread-safe.
    """

    def __init__(self, selector: StrategySelector, cutting: Cutting, longest: int) -> None:
        self._selector: Final = selector
        self._inner: Final = cutting
        self._longest: Final = longest
        self._choice: Strategy | None = None
        self._accepted = 0

    @property
    def cutting(self) -> Cutting:
        """The cutting of the stream; `full` gives 0 where the block goes on."""
        return Cutting(self._full, self._rest)

    def select(self, block: bytes | memoryview, /) -> Strategy:
        """The strategy for the block that was cut last."""
        choice, self._choice = self._choice, None
        return self._selector.select(block) if choice is None else choice

    def _full(self, window: memoryview) -> int:
        before = self._accepted
        piece = window[before:]
        size = self._inner.full(piece)
        choice = self._selector.select(piece[:size])
        if before and not _stays_plain(choice):
            return self._ended(cut_at(window[:before]))
        self._choice = self._choice or choice
        changes = size != cut_at(piece)  # the kind of data does, so that the block ends there
        if changes or not _stays_plain(choice) or len(window) >= self._longest:
            return self._ended(before + size)
        self._accepted = len(window)
        return 0

    def _rest(self, window: memoryview) -> int:
        before = self._accepted
        piece = window[before:]
        if not before:
            return self._inner.rest(piece)
        if len(piece) < LEAST_ASKED:
            return self._ended(len(window))
        size = self._inner.rest(piece)
        return self._ended(before + size if _stays_plain(self._selector.select(piece[:size])) else before)

    def _ended(self, size: int) -> int:
        self._accepted = 0
        return size


def _stays_plain(choice: Strategy) -> bool:
    return TREES[choice.tree].plain and choice.back_end is BackEnd.ZSTD

"""Make blocks longer if they are not split into columns. A general compressor gains from every earlier byte that it
sees.

Columns work best on a few megabytes. Plain bytes cut as short start without history each time. Licences that repeat
from package to package become half as large if four such blocks are one.
"""

from collections.abc import Callable
from typing import Final

from encoder.detect.ports import StrategySelector
from encoder.detect.records import Cutting, cut_at
from encoder.strategy import BackEnd, Strategy
from encoder.trees import TREES

LEAST_ASKED: Final = 1 << 18
"""Bytes at the end of a stream that are worth a question whether they are still plain; fewer go with the block
before.
"""


class Lengthening:
    """Selects as `selector` and cuts at records and where `change_in` finds a change of kind (0: none), except that a
    block whose bytes stay plain goes on to `longest` bytes, window by window.

    Each further window is shown to the selector, and the block ends before one that it, or the selector of a level
    below, would take apart or store. So where a lower level's block ends, this one's ends too. One serves one stream,
    in its order, as its cutting and as its selector: not thread-safe.
    """

    def __init__(self, selector: StrategySelector, change_in: Callable[[memoryview], int], longest: int) -> None:
        self._selector: Final = selector
        self._change_in: Final = change_in
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
        change = self._change_in(piece)
        goes_on = self._take(piece[:change] if change else piece)
        if before and not goes_on:
            return self._ended(cut_at(window[:before]))
        if change and goes_on:
            if self._take(piece[change:]):
                change = 0  # to what stays plain too
            elif len(window) < self._longest:
                self._accepted = before + change
                return 0  # a few pages of a table in what is plain end no block: more of it is to say
        if change:
            return self._ended(before + change)
        if not goes_on or len(window) >= self._longest:
            return self._ended(before + cut_at(piece))
        self._accepted = len(window)
        return 0

    def _rest(self, window: memoryview) -> int:
        before = self._accepted
        piece = window[before:]
        if before and len(piece) < LEAST_ASKED:
            return self._ended(len(window))
        change = self._change_in(piece)
        if before and not self._take(piece[:change] if change else piece):
            return self._ended(before)
        return self._ended(before + change if change else len(window))

    def _take(self, piece: memoryview) -> bool:
        """Whether a block goes on with this piece, or may go on behind it; the first piece's strategy is the
        block's.
        """
        choice = self._selector.select(piece)
        first = self._choice
        if first is None:
            self._choice = first = choice
        every, firsts = ([one, *one.every_below()] for one in (choice, first))
        same = [one.back_end for one in every] == [one.back_end for one in firsts]
        return same and all(TREES[one.tree].plain and one.back_end is not BackEnd.STORE for one in every)

    def _ended(self, size: int) -> int:
        self._accepted = 0
        return size

"""A block's type and how to encode it: plain data that the detector, the block codec and the profiles share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Optional


class TreeType(StrEnum):
    """The shape of a block's records; it names the tokeniser, and TEXT and OPAQUE have none."""

    JSON_LINES = "jsonl"
    JSON = "json"
    LOG = "log"
    CSV = "csv"
    XML = "xml"
    TEXT = "text"
    OPAQUE = "opaque"


class BackEnd(StrEnum):
    """The general compressor that stands behind the transform: a library's, or our own context mixing. CARRIED is zstd
    behind a codebook, NUMBERS is LZMA behind differences of numbers in byte planes, FILTERED is any behind a filter;
    none of these is asked for, but used where a strategy has a codebook, or where that is smaller.
    """

    STORE = "store"
    ZSTD = "zstd"
    LZMA = "lzma"
    BROTLI = "brotli"
    MIXING = "mixing"
    CARRIED = "zstd+codebook"
    NUMBERS = "numbers"
    FILTERED = "filtered"


HASTY: Final = 12
"""Up to that level of zstd for plain bytes, a strategy is one for little time."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """How one block is encoded.

    tree: which tokeniser takes it apart; with TEXT and OPAQUE the back end gets the bytes as they are.
    back_end, level: the compressor behind it, and that compressor's own level. With STORE, a level is zstd's, for bytes
    that are stored only where it gains nothing; 0 for none.
    verify: decode what was encoded, compare, and fall back to zstd should it differ.
    separator: the field separator of CSV, one byte; ignored elsewhere.
    text_level: the level for streams of text behind the transform, None for `level`. Text gains by a higher level
    several times what numbers do.
    prose_level: the level for text, and for the plain bytes, of a block that turns out to be mostly text; None for no
    such rise.
    plain_level: the level for the plain bytes of such a block where taking it apart gains hardly anything; None for no
    further rise.
    columns_level, columns_text_level: the levels for columns, and for their text, once they have been chosen over the
    plain bytes in haste; None for no rise.
    codebook: bytes of blocks before, which this one may refer to (`encoder.container.codebook_frame`); none for a block
    that stands for itself.
    below: what the next lower level would do with the same block, than which this one is not to make more; None for no
    such level. It says nothing about how this one encodes, so it does not count where strategies are compared.
    """

    tree: TreeType
    back_end: BackEnd
    level: int
    separator: int = ord(",")
    verify: bool = False
    text_level: int | None = None
    prose_level: int | None = None
    plain_level: int | None = None
    columns_level: int | None = None
    columns_text_level: int | None = None
    codebook: bytes = field(default=b"", repr=False)
    below: Optional["Strategy"] = field(default=None, repr=False, compare=False)

    @property
    def hasty(self) -> bool:
        """Whether there is time for hardly more than columns or the plain bytes: those have a quick level of zstd."""
        return self.back_end is BackEnd.ZSTD and self.plain_level is not None and self.plain_level <= HASTY

    def every_below(self) -> Iterator["Strategy"]:
        """What each lower level would do, from the next one down."""
        lower = self.below
        while lower is not None:
            yield lower
            lower = lower.below

    def level_of(self, *, text: bool) -> int:
        """The level for a stream that is text, or is not."""
        return self.text_level if text and self.text_level is not None else self.level

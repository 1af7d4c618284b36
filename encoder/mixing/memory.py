"""How large a model's tables are: functions of the model and of what it codes, so that a decoder knows them beforehand."""

from dataclasses import dataclass
from typing import Final

from encoder.errors import FormatError, VersionError

LIGHT_MODEL: Final = 1
FULL_MODEL: Final = 2
QUICK_MODEL: Final = 3
MODELS: Final = (LIGHT_MODEL, FULL_MODEL)
"""Those of text, and the levels of the back end."""
ROW_MODELS: Final = (LIGHT_MODEL, FULL_MODEL, QUICK_MODEL)
ROW_MODEL_AT: Final = {LIGHT_MODEL: QUICK_MODEL, FULL_MODEL: FULL_MODEL}
"""The model of rows that is written at each level; all of `ROW_MODELS` are read."""
TEXT_CONTEXTS: Final = {LIGHT_MODEL: 6, FULL_MODEL: 12}
ROW_CONTEXTS: Final = {LIGHT_MODEL: 3, FULL_MODEL: 12, QUICK_MODEL: 3}
"""How many contexts are mixed."""
_TEXT_LINE_BITS: Final = {LIGHT_MODEL: 20, FULL_MODEL: 21}
_ROW_LINE_BITS: Final = {LIGHT_MODEL: 15, FULL_MODEL: 19, QUICK_MODEL: 16}  # the small ones stay near a core
_LEAST_BITS: Final = 8
_LINE_BYTES: Final = 64
MOST_COLUMNS: Final = 1024
"""Columns that are told apart; the others share the last."""
_COLUMN_BYTES: Final = 10 << 10  # slots of the votes, weights, guesses
_FIXED: Final = 1 << 19
"""Bytes of what does not grow: weights, guesses, working room."""


@dataclass(frozen=True, slots=True)
class TextSizes:
    """Binary logarithms of the lines of slots, and of the places that passages are looked up in."""

    line_bits: int
    place_bits: int

    @property
    def memory(self) -> int:
        """Bytes of all tables."""
        return (_LINE_BYTES << self.line_bits) + (4 << self.place_bits) + _FIXED


@dataclass(frozen=True, slots=True)
class RowSizes:
    """As `TextSizes`; and the binary logarithms of the voters' memory (an eighth of its entries) and of the bytes that the quick
    model remembers for each context, and the columns that are told apart.
    """

    line_bits: int
    place_bits: int
    memory_bits: int
    byte_bits: int
    columns: int

    @property
    def memory(self) -> int:
        """Bytes of all tables."""
        tables = (_LINE_BYTES << self.line_bits) + (4 << self.place_bits) + (32 << self.memory_bits)
        tables += 8 << self.byte_bits
        return tables + self.columns * _COLUMN_BYTES + _FIXED


def text_sizes(size: int, model: int) -> TextSizes:
    """For `size` bytes of text."""
    lines = _bits(size * TEXT_CONTEXTS[model] // 4, _TEXT_LINE_BITS[model])
    return TextSizes(lines, _bits(size, 20))


def row_sizes(size: int, tokens: int, columns: int, model: int) -> RowSizes:
    """For `tokens` tokens of `size` bytes in all, in that many columns."""
    lines = _bits(size * ROW_CONTEXTS[model] // 4, _ROW_LINE_BITS[model])
    return RowSizes(lines, _bits(size, 18), _bits(2 * tokens, 20), _bits(size, 15), min(columns + 1, MOST_COLUMNS))


def row_model(tokens: memoryview) -> int:
    """The model of a token stream. Raises FormatError, VersionError."""
    if not len(tokens):
        raise FormatError("a block's tokens are missing")
    if tokens[0] not in ROW_MODELS:
        raise VersionError(f"rows of mixing model {tokens[0]} need a newer reader than this")
    return tokens[0]


def _bits(count: int, most: int) -> int:
    return min(most, max(_LEAST_BITS, count.bit_length()))

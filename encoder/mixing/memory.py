"""The size of a model's tables, from the model and its input, so a decoder knows it in advance."""

from dataclasses import dataclass
from typing import Final

from encoder.mixing.models import ROW_MODELS, TEXT_MODELS, ForetoldModel

_LEAST_BITS: Final = 8
_LINE_BYTES: Final = 64
MOST_COLUMNS: Final = 1024
"""Columns with slots of their own; the others share the last one's."""
_COLUMN_BYTES: Final = 10 << 10  # slots of the votes, weights, guesses
_FIXED: Final = 1 << 19
"""Bytes of what does not grow: weights, guesses, working room."""
_FORETOLD_FIXED: Final = 1 << 20
"""The same of models that foretell bytes."""


@dataclass(frozen=True, slots=True)
class TextSizes:
    """Binary logarithms of the number of lines of slots, of the places by which passages are looked up, and of the
    bytes that each context remembers (0: none does).
    """

    line_bits: int
    place_bits: int
    byte_bits: int = 0

    @property
    def memory(self) -> int:
        """Bytes of all tables."""
        fixed = _FORETOLD_FIXED + (16 << self.byte_bits) if self.byte_bits else _FIXED
        return (_LINE_BYTES << self.line_bits) + (4 << self.place_bits) + fixed


@dataclass(frozen=True, slots=True)
class RowSizes:
    """As `TextSizes`, with more numbers.

    memory_bits: the binary logarithm of the voters' memory (an eighth of its entries). byte_bits: that of the bytes
    that the quick model remembers for each context. columns: how many have slots of their own.
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
    known = TEXT_MODELS[model]
    if isinstance(known, ForetoldModel):
        return TextSizes(_bits(size * known.contexts // 8, known.line_bits), _bits(size // 4, 22), _bits(size, 16))
    lines = _bits(size * known.contexts // 4, known.line_bits)
    return TextSizes(lines, _bits(size, 20))


def row_sizes(size: int, tokens: int, columns: int, model: int) -> RowSizes:
    """For `tokens` tokens of `size` bytes in all, in that many columns."""
    known = ROW_MODELS[model]
    lines = _bits(size * known.contexts // 4, known.line_bits)
    return RowSizes(lines, _bits(size, 18), _bits(2 * tokens, 20), _bits(size, 15), min(columns + 1, MOST_COLUMNS))


def _bits(count: int, most: int) -> int:
    return min(most, max(_LEAST_BITS, count.bit_length()))

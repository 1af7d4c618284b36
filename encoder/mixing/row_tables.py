"""A block's tokens coded with fresh tables, by the kernel of their model. The kernels of other models are not even
loaded.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import Int
from encoder.mixing.aligned import PLACES
from encoder.mixing.memory import RowSizes, row_sizes
from encoder.mixing.models import ALIGNED_MODEL, LEAN_MODEL, QUICK_MODEL, ROW_MODELS, SHORT_MODEL
from encoder.mixing.predict import inputs_of
from encoder.mixing.quick import CHANCES, FLAGS, ROWS_PER_COLUMN
from encoder.mixing.quick import INPUTS as QUICK_INPUTS
from encoder.mixing.row_bits import FIRST_SETS, GUESS_SLOTS, GUESS_SLOTS_PER_COLUMN, SETS_PER_COLUMN
from encoder.mixing.short_bits import INPUTS as SHORT_INPUTS
from encoder.mixing.short_bits import REFINED_SETS
from encoder.mixing.tables import GUESS, refining_table, slot_table
from encoder.mixing.votes import AGREEMENTS, INPUTS, VOTERS, first_slots

Bytes = NDArray[np.uint8]

Slots = NDArray[np.uint32]
Tables = tuple[NDArray[np.int32] | NDArray[np.int16], Slots, Slots, Slots, NDArray[np.uint16], int]
"""Tables for coding bytes: weights; slots of guesses; the quick model's chances, flags, remembered bytes and their
bits.
"""

_NO_SLOTS: Final = np.zeros(0, np.uint32)
_NO_BYTES: Final = np.zeros(0, np.uint16)
_FIRST_VOTE_WEIGHT: Final = 22937  # 0.35


def code_tokens(
    decoding: bool,
    text: Bytes,
    records: NDArray[np.int32],
    first_slot: NDArray[np.int64],
    slots: NDArray[np.int32],
    columns: int,
    siblings: NDArray[np.int32],
    terminator: int,
    names: NDArray[np.uint32],
    starts: NDArray[np.int32],
    coded: Bytes,
    model: int,
) -> int:
    """Codes all tokens or decodes them, in place. Returns what `rows.code_rows` does."""
    sizes = row_sizes(len(text), len(names), columns, model)
    tokens = (decoding, text, records, first_slot, slots, columns, siblings, terminator, names, starts)
    memory = np.zeros(8 << sizes.memory_bits, np.uint32)
    vote_slots = np.tile(first_slots(), 2 * VOTERS * sizes.columns)
    votes = (memory, sizes.memory_bits, vote_slots, _vote_weights(sizes, model), coded)
    lines = (slot_table(sizes.line_bits), np.uint64((1 << sizes.line_bits) - 1))
    places = (np.zeros(1 << sizes.place_bits, np.int32), sizes.place_bits)
    known = ROW_MODELS[model]
    learning = (known.contexts, known.learning)
    tables = _tables_of(sizes, model)
    return int(_kernel_of(model)(*tokens, *learning, *votes, *lines, *tables, *places))


def _tables_of(sizes: RowSizes, model: int) -> Tables:
    if model == QUICK_MODEL:
        return _quick_tables(sizes)
    return _short_tables(sizes, model) if model in (SHORT_MODEL, ALIGNED_MODEL) else _bit_tables(sizes, model)


def _kernel_of(model: int) -> Callable[..., Int]:
    if model == QUICK_MODEL:
        from encoder.mixing.quick_rows import code_quick_rows  # noqa: PLC0415  see above

        return code_quick_rows
    if model == ALIGNED_MODEL:
        from encoder.mixing.aligned_rows import code_aligned_rows  # noqa: PLC0415  see above

        return code_aligned_rows
    if model == SHORT_MODEL:
        from encoder.mixing.short_rows import code_short_rows  # noqa: PLC0415  see above

        return code_short_rows
    if model == LEAN_MODEL:
        from encoder.mixing.lean_rows import code_lean_rows  # noqa: PLC0415  see above

        return code_lean_rows
    from encoder.mixing.rows import code_rows  # noqa: PLC0415  see above

    return code_rows


def _vote_weights(sizes: RowSizes, model: int) -> NDArray[np.int32]:
    rows = AGREEMENTS + (0 if model == QUICK_MODEL else 2 * sizes.columns)
    return np.full(rows * INPUTS, _FIRST_VOTE_WEIGHT, np.int32)


def _bit_tables(sizes: RowSizes, model: int) -> Tables:
    sets = FIRST_SETS + SETS_PER_COLUMN * sizes.columns
    known = ROW_MODELS[model]
    weights = np.full(sets * inputs_of(known.contexts), known.first_weight, np.int32)
    guesses = np.full(GUESS_SLOTS + GUESS_SLOTS_PER_COLUMN * sizes.columns, GUESS, np.uint32)
    return weights, guesses, _NO_SLOTS, _NO_SLOTS, _NO_BYTES, 0


def _short_tables(sizes: RowSizes, model: int) -> Tables:
    rows = SETS_PER_COLUMN * (PLACES if model == ALIGNED_MODEL else 1)
    weights = np.zeros((FIRST_SETS + rows * sizes.columns) * SHORT_INPUTS, np.int16)
    weights[: FIRST_SETS * SHORT_INPUTS] = ROW_MODELS[model].first_weight
    guesses = np.full(GUESS_SLOTS + GUESS_SLOTS_PER_COLUMN * sizes.columns, GUESS, np.uint32)
    return weights, guesses, _NO_SLOTS, _NO_SLOTS, refining_table(REFINED_SETS), 0


def _quick_tables(sizes: RowSizes) -> Tables:
    weights = np.full(QUICK_INPUTS * ROWS_PER_COLUMN * sizes.columns, ROW_MODELS[QUICK_MODEL].first_weight, np.int32)
    chances, flags = np.full(CHANCES, GUESS, np.uint32), np.full(FLAGS, GUESS, np.uint32)
    return weights, _NO_SLOTS, chances, flags, np.zeros(4 << sizes.byte_bits, np.uint16), sizes.byte_bits

"""A block's tokens coded with fresh tables, by the kernel of their model; the kernels of other models are not even imported."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import Int
from encoder.mixing.memory import RowSizes, row_sizes
from encoder.mixing.models import QUICK_MODEL, ROW_MODELS
from encoder.mixing.predict import FULL as ALL_CONTEXTS
from encoder.mixing.predict import inputs_of
from encoder.mixing.tables import GUESS, slot_table
from encoder.mixing.votes import AGREEMENTS, INPUTS, VOTERS, first_slots

Bytes = NDArray[np.uint8]

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
    """Codes all tokens or decodes them, in place; returns what `rows.code_rows` does."""
    sizes = row_sizes(len(text), len(names), columns, model)
    tokens = (decoding, text, records, first_slot, slots, columns, siblings, terminator, names, starts)
    memory = np.zeros(8 << sizes.memory_bits, np.uint32)
    vote_slots = np.tile(first_slots(), 2 * VOTERS * sizes.columns)
    votes = (memory, sizes.memory_bits, vote_slots, _vote_weights(sizes, model), coded)
    lines = (slot_table(sizes.line_bits), np.uint64((1 << sizes.line_bits) - 1))
    places = (np.zeros(1 << sizes.place_bits, np.int32), sizes.place_bits)
    if model == QUICK_MODEL:
        from encoder.mixing.quick_rows import code_quick_rows  # noqa: PLC0415  see above

        quickly: Callable[..., Int] = code_quick_rows
        return int(quickly(*tokens, *votes, *lines, *_quick_tables(sizes), *places))
    from encoder.mixing.rows import code_rows  # noqa: PLC0415  see above

    code: Callable[..., Int] = code_rows
    known = ROW_MODELS[model]
    return int(
        code(
            *tokens,
            known.contexts == ALL_CONTEXTS,
            known.learning,
            *votes,
            *lines,
            *_byte_tables(sizes, model),
            *places,
        )
    )


def _vote_weights(sizes: RowSizes, model: int) -> NDArray[np.int32]:
    rows = AGREEMENTS + (0 if model == QUICK_MODEL else 2 * sizes.columns)
    return np.full(rows * INPUTS, _FIRST_VOTE_WEIGHT, np.int32)


def _byte_tables(sizes: RowSizes, model: int) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
    """Weights and guesses of `rows`."""
    from encoder.mixing.rows import (  # noqa: PLC0415  as above
        FIRST_SETS,
        GUESS_SLOTS,
        GUESS_SLOTS_PER_COLUMN,
        SETS_PER_COLUMN,
    )

    sets = FIRST_SETS + SETS_PER_COLUMN * sizes.columns
    known = ROW_MODELS[model]
    weights = np.full(sets * inputs_of(known.contexts), known.first_weight, np.int32)
    return weights, np.full(GUESS_SLOTS + GUESS_SLOTS_PER_COLUMN * sizes.columns, GUESS, np.uint32)


def _quick_tables(
    sizes: RowSizes,
) -> tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint16], int]:
    """Weights, chances, flags and remembered bytes of `quick`."""
    from encoder.mixing.quick import CHANCES, FLAGS, ROWS_PER_COLUMN  # noqa: PLC0415  as above
    from encoder.mixing.quick import INPUTS as QUICK_INPUTS  # noqa: PLC0415  as above

    weights = np.full(QUICK_INPUTS * ROWS_PER_COLUMN * sizes.columns, ROW_MODELS[QUICK_MODEL].first_weight, np.int32)
    chances, flags = np.full(CHANCES, GUESS, np.uint32), np.full(FLAGS, GUESS, np.uint32)
    return weights, chances, flags, np.zeros(4 << sizes.byte_bits, np.uint16), sizes.byte_bits

"""A byte of a value by its bits: the contexts of a tree under two mixers.

A repeat and the column's last value add guesses.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, FLAG, HASH, I32S, I64S, INT, U32S, U64S, Int, part
from encoder.mixing.coder import least
from encoder.mixing.predict import FULL, LEAN, NO_GUESS, QUICK, byte_kernel

FIRST_SETS = 3 * 256
SETS_PER_COLUMN = 8
GUESS_SLOTS = 32
GUESS_SLOTS_PER_COLUMN = 4
code_quick = byte_kernel(QUICK)
code_lean = byte_kernel(LEAN)
code_full = byte_kernel(FULL)


@part(INT(INT, INT, INT, INT, INT, I64S, I64S))
def find_guesses(
    repeated: Int,
    length: Int,
    above: Int,
    offset: Int,
    column: Int,
    guesses: NDArray[np.int64],
    guess_slots: NDArray[np.int64],
) -> Int:
    """Fills the guesses and their slots. Returns the first mixer's set."""
    first_set = np.int64(0)
    guesses[0] = NO_GUESS
    guesses[1] = NO_GUESS
    if repeated >= 0:
        guesses[0] = repeated
        guess_slots[0] = least(length, GUESS_SLOTS - 1)
        first_set = np.int64(256) if length < 16 else np.int64(512)
    if above >= 0:
        guesses[1] = above
        guess_slots[1] = GUESS_SLOTS + column * GUESS_SLOTS_PER_COLUMN + least(offset, 3)
    return first_set


def guessed_kernel(*, lean: bool) -> Callable[..., Any]:
    """The kernel that codes a byte under the lean contexts, or under a given number of the others."""

    @part(
        INT(
            *(FLAG, I64S, BUFFER, INT, U64S, INT, INT, INT, INT, INT, INT, INT),
            *(U32S, HASH, I32S, U32S, I64S, I64S, U64S, U32S, U32S, I32S),
        )
    )
    def code_guessed(
        decoding: bool,
        state: NDArray[np.int64],
        coded: NDArray[np.uint8],
        byte: Int,
        hashes: NDArray[np.uint64],
        repeated: Int,
        length: Int,
        above: Int,
        offset: Int,
        column: Int,
        contexts: Int,
        learning: Int,
        table: NDArray[np.uint32],
        mask: np.uint64,
        weights: NDArray[np.int32],
        guess_table: NDArray[np.uint32],
        guesses: NDArray[np.int64],
        guess_slots: NDArray[np.int64],
        lines: NDArray[np.uint64],
        checks: NDArray[np.uint32],
        found: NDArray[np.uint32],
        values: NDArray[np.int32],
    ) -> Int:
        """Codes `byte`, or decodes and returns it, as `quick.code_foretold`, whose arguments it shares.

        contexts: how many. guesses, guess_slots and what follows: working room.
        """
        first_set = find_guesses(repeated, length, above, offset, column, guesses, guess_slots)
        second_set = FIRST_SETS + column * SETS_PER_COLUMN
        result: Int
        if lean:
            result = code_lean(
                decoding, state, coded, byte, hashes, table, mask, weights, first_set, second_set,
                guesses, guess_slots, guess_table, lines, checks, found, values, learning,
            )  # fmt: skip
        elif contexts == FULL:
            result = code_full(
                decoding, state, coded, byte, hashes, table, mask, weights, first_set, second_set,
                guesses, guess_slots, guess_table, lines, checks, found, values, learning,
            )  # fmt: skip
        else:
            result = code_quick(
                decoding, state, coded, byte, hashes, table, mask, weights, first_set, second_set,
                guesses, guess_slots, guess_table, lines, checks, found, values, learning,
            )  # fmt: skip
        return result

    compiled: Callable[..., Any] = code_guessed
    return compiled


code_lean_guessed = guessed_kernel(lean=True)
code_guessed = guessed_kernel(lean=False)

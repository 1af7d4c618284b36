"""A byte of a value by its bits, under a mixer of short weights: the contexts of a tree, a repeat and the column's last
value.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, FLAG, HASH, I16S, I64S, INT, U16S, U32S, U64S, Int, part
from encoder.mixing.coder import code_bit, refined_chance, within
from encoder.mixing.lanes import LANES, learn, products_of_sum
from encoder.mixing.lines import ask, ask_on, take
from encoder.mixing.predict import GUESSES, LEAN
from encoder.mixing.slots import HALF_TRUE, learned
from encoder.mixing.tables import KNOTS, RANGE, SQUASH, STRETCH, TRUST

U = np.uint64
REFINED_SETS: Final = 3 * 256
INPUTS: Final = LANES
"""Two for each context, and one for each guess: as many as fit."""
_LEARNING: Final = 10


def short_kernel(contexts: int) -> Callable[..., Any]:
    """The kernel that codes one byte under that many contexts."""

    @part(
        INT(
            *(FLAG, I64S, BUFFER, INT, U64S, U32S, HASH, I16S, INT, INT, I64S, I64S, U32S),
            *(U16S, U64S, U32S, U32S, I16S),
        )
    )
    def code_short(
        decoding: bool,
        state: NDArray[np.int64],
        coded: NDArray[np.uint8],
        byte: Int,
        hashes: NDArray[np.uint64],
        table: NDArray[np.uint32],
        mask: np.uint64,
        weights: NDArray[np.int16],
        first_set: Int,
        second_set: Int,
        guesses: NDArray[np.int64],
        guess_slots: NDArray[np.int64],
        guess_table: NDArray[np.uint32],
        refining: NDArray[np.uint16],
        lines: NDArray[np.uint64],
        checks: NDArray[np.uint32],
        found: NDArray[np.uint32],
        values: NDArray[np.int16],
    ) -> Int:
        """Codes `byte`, or decodes and returns it. As `predict.byte_kernel`, with the sum of two rows as weights."""
        sofar = np.int64(1)
        first_row = first_set * INPUTS
        second_row = second_set * INPUTS
        likely = np.int64(0)
        ask(hashes, contexts, table, mask, lines, checks)
        for half in range(2):
            begin = half * contexts
            if half == 1 and sofar != likely:
                ask_on(hashes, contexts, sofar, table, mask, lines, checks)
            take(table, begin, contexts, lines, checks, found)
            node = np.int64(1)
            for number in range(4 * half, 4 * half + 4):
                for nth in range(contexts):
                    packed = np.int64(table[lines[U(begin + nth)] + U(node)])
                    chance = packed >> 20
                    values[U(2 * nth)] = STRETCH[U(chance)]
                    values[U(2 * nth + 1)] = ((chance - 2048) * np.int64(TRUST[U(packed & 1023)])) >> 5
                for nth in range(GUESSES):
                    value = np.int64(0)
                    if ((guesses[U(nth)] | 256) >> (8 - number)) == sofar:
                        value = np.int64(STRETCH[U(guess_table[U(guess_slots[U(nth)])] >> np.uint32(20))])
                        if ((guesses[U(nth)] >> (7 - number)) & 1) == 0:
                            value = -value
                    values[U(2 * contexts + nth)] = value
                first = first_row + sofar * INPUTS
                second = second_row + number * INPUTS
                place = within(products_of_sum(values, 0, weights, first, second) >> 15, RANGE) + RANGE
                own = np.int64(SQUASH[U(place)])
                knot = (first_set + sofar) * KNOTS + (place >> 7)
                rest = place & 127
                between = np.int64(refining[U(knot)]) * (128 - rest) + np.int64(refining[U(knot + 1)]) * rest
                probability = refined_chance(own, between >> 7)
                if number == 3:  # as in `foretold`
                    likely = (sofar << 1) | (1 if probability > 32768 else 0)
                    ask_on(hashes, contexts, likely, table, mask, lines, checks)
                bit = code_bit(decoding, state, coded, probability, (byte >> (7 - number)) & 1)
                knot += rest >> 6
                wanted = np.int64(65535) if bit else np.int64(0)
                refining[U(knot)] += (wanted - np.int64(refining[U(knot)])) >> 6
                error = (((bit << 16) - own) * _LEARNING) >> 6
                learn(values, 0, weights, first, error)
                learn(values, 0, weights, second, error)
                for nth in range(contexts):
                    slot = lines[U(begin + nth)] + U(node)
                    table[slot] = learned(np.int64(table[slot]), bit * HALF_TRUE)
                for nth in range(GUESSES):
                    if ((guesses[U(nth)] | 256) >> (8 - number)) == sofar:
                        right = np.int64(HALF_TRUE) if ((guesses[U(nth)] >> (7 - number)) & 1) == bit else np.int64(0)
                        guess = U(guess_slots[U(nth)])
                        guess_table[guess] = learned(np.int64(guess_table[guess]), right)
                sofar = (sofar << 1) | bit
                node = (node << 1) | bit
        return sofar & 255

    compiled: Callable[..., Any] = code_short
    return compiled


code_short_lean = short_kernel(LEAN)

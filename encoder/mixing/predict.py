"""One byte coded under hashed contexts: two nibbles, a line of 15 slots for each under every context, two mixers.

A slot is 32 bits: the probability that the bit is 1 (22 bits) and how often the slot was seen (10). A line is sixteen
slots, 64 bytes, of which the first holds a check on the context's hash; the line beside it is the second choice. Beside the contexts there are
guesses: whole bytes that something foretells, each with a slot for how often such a guess was right.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, FLAG, HASH, I32S, I64S, INT, U32S, U64S, VOID, Int, part
from encoder.mixing.coder import code_bit, within
from encoder.mixing.slots import HALF_TRUE, claim, learned
from encoder.mixing.tables import GOLDEN, RANGE, SPREAD, SQUASH, STRETCH, TRUST

QUICK = 3
LIGHT = 6
LEAN = 7
FULL = 12
"""How many contexts a model mixes."""
GUESSES = 2
NO_GUESS = -256
"""A guess that agrees with no byte."""

U = np.uint64


def inputs_of(contexts: int) -> int:
    """Inputs of a mixer: two for every context, one for every guess; to a multiple of 8, a constant one and zeros."""
    return (2 * contexts + GUESSES + 7) // 8 * 8


@part(VOID(U64S, INT))
def spread(hashes: NDArray[np.uint64], count: Int) -> None:
    """Turns contexts into hashes, each kind of context apart from the others."""
    for nth in range(count):
        mixed = (hashes[U(nth)] + U(nth + 1)) * GOLDEN
        mixed ^= mixed >> U(32)
        mixed *= SPREAD
        hashes[U(nth)] = mixed ^ (mixed >> U(29))


def byte_kernel(contexts: int) -> Callable[..., Any]:
    """The kernel that codes one byte under that many contexts."""
    inputs = inputs_of(contexts)
    constant = 2 * contexts + GUESSES

    @part(INT(FLAG, I64S, BUFFER, INT, U64S, U32S, HASH, I32S, INT, INT, I64S, I64S, U32S, U64S, U32S, U32S, I32S, INT))
    def code_byte(
        decoding: bool,
        state: NDArray[np.int64],
        coded: NDArray[np.uint8],
        byte: Int,
        hashes: NDArray[np.uint64],
        table: NDArray[np.uint32],
        mask: np.uint64,
        weights: NDArray[np.int32],
        first_set: Int,
        second_set: Int,
        guesses: NDArray[np.int64],
        guess_slots: NDArray[np.int64],
        guess_table: NDArray[np.uint32],
        lines: NDArray[np.uint64],
        checks: NDArray[np.uint32],
        found: NDArray[np.uint32],
        values: NDArray[np.int32],
        learning: Int,
    ) -> Int:
        """Codes `byte`, or decodes and returns it; changes `hashes`.

        table: slots, 16 times a power of two; mask: its lines - 1. weights: rows of mixer inputs; the first mixer's row
        is first_set + the bits so far, the second's second_set + the number of the bit. lines, checks, found, values:
        working room.
        """
        sofar = np.int64(1)
        first_row = U(first_set) * U(inputs)
        second_row = U(second_set) * U(inputs)
        if constant < inputs:
            values[U(constant)] = 256
        for half in range(2):
            for nth in range(
                contexts
            ):  # all lines are asked for before one is looked at, so that memory answers at once
                mixed = hashes[U(nth)]
                if half == 1:
                    mixed = (mixed + U(sofar)) * GOLDEN
                    mixed ^= mixed >> U(29)
                line = ((mixed >> U(20)) & mask) * U(16)
                lines[U(nth)] = line
                checks[U(nth)] = np.uint32(mixed >> U(40)) | np.uint32(1)
                found[U(nth)] = table[line]
            for nth in range(contexts):
                check = checks[U(nth)]
                if found[U(nth)] != check:
                    lines[U(nth)] = claim(table, lines[U(nth)], check)
            node = np.int64(1)
            for number in range(4 * half, 4 * half + 4):
                for nth in range(contexts):
                    packed = np.int64(table[lines[U(nth)] + U(node)])
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
                first = first_row + U(sofar) * U(inputs)
                second = second_row + U(number) * U(inputs)
                first_dot = np.int64(0)
                second_dot = np.int64(0)
                for nth in range(inputs):
                    first_dot += np.int64(values[U(nth)]) * np.int64(weights[first + U(nth)])
                for nth in range(inputs):
                    second_dot += np.int64(values[U(nth)]) * np.int64(weights[second + U(nth)])
                first_mixed = within(first_dot >> 16, RANGE)
                second_mixed = within(second_dot >> 16, RANGE)
                probability = np.int64(SQUASH[U(((first_mixed + second_mixed) >> 1) + RANGE)])
                bit = code_bit(decoding, state, coded, probability, (byte >> (7 - number)) & 1)
                wanted = bit << 16
                first_error = ((wanted - np.int64(SQUASH[U(first_mixed + RANGE)])) * learning) >> 4
                second_error = ((wanted - np.int64(SQUASH[U(second_mixed + RANGE)])) * learning) >> 4
                for nth in range(inputs):
                    weights[first + U(nth)] += np.int32((np.int64(values[U(nth)]) * first_error + 0x8000) >> 16)
                for nth in range(inputs):
                    weights[second + U(nth)] += np.int32((np.int64(values[U(nth)]) * second_error + 0x8000) >> 16)
                for nth in range(contexts):
                    place = lines[U(nth)] + U(node)
                    table[place] = learned(np.int64(table[place]), bit * HALF_TRUE)
                for nth in range(GUESSES):
                    if ((guesses[U(nth)] | 256) >> (8 - number)) == sofar:
                        right = np.int64(HALF_TRUE) if ((guesses[U(nth)] >> (7 - number)) & 1) == bit else np.int64(0)
                        guess = U(guess_slots[U(nth)])
                        guess_table[guess] = learned(np.int64(guess_table[guess]), right)
                sofar = (sofar << 1) | bit
                node = (node << 1) | bit
        return sofar & 255

    compiled: Callable[..., Any] = code_byte
    return compiled

"""The binary arithmetic coder: one bit at a time, each with the probability that it is 1, in 65536ths.

State, an array: [LOW, HIGH] the range still possible, 32-bit, ends included; [CODE] the decoder's 32 bits; [AT] bytes
written, or read. Source of the carry-less form: Mahoney, "Data Compression Explained", 2013, section 3.2.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, FLAG, I64S, INT, VOID, Int, inlined, kernel

LOW, HIGH, CODE, AT = range(4)
STATE_SIZE = 4
TAIL = 4
"""Bytes that end a coded stream, and that a decoder reads before its first bit."""

WRONG_END = -3


@kernel(VOID(FLAG, I64S, BUFFER))
def start(decoding: bool, state: NDArray[np.int64], coded: NDArray[np.uint8]) -> None:
    """Sets the state before the first bit."""
    state[LOW] = 0
    state[HIGH] = 0xFFFFFFFF
    state[CODE] = 0
    state[AT] = 0
    if decoding:
        for at in range(TAIL):
            byte = np.int64(coded[at]) if at < coded.shape[0] else np.int64(0)
            state[CODE] = (state[CODE] << 8) | byte
        state[AT] = TAIL


@inlined
def least(first: Int, second: Int) -> Int:
    """The smaller of two."""
    return min(second, first)


@inlined
def within(x: Int, bound: Int) -> Int:
    """x, or the nearest number that is above -bound and below bound."""
    if x >= bound:
        return bound - 1
    return x if x > -bound else 1 - bound


@inlined
def refined_chance(own: Int, refined: Int) -> Int:
    """The middle of two probabilities in 65536ths, and no more certain than any is."""
    chance = (own + refined) >> 1
    if chance < 6:
        return 6
    return min(65530, chance)


@inlined
def code_bit(decoding: bool, state: NDArray[np.int64], coded: NDArray[np.uint8], probability: Int, bit: Int) -> Int:
    """Codes `bit`, or decodes and returns it. Never writes or reads outside `coded`; AT counts on, and shows it."""
    low = state[LOW]
    high = state[HIGH]
    middle = low + (((high - low) * probability) >> 16)
    if decoding:
        bit = 1 if state[CODE] <= middle else 0
    if bit:
        high = middle
    else:
        low = middle + 1
    while ((low ^ high) & 0xFF000000) == 0:
        at = state[AT]
        state[AT] = at + 1
        if decoding:
            byte = np.int64(coded[at]) if at < coded.shape[0] else np.int64(0)
            state[CODE] = ((state[CODE] << 8) & 0xFFFFFFFF) | byte
        elif at < coded.shape[0]:
            coded[at] = high >> 24
        low = (low << 8) & 0xFFFFFFFF
        high = ((high << 8) & 0xFFFFFFFF) | 255
    state[LOW] = low
    state[HIGH] = high
    return bit


@kernel(INT(I64S, BUFFER))
def finish(state: NDArray[np.int64], coded: NDArray[np.uint8]) -> Int:
    """Ends an encoder's stream. Returns its length, which is above len(coded) if it did not fit."""
    end: Int = state[AT] + TAIL
    if end <= coded.shape[0]:
        for nth in range(TAIL):
            coded[state[AT] + nth] = (state[HIGH] >> (24 - 8 * nth)) & 255
    return end


@kernel(INT(I64S))
def end(state: NDArray[np.int64]) -> Int:
    """How many bytes a decoder with all its bits has read, or WRONG_END unless the encoder ended at this very state."""
    read: Int = state[AT]
    return read if state[CODE] == state[HIGH] else WRONG_END

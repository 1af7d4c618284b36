"""Eight bytes at a time: unaligned loads and stores, and the copying and comparing that kernels do with them.

A word holds its first byte lowest (little-endian), as on every machine that kernels are compiled for; no word is part
of the format. Kernels look before they touch: a word that would cross the end of an array is taken byte by byte.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, BYTES, FLAG, HASH, INT, VOID, Int, instruction, part

WORD = 8
SLACK = 16
"""Bytes that `copy_over` may write past what it copies, where the target has them."""

_LOW = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_ZEROS = np.uint64(0x3030303030303030)  # the digit, eight times


@instruction
def load_word(array: NDArray[np.uint8], at: Int) -> np.uint64:
    """The word array[at : at + 8], wherever it lies."""
    return np.uint64(int.from_bytes(array[at : at + WORD].tobytes(), "little"))


@instruction
def store_word(array: NDArray[np.uint8], at: Int, word: np.uint64) -> None:
    """array[at : at + 8] = the word."""
    array[at : at + WORD] = np.frombuffer(int(word).to_bytes(WORD, "little"), np.uint8)


@instruction
def trailing_zeros(word: np.uint64) -> np.uint64:
    """Zero bits below the lowest one; the word is not 0."""
    return np.uint64((int(word) & -int(word)).bit_length() - 1)


@part(INT(BYTES, INT, INT, INT))
def find_either(data: NDArray[np.uint8], at: Int, one: Int, other: Int) -> Int:
    """Where the first byte `one` or `other` stands from `at`, or the end of the data.

    A byte of a word is zero where the word less ones, without the word's own bits, has the byte's top bit set: exact
    for the lowest such byte. Source: Warren, Hacker's Delight, section 6-1.
    """
    ones, others = np.uint64(one) * _LOW, np.uint64(other) * _LOW
    found = np.uint64(0)
    while found == 0 and at + WORD <= data.shape[0]:
        word = load_word(data, at)
        first, second = word ^ ones, word ^ others
        found = ((first - _LOW) & ~first | (second - _LOW) & ~second) & _HIGH
        at += WORD
    if found != 0:
        at += np.int64(trailing_zeros(found) >> np.uint64(3)) - WORD
    while found == 0 and at < data.shape[0] and data[at] != one and data[at] != other:
        at += 1
    return at


@part(INT(BYTES, INT))
def find_string_end(data: NDArray[np.uint8], at: Int) -> Int:
    """Where the first quote, backslash or newline stands from `at`, or the end of the data; as `find_either` finds
    two.
    """
    quotes, backslashes, newlines = np.uint64(34) * _LOW, np.uint64(92) * _LOW, np.uint64(10) * _LOW
    found = np.uint64(0)
    while found == 0 and at + WORD <= data.shape[0]:
        word = load_word(data, at)
        first, second, third = word ^ quotes, word ^ backslashes, word ^ newlines
        found = ((first - _LOW) & ~first | (second - _LOW) & ~second | (third - _LOW) & ~third) & _HIGH
        at += WORD
    if found != 0:
        at += np.int64(trailing_zeros(found) >> np.uint64(3)) - WORD
    while found == 0 and at < data.shape[0] and data[at] != 34 and data[at] != 92 and data[at] != 10:
        at += 1
    return at


@part(FLAG(BYTES, INT, INT, INT))
def holds(data: NDArray[np.uint8], at: Int, end: Int, one: Int) -> bool:
    """Does the byte `one`, not 0, stand in data[at:end]?"""
    ones = np.uint64(one) * _LOW
    found = np.uint64(0)
    while found == 0 and at + WORD <= end:
        word = load_word(data, at) ^ ones
        found = (word - _LOW) & ~word & _HIGH
        at += WORD
    while found == 0 and at < end:
        found = np.uint64(data[at] == one)
        at += 1
    return bool(found != 0)


@part(INT(BYTES, INT, INT))
def digits_end(data: NDArray[np.uint8], at: Int, end: Int) -> Int:
    """Where the run of digits from `at` ends, at `end` at the latest.

    A byte is no digit where what differs from `0` is above 9, so that adding 0x76 to it, or it itself, has the top bit
    set.
    """
    others = np.uint64(0)
    while others == 0 and at + WORD <= data.shape[0]:
        word = load_word(data, at) ^ _ZEROS
        others = ((word & ~_HIGH) + np.uint64(0x7676767676767676) | word) & _HIGH
        at += WORD
    if others != 0:
        at += np.int64(trailing_zeros(others) >> np.uint64(3)) - WORD
    while others == 0 and at < data.shape[0] and data[at] >= 48 and data[at] <= 57:
        at += 1
    return min(at, end)


@part(HASH(HASH))
def digits_value(word: np.uint64) -> np.uint64:
    """The number that eight bytes spell, the first the highest digit; a zero byte is a digit 0.

    Neighbours are joined three times over: digits to pairs, pairs to fours, fours to the whole. Source: Langdale and
    Lemire, "Parsing gigabytes of JSON per second", 2019, section 3.1.3.
    """
    word &= np.uint64(0x0F0F0F0F0F0F0F0F)
    word = word * np.uint64(10) + (word >> np.uint64(8)) & np.uint64(0x00FF00FF00FF00FF)
    word = word * np.uint64(100) + (word >> np.uint64(16)) & np.uint64(0x0000FFFF0000FFFF)
    return word * np.uint64(10000) + (word >> np.uint64(32)) & np.uint64(0xFFFFFFFF)


@part(VOID(BUFFER, INT, BYTES, INT, INT))
def copy_over(target: NDArray[np.uint8], at: Int, source: NDArray[np.uint8], start: Int, size: Int) -> None:
    """target[at : at + size] = source[start : start + size]; up to SLACK bytes of `target` after them may change too,
    so that a target is filled from its beginning to its end.
    """
    if at + size + SLACK > target.shape[0] or start + size + SLACK > source.shape[0]:
        for offset in range(size):
            target[at + offset] = source[start + offset]
        return
    store_word(target, at, load_word(source, start))
    store_word(target, at + WORD, load_word(source, start + WORD))
    offset = 2 * WORD
    while offset < size:
        store_word(target, at + offset, load_word(source, start + offset))
        offset += WORD


@part(FLAG(BYTES, INT, INT, INT))
def same_bytes(data: NDArray[np.uint8], one: Int, other: Int, size: Int) -> bool:
    """Are data[one : one + size] and data[other : other + size] the same?"""
    offset = 0
    if max(one, other) + size + WORD <= data.shape[0]:
        while offset + WORD <= size:
            if load_word(data, one + offset) != load_word(data, other + offset):
                return False
            offset += WORD
        rest = np.uint64(8 * (size - offset))
        differing = load_word(data, one + offset) ^ load_word(data, other + offset)
        return bool(differing & ((np.uint64(1) << rest) - np.uint64(1)) == 0)
    while offset < size and data[one + offset] == data[other + offset]:
        offset += 1
    return offset == size


@part(HASH(BYTES, INT, INT))
def short_word(data: NDArray[np.uint8], start: Int, size: Int) -> np.uint64:
    """data[start : start + size] as a word, 0 <= size < 8, with zeros above."""
    if start + WORD <= data.shape[0]:
        word: np.uint64 = load_word(data, start) & ((np.uint64(1) << np.uint64(8 * size)) - np.uint64(1))
        return word
    word = np.uint64(0)
    for offset in range(size):
        word |= np.uint64(data[start + offset]) << np.uint64(8 * offset)
    return word

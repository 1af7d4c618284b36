"""What every model of token rows shares: names of values, and the contexts of votes and of bytes."""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, FLAG, HASH, I32S, INT, U64S, VOID, Int, part, several
from encoder.mixing.predict import FULL, LEAN, spread
from encoder.mixing.tables import GOLDEN, SPREAD

U = np.uint64
PAST = 6
"""Templates before, that a template's contexts see."""
DAMAGED = -1
HASHED = 6
"""Bytes by which a repeat is looked up."""
MOST_COMPARED = 24
LEAST_REPEAT = 5
SEED = U(7)
"""The name of no bytes."""


@part(HASH(HASH, HASH))
def extend(name: np.uint64, byte: np.uint64) -> np.uint64:
    """The name of a value, or of its beginning, after one more byte."""
    mixed = (name + byte + U(1)) * SPREAD
    return mixed ^ (mixed >> U(31))


@part(INT(BUFFER, INT, INT))
def name_of(text: NDArray[np.uint8], begin: Int, end: Int) -> Int:
    """The 32-bit name of a value: equal values have equal names, and others rarely do."""
    name = SEED
    for at in range(begin, end):
        name = extend(name, U(text[at]))
    return np.int64(name >> U(32))


@part(FLAG(BUFFER, INT, INT, BUFFER, INT, INT))
def same_bytes(
    text: NDArray[np.uint8], begin: Int, end: Int, other: NDArray[np.uint8], other_begin: Int, other_end: Int
) -> bool:
    """Is text[begin:end] other[other_begin:other_end]?"""
    if end - begin != other_end - other_begin:
        return False
    for nth in range(end - begin):
        if text[begin + nth] != other[other_begin + nth]:
            return False
    return True


@part(VOID(U64S, INT, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, FLAG))
def row_contexts(
    hashes: NDArray[np.uint64],
    contexts: Int,
    last: np.uint64,
    sofar: np.uint64,
    column: np.uint64,
    before: np.uint64,
    sibling: np.uint64,
    second_sibling: np.uint64,
    neighbour: np.uint64,
    word: np.uint64,
    above: np.uint64,
    same: bool,
) -> None:
    """The contexts of one byte of a value, so many of them. last: the last eight bytes. sofar: name of the value so far, with its column.

    above: the byte of the column's last value at the same place, and the next one (times 256).
    """
    nearest = last & U(255)
    hashes[0] = sofar ^ (sibling * GOLDEN)
    hashes[1] = (above | (column << U(24)) | (nearest << U(48))) ^ (U(1 if same else 0) << U(62))
    hashes[2] = (last & U(0xFFFF)) | (column << U(40))
    if contexts == LEAN:
        hashes[2] = sofar
        hashes[3] = last & U(0xFFFFFFFF)
        hashes[4] = last & U(0xFFFFFF)
        hashes[5] = nearest | (column << U(40))
        hashes[6] = word ^ (nearest << U(56))
    elif contexts == FULL:
        hashes[3] = sofar
        hashes[4] = sofar ^ (before * GOLDEN)
        hashes[5] = last & U(0xFFFFFFFF)
        hashes[6] = (sofar ^ (sibling * GOLDEN)) + second_sibling * SPREAD
        hashes[7] = (sofar ^ (neighbour * GOLDEN)) + U(9)
        hashes[8] = last & U(0xFFFFFF)
        hashes[9] = last & U(0xFFFFFFFFFFFF)
        hashes[10] = nearest | (column << U(40))
        hashes[11] = word ^ (nearest << U(56))
    spread(hashes, contexts)


@part(VOID(U64S, INT, HASH, HASH, HASH, HASH, HASH, HASH, U64S))
def vote_contexts(
    contexts: NDArray[np.uint64],
    of_template: bool,
    before: np.uint64,
    before_that: np.uint64,
    sibling: np.uint64,
    second_sibling: np.uint64,
    neighbour: np.uint64,
    second_neighbour: np.uint64,
    past: NDArray[np.uint64],
) -> None:
    """The contexts of the remembering voters. past: the names of the templates before, the nearest first."""
    if of_template:
        known = U(0)
        for nth in range(PAST):
            known = (known + past[nth]) * SPREAD
            if nth < 3:
                contexts[2 - nth] = known
        contexts[3] = known
        contexts[4] = neighbour * SPREAD + past[0]
        contexts[5] = neighbour
    else:
        contexts[0] = before * SPREAD + before_that
        contexts[1] = sibling * SPREAD + second_sibling
        contexts[2] = sibling
        contexts[3] = before
        contexts[4] = neighbour * SPREAD + second_neighbour
        contexts[5] = sibling * SPREAD + before


@part(several(INT, 2)(BUFFER, INT, HASH, INT, INT, I32S, INT))
def find_repeat(
    text: NDArray[np.uint8],
    at: Int,
    last: np.uint64,
    length: Int,
    repeat: Int,
    places: NDArray[np.int32],
    place_bits: Int,
) -> tuple[Int, Int]:
    """How many bytes before `at` stand earlier as well, and where the one after those stands, given both for the byte before.

    last: the last eight bytes. places: where each six bytes, by their hash, were last followed by something.
    """
    if length > 0 and text[repeat] == (last & U(255)):
        length += 1
        repeat += 1
    else:
        length = np.int64(0)
    if at >= HASHED:
        place = ((last & U(0xFFFFFFFFFFFF)) * GOLDEN) >> U(64 - place_bits)
        if length == 0:
            repeat = np.int64(places[place])
            if repeat > 0:
                while (
                    length < MOST_COMPARED
                    and repeat - 1 - length >= 0
                    and text[repeat - 1 - length] == text[at - 1 - length]
                ):
                    length += 1
                if length < LEAST_REPEAT:
                    length = np.int64(0)
        places[place] = at
    return length, repeat

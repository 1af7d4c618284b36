"""Sort a stream by the bytes of one or two sibling streams, and back: a stable counting sort.

Bytes beside the same sibling byte come together, and a general compressor sees the repetition. The decoder already has
the sibling and computes the order from it, so the order costs no bytes. Source: the column dependencies of Vo and Vo,
"Compressing table data with column dependency", 2007.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, BYTES, FLAG, I32S, INT, PLANES, REAL, TABLE, VOID, Int, kernel, part, several
from encoder.glyphs.numbers import LOGARITHMS

LEAST_SORTED = 1024
LEAST_SORTED_BY_TWO = 4096
"""Bytes, below which a stream is not sorted by one sibling, or by two: counting takes time that does not shrink with
the stream.
"""
NO_SIBLING = -1
FIRST_SIGHT = 0.6
"""What a byte costs that is new to its context, as a part of what it costs without one: less than all, as what is new
in a sample is seldom new in the stream.
"""
_SLOTS = 1 << 16


@part(VOID(BYTES, BYTES, FLAG, I32S))
def _places(one: NDArray[np.uint8], other: NDArray[np.uint8], two: bool, following: NDArray[np.int32]) -> None:
    """Where the first byte beside each sibling byte, or pair of them, comes in the sorted stream."""
    following[:] = 0
    for nth in range(one.shape[0]):
        context = (np.int64(one[nth]) << 8) | np.int64(other[nth]) if two else np.int64(one[nth])
        following[context + 1] += 1
    for place in range(1, following.shape[0]):
        following[place] += following[place - 1]


@kernel(VOID(BYTES, BYTES, BYTES, FLAG, BUFFER))
def sort_stream(
    stream: NDArray[np.uint8],
    one: NDArray[np.uint8],
    other: NDArray[np.uint8],
    two: bool,
    out: NDArray[np.uint8],
) -> None:
    """Writes the stream in the order of `one`, or of `one` and then `other`; all are of one length."""
    following = np.empty(65537 if two else 257, np.int32)
    _places(one, other, two, following)
    for nth in range(stream.shape[0]):
        context = (np.int64(one[nth]) << 8) | np.int64(other[nth]) if two else np.int64(one[nth])
        out[following[context]] = stream[nth]
        following[context] += 1


@kernel(VOID(BUFFER, INT, INT, INT, INT, BUFFER))
def unsort_stream(
    work: NDArray[np.uint8],
    at: Int,
    length: Int,
    one_at: Int,
    other_at: Int,
    spare: NDArray[np.uint8],
) -> None:
    """Inverse of `sort_stream`, in place at work[at : at + length]; the siblings stand at one_at and at other_at, which
    is NO_SIBLING for none. spare: at least as long.
    """
    two = other_at != NO_SIBLING
    one = work[one_at : one_at + length]
    other = work[other_at : other_at + length] if two else one
    for nth in range(length):
        spare[nth] = work[at + nth]
    following = np.empty(65537 if two else 257, np.int32)
    _places(one, other, two, following)
    for nth in range(length):
        context = (np.int64(one[nth]) << 8) | np.int64(other[nth]) if two else np.int64(one[nth])
        work[at + nth] = spare[following[context]]
        following[context] += 1


@part(REAL(BYTES, I32S, REAL, I32S, I32S))
def conditional_bits(
    stream: NDArray[np.uint8],
    contexts: NDArray[np.int32],
    fresh: float,
    alone: NDArray[np.int32],
    pairs: NDArray[np.int32],
) -> float:
    """Estimated bits of a sampled stream where each byte's context is known: its order-0 entropy in each context, and
    `fresh` for every pair of context and byte, when it is seen first.

    contexts: below 65536. alone, pairs: 65536 zeros, and so again afterwards; two pairs that share a slot count as one.
    """
    bits = 0.0
    for nth in range(stream.shape[0]):
        context = contexts[nth]
        slot = (context * 40503 ^ np.int64(stream[nth]) * 30011) & (_SLOTS - 1)
        alone[context] += 1
        pairs[slot] += 1
    for nth in range(stream.shape[0]):
        context = contexts[nth]
        slot = (context * 40503 ^ np.int64(stream[nth]) * 30011) & (_SLOTS - 1)
        if pairs[slot] > 0:
            bits += fresh - LOGARITHMS[pairs[slot]]
            pairs[slot] = 0
        if alone[context] > 0:
            bits += LOGARITHMS[alone[context]]
            alone[context] = 0
    return bits


@kernel(several(INT, 2)(PLANES, INT, INT, BYTES, TABLE, REAL, REAL))
def best_siblings(
    samples: NDArray[np.uint8],
    target: Int,
    first: Int,
    planes: NDArray[np.uint8],
    counts: NDArray[np.int32],
    share: float,
    most: float,
) -> tuple[Int, Int]:
    """The rows, from `first` up to `target`, by which row `target` is best sorted: one, or one and another, or none.

    A row is taken where it leaves less than `share` of the estimated bits, and less than `most` bits. planes: 1 where a
    row and the next are planes of one column, shape (rows,). counts: shape (2, 65536), zeros. A row has at most
    `SAMPLE` bytes.
    """
    stream = samples[target]
    alone, pairs = counts[0], counts[1]
    contexts = np.zeros(stream.shape[0], np.int32)
    unaided = conditional_bits(stream, contexts, 0.0, alone, pairs)
    fresh = FIRST_SIGHT * unaided / stream.shape[0]
    fewest = min(share * unaided, most)
    one: Int = NO_SIBLING
    singly = np.empty(target, np.float64)
    for row in range(first, target):
        for nth in range(stream.shape[0]):
            contexts[nth] = samples[row, nth]
        bits = conditional_bits(stream, contexts, fresh, alone, pairs)
        singly[row] = bits
        if bits < fewest:
            fewest = bits
            one = row
    other: Int = NO_SIBLING
    for row in range(first, target - 1):  # planes of one column stand beside each other, and say little alone
        if planes[row] == 0:
            continue
        for nth in range(stream.shape[0]):
            contexts[nth] = np.int64(samples[row, nth]) * 256 + samples[row + 1, nth]
        bits = conditional_bits(stream, contexts, fresh, alone, pairs)
        if bits < fewest:
            fewest = bits
            one, other = row, row + 1
    if one != NO_SIBLING:
        fewest *= share
        for row in range(first, target):
            if row == one or singly[row] > unaided:
                continue
            for nth in range(stream.shape[0]):
                contexts[nth] = np.int64(samples[one, nth]) * 256 + samples[row, nth]
            bits = conditional_bits(stream, contexts, fresh, alone, pairs)
            if bits < fewest:
                fewest = bits
                other = row
    return one, other

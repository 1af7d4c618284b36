"""Gather values by column, and the lines that the next level splits."""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.choose import DIVIDED
from encoder.glyphs.hashing import GOLDEN
from encoder.glyphs.kernel import BUFFER, BYTES, I32S, I64S, INT, U64S, VOID, Int, kernel
from encoder.glyphs.wide import copy_over

REST = 0
"""Column number of the values whose own columns would hold fewer than `least`."""


@kernel(INT(I32S, INT, INT, INT, U64S, I64S))
def merge_small(
    columns: NDArray[np.int32],
    count: Int,
    known: Int,
    least: Int,
    names: NDArray[np.uint64],
    offsets: NDArray[np.int64],
) -> Int:
    """Renumbers columns[:count] in place so that columns of fewer than `least` values are one, REST; returns how many
    columns there are then. names[:known] moves along. offsets becomes the first value of each column, and the end:
    its length is at least known + 2.
    """
    renumbered = np.empty(known, np.int32)
    tally = np.zeros(known, np.int64)
    for nth in range(count):
        tally[columns[nth]] += 1
    total = 1
    small = np.int64(0)
    for column in range(known):
        if tally[column] < least:
            renumbered[column] = REST
            small += tally[column]
        else:
            renumbered[column] = total
            offsets[total + 1] = tally[column]
            total += 1
    old = names[:known].copy()
    for column in range(known):
        if renumbered[column] != REST:
            names[renumbered[column]] = old[column]
    names[REST] = 1
    offsets[0] = 0
    offsets[1] = small
    for column in range(1, total):
        offsets[column + 1] += offsets[column]
    for nth in range(count):
        columns[nth] = renumbered[columns[nth]]
    return total


@kernel(VOID(I32S, I32S, I32S, INT, I64S, INT, I32S, I32S))
def gather(
    columns: NDArray[np.int32],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    count: Int,
    offsets: NDArray[np.int64],
    known: Int,
    column_starts: NDArray[np.int32],
    column_sizes: NDArray[np.int32],
) -> None:
    """Start and size of every value, column by column, in each in the order of the records (a counting sort)."""
    following = offsets[:known].copy()
    for nth in range(count):
        place = following[columns[nth]]
        following[columns[nth]] = place + 1
        column_starts[place] = starts[nth]
        column_sizes[place] = sizes[nth]


@kernel(VOID(U64S, I32S, INT, U64S))
def column_names(keys: NDArray[np.uint64], values: NDArray[np.int32], known: Int, names: NDArray[np.uint64]) -> None:
    """The key of each column; one made of its number where the table does not hold it."""
    for column in range(known):
        names[column] = np.uint64(column + 1) * GOLDEN
    for slot in range(keys.shape[0]):
        if values[slot] >= 0:
            names[values[slot]] = keys[slot]


@kernel(INT(BYTES, I32S, I32S, I64S, INT, I32S, U64S, BUFFER, U64S, I32S))
def write_lines(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    offsets: NDArray[np.int64],
    known: Int,
    kinds: NDArray[np.int32],
    names: NDArray[np.uint64],
    lines: NDArray[np.uint8],
    salts: NDArray[np.uint64],
    salt_ends: NDArray[np.int32],
) -> Int:
    """The values of all DIVIDED columns as lines; with each such column's name, and the line it ends before."""
    at: Int = 0
    written = 0
    era = 0
    for column in range(known):
        if kinds[column] != DIVIDED:
            continue
        for nth in range(offsets[column], offsets[column + 1]):
            size = np.int64(sizes[nth])
            copy_over(lines, at, data, starts[nth], size)
            lines[at + size] = 10
            at += size + 1
        written += offsets[column + 1] - offsets[column]
        salts[era] = names[column] | np.uint64(1)
        salt_ends[era] = written
        era += 1
    return at

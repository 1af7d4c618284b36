"""The lines of slots that a byte's contexts have in the table: asked for before they are wanted, then taken.

A byte's first half has the first `contexts` of `lines` and `checks`, its second half those after them.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import HASH, INT, U32S, U64S, VOID, Int, part
from encoder.mixing.lanes import prefetch
from encoder.mixing.slots import claim
from encoder.mixing.tables import GOLDEN

U = np.uint64


@part(VOID(U64S, INT, U32S, HASH, U64S, U32S))
def ask(
    hashes: NDArray[np.uint64],
    contexts: Int,
    table: NDArray[np.uint32],
    mask: np.uint64,
    lines: NDArray[np.uint64],
    checks: NDArray[np.uint32],
) -> None:
    """Where the first half's lines are, each prefetched, and their checks."""
    for nth in range(contexts):
        mixed = hashes[U(nth)]
        line = ((mixed >> U(20)) & mask) * U(16)
        lines[U(nth)] = line
        checks[U(nth)] = np.uint32(mixed >> U(40)) | np.uint32(1)
        prefetch(table, np.int64(line))


@part(VOID(U64S, INT, INT, U32S, HASH, U64S, U32S))
def ask_on(
    hashes: NDArray[np.uint64],
    contexts: Int,
    sofar: Int,
    table: NDArray[np.uint32],
    mask: np.uint64,
    lines: NDArray[np.uint64],
    checks: NDArray[np.uint32],
) -> None:
    """As `ask`, of the second half after the bits `sofar`."""
    for nth in range(contexts):
        mixed = (hashes[U(nth)] + U(sofar)) * GOLDEN
        mixed ^= mixed >> U(29)
        line = ((mixed >> U(20)) & mask) * U(16)
        lines[U(contexts + nth)] = line
        checks[U(contexts + nth)] = np.uint32(mixed >> U(40)) | np.uint32(1)
        prefetch(table, np.int64(line))


@part(VOID(U32S, INT, INT, U64S, U32S, U32S))
def take(
    table: NDArray[np.uint32],
    begin: Int,
    contexts: Int,
    lines: NDArray[np.uint64],
    checks: NDArray[np.uint32],
    found: NDArray[np.uint32],
) -> None:
    """So many lines from `begin` on become their contexts' own. found: working room."""
    for nth in range(contexts):
        found[U(nth)] = table[lines[U(begin + nth)]]
    for nth in range(contexts):  # what stands beside another's line is wanted too
        beside = U(16) if found[U(nth)] != checks[U(begin + nth)] else U(0)
        prefetch(table, np.int64(lines[U(begin + nth)] ^ beside))
    for nth in range(contexts):
        check = checks[U(begin + nth)]
        if found[U(nth)] != check:
            lines[U(begin + nth)] = claim(table, lines[U(begin + nth)], check)

"""The part of a block that detection looks at, and the larger one that strategies are tried on: half from its head, half from its middle."""

from typing import Final

from encoder.detect.glance import head_is_foreign
from encoder.records import CLOSINGS

SAMPLE_SIZE: Final = 1 << 16
SMALLEST_TRIAL: Final = 1 << 15
LARGEST_TRIAL: Final = 1 << 16
TRIAL_SHARE: Final = 32
"""Strategies are tried on this part of a block, within the bounds above: a transform's templates and dictionaries pay off late, so that less
speaks for plain text too often, and more costs a fast level a good part of its time.
"""
FOREIGN_FROM: Final = 1 << 18
"""Bytes of a block from which on its head may be passed over; less is mostly head."""
LEISURELY_TRIAL: Final = 1 << 20
"""Strategies that take many times what a trial does are tried on as much of a block: it sees nearly what the whole block will."""
SEAM: Final = 1 << 12
"""How far into the middle slice a line's beginning is looked for, and how far back its end in the head."""


def take_sample(block: bytes | bytearray | memoryview, size: int = SAMPLE_SIZE) -> bytes:
    """At most `size` bytes of `block`: all of a small one, else its head and a slice from its middle.

    A file's head is often unlike the rest (a CSV's titles, a log's start-up), hence the slice. Where the head is of another kind of data than
    the middle and what follows, as where files were put one behind another, a slice from the third quarter stands for it. Where lines are short the head
    stops behind a line's end and the slice starts at a line's beginning, so that the seam makes no line that the block does not have. Where they are long, it starts
    behind what closes a value, so that the seam turns no string of JSON inside out.
    """
    view = memoryview(block).cast("B")
    if len(view) <= size:
        return bytes(view)
    half, middle = size // 2, len(view) // 2
    if len(view) >= FOREIGN_FROM and head_is_foreign(view):
        return _joined(_from_a_line(bytes(view[middle : middle + half])), bytes(view[middle // 2 * 3 :][:half]))
    return _joined(bytes(view[:half]), bytes(view[middle : middle + half]))


def _from_a_line(piece: bytes) -> bytes:
    """The piece from its first line's beginning on, where one is near."""
    return piece[piece.find(b"\n", 0, SEAM) + 1 :]


def _joined(head: bytes, body: bytes) -> bytes:
    """The two slices as one, their seam where a line or a value ends."""
    head_end = head.rfind(b"\n", len(head) - SEAM)
    body_start = body.find(b"\n", 0, SEAM)
    if head_end < 0 or body_start < 0:
        closing = CLOSINGS.search(body, 0, SEAM)
        return head + (body[closing.end() :] if closing else body)
    return head[: head_end + 1] + body[body_start + 1 :]


def take_trial(block: bytes | bytearray | memoryview, *, nested: bool, leisurely: bool = False) -> bytes:
    """The part of `block` that strategies are tried on. nested: it is a document's, whose middle means little without its head; only its
    head is taken. leisurely: trials cost little beside the encoding.
    """
    share = min(LARGEST_TRIAL, max(SMALLEST_TRIAL, memoryview(block).nbytes // TRIAL_SHARE))
    size = LEISURELY_TRIAL if leisurely else share
    return bytes(memoryview(block)[:size]) if nested else take_sample(block, size)

"""The part of a block that detection looks at: at most 64 KiB, half from its head and half from its middle."""

from typing import Final

SAMPLE_SIZE: Final = 1 << 16
HALF: Final = SAMPLE_SIZE // 2
SEAM: Final = 1 << 12
"""How far into the middle slice a line's beginning is looked for, and how far back its end in the head."""


def take_sample(block: bytes | bytearray | memoryview) -> bytes:
    """At most `SAMPLE_SIZE` bytes of `block`: all of a small one, else its head and a slice from its middle.

    A file's head is often unlike the rest (a CSV's titles, a log's start-up), hence the slice. Where lines are short the head
    stops behind a line's end and the slice starts at a line's beginning, so that the seam makes no line that the block does not have.
    """
    view = memoryview(block).cast("B")
    if len(view) <= SAMPLE_SIZE:
        return bytes(view)
    head = bytes(view[:HALF])
    middle = len(view) // 2
    body = bytes(view[middle : middle + HALF])
    head_end = head.rfind(b"\n", HALF - SEAM)
    body_start = body.find(b"\n", 0, SEAM)
    if head_end < 0 or body_start < 0:
        return head + body
    return head[: head_end + 1] + body[body_start + 1 :]

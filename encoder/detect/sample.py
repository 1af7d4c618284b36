"""The part of a block that detection examines, and the larger one that strategies are tried on.

Half is from the block's head, half from its middle.
"""

from typing import Final

from encoder.detect.glance import head_is_foreign
from encoder.detect.records import CLOSINGS
from encoder.strategy import TreeType

SAMPLE_SIZE: Final = 1 << 16
SMALLEST_TRIAL: Final = 1 << 15
LARGEST_TRIAL: Final = 1 << 16
TRIAL_SHARE: Final = 32
"""Strategies are tried on this part of a block, within the bounds above.

A transform's templates and dictionaries pay off late, so on less data plain text wins too often. More costs a fast
level a good part of its time.
"""
SMALLEST_PART: Final = 1 << 16
PART_SHARE: Final = 24
"""What seems best is held against plain bytes on this part of a block, and on no fewer bytes than that."""
LEISURELY_SHARE: Final = 4
"""The same where the whole stream is short."""
MIDDLE_SHARE: Final = 4
"""Whether a block repeats very much is seen in this part of it."""
FOREIGN_FROM: Final = 1 << 18
"""From this many bytes on, a block's head can be skipped. A smaller block is mostly head."""
LEISURELY_TRIAL: Final = 1 << 20
BRIEF_TRIAL: Final = 1 << 17
"""The same, where strategies take but a few times as long as a trial."""
"""If strategies take many times as long as a trial, the trial is on so many bytes: nearly what the whole block shows.
"""
SEAM: Final = 1 << 12
"""How far into the middle slice a line's beginning is searched, and how far back in the head a line's end."""


def take_sample(block: bytes | bytearray | memoryview, size: int = SAMPLE_SIZE) -> bytes:
    """At most `size` bytes of `block`: all of a small one, else its head and a slice from its middle.

    A file's head is often unlike the rest (a CSV's titles, a log's start-up), hence the slice. Sometimes the head is
    of another kind than the middle and what follows, as in joined files. Then a slice from the third quarter replaces
    the head.

    The seam must not make a line that the block does not have. So if lines are short, the head ends after a line and
    the slice starts at a line's beginning. If they are long, the slice starts after the end of a value, so that no
    string of JSON is turned inside out.
    """
    view = memoryview(block).cast("B")
    if len(view) <= size:
        return bytes(view)
    half, middle = size // 2, len(view) // 2
    if len(view) >= FOREIGN_FROM and head_is_foreign(view):
        return _joined(_from_a_line(bytes(view[middle : middle + half])), bytes(view[middle // 2 * 3 :][:half]))
    return _joined(bytes(view[:half]), bytes(view[middle : middle + half]))


def _from_a_line(piece: bytes) -> bytes:
    """The piece from its first line's beginning on, if one is near."""
    return piece[piece.find(b"\n", 0, SEAM) + 1 :]


def _joined(head: bytes, body: bytes) -> bytes:
    """The two slices as one, with the seam at the end of a line or a value."""
    head_end = head.rfind(b"\n", len(head) - SEAM)
    body_start = body.find(b"\n", 0, SEAM)
    if head_end < 0 or body_start < 0:
        closing = CLOSINGS.search(body, 0, SEAM)
        return head + (body[closing.end() :] if closing else body)
    return head[: head_end + 1] + body[body_start + 1 :]


def take_parts(block: bytes | bytearray | memoryview, tree: TreeType, share: int = PART_SHARE) -> tuple[bytes, ...]:
    """The parts of a block of that shape on which what seems best is held against plain bytes.

    Of JSON that is its head, without which the middle means little. Of XML it is half of that, and as much from the
    middle: files that were joined can have a head of another kind. Of others it is from the middle.
    """
    view = memoryview(block).cast("B")
    size = max(SMALLEST_PART, len(view) // share)
    middle = len(view) // 2
    if tree is TreeType.JSON:
        return (bytes(view[:size]),)
    if tree is TreeType.XML:
        return (_joined(bytes(view[: size // 2]), bytes(view[middle : middle + size // 2])),)
    return (bytes(view[middle - size // 2 :][:size]) if size < len(view) else bytes(view),)


def take_middle(block: bytes | bytearray | memoryview) -> memoryview:
    """A quarter of `block`, from its middle: at least 128 KiB, at most 1 MiB."""
    view = memoryview(block).cast("B")
    size = min(LEISURELY_TRIAL, max(BRIEF_TRIAL, len(view) // MIDDLE_SHARE))
    start = max(0, len(view) - size) // 2
    return view[start : start + size]


def take_trial(
    block: bytes | bytearray | memoryview, *, nested: bool, leisurely: bool = False, brief: bool = False
) -> bytes:
    """The part of `block` that strategies are tried on.

    nested: it is a document's, whose middle means little without its head; only its head is taken. leisurely: trials
    cost little compared with the encoding. brief: and yet so much that less of the block must do.
    """
    share = min(LARGEST_TRIAL, max(SMALLEST_TRIAL, memoryview(block).nbytes // TRIAL_SHARE))
    size = (BRIEF_TRIAL if brief else LEISURELY_TRIAL) if leisurely else share
    return bytes(memoryview(block)[:size]) if nested else take_sample(block, size)

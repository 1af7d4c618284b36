"""Compress the text of an event with many numbers, without holding the whole text in memory."""

import io
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from orchestrator.evidence.many import decoded

CHUNK: Final = 1 << 18
MOST: Final = 1 << 30  # bytes that a packed text may have


def packed(pieces: Iterable[str]) -> bytes:
    """The text, compressed, without holding all of it at once."""
    packer = zlib.compressobj(1)
    made = io.BytesIO()  # which gives away its bytes without a copy
    for piece in pieces:
        made.write(packer.compress(piece.encode()))
    made.write(packer.flush())
    return made.getvalue()


def unpacked(content: bytes) -> Iterator[str]:
    """The inverse, a piece at a time. Raises ValueError for what `packed` did not make."""
    return decoded(_inflated(content))


def _inflated(content: bytes) -> Iterator[bytes]:
    opener, total = zlib.decompressobj(), 0
    whole = memoryview(content)
    try:
        for at in range(0, len(whole), CHUNK):
            given: bytes | memoryview = whole[at : at + CHUNK]
            while given and not opener.eof:
                piece = opener.decompress(given, CHUNK)
                total += len(piece)
                yield piece
                given = opener.unconsumed_tail
                if total > MOST:
                    raise ValueError("it is too long")
        yield opener.flush()
    except zlib.error as error:
        raise ValueError(f"it is damaged: {error}") from None
    if not opener.eof or opener.unused_data:
        raise ValueError("it is cut off, or something follows it")

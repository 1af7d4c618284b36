"""A codebook's frame: bytes of earlier blocks, to which later blocks may refer.

A block that refers to a codebook has in its body the distance back to the codebook's frame. It needs only that frame,
so blocks are still decoded independently, in parallel and in any order. docs/reference/glyph-format.md has the layout.
"""

from typing import Final

from encoder.block.backends import BACK_END_BITS, CODECS, back_end_of, compress, decompress
from encoder.container.format import MOST_CODEBOOK
from encoder.errors import FormatError
from encoder.strategy import BackEnd, Strategy
from encoder.varint import Reader, varint

_LEVEL: Final = 19
_BACK_END_AT: Final = 2  # in a body, docs/reference/glyph-block.md
_BACK_ENDS: Final = (BackEnd.STORE, BackEnd.ZSTD, BackEnd.LZMA, BackEnd.BROTLI)


def pack_codebook(codebook: bytes) -> bytes:
    """The body of the codebook's frame. codebook: 1 to `MOST_CODEBOOK` bytes (ValueError otherwise)."""
    if not 0 < len(codebook) <= MOST_CODEBOOK:
        raise ValueError(f"a codebook has 1 to {MOST_CODEBOOK} bytes, not {len(codebook)}")
    used, stream = compress(BackEnd.ZSTD, codebook, _LEVEL, text=True)
    return varint(len(codebook) << BACK_END_BITS | CODECS[used].code) + stream


def parse_codebook(body: bytes, offset: int) -> bytes:
    """The codebook of the frame at byte `offset` of the stream. Raises FormatError, VersionError."""
    reader = Reader(body)
    coded = reader.varint("a codebook's length")
    size, back_end = coded >> BACK_END_BITS, back_end_of(coded % (1 << BACK_END_BITS))
    if not 0 < size <= MOST_CODEBOOK or back_end not in _BACK_ENDS:
        raise FormatError(f"byte {offset}: a codebook of {size} bytes behind {back_end}")
    return decompress(back_end, reader.take(reader.remaining, "a codebook's bytes"), size)


def codebook_of(body: bytes, strategy: Strategy) -> bytes:
    """The codebook that a body made under the strategy refers to: the strategy's, or none where the body does
    without.
    """
    refers = body[_BACK_END_AT : _BACK_END_AT + 1] == bytes([CODECS[BackEnd.CARRIED].code])
    return strategy.codebook if refers else b""


def pack_reference(distance: int) -> bytes:
    """What stands before a body that refers to a codebook. distance: bytes from the codebook's frame to the block's."""
    return varint(distance)


def parse_reference(body: bytes, offset: int) -> tuple[int, bytes]:
    """Where the codebook's frame begins in the stream, and the body without its reference. offset: of the block's
    frame.

    Raises FormatError.
    """
    reader = Reader(body)
    distance = reader.varint("how far back the codebook stands")
    if not 0 < distance <= offset:
        raise FormatError(f"byte {offset}: the block's codebook stands {distance} bytes before it, where nothing can")
    return offset - distance, body[reader.position :]

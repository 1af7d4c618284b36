"""The general compressors behind the transform: one table, bounded output.

Every back end compresses one stream by itself. The caller stores the stream's raw length, and no decompressor here
produces more bytes than that. The class of a stream (text or binary) only helps LZMA.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from encoder.block.zstd import (
    carried_compress,
    carried_decompress,
    singly_compress,
    zstd_compress,
    zstd_decompress,
)
from encoder.errors import FormatError, VersionError
from encoder.mixing.loading import prepare_mixing
from encoder.mixing.models import LEVELS, TEXT_MODELS, WRITTEN_TEXT
from encoder.strategy import BackEnd

Compress = Callable[[bytes | memoryview, int, bool, bytes], bytes]
Decompress = Callable[[memoryview, int, bytes], bytes]


class Codec(NamedTuple):
    """One back end. `code`: its number in the format. `levels`: lowest and highest level it takes.

    compress(data, level, text, codebook) and decompress(data, raw_size, codebook); the latter raises FormatError unless
    `data` is exactly one stream of exactly raw_size bytes. Only CARRIED looks at the codebook.
    """

    code: int
    levels: tuple[int, int]
    compress: Compress
    decompress: Decompress


def _zstd_compress(data: bytes | memoryview, level: int, text: bool, codebook: bytes) -> bytes:  # noqa: ARG001, FBT001  one signature for the table
    return zstd_compress(data, level)


def _zstd_decompress(data: memoryview, raw_size: int, codebook: bytes) -> bytes:  # noqa: ARG001  one signature for the table
    return _exactly(zstd_decompress(data, raw_size), raw_size)


def _carried_compress(data: bytes | memoryview, level: int, text: bool, codebook: bytes) -> bytes:  # noqa: ARG001, FBT001  one signature for the table
    if not codebook:
        raise ValueError("there is no codebook; a block is carried by giving its strategy one")
    return carried_compress(data, level, codebook)


def _carried_decompress(data: memoryview, raw_size: int, codebook: bytes) -> bytes:
    if not codebook:
        raise FormatError("a stream stands behind a codebook, and its block names none")
    return _exactly(carried_decompress(data, raw_size, codebook), raw_size)


def _lzma_compress(data: bytes | memoryview, level: int, text: bool, codebook: bytes) -> bytes:  # noqa: ARG001, FBT001  one signature for the table
    from encoder.block.lzma_stream import PLANES_SHAPE, TEXT_SHAPE, shaped_lzma  # noqa: PLC0415  loaded only when used

    return shaped_lzma(data, level, TEXT_SHAPE if text else PLANES_SHAPE)


def _lzma_decompress(data: memoryview, raw_size: int, codebook: bytes) -> bytes:  # noqa: ARG001  one signature for the table
    from encoder.block.lzma_stream import lzma_decompress  # noqa: PLC0415  as above

    return lzma_decompress(data, raw_size)


def _numbers_compress(data: bytes | memoryview, level: int, text: bool, codebook: bytes) -> bytes:  # noqa: ARG001, FBT001  one signature for the table
    from encoder.block.numbers import compress_numbers  # noqa: PLC0415  numpy is loaded only where there may be numbers

    return compress_numbers(data, level)


def _numbers_decompress(data: memoryview, raw_size: int, codebook: bytes) -> bytes:  # noqa: ARG001  one signature for the table
    from encoder.block.numbers import decompress_numbers  # noqa: PLC0415  as above

    return decompress_numbers(data, raw_size)


def _filtered_compress(data: bytes | memoryview, level: int, text: bool, codebook: bytes) -> bytes:  # noqa: ARG001, FBT001  one signature for the table
    from encoder.block.filters import Branches, columns_in  # noqa: PLC0415  as above

    filters = [by for by in (Branches(), columns_in(data)) if by]
    streams = (
        filtered_stream(by.to_bytes(), *compress(BackEnd.LZMA, by.apply(data), level, text=False)) for by in filters
    )
    return min(streams, key=len)


def filtered_stream(head: bytes, back_end: BackEnd, inner: bytes) -> bytes:
    """A stream of FILTERED. head: of its filter. inner: what that back end made of what the filter gave."""
    return head + bytes((CODECS[back_end].code,)) + inner


def _filtered_decompress(data: memoryview, raw_size: int, codebook: bytes) -> bytes:  # noqa: ARG001  one signature for the table
    from encoder.block.filters import read_filter  # noqa: PLC0415  as above

    by, rest = read_filter(data)
    return by.undo(decompress(_inner_of(rest), rest[1:], raw_size))


def _inner_of(rest: memoryview) -> BackEnd:
    """The back end behind a filter, by what follows the filter's head."""
    if not len(rest):
        raise FormatError("a filtered stream names no back end")
    inner = back_end_of(rest[0])
    if inner in (BackEnd.CARRIED, BackEnd.FILTERED):
        raise FormatError(f"back end {rest[0]} never stands behind a filter")
    return inner


_BROTLI_WINDOW: Final = (10, 22)
_BROTLI_CAREFUL: Final = 10
_BROTLI_WIDE: Final = 1 << 17
_BROTLI_WIDEST: Final = 24
"""From that level and so many bytes on, brotli's parts grow with its window: the largest makes the fewest bytes. A
block that is longer than the usual window gets a wider one.
"""


def _brotli_compress(data: bytes | memoryview, level: int, text: bool, codebook: bytes) -> bytes:  # noqa: ARG001, FBT001  one signature for the table
    import brotli  # noqa: PLC0415  as above

    return bytes(brotli.compress(data, quality=level, lgwin=_brotli_window(len(data), level)))


def _brotli_window(size: int, level: int) -> int:
    low, high = _BROTLI_WINDOW
    if level >= _BROTLI_CAREFUL and size >= _BROTLI_WIDE:
        return high if size <= 1 << high else _BROTLI_WIDEST
    return min(high, max(low, size.bit_length()))


def _brotli_decompress(data: memoryview, raw_size: int, codebook: bytes) -> bytes:  # noqa: ARG001  one signature for the table
    import brotli  # noqa: PLC0415  as above

    decoder = brotli.Decompressor()
    out = bytearray()
    pending = bytes(data)
    try:
        while not decoder.is_finished():
            part = decoder.process(pending, output_buffer_limit=max(1, raw_size + 1 - len(out)))
            if not part and not pending:
                break
            pending = b""
            out += part
            if len(out) > raw_size:
                break
    except brotli.error as error:
        raise FormatError(f"a brotli stream of {raw_size} bytes does not decompress: {error}") from error
    if not decoder.is_finished():
        raise FormatError(f"a brotli stream of {raw_size} bytes does not end where it should")
    return _exactly(bytes(out), raw_size)


def _store(data: bytes | memoryview, level: int, text: bool, codebook: bytes) -> bytes:  # noqa: ARG001, FBT001  one signature for the table
    return bytes(data)


def _restore(data: memoryview, raw_size: int, codebook: bytes) -> bytes:  # noqa: ARG001  one signature for the table
    return _exactly(bytes(data), raw_size)


def _mixing_compress(data: bytes | memoryview, level: int, text: bool, codebook: bytes) -> bytes:  # noqa: ARG001, FBT001  one signature for the table
    prepare_mixing()
    from encoder.mixing.stream import compress as mix  # noqa: PLC0415  kernels are loaded only when something is mixed

    mixed = mix(data, WRITTEN_TEXT[level])
    return bytes(data) if mixed is None else mixed


def _mixing_decompress(data: memoryview, raw_size: int, codebook: bytes) -> bytes:  # noqa: ARG001  one signature for the table
    prepare_mixing()
    from encoder.mixing.stream import decompress as unmix  # noqa: PLC0415  as above

    return unmix(data, raw_size)


def _exactly(out: bytes, raw_size: int) -> bytes:
    if len(out) != raw_size:
        raise FormatError(f"a stream holds {len(out)} bytes where {raw_size} were announced")
    return out


CODECS: Final[dict[BackEnd, Codec]] = {
    BackEnd.STORE: Codec(0, (-128, 127), _store, _restore),
    BackEnd.ZSTD: Codec(1, (-100, 22), _zstd_compress, _zstd_decompress),
    BackEnd.LZMA: Codec(2, (0, 9), _lzma_compress, _lzma_decompress),
    BackEnd.BROTLI: Codec(3, (0, 11), _brotli_compress, _brotli_decompress),
    BackEnd.MIXING: Codec(4, LEVELS, _mixing_compress, _mixing_decompress),
    BackEnd.CARRIED: Codec(5, (-100, 22), _carried_compress, _carried_decompress),
    BackEnd.NUMBERS: Codec(6, (0, 9), _numbers_compress, _numbers_decompress),
    BackEnd.FILTERED: Codec(7, (0, 9), _filtered_compress, _filtered_decompress),
}
BY_CODE: Final[dict[int, BackEnd]] = {codec.code: name for name, codec in CODECS.items()}
BACK_END_BITS: Final = 3
"""Bits that a back end's code takes in a body."""


def back_end_of(code: int) -> BackEnd:
    """The back end of that code. Raises VersionError for one that only a newer reader knows."""
    if code not in BY_CODE:
        raise VersionError(f"a stream of back end {code} needs a newer reader than this")
    return BY_CODE[code]


def compress(
    back_end: BackEnd, data: bytes | memoryview, level: int, *, text: bool, codebook: bytes = b""
) -> tuple[BackEnd, bytes]:
    """`data` compressed, and the back end that did it: STORE when the asked-for one does not make it smaller.

    codebook: what CARRIED stands behind. Raises ValueError for a level outside `CODECS[back_end].levels`, or CARRIED
    without a codebook.
    """
    codec = CODECS[back_end]
    low, high = codec.levels
    if not low <= level <= high:
        raise ValueError(f"{back_end} has levels {low} to {high}, not {level}")
    if back_end is BackEnd.STORE or not len(data):
        return BackEnd.STORE, bytes(data)
    out = codec.compress(data, level, text, codebook)
    return (back_end, out) if len(out) < len(data) else (BackEnd.STORE, bytes(data))


def compress_singly(data: bytes | memoryview) -> tuple[BackEnd, bytes]:
    """`data` as zstd's, each byte coded by how often it occurs and hardly any by a match: smaller than matches where
    those are chance. STORE where that does not make it smaller.
    """
    out = singly_compress(data)
    return (BackEnd.ZSTD, out) if len(out) < len(data) else (BackEnd.STORE, bytes(data))


def mixed_within(
    data: bytes | memoryview, level: int, most: int, beside: Callable[[Callable[[], bytes | None]], None] | None = None
) -> bytes | None:
    """`data` mixed at that level, or None as soon as that takes more than `most` bytes. beside: as `mixing.stream` has
    it.
    """
    prepare_mixing()
    from encoder.mixing.stream import compress as mix  # noqa: PLC0415  as above

    return mix(data, WRITTEN_TEXT[level], most, beside)


def memory_of(back_end: BackEnd, data: memoryview, raw_size: int) -> int:
    """Bytes that `decompress` takes beside what the stream and its result take; 0 where that is little."""
    if back_end is BackEnd.NUMBERS:
        return 6 * raw_size
    if back_end is BackEnd.FILTERED:
        return _memory_of_filtered(data, raw_size)
    if back_end is not BackEnd.MIXING or not len(data) or data[0] not in TEXT_MODELS:
        return 0
    from encoder.mixing.memory import text_sizes  # noqa: PLC0415  for what was mixed

    return text_sizes(raw_size, data[0]).memory + 2 * raw_size + len(data)


def _memory_of_filtered(data: memoryview, raw_size: int) -> int:
    from encoder.block.filters import MEMORY, read_filter  # noqa: PLC0415  as above

    _, rest = read_filter(data)
    return MEMORY * raw_size + memory_of(_inner_of(rest), rest[1:], raw_size)


def decompress(back_end: BackEnd, data: memoryview, raw_size: int, codebook: bytes = b"") -> bytes:
    """Exactly `raw_size` bytes, or FormatError. codebook: what CARRIED stands behind."""
    return CODECS[back_end].decompress(data, raw_size, codebook)

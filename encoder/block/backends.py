"""The general compressors behind the transform: one table, bounded output, contexts kept per thread.

Every back end compresses one stream by itself. The caller stores the stream's raw length, and no decompressor here
produces more bytes than that. The class of a stream (text or binary) only helps LZMA.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import zstandard

from encoder.errors import FormatError, VersionError
from encoder.glyphs.kept import kept_by_thread
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


_CONTEXT_BYTES: Final = 2 << 20
"""Of zstd contexts that a thread keeps beside the one in use; a level's grow to 36 MiB."""
_LONG: Final = 1 << 22
_NOT_SHORT: Final = (1 << 18) + 1
"""Bytes from which on a level's settings depend no more on how many there are."""
_LEAST_SLIMMED: Final = 16
_SLIM_HASH_LOG: Final = 19
"""From that level on zstd searches binary trees, and their roots need no table of 16 MiB: 2 MiB find the same
(docs/guides/codec.md, Memory).
"""
_THRIFTY: Final = 10
_THRIFTY_HASH_LOG: Final = 21
"""That level with level 9's hash table finds nearly as much, and takes a tenth less time: the table fits the cache."""
_SINGLY: Final = zstandard.ZstdCompressionParameters(
    strategy=zstandard.STRATEGY_FAST,
    min_match=7,
    hash_log=6,
    window_log=20,
    format=zstandard.FORMAT_ZSTD1_MAGICLESS,
    write_content_size=False,
    write_checksum=False,
    write_dict_id=False,
)
"""The longest matches that zstd can ask for, looked for in its smallest table."""
_contexts = kept_by_thread()


def _zstd_compressor(level: int, size: int) -> zstandard.ZstdCompressor:
    """This thread's compressor of that level, for so many bytes; others are kept while they are small together."""
    kept: dict[tuple[int, int], zstandard.ZstdCompressor] | None = getattr(_contexts, "compressors", None)
    if kept is None:
        kept = _contexts.compressors = {}
    kind = level, _window_log(size)
    if next(reversed(kept), None) == kind:
        return kept[kind]
    compressor = kept.pop(kind, None)
    _drop_contexts(kept)
    kept[kind] = compressor or _new_compressor(*kind)  # the last one used stands last
    return kept[kind]


def _window_log(size: int) -> int:
    """Of a stream that is longer than most levels' windows, what lets matches reach back to its beginning; 0: the
    level's own.
    """
    return (size - 1).bit_length() if size > _LONG else 0


def _drop_contexts(kept: dict[tuple[int, int], zstandard.ZstdCompressor]) -> None:
    sizes = {kind: compressor.memory_size() for kind, compressor in kept.items()}
    total = sum(sizes.values())
    for kind, size in sizes.items():  # the one that was not used for longest first
        if total <= _CONTEXT_BYTES:
            return
        del kept[kind]
        total -= size


def slim_contexts() -> None:
    """Gives up the large contexts of this thread: a block is about to be taken apart, which needs room of its own."""
    _drop_contexts(getattr(_contexts, "compressors", {}))


def _new_compressor(
    level: int, window_log: int = 0, book: zstandard.ZstdCompressionDict | None = None
) -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(
        dict_data=book,
        compression_params=zstandard.ZstdCompressionParameters(
            compression_level=level,
            window_log=window_log,
            hash_log=_hash_log(level),
            format=zstandard.FORMAT_ZSTD1_MAGICLESS,
            write_content_size=False,
            write_checksum=False,
            write_dict_id=False,
        ),
    )


def _hash_log(level: int) -> int:
    """0: the level's own."""
    if level == _THRIFTY:
        return _THRIFTY_HASH_LOG
    return _SLIM_HASH_LOG if level >= _LEAST_SLIMMED else 0


def _zstd_decompressor() -> zstandard.ZstdDecompressor:
    kept: zstandard.ZstdDecompressor | None = getattr(_contexts, "decompressor", None)
    if kept is None:
        kept = _contexts.decompressor = zstandard.ZstdDecompressor(format=zstandard.FORMAT_ZSTD1_MAGICLESS)
    return kept


def _zstd_compress(data: bytes | memoryview, level: int, text: bool, codebook: bytes) -> bytes:  # noqa: ARG001, FBT001  one signature for the table
    return _zstd_compressor(level, len(data)).compress(data)


def _zstd_decompress(data: memoryview, raw_size: int, codebook: bytes) -> bytes:  # noqa: ARG001  one signature for the table
    try:
        out = _zstd_decompressor().decompress(data, max_output_size=raw_size, allow_extra_data=False)
    except (zstandard.ZstdError, MemoryError) as error:
        raise FormatError(f"a zstd stream of {raw_size} bytes does not decompress: {error}") from error
    return _exactly(out, raw_size)


class _Carried:
    """A thread's contexts behind one codebook: a compressor for each level, and the decompressor."""

    def __init__(self, codebook: bytes) -> None:
        self.codebook: Final = codebook
        self._book: Final = zstandard.ZstdCompressionDict(codebook, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        self._compressors: Final[dict[int, zstandard.ZstdCompressor]] = {}
        self.decompressor: Final = zstandard.ZstdDecompressor(
            dict_data=self._book, format=zstandard.FORMAT_ZSTD1_MAGICLESS
        )

    def compressor(self, level: int) -> zstandard.ZstdCompressor:
        if level not in self._compressors:
            self._compressors[level] = _new_compressor(level, book=self._book)
        return self._compressors[level]


def _carried(codebook: bytes) -> _Carried:
    """This thread's contexts behind that codebook; those behind the one before are given up."""
    kept: _Carried | None = getattr(_contexts, "carried", None)
    if kept is None or kept.codebook != codebook:
        kept = _contexts.carried = _Carried(codebook)
    return kept


def _carried_compress(data: bytes | memoryview, level: int, text: bool, codebook: bytes) -> bytes:  # noqa: ARG001, FBT001  one signature for the table
    if not codebook:
        raise ValueError("there is no codebook; a block is carried by giving its strategy one")
    return _carried(codebook).compressor(level).compress(data)


def _carried_decompress(data: memoryview, raw_size: int, codebook: bytes) -> bytes:
    if not codebook:
        raise FormatError("a stream stands behind a codebook, and its block names none")
    try:
        out = _carried(codebook).decompressor.decompress(data, max_output_size=raw_size, allow_extra_data=False)
    except (zstandard.ZstdError, MemoryError) as error:
        raise FormatError(f"a zstd stream of {raw_size} bytes does not decompress: {error}") from error
    return _exactly(out, raw_size)


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


def compress_part(data: memoryview, level: int) -> int:
    """Bytes that zstd makes of a part of a block, looking for matches as it does in a long stream: in a short one, it
    does otherwise.
    """
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level,
        source_size=_NOT_SHORT,
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        write_content_size=False,
        write_checksum=False,
        write_dict_id=False,
    )
    return len(zstandard.ZstdCompressor(compression_params=parameters).compress(data))


def compress_singly(data: bytes | memoryview) -> tuple[BackEnd, bytes]:
    """`data` as zstd's, each byte coded by how often it occurs and hardly any by a match: smaller than matches where
    those are chance. STORE where that does not make it smaller.
    """
    compressor: zstandard.ZstdCompressor | None = getattr(_contexts, "single", None)
    if compressor is None:
        compressor = _contexts.single = zstandard.ZstdCompressor(compression_params=_SINGLY)
    out = compressor.compress(data)
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

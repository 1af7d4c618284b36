"""zstd: frames without a magic number, and what a thread keeps to make and read them.

A compressor's tables grow to 36 MiB with its level, so that a thread keeps few of them.
"""

from typing import Final

import zstandard

from encoder.errors import FormatError
from encoder.glyphs.kept import kept_by_thread

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


def zstd_compress(data: bytes | memoryview, level: int) -> bytes:
    """One frame of `data`, without a magic number, its size or a checksum."""
    return _zstd_compressor(level, len(data)).compress(data)


def zstd_decompress(data: memoryview, raw_size: int) -> bytes:
    """What one frame holds, at most `raw_size` bytes. Raises FormatError."""
    return _decompressed(_zstd_decompressor(), data, raw_size)


def _decompressed(decompressor: zstandard.ZstdDecompressor, data: memoryview, raw_size: int) -> bytes:
    try:
        return decompressor.decompress(data, max_output_size=raw_size, allow_extra_data=False)
    except (zstandard.ZstdError, MemoryError) as error:
        raise FormatError(f"a zstd stream of {raw_size} bytes does not decompress: {error}") from error


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


def carried_compress(data: bytes | memoryview, level: int, codebook: bytes) -> bytes:
    """As `zstd_compress`, behind the codebook."""
    return _carried(codebook).compressor(level).compress(data)


def carried_decompress(data: memoryview, raw_size: int, codebook: bytes) -> bytes:
    """As `zstd_decompress`, behind the codebook."""
    return _decompressed(_carried(codebook).decompressor, data, raw_size)


def singly_compress(data: bytes | memoryview) -> bytes:
    """A frame in which each byte is coded by how often it occurs, and hardly any by a match."""
    compressor: zstandard.ZstdCompressor | None = getattr(_contexts, "single", None)
    if compressor is None:
        compressor = _contexts.single = zstandard.ZstdCompressor(compression_params=_SINGLY)
    return compressor.compress(data)


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

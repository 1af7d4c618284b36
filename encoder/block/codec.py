"""One block of bytes to a body and back, self-contained or behind a codebook.

The kernels are imported when a block is transformed, so TEXT and OPAQUE blocks never load them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from encoder.block.backends import decompress, memory_of
from encoder.block.beside import Checks, checking
from encoder.block.layout import (
    GLYPHS,
    HEADER_SIZE,
    NO_FLAGS,
    ROWS,
    SORTED,
    TEXT_POOLED,
    Header,
    Stream,
    open_stream,
    read_directory,
    read_flags,
    read_header,
)
from encoder.block.rows import describe_rows, unpack_rows
from encoder.block.smallest import SAFE, plain_body, smallest_body
from encoder.errors import FormatError, GlyphError, LimitError
from encoder.glyphs.ready import load_transform, prepare_transform
from encoder.glyphs.segments import SegmentPlace
from encoder.limits import DEFAULT_LIMITS, Limits
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.varint import Reader

if TYPE_CHECKING:
    from encoder.glyphs.restore import Plan

_BODY_OVERHEAD: Final = 64
_TRUSTED: Final = Limits(max_block=1 << 31, max_memory=1 << 40)


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One column: `level.number`, its kind, its values, and the bytes of its streams before and after compression (for
    streams that were compressed together with others, a share by length).
    """

    name: str
    kind: str
    values: int
    raw_bytes: int
    encoded_bytes: int


@dataclass(frozen=True, slots=True)
class BlockInfo:
    """What a body says of itself. records and templates are those of its first level, 0 without a transform."""

    tree: TreeType
    fell_back: bool
    back_end: BackEnd
    level: int
    records: int
    templates: int
    columns: tuple[ColumnInfo, ...]


def warm() -> None:
    """Loads every kernel of the transform now, or compiles it, so that no later block waits for any."""
    load_transform()


def encode_block(
    data: bytes | bytearray | memoryview,
    strategy: Strategy,
    place: SegmentPlace | None = None,
    *,
    thorough: bool = True,
) -> bytes:
    """The body of a block; at most `data` and four bytes. It stands for itself unless the strategy has a codebook.

    The transform is left out, and the header says so, where it does not apply or does not pay: any strategy is lossless
    for any bytes. place: in a segment, where the block is one of a stream's; the leader of a segment always hands on a
    plan, an empty one should it fail. thorough: False for a sample that is only to tell tokenisers apart: how JSON
    lines name their columns is then not tried. Raises ValueError for a level that the back end does not have.
    """
    view = memoryview(data).cast("B")
    if not strategy.verify:
        return _encoded(view, strategy, place, thorough=thorough)
    with checking(view, lambda body: decode_block(body, len(view), _TRUSTED, strategy.codebook)) as checks:
        body = _encoded(view, strategy, place, thorough=thorough)
        if checks.found_right(body, HEADER_SIZE) or _decodes(body, checks):
            return body
    import logging  # noqa: PLC0415  for what should never be

    logging.getLogger(__name__).warning(
        "glyph: a block did not decode to what it was made from, and was encoded anew; please report this"
    )
    return plain_body(view, SAFE, TreeType.TEXT, fell_back=strategy.tree is not TreeType.TEXT)


def _decodes(body: bytes, checks: Checks) -> bool:
    """Whether it gives the block's bytes; not where a decoder refuses it, as it mostly does with what is wrong."""
    try:
        return checks.decodes(body)
    except GlyphError:
        return False


def _encoded(view: memoryview, strategy: Strategy, place: SegmentPlace | None, *, thorough: bool) -> bytes:
    """The smallest body. The leader of a segment hands on a plan, else the others would wait for ever."""
    try:
        return smallest_body(view, strategy, place, thorough=thorough)
    finally:
        if place is not None:
            place.found({})  # where nothing was sorted


def decode_block(
    body: bytes | memoryview, raw_size: int, limits: Limits = DEFAULT_LIMITS, codebook: bytes = b""
) -> bytes:
    """Exactly the `raw_size` bytes that were encoded. codebook: what the block's frame names, if any; its bytes count
    as memory.

    Raises FormatError for a body that is damaged or of another size, VersionError for a newer one, LimitError for one
    that would exceed `limits`.
    """
    if raw_size > limits.max_block or len(body) > limits.max_block + _BODY_OVERHEAD:
        raise LimitError(
            f"a block of {raw_size} bytes, {len(body)} encoded, is over the limit of {limits.max_block}; "
            "raise Limits.max_block if the source is trusted"
        )
    limits = _left_beside(codebook, limits)
    reader = Reader(body)
    header = _header_beside(codebook, reader)
    if header.form == GLYPHS:
        return _decode_glyphs(reader, raw_size, limits, codebook)
    if header.form == ROWS:
        read_flags(reader, NO_FLAGS)
        return unpack_rows(read_directory(reader), raw_size, limits)
    stream = reader.take(reader.remaining, "a block's bytes")
    if 3 * raw_size + memory_of(header.back_end, stream, raw_size) > limits.max_memory:  # the result, a window, a copy
        raise LimitError(
            f"decoding {raw_size} bytes would take at least three times that, over the limit of {limits.max_memory}"
        )
    return decompress(header.back_end, stream, raw_size, codebook)


def _header_beside(codebook: bytes, reader: Reader) -> Header:
    header = read_header(reader)
    if header.back_end is BackEnd.CARRIED and not codebook:
        raise FormatError("a block stands behind a codebook, and its frame names none")
    return header


def _left_beside(codebook: bytes, limits: Limits) -> Limits:
    """What the limits leave beside a codebook, which a decompressor holds once more."""
    return replace(limits, max_memory=max(0, limits.max_memory - 2 * len(codebook))) if codebook else limits


def _decode_glyphs(reader: Reader, raw_size: int, limits: Limits, codebook: bytes) -> bytes:
    prepare_transform()
    from encoder.glyphs.restore import restore  # noqa: PLC0415  as the module says

    plan, streams = _open(reader, raw_size, limits, codebook)
    return restore(plan, _decompressed(streams, codebook))


def _decompressed(streams: list[Stream], codebook: bytes) -> Iterator[bytes]:
    for stream in streams:
        yield decompress(stream.back_end, stream.data, stream.raw_size, codebook)


def _open(reader: Reader, raw_size: int | None, limits: Limits, codebook: bytes) -> "tuple[Plan, list[Stream]]":
    """The plan, and the streams that it speaks of, still compressed. raw_size None: what the block itself says."""
    from encoder.glyphs.restore import plan_block  # noqa: PLC0415  as the module says

    flags = read_flags(reader, SORTED | TEXT_POOLED)
    metadata, *streams = read_directory(reader)
    plain_metadata = open_stream(metadata, limits, codebook)  # a number of eight bytes may come of every byte
    text_pooled, are_sorted = bool(flags & TEXT_POOLED), bool(flags & SORTED)
    plan = plan_block(plain_metadata, raw_size, limits, text_pooled=text_pooled, are_sorted=are_sorted)
    if [length for _, length in plan.physical] != [stream.raw_size for stream in streams]:
        raise FormatError("a block's streams are not those that its metadata speaks of")
    opening = max((memory_of(stream.back_end, stream.data, stream.raw_size) for stream in streams), default=0)
    if plan.memory + opening > limits.max_memory:
        raise LimitError(f"decoding this block would take {plan.memory + opening} bytes, over {limits.max_memory}")
    return plan, streams


def describe_block(body: bytes | memoryview, limits: Limits = DEFAULT_LIMITS, codebook: bytes = b"") -> BlockInfo:
    """What a body says of itself; only its metadata is decompressed. Raises as `decode_block`."""
    limits = _left_beside(codebook, limits)
    reader = Reader(body)
    header = _header_beside(codebook, reader)
    if header.form == ROWS:
        read_flags(reader, NO_FLAGS)
        records, templates, packed = describe_rows(read_directory(reader), limits)
        shown = tuple(ColumnInfo(*stream) for stream in packed)
        return BlockInfo(header.tree, False, header.back_end, header.level, records, templates, shown)
    if header.form != GLYPHS:
        return BlockInfo(header.tree, header.fell_back, header.back_end, header.level, 0, 0, ())
    prepare_transform()
    from encoder.glyphs.describe import describe_columns  # noqa: PLC0415  as the module says

    plan, streams = _open(reader, None, limits, codebook)
    top = plan.levels[0]
    columns = tuple(ColumnInfo(*column) for column in describe_columns(plan, [len(stream.data) for stream in streams]))
    return BlockInfo(header.tree, header.fell_back, header.back_end, header.level, top.records, top.templates, columns)

"""One block of bytes to a body and back, self-contained or behind a codebook; the body's bytes are described in docs/glyph-block.md.

The kernels are imported when a block is really transformed, so that TEXT and OPAQUE blocks never load numba.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from encoder.backends import BACK_END_BITS, CODECS, back_end_of, compress, decompress, memory_of
from encoder.errors import FormatError, LimitError, VersionError
from encoder.limits import DEFAULT_LIMITS, Limits
from encoder.mixed import LEAST_MIXED, describe_rows, open_stream, pack_rows, small_strategy, unpack_rows
from encoder.segments import SegmentPlace
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.wire import Reader, varint

if TYPE_CHECKING:
    from encoder.glyphs.restore import Plan
    from encoder.glyphs.transform import Transformed

VERSION: Final = 1
STORED, PLAIN, GLYPHS, ROWS = range(4)
"""Forms of a body: the bytes themselves, one stream of them compressed, templates and columns, or mixed token rows."""
_TRANSFORMED: Final = (GLYPHS, ROWS)

TREE_CODES: Final[dict[TreeType, int]] = {
    TreeType.OPAQUE: 0,
    TreeType.TEXT: 1,
    TreeType.LOG: 2,
    TreeType.JSON_LINES: 3,
    TreeType.JSON: 4,
    TreeType.CSV: 5,
    TreeType.XML: 6,
}
_TREES: Final = {code: tree for tree, code in TREE_CODES.items()}
_UNTRANSFORMED: Final = (TreeType.TEXT, TreeType.OPAQUE)
_FELL_BACK: Final = 0x10
_SORTED: Final = 0x01
_TEXT_POOLED: Final = 0x04
_NAMED_TREES: Final = (TreeType.JSON, TreeType.JSON_LINES)
_LINES_TRIED: Final = 1 << 17
_DOCUMENTS: Final = (TreeType.JSON, TreeType.XML)
_POOLED_TREES: Final = (*_DOCUMENTS, TreeType.JSON_LINES)  # their columns say the same things again

HEADER_SIZE: Final = 4
_LARGEST_TRANSFORMED: Final = 1 << 29  # positions are 32-bit, and lines of a level below may take twice the block
_QUICK_LEVEL: Final = 9  # up to here, plain zstd costs so little beside the transform that it is simply tried
_CLEAR_GAIN: Final = 0.75  # of a quick compression: what no stronger back end makes of the plain bytes
_LAYOUT_LEVEL: Final = 3
_BODY_OVERHEAD: Final = 64
_FAR_SMALLER: Final = 0.75  # than a sample says that the plain bytes become
_LITTLE_GAIN: Final = 0.85  # of the plain bytes at the same level
_SEARCHED: Final = 10  # one part in so many of a block's time goes into the search for siblings
_MOSTLY: Final = 0.5  # of a body
_SAMPLED: Final = 8  # one part in so many is the sample, from the middle of the block
_LEAST_SAMPLE: Final = 1 << 16
_MIXED_GAINS: Final = {1: (3, 0.83), 2: (9, 0.65)}
"""By the level of mixing: a level of zstd, and the part of what it makes of the plain bytes below which mixing those is not tried."""
_COLUMNS_LEVEL: Final = 12  # of zstd, at which columns are held against mixed rows
_COLUMNS_CLOSE: Final = 1.1  # times the rows, within which a higher level may still make columns smaller than them
_BROTLI_TOO: Final = 1 << 18  # bytes of text, of which its own dictionary may know much
_SLOW: Final = (BackEnd.LZMA, BackEnd.BROTLI, BackEnd.MIXING)
_SAFE: Final = Strategy(TreeType.TEXT, BackEnd.ZSTD, 19)
_TRUSTED: Final = Limits(max_block=1 << 31, max_memory=1 << 40)
_log: Final = logging.getLogger(__name__)
_CARRIED_LEVEL: Final = 19  # of plain bytes behind a codebook, where the strategy's back end is not zstd
_CARRIED_BELOW: Final = (
    1 << 16
)  # bytes of a stream; in a longer one, what a codebook has is soon said by the stream itself
_METADATA: Final = -1
_WORTH_A_PROBE: Final = 1024  # bytes; fewer cost little, and brotli's own dictionary may help where zstd sees nothing


@dataclass(frozen=True, slots=True)
class Header:
    """The first four bytes of a body. `tree` is what was used; `fell_back` says that another was asked for."""

    form: int
    tree: TreeType
    fell_back: bool
    back_end: BackEnd
    level: int

    def to_bytes(self) -> bytes:
        """Inverse of `read_header`."""
        tree = TREE_CODES[self.tree] | (_FELL_BACK if self.fell_back else 0)
        return bytes([VERSION << 4 | self.form, tree, CODECS[self.back_end].code, self.level & 0xFF])


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
    """Loads every kernel of the transform from the cache now, or compiles it, so that no later block waits for any."""
    _prepare()
    from encoder.glyphs.loading import load_kernels  # noqa: PLC0415  numba is loaded only when it is needed

    load_kernels()


def _prepare() -> None:
    """Sees to it that every kernel is compiled; of processes that start together one compiles."""
    global _prepared  # noqa: PLW0603  once per process
    with _preparing:
        if not _prepared:
            from encoder.glyphs.loading import prepare_kernels  # noqa: PLC0415  settles numba's cache before it is loaded

            prepare_kernels()
            _prepared = True


_prepared = False
_preparing = threading.Lock()


def encode_block(
    data: bytes | bytearray | memoryview,
    strategy: Strategy,
    place: SegmentPlace | None = None,
    *,
    thorough: bool = True,
) -> bytes:
    """The body of a block; at most `data` and four bytes. It stands for itself unless the strategy has a codebook.

    The transform is left out, and the header says so, where it does not apply or does not pay: any strategy is lossless
    for any bytes. place: in a segment, where the block is one of a stream's; the leader of a segment always hands on a plan,
    an empty one should it fail. thorough: False for a sample that is only to tell tokenisers apart: how JSON lines name their
    columns is then not tried. Raises ValueError for a level that the back end does not have.
    """
    view = memoryview(data).cast("B")
    try:
        body = _encoded(view, strategy, place, thorough=thorough)
    finally:
        if place is not None:
            place.found({})  # else the others would wait for ever where nothing was sorted
    if strategy.verify and decode_block(body, len(view), _TRUSTED, strategy.codebook) != view:
        _log.warning("glyph: a block did not decode to what it was made from, and was encoded anew; please report this")
        return _plain_body(view, _SAFE, TreeType.TEXT, fell_back=strategy.tree is not TreeType.TEXT)
    return body


def _encoded(view: memoryview, strategy: Strategy, place: SegmentPlace | None, *, thorough: bool) -> bytes:
    if strategy.back_end is BackEnd.MIXING and len(view) < LEAST_MIXED:
        strategy = small_strategy(strategy)
    if strategy.tree is TreeType.TEXT and strategy.codebook:
        return _carried_body(view, strategy)
    if strategy.tree in _UNTRANSFORMED:
        return _plain_body(view, strategy, strategy.tree, fell_back=False)
    if strategy.back_end is BackEnd.ZSTD and strategy.tree not in _DOCUMENTS:
        return _quick_body(view, strategy, place, thorough=thorough)
    body = (
        _mixed_body(view, strategy, place)
        if strategy.back_end is BackEnd.MIXING
        else _glyph_body(view, strategy, place)
    )
    if body is not None and _clearly_pays(body, view, strategy):
        return body
    plain = _plain_body(view, strategy, TreeType.TEXT, fell_back=True)
    return body if body is not None and len(body) < len(plain) else plain


def _mixed_body(view: memoryview, strategy: Strategy, place: SegmentPlace | None) -> bytes | None:
    """Mixed rows, or columns behind zstd where those are smaller: of machine-made records and deep documents they may be."""
    quick = replace(strategy, back_end=BackEnd.ZSTD, level=_COLUMNS_LEVEL)
    columns = _glyph_body(view, quick, place)  # first, as others may wait for its sort plan
    rows = _row_body(view, strategy)
    may_win = columns is not None and (rows is None or len(columns) < _COLUMNS_CLOSE * len(rows))
    if may_win or strategy.tree in _DOCUMENTS:
        columns = _smaller(columns, _glyph_body(view, replace(quick, level=_SAFE.level), place))
    return _smaller(rows, columns)


def _carried_body(view: memoryview, strategy: Strategy) -> bytes:
    """The plain bytes behind the codebook; or without it, where they are no longer like it or mixed, and that is smaller."""
    level = strategy.level if strategy.back_end is BackEnd.ZSTD else _CARRIED_LEVEL
    carried = replace(strategy, back_end=BackEnd.CARRIED, level=level)
    body = _plain_body(view, carried, TreeType.TEXT, fell_back=False)
    _, quick = compress(BackEnd.ZSTD, view, _LAYOUT_LEVEL, text=True)
    if strategy.back_end is not BackEnd.MIXING and len(body) < _CLEAR_GAIN * len(quick):
        return body
    return min(body, _plain_body(view, strategy, TreeType.TEXT, fell_back=False), key=len)


def _quick_body(view: memoryview, strategy: Strategy, place: SegmentPlace | None, *, thorough: bool) -> bytes:
    """Records behind zstd. Where taking them apart gains little and they are mostly text: that, and the plain bytes, get the
    strategy's level for prose, but for a sample.
    """
    packing = _packing(view, strategy, place, thorough=thorough)
    body = None if packing is None else packing.body()
    if body is not None and _clearly_pays(body, view, strategy):
        return body
    plain = _plain_body(view, strategy, TreeType.TEXT, fell_back=True)
    if body is not None and len(body) < _LITTLE_GAIN * len(plain):
        return body
    mostly_text = packing is None or packing.text_size() > _MOSTLY * len(body or b"")
    if thorough and mostly_text and strategy.prose_level is not None:
        slower = replace(strategy, level=strategy.prose_level)
        plain = _plain_body(view, slower, TreeType.TEXT, fell_back=True)
        body = None if packing is None else packing.body(text_level=strategy.prose_level)
    return plain if body is None or len(plain) <= len(body) else body


def _smaller(one: bytes | None, other: bytes | None) -> bytes | None:
    """The smaller body, or the only one. Columns of deep documents, where much comes again far off, may beat rows of them."""
    return min((body for body in (one, other) if body is not None), key=len, default=None)


def _plain_body(view: memoryview, strategy: Strategy, tree: TreeType, *, fell_back: bool) -> bytes:
    body = _one_stream(view, strategy, tree, fell_back=fell_back)
    if strategy.back_end is BackEnd.MIXING and len(view) <= _BROTLI_TOO:
        return min(body, _one_stream(view, small_strategy(strategy), tree, fell_back=fell_back), key=len)
    return body


def _one_stream(view: memoryview, strategy: Strategy, tree: TreeType, *, fell_back: bool) -> bytes:
    used, stream = BackEnd.STORE, b""
    if strategy.back_end not in _SLOW or len(view) < _WORTH_A_PROBE or _shrinks(view):
        used, stream = compress(strategy.back_end, view, strategy.level, text=True, codebook=strategy.codebook)
    if used is BackEnd.STORE:
        stream = bytes(view)
    form = STORED if used is BackEnd.STORE else PLAIN
    level = 0 if used is BackEnd.STORE else strategy.level
    return Header(form, tree, fell_back, used, level).to_bytes() + stream


def _shrinks(view: memoryview) -> bool:
    """Whether a quick compression gains anything: where it does not, a slow one would take its time for nothing."""
    used, _ = compress(BackEnd.ZSTD, view, 1, text=True)
    return used is not BackEnd.STORE


def _row_body(view: memoryview, strategy: Strategy) -> bytes | None:
    """The body of token rows, or None when there is nothing to take apart."""
    if len(view) > _LARGEST_TRANSFORMED:
        return None
    payload = pack_rows(view, strategy)
    if payload is None:
        return None
    return (
        Header(ROWS, strategy.tree, fell_back=False, back_end=BackEnd.MIXING, level=strategy.level).to_bytes() + payload
    )


def _glyph_body(view: memoryview, strategy: Strategy, place: SegmentPlace | None) -> bytes | None:
    """The transformed body, or None when there is nothing to transform."""
    packing = _packing(view, strategy, place)
    return None if packing is None else packing.body()


def _packing(
    view: memoryview, strategy: Strategy, place: SegmentPlace | None, *, thorough: bool = True
) -> "_Packing | None":
    """The block transformed and laid out, or None when there is nothing to transform."""
    if not 0 < len(view) <= _LARGEST_TRANSFORMED:
        return None
    _prepare()
    from encoder.glyphs.transform import transform  # noqa: PLC0415  as in `warm`

    if strategy.tree in _NAMED_TREES and strategy.back_end is not BackEnd.STORE and thorough:
        transformed = _best_named(view, strategy, place)
    else:
        by_path = strategy.tree is not TreeType.JSON_LINES  # what most samples of each are smaller with
        transformed = transform(view, strategy.tree, strategy.separator, by_path=by_path)
    if transformed is None:
        return None
    return _pack(transformed, strategy, place, len(view) // _SEARCHED)


def _best_named(view: memoryview, strategy: Strategy, place: SegmentPlace | None) -> "Transformed | None":
    """JSON with its columns named by path or by key alone, whichever a quick compression makes smaller: of a document all of it,
    of lines the first of them, and as the segment's leader has them.
    """
    from encoder.glyphs.transform import transform  # noqa: PLC0415  as in `warm`

    if strategy.tree is TreeType.JSON:
        place = None  # a document's blocks are too unlike each other
    named = None if place is None else place.named()
    if named is not None:
        return transform(view, strategy.tree, strategy.separator, by_path=named)
    part = view if strategy.tree is TreeType.JSON else view[:_LINES_TRIED]
    tried = {by_path: transform(part, strategy.tree, strategy.separator, by_path=by_path) for by_path in (True, False)}
    best = min(tried, key=lambda by_path: _quick_size(tried[by_path], strategy.tree))
    if place is not None:
        place.name(by_path=best)
    if len(part) == len(view):
        return tried[best]
    return transform(view, strategy.tree, strategy.separator, by_path=best)


def _quick_size(transformed: "Transformed | None", tree: TreeType) -> int:
    """What the streams take at zstd 1, as large and small as they will be stored."""
    from encoder.glyphs.layout import gather_physical  # noqa: PLC0415  as in `warm`

    if transformed is None:
        return 0
    physical = gather_physical(transformed.streams, text_pooled=tree in _POOLED_TREES)
    streams = [transformed.metadata(), *(raw for _, raw in physical)]
    return sum(len(compress(BackEnd.ZSTD, raw, 1, text=True)[1]) for raw in streams)


def _pack(transformed: "Transformed", strategy: Strategy, place: SegmentPlace | None, budget: int) -> "_Packing":
    """Flags, metadata and streams; of a tree in `_POOLED_TREES` with its text in one stream or in many, whichever a quick
    compression makes smaller.
    """
    from encoder.glyphs.siblings import permutation_numbers, sort_streams  # noqa: PLC0415  as in `warm`

    packer = _Packer(strategy)
    streams, flags, metadata = transformed.streams, 0, transformed.metadata()
    if strategy.back_end is not BackEnd.STORE:
        known = {} if place is None else place.known()
        sorting = sort_streams(streams, transformed.names, packer.size, known, budget=budget)
        streams = sorting.streams
        if sorting.permutations:
            flags, metadata = _SORTED, transformed.metadata(permutation_numbers(sorting.permutations))
        if place is not None:
            place.found(sorting.plan)
    if strategy.tree in _POOLED_TREES and _pools_better(streams, packer):
        flags |= _TEXT_POOLED
    return _Packing(strategy, packer, flags, metadata, streams)


def _pools_better(streams: Sequence[tuple[int, memoryview]], packer: "_Packer") -> bool:
    """Whether a quick compression makes all text in one stream smaller than in many."""
    from encoder.glyphs.layout import gather_physical  # noqa: PLC0415  as in `warm`
    from encoder.glyphs.sink import TEXT_CLASSES  # noqa: PLC0415  as in `warm`

    text = [(stream_class, raw) for stream_class, raw in streams if stream_class in TEXT_CLASSES]
    many, one = gather_physical(text), gather_physical(text, text_pooled=True)
    return sum(map(packer.quick_size, one)) < sum(map(packer.quick_size, many))


@dataclass(frozen=True, slots=True)
class _Packing:
    """A transformed block, ready to be compressed."""

    strategy: Strategy
    packer: "_Packer"
    flags: int
    metadata: bytes
    streams: list[tuple[int, memoryview]]

    def body(self, text_level: int | None = None) -> bytes:
        """The body, its text at that level; what was compressed before is not compressed again."""
        used = self.strategy
        back_end = BackEnd.CARRIED if used.codebook else used.back_end
        header = Header(GLYPHS, used.tree, fell_back=False, back_end=back_end, level=used.level)
        packer = self.packer if text_level is None else self.packer.with_text_at(text_level)
        return header.to_bytes() + packer.packed(self.flags, self.metadata, self.streams)

    def text_size(self) -> int:
        """Bytes that its larger streams of text take, each on its own."""
        from encoder.glyphs.layout import POOLED_BELOW  # noqa: PLC0415  as in `warm`
        from encoder.glyphs.sink import TEXT_CLASSES  # noqa: PLC0415  as in `warm`

        text = [(kind, raw) for kind, raw in self.streams if kind in TEXT_CLASSES and len(raw) >= POOLED_BELOW]
        return sum(self.packer.size(*stream) for stream in text)


class _Packer:
    """Compresses the streams of one block, each stream once: large ones are asked for again in another layout."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy
        # by level and the identity of the raw bytes, which are kept
        self._done: dict[tuple[int, int], tuple[bytes | memoryview, BackEnd, bytes]] = {}

    def with_text_at(self, level: int) -> "_Packer":
        """One that compresses text at that level, and knows what this one has compressed."""
        other = _Packer(replace(self._strategy, text_level=level))
        other._done = self._done
        return other

    def size(self, stream_class: int, raw: bytes | memoryview) -> int:
        """Bytes that a stream takes."""
        return len(self._compressed(stream_class, raw)[1])

    def quick_size(self, stream: tuple[int, bytes | memoryview]) -> int:
        """Bytes that a stream of text, (class, raw bytes), takes at `_LAYOUT_LEVEL`."""
        used = self._strategy
        if used.back_end is BackEnd.ZSTD and used.level_of(text=True) == _LAYOUT_LEVEL:
            return self.size(*stream)  # most of them will be asked for again
        return len(compress(BackEnd.ZSTD, stream[1], _LAYOUT_LEVEL, text=True)[1])

    def _compressed(self, stream_class: int, raw: bytes | memoryview) -> tuple[BackEnd, bytes]:
        from encoder.glyphs.sink import TEXT_CLASSES  # noqa: PLC0415  as in `warm`

        text = stream_class in TEXT_CLASSES
        level = self._strategy.level_of(text=text)
        key = level, id(raw)
        if key not in self._done:
            book = self._strategy.codebook if text or stream_class == _METADATA else b""
            back_end = BackEnd.CARRIED if book and len(raw) < _CARRIED_BELOW else self._strategy.back_end
            self._done[key] = raw, *compress(back_end, raw, level, text=text, codebook=book)
        _, used, stream = self._done[key]
        return used, stream

    def packed(self, flags: int, metadata: bytes, logical: Sequence[tuple[int, memoryview]]) -> bytes:
        """The body after its header."""
        from encoder.glyphs.layout import gather_physical  # noqa: PLC0415  as in `warm`

        physical = gather_physical(logical, text_pooled=bool(flags & _TEXT_POOLED))
        directory = bytearray(varint(len(physical) + 1))
        streams = []
        for stream_class, raw in [(_METADATA, metadata), *physical]:
            used, stream = self._compressed(stream_class, raw)
            directory += varint(len(raw) << BACK_END_BITS | CODECS[used].code)
            if used is not BackEnd.STORE:
                directory += varint(len(stream))
            streams.append(stream)
        return b"".join([bytes([flags]), directory, *streams])


def _clearly_pays(body: bytes, view: memoryview, strategy: Strategy) -> bool:
    """Is the body so small that compressing the plain bytes, to compare, would be time wasted?

    Where this says so of a document, the body is smaller than plain zstd at `_QUICK_LEVEL`; where not, the plain bytes
    are really tried.
    """
    if strategy.back_end is BackEnd.STORE:
        return len(body) < len(view)
    if strategy.back_end is BackEnd.MIXING:
        return strategy.tree not in _DOCUMENTS and _rows_clearly_pay(body, view, strategy.level)
    if strategy.tree not in _DOCUMENTS:
        return _sample_says_so(body, view)
    if strategy.back_end is BackEnd.ZSTD and strategy.level <= _QUICK_LEVEL:
        return False
    _, quick = compress(BackEnd.ZSTD, view, _QUICK_LEVEL, text=True)
    return len(body) < _CLEAR_GAIN * len(quick)


def _rows_clearly_pay(body: bytes, view: memoryview, level: int) -> bool:
    quick_level, gain = _MIXED_GAINS[level]
    _, quick = compress(BackEnd.ZSTD, view, quick_level, text=True)
    return len(body) < gain * len(quick)


def _sample_says_so(body: bytes, view: memoryview) -> bool:
    """Whether the body is far smaller than a sample of the plain bytes, quickly compressed, makes them all."""
    size = max(_LEAST_SAMPLE, len(view) // _SAMPLED)
    middle = max(0, len(view) - size) // 2
    sample = view[middle : middle + size]
    _, quick = compress(BackEnd.ZSTD, sample, 1, text=True)
    return len(body) * len(sample) < _FAR_SMALLER * len(quick) * len(view)


def read_header(reader: Reader) -> Header:
    """The header. Raises VersionError for another version or a reserved bit, FormatError for what no header says."""
    first, second, third, fourth = reader.take(HEADER_SIZE, "a block's header")
    version, form = first >> 4, first & 0x0F
    if version != VERSION or second >> 5 or third >> BACK_END_BITS or form > ROWS:
        raise VersionError(f"a block of version {version}, form {form} needs a newer reader than this")
    tree = _TREES.get(second & 0x0F)
    fell_back = bool(second & _FELL_BACK)
    back_end = back_end_of(third)
    level = fourth - 256 if fourth > 127 else fourth
    if tree is None or (form in _TRANSFORMED) == (tree in _UNTRANSFORMED) or (fell_back and tree is not TreeType.TEXT):
        raise FormatError(f"a block's header is damaged: form {form} with tree code {second}")
    if form == ROWS and back_end is not BackEnd.MIXING:
        raise FormatError(f"a block's header is damaged: rows with back end {back_end}")
    if form not in _TRANSFORMED and (form == STORED) != (back_end is BackEnd.STORE):
        raise FormatError(f"a block's header is damaged: form {form} with back end {back_end}")
    return Header(form, tree, fell_back, back_end, level)


def decode_block(
    body: bytes | memoryview, raw_size: int, limits: Limits = DEFAULT_LIMITS, codebook: bytes = b""
) -> bytes:
    """Exactly the `raw_size` bytes that were encoded. codebook: what the block's frame names, if any; its bytes count as memory.

    Raises FormatError for a body that is damaged or of another size, VersionError for a newer one, LimitError for one that would
    exceed `limits`.
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
        _read_flags(reader, 0)
        return unpack_rows(_read_directory(reader), raw_size, limits)
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
    _prepare()
    from encoder.glyphs.restore import restore  # noqa: PLC0415  as in `warm`

    plan, streams = _open(reader, raw_size, limits, codebook)
    return restore(plan, _decompressed(streams, codebook))


@dataclass(frozen=True, slots=True)
class _Stream:
    """A physical stream as the directory has it."""

    back_end: BackEnd
    raw_size: int
    data: memoryview


def _decompressed(streams: list[_Stream], codebook: bytes) -> Iterator[bytes]:
    for stream in streams:
        yield decompress(stream.back_end, stream.data, stream.raw_size, codebook)


def _open(reader: Reader, raw_size: int | None, limits: Limits, codebook: bytes) -> "tuple[Plan, list[_Stream]]":
    """The plan, and the streams that it speaks of, still compressed. raw_size None: what the block itself says."""
    from encoder.glyphs.restore import plan_block  # noqa: PLC0415  as in `warm`

    flags = _read_flags(reader, _SORTED | _TEXT_POOLED)
    metadata, *streams = _read_directory(reader)
    plain_metadata = open_stream(metadata, limits, codebook)  # a number of eight bytes may come of every byte
    text_pooled, are_sorted = bool(flags & _TEXT_POOLED), bool(flags & _SORTED)
    plan = plan_block(plain_metadata, raw_size, limits, text_pooled=text_pooled, are_sorted=are_sorted)
    if [length for _, length in plan.physical] != [stream.raw_size for stream in streams]:
        raise FormatError("a block's streams are not those that its metadata speaks of")
    opening = max((memory_of(stream.back_end, stream.data, stream.raw_size) for stream in streams), default=0)
    if plan.memory + opening > limits.max_memory:
        raise LimitError(f"decoding this block would take {plan.memory + opening} bytes, over {limits.max_memory}")
    return plan, streams


def _read_flags(reader: Reader, known: int) -> int:
    flags = reader.byte("a block's flags")
    if flags & ~known:
        raise VersionError(f"a block's flags {flags:#x} need a newer reader than this")
    return flags


def _read_directory(reader: Reader) -> list[_Stream]:
    count = reader.varint("the number of streams")
    if not 1 <= count <= reader.remaining:
        raise FormatError(f"a block says it has {count} streams in {reader.remaining} bytes")
    sizes = []
    for _ in range(count):
        coded = reader.varint("a stream's length")
        back_end, raw_size = back_end_of(coded % (1 << BACK_END_BITS)), coded >> BACK_END_BITS
        size = raw_size if back_end is BackEnd.STORE else reader.varint("a stream's encoded length")
        sizes.append((back_end, raw_size, size))
    streams = [_Stream(back_end, raw_size, reader.take(size, "a stream")) for back_end, raw_size, size in sizes]
    if reader.remaining:
        raise FormatError(f"a block has {reader.remaining} bytes after its last stream")
    return streams


def describe_block(body: bytes | memoryview, limits: Limits = DEFAULT_LIMITS, codebook: bytes = b"") -> BlockInfo:
    """What a body says of itself; only its metadata is decompressed. Raises as `decode_block`."""
    limits = _left_beside(codebook, limits)
    reader = Reader(body)
    header = _header_beside(codebook, reader)
    if header.form == ROWS:
        _read_flags(reader, 0)
        records, templates, packed = describe_rows(_read_directory(reader), limits)
        shown = tuple(ColumnInfo(*stream) for stream in packed)
        return BlockInfo(header.tree, False, header.back_end, header.level, records, templates, shown)
    if header.form != GLYPHS:
        return BlockInfo(header.tree, header.fell_back, header.back_end, header.level, 0, 0, ())
    _prepare()
    from encoder.glyphs.describe import describe_columns  # noqa: PLC0415  as in `warm`

    plan, streams = _open(reader, None, limits, codebook)
    top = plan.levels[0]
    columns = tuple(ColumnInfo(*column) for column in describe_columns(plan, [len(stream.data) for stream in streams]))
    return BlockInfo(header.tree, header.fell_back, header.back_end, header.level, top.records, top.templates, columns)

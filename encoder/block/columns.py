"""A body of templates and columns: the block is split into streams, and back ends compress them.

The kernels are imported when a block is transformed, so other blocks never load them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from encoder.block.backends import compress, compress_singly
from encoder.block.layout import GLYPHS, NO_FLAGS, SORTED, TEXT_POOLED, Header, write_streams
from encoder.block.slices import middle_of
from encoder.block.zstd import slim_contexts
from encoder.glyphs.ready import prepare_transform
from encoder.glyphs.segments import SegmentPlace
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.trees import TREES

if TYPE_CHECKING:
    from encoder.glyphs.transform import Transformed

LARGEST_TRANSFORMED: Final = 1 << 29
"""Bytes of a block: positions are 32-bit, and lines of a level below may take twice the block."""
LAYOUT_LEVEL: Final = 3
"""Of zstd, at which layouts are held against each other."""
_QUICKEST: Final = 1
_LINES_TRIED: Final = 1 << 17
_NAMED: Final = 16  # one part in so many, where there is little time
_FEWEST_LINES: Final = {True: 48, False: 128}
"""In haste or not: of lines, however long. In fewer, what each column costs weighs more than what it spares."""
_MOST_LINES: Final = 4  # one part in so many, which is not exceeded for them in haste
_CLEARLY_BY_KEY: Final = 0.9  # of what its beginning takes by path, which is nested less deeply than all of it
_MUCH_TEXT: Final = 2  # one part in so many of the columns' bytes
_SEARCHED: Final = 6  # one part in so many of a block's time goes into the search for siblings
_SEARCHED_IN_HASTE: Final = 12  # the same, of a document where there is little time
_CARRIED_BELOW: Final = 1 << 16
"""Bytes of a stream; in a longer one, what a codebook has is soon said by the stream itself."""
_SHOWN: Final = 8  # one part in so many of a stream
_LEAST_SHOWN: Final = 1 << 13  # bytes of it
_SPREAD: Final = (
    0.85  # of the block's bytes: above it its columns are mostly text, and a high level as slow as for that
)
_METADATA: Final = -1
_LEAST_TRIED: Final = 64  # bytes of a stream; of fewer zstd makes about as few as any
_LAZY: Final = range(10, 13)
"""Levels of zstd for which there is time, and at which it does not yet weigh what each match costs."""
_LOWER_LEVELS: Final = {False: (LAYOUT_LEVEL, 6), True: (LAYOUT_LEVEL, 7)}
"""For numbers, and for text: those that columns have in haste."""
_BITS: Final = 8  # without matches zstd takes at least one for every byte
_LONG: Final = 4  # times a part of it
_WORTH_A_LEVEL: Final = 0.98
_LZMA_LEVEL: Final = 8
_SHORT: Final = 1 << 14
"""Bytes of a stream; with a longer one brotli takes its time, whose dictionary helps short ones, and zstd is seldom
below LZMA.
"""
_FOR_SHORT: Final = ((BackEnd.ZSTD, 19), (BackEnd.BROTLI, 11))


_Logical: TypeAlias = Sequence[tuple[int, memoryview]]


def packing_of(
    view: memoryview, strategy: Strategy, place: SegmentPlace | None, *, thorough: bool = True
) -> "Packing | None":
    """The block transformed and laid out, or None when there is nothing to transform. thorough: as in
    `encoder.block.codec.encode_block`.

    place: the sort plan and the naming of JSON lines' columns go through it, to or from the other blocks of its
    segment.
    """
    if not 0 < len(view) <= LARGEST_TRANSFORMED:
        return None
    prepare_transform()
    slim_contexts()
    from encoder.glyphs.transform import transform  # noqa: PLC0415  as the module says

    if TREES[strategy.tree].names_tried and strategy.back_end is not BackEnd.STORE and thorough:
        transformed = _best_named(view, strategy, place)
    else:
        by_path = TREES[strategy.tree].by_path
        transformed = transform(view, strategy.tree, strategy.separator, by_path=by_path)
    if transformed is None:
        return None
    hurried = strategy.hasty and TREES[strategy.tree].document
    return _pack(transformed, strategy, place, len(view), _SEARCHED_IN_HASTE if hurried else _SEARCHED)


def _best_named(view: memoryview, strategy: Strategy, place: SegmentPlace | None) -> "Transformed | None":
    """JSON with its columns named by path or by key alone, whichever a quick compression makes smaller: of a document
    all of it, of lines the first of them, and as the segment's leader has them.
    """
    from encoder.glyphs.transform import transform  # noqa: PLC0415  as the module says

    is_document = TREES[strategy.tree].document
    if is_document:
        place = None  # a document's blocks are too unlike each other
    named = None if place is None else place.named()
    if named is not None:
        return transform(view, strategy.tree, strategy.separator, by_path=named)
    hurried = is_document and strategy.hasty
    most = len(view) // _NAMED if strategy.hasty else _LINES_TRIED
    part = view if is_document and not hurried else view[: min(_LINES_TRIED, most)]
    if not is_document:
        part = _with_lines(view, part, hasty=strategy.hasty)
    doubtful = hurried or (len(part) < len(view) and bytes(part).count(b"\n") < _FEWEST_LINES[strategy.hasty])
    tried = {by_path: transform(part, strategy.tree, strategy.separator, by_path=by_path) for by_path in (True, False)}
    by_path, by_key = (_quick_size(tried[by_path], strategy.tree) for by_path in (True, False))
    best = by_path <= by_key or (doubtful and by_key > _CLEARLY_BY_KEY * by_path)
    if place is not None:
        place.name(by_path=best)
    if len(part) == len(view):
        return tried[best]
    return transform(view, strategy.tree, strategy.separator, by_path=best)


def _with_lines(view: memoryview, part: memoryview, *, hasty: bool) -> memoryview:
    """The beginning of the view that a part is; longer where its lines are, so as to have the fewest lines."""
    lines = max(1, bytes(part).count(b"\n"))
    most = len(view) // _MOST_LINES if hasty else len(view)
    return view[: max(len(part), min(most, len(part) * (_FEWEST_LINES[hasty] + 1) // lines))]


def _quick_size(transformed: "Transformed | None", tree: TreeType) -> int:
    """What the streams take at zstd 1, as large and small as they will be stored."""
    from encoder.glyphs.layout import gather_physical  # noqa: PLC0415  as the module says

    if transformed is None:
        return 0
    physical = gather_physical(transformed.streams, text_pooled=TREES[tree].text_pooled)
    streams = [transformed.metadata(), *(raw for _, raw in physical)]
    return sum(len(compress(BackEnd.ZSTD, raw, 1, text=True)[1]) for raw in streams)


def _pack(
    transformed: "Transformed", strategy: Strategy, place: SegmentPlace | None, length: int, share: int
) -> "Packing":
    """Flags, metadata and streams; of a tree whose text is pooled, and of others with much text, with that in one
    stream or in many, whichever a quick compression makes smaller.
    """
    from encoder.glyphs.siblings import permutation_numbers, sort_streams  # noqa: PLC0415  as the module says

    packer = _Packer(strategy)
    streams, flags, metadata = transformed.streams, NO_FLAGS, transformed.metadata()
    if strategy.back_end is not BackEnd.STORE:
        known = {} if place is None else place.known()
        sorting = sort_streams(streams, transformed.names, packer.size, known, budget=length // share)
        streams = sorting.streams
        if sorting.permutations:
            flags, metadata = SORTED, transformed.metadata(permutation_numbers(sorting.permutations))
        if place is not None:
            place.found(sorting.plan)
    packing = Packing(strategy, packer, flags, metadata, streams, length)
    return (
        replace(packing, flags=flags | TEXT_POOLED)
        if _may_pool(packing) and _pools_better(_shown(streams, strategy), packer)
        else packing
    )


def _may_pool(packing: "Packing") -> bool:
    """Whether text in one stream is tried: where columns say the same things again, or else much of the body is
    text that matters.
    """
    if TREES[packing.strategy.tree].text_pooled:
        return True
    if packing.strategy.prose_level is None:
        return False
    if _is_dear(packing.strategy):
        return _MUCH_TEXT * packing.text_length() > sum(len(raw) for _, raw in packing.streams)
    text = packing.text_size()
    return text > 0 and _MUCH_TEXT * text > sum(packing.packer.size(*stream) for stream in packing.streams)


def _is_dear(strategy: Strategy) -> bool:
    """Whether there is little time, and text takes most of it: then nothing is compressed as it will be only to be
    measured.
    """
    return strategy.hasty and strategy.text_level is not None


def _shown(streams: _Logical, strategy: Strategy) -> _Logical:
    """Of streams of text, what their layout is decided on: all of it, or where there is little time, how they begin."""
    from encoder.glyphs.sink import TEXT_CLASSES  # noqa: PLC0415  as the module says

    text = [(stream_class, raw) for stream_class, raw in streams if stream_class in TEXT_CLASSES]
    if not strategy.hasty:
        return text
    return [(stream_class, raw[: max(_LEAST_SHOWN, len(raw) // _SHOWN)]) for stream_class, raw in text]


def _pools_better(text: _Logical, packer: "_Packer") -> bool:
    """Whether a quick compression makes all text in one stream smaller than in many."""
    from encoder.glyphs.layout import gather_physical  # noqa: PLC0415  as the module says

    many, one = gather_physical(text), gather_physical(text, text_pooled=True)
    if len(many) <= 1:
        return False
    return sum(map(packer.quick_size, one)) < sum(map(packer.quick_size, many))


def _simpler(raw: bytes | memoryview, level: int, taken: int, *, text: bool) -> Iterator[tuple[BackEnd, bytes]]:
    """Numbers without matches, where that could be less than what was taken; and, where there is time, anything at
    levels that look for matches in another way, as a higher level is not always the better.
    """
    if not text and len(raw) < _BITS * taken:
        yield compress_singly(raw)
    if level in _LAZY:
        for lower in _LOWER_LEVELS[text]:
            yield compress(BackEnd.ZSTD, raw, lower, text=text)


@dataclass(frozen=True, slots=True)
class Packing:
    """A transformed block of that length, ready to be compressed."""

    strategy: Strategy
    packer: "_Packer"
    flags: int
    metadata: bytes
    streams: list[tuple[int, memoryview]]
    length: int

    def body(self, text_level: int | None = None) -> bytes:
        """The body, its text at that level; what was compressed before is not compressed again."""
        return self._with(self.packer if text_level is None else self.packer.with_text_at(text_level))

    def _with(self, packer: "_Packer") -> bytes:
        used = self.strategy
        back_end = BackEnd.CARRIED if used.codebook else used.back_end
        header = Header(GLYPHS, used.tree, fell_back=False, back_end=back_end, level=used.level)
        return header.to_bytes() + packer.packed(self.flags, self.metadata, self.streams)

    def settled_body(self) -> bytes:
        """The body at the strategy's levels for columns that have been chosen."""
        used = self.strategy
        level = used.level if used.columns_level is None else used.columns_level
        spread = sum(len(raw) for _, raw in self.streams) > _SPREAD * self.length
        text_level = max(used.level_of(text=True), level if spread else used.columns_text_level or 0)
        return self._with(self.packer.with_levels(level, text_level))

    def smallest_body(self) -> bytes:
        """The body, each stream behind the library that makes it smallest."""
        return self._with(self.packer.with_libraries())

    def text_size(self) -> int:
        """Bytes that its larger streams of text take, each on its own."""
        return sum(self.packer.size(*stream) for stream in self._larger_text())

    def text_length(self) -> int:
        """Bytes of its larger streams of text."""
        return sum(len(raw) for _, raw in self._larger_text())

    def _larger_text(self) -> list[tuple[int, memoryview]]:
        from encoder.glyphs.layout import POOLED_BELOW  # noqa: PLC0415  as the module says
        from encoder.glyphs.sink import TEXT_CLASSES  # noqa: PLC0415  as the module says

        return [(kind, raw) for kind, raw in self.streams if kind in TEXT_CLASSES and len(raw) >= POOLED_BELOW]


class _Known:
    """What was compressed of a block. done: by level and the identity of the raw bytes, which are kept. smallest: by
    that identity, whatever the level. Streams are gathered once, by the identity of their list and whether text is
    pooled, so that a pool is the same object each time.
    """

    def __init__(self) -> None:
        self._laid: Final[dict[tuple[int, bool], tuple[_Logical, list[tuple[int, bytes | memoryview]]]]] = {}
        self.done: Final[dict[tuple[int, int], tuple[bytes | memoryview, BackEnd, bytes]]] = {}
        self.smallest: Final[dict[int, tuple[BackEnd, bytes]]] = {}

    def physical(self, logical: "_Logical", *, text_pooled: bool) -> list[tuple[int, bytes | memoryview]]:
        """(class, bytes) of each physical stream of these."""
        from encoder.glyphs.layout import gather_physical  # noqa: PLC0415  as the module says

        key = id(logical), text_pooled
        if key not in self._laid:
            self._laid[key] = logical, gather_physical(logical, text_pooled=text_pooled)
        return self._laid[key][1]


class _Packer:
    """Compresses the streams of one block, each stream once: large ones are asked for again in another layout.

    known: by another packer of the block. quicker: at whose levels all was compressed; only what gains by this one's is
    compressed again.
    """

    def __init__(
        self,
        strategy: Strategy,
        known: _Known | None = None,
        *,
        every_library: bool = False,
        quicker: Strategy | None = None,
    ) -> None:
        self._strategy: Final = strategy
        self._known: Final = _Known() if known is None else known
        self._every_library: Final = every_library
        self._quicker: Final = quicker

    def with_text_at(self, level: int) -> "_Packer":
        """One that compresses text at that level, and knows what this one has compressed."""
        return _Packer(replace(self._strategy, text_level=level), self._known)

    def with_levels(self, level: int, text_level: int) -> "_Packer":
        """As `with_text_at`, and all else at `level`; long streams only where a part of them gains by that."""
        settled = replace(self._strategy, level=level, text_level=text_level)
        return _Packer(settled, self._known, quicker=self._strategy)

    def with_libraries(self) -> "_Packer":
        """One that compresses with each library, and knows what this one has compressed."""
        return _Packer(self._strategy, self._known, every_library=True)

    def size(self, stream_class: int, raw: bytes | memoryview) -> int:
        """Bytes that a stream takes."""
        return len(self._compressed(stream_class, raw)[1])

    def quick_size(self, stream: tuple[int, bytes | memoryview]) -> int:
        """Bytes that a stream of text, (class, raw bytes), takes at `LAYOUT_LEVEL`."""
        used = self._strategy
        if used.back_end is BackEnd.ZSTD and used.level_of(text=True) == LAYOUT_LEVEL:
            return self.size(*stream)  # most of them will be asked for again
        level = _QUICKEST if _is_dear(used) else LAYOUT_LEVEL
        return len(compress(BackEnd.ZSTD, stream[1], level, text=True)[1])

    def _compressed(self, stream_class: int, raw: bytes | memoryview) -> tuple[BackEnd, bytes]:
        own = self._by_strategy(stream_class, raw)
        if not self._every_library:
            return own
        from encoder.glyphs.sink import TEXT_CLASSES  # noqa: PLC0415  as the module says

        tried = ((BackEnd.LZMA, _LZMA_LEVEL), *(_FOR_SHORT if len(raw) <= _SHORT else ()))
        if len(raw) < _LEAST_TRIED:
            tried = _FOR_SHORT[:1]
        text = stream_class in TEXT_CLASSES
        return min(
            [own, *(compress(back_end, raw, level, text=text) for back_end, level in tried)],
            key=lambda one: len(one[1]),
        )

    def _by_strategy(self, stream_class: int, raw: bytes | memoryview) -> tuple[BackEnd, bytes]:
        from encoder.glyphs.sink import TEXT_CLASSES  # noqa: PLC0415  as the module says

        text = stream_class in TEXT_CLASSES
        level = self._strategy.level_of(text=text)
        key = level, id(raw)
        if (
            self._quicker is not None
            and id(raw) in self._known.smallest
            and not self._gains(raw, level, stream_class, text=text)
        ):
            return self._known.smallest[id(raw)]
        if key not in self._known.done:
            book = self._strategy.codebook if text or stream_class == _METADATA else b""
            back_end = BackEnd.CARRIED if book and len(raw) < _CARRIED_BELOW else self._strategy.back_end
            found = compress(back_end, raw, level, text=text, codebook=book)
            if back_end is BackEnd.ZSTD:
                simpler = _simpler(raw, level, len(found[1]), text=text)
                found = min([found, *simpler], key=lambda one: len(one[1]))
            self._known.smallest[id(raw)] = min(
                self._known.smallest.get(id(raw), found), found, key=lambda one: len(one[1])
            )
            self._known.done[key] = raw, *self._known.smallest[id(raw)]
        _, used, stream = self._known.done[key]
        return used, stream

    def _gains(self, raw: bytes | memoryview, level: int, stream_class: int, *, text: bool) -> bool:
        """Whether a long stream's middle is smaller at that level than at the quicker one."""
        from encoder.glyphs.sink import TEXT  # noqa: PLC0415  as the module says

        assert self._quicker is not None, "asked of a packer that has one"
        quicker = self._quicker.level_of(text=text)
        if quicker == level:
            return False
        part = middle_of(memoryview(raw))
        if len(raw) < _LONG * len(part) or stream_class == TEXT:  # which repeats itself from farther than a part shows
            return True
        before, after = (len(compress(BackEnd.ZSTD, part, at, text=text)[1]) for at in (quicker, level))
        return after < _WORTH_A_LEVEL * before

    def packed(self, flags: int, metadata: bytes, logical: _Logical) -> bytes:
        """The body after its header."""
        every = [(_METADATA, metadata), *self._known.physical(logical, text_pooled=bool(flags & TEXT_POOLED))]
        return write_streams(flags, [(len(raw), *self._compressed(kind, raw)) for kind, raw in every])

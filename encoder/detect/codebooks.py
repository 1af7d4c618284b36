"""Decide, block by block and before encoding, whether blocks refer to a codebook, and to which one.

A codebook consists of bytes before a block. A trial on one block, after eight blocks, sixteen and so on, shows what it
would save. For plain text a small and a large one are tried. A codebook is used once its saving, times the blocks seen
so far, exceeds its size in the stream. For we expect as many blocks to follow as came before. After
`CodebookSettings.blocks` blocks it ends, and must again save more than none (a restart point). All this depends only on
the blocks and their order, not on threads or timing.
"""

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from encoder.block.backends import compress
from encoder.container.format import FRAME_SIZE
from encoder.detect.ports import BlockEncoder, StrategySelector
from encoder.glyphs.ready import prepare_transform
from encoder.profile import CodebookSettings
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.trees import TREES

SOURCE: Final = 1 << 16
"""Most bytes of the past that a codebook is made of, and of a block that it is tried on."""
MARGIN: Final = 3
"""Times its cost that a codebook must be expected to save: a stream may end at any time."""
COPIES: Final = 2
SMALLER: Final = 8
"""The part of a codebook's size that is tried as well: it costs less, and so pays earlier."""
FIRST: Final = 8
"""Blocks before the first trial, which costs the time of one block or less."""
LARGEST: Final = 96 << 10
"""Bytes that a block takes by a quick compression, above which no codebook is tried: what it saves, a few hundred bytes
or a thousand, is too little of such a block.
"""
LEAST_SHARE: Final = 0.005
"""Of the bytes that a block takes by a quick compression, which are two to six times what it will take, that a
codebook must save.
"""


class _Trial(NamedTuple):
    """A codebook of at most `size` bytes: what it saved of one block, beside the codebook there was, and what its
    place in the stream takes.
    """

    size: int
    saved: int
    cost: int

    def gain(self, blocks: int) -> int:
        """Bytes that so many blocks gain; not above 0 where they are not enough to be sure."""
        gained = self.saved * blocks - self.cost
        return gained if self.saved * blocks >= MARGIN * self.cost else 0


@dataclass(frozen=True, slots=True)
class _Segment:
    """Blocks of one strategy in a row.

    past: the last bytes before the next block. seen: blocks since its beginning; since: those since its last restart
    point. codebook: what they refer to. trials: the last ones, none of which was followed by a codebook yet.
    """

    strategy: Strategy
    past: bytes = b""
    seen: int = 0
    since: int = 0
    codebook: bytes = b""
    trials: tuple[_Trial, ...] = ()

    def after(self, block: memoryview) -> "_Segment":
        """The segment with one block more."""
        past = bytes(block[-SOURCE:]) if len(block) >= SOURCE else (self.past + bytes(block))[-SOURCE:]
        return replace(self, past=past, seen=self.seen + 1, since=self.since + 1)


def may_carry(strategy: Strategy) -> bool:
    """Whether blocks of the strategy can refer to a codebook: plain text, and what is taken apart with zstd behind
    it.
    """
    return strategy.tree is TreeType.TEXT if TREES[strategy.tree].plain else strategy.back_end is BackEnd.ZSTD


class CarryingSelector:
    """Selects as `inner` does, and adds the codebook. encode: what a trial runs. Serves one stream, in its order:
    not thread-safe.
    """

    def __init__(self, inner: StrategySelector, settings: CodebookSettings, encode: BlockEncoder) -> None:
        self._inner: Final = inner
        self._settings: Final = settings
        self._encode: Final = encode
        self._segment: _Segment | None = None

    def select(self, block: bytes | memoryview, /) -> Strategy:
        """The strategy for the stream's next block."""
        strategy = self._inner.select(block)
        if not may_carry(strategy):
            self._segment = None
            return strategy
        segment = self._segment if self._segment and self._segment.strategy == strategy else _Segment(strategy)
        with memoryview(block) as view:
            segment = self._decided(segment, view)
            self._segment = segment.after(view)
        return replace(strategy, codebook=segment.codebook)

    def _decided(self, segment: _Segment, block: memoryview) -> _Segment:
        """The segment with the codebook that this block refers to."""
        restarts = segment.since == self._settings.blocks
        if restarts:
            segment = replace(segment, since=0, codebook=b"", trials=())
        if restarts or _due(segment.seen):
            segment = replace(segment, trials=self._tried(segment, block))
        best = max(segment.trials, key=lambda trial: trial.gain(segment.seen), default=None)
        if best is None or best.gain(segment.seen) <= 0:
            return segment
        codebook = material(segment.past, segment.strategy, best.size)
        return replace(segment, since=0, codebook=codebook, trials=())

    def _tried(self, segment: _Segment, block: memoryview) -> tuple[_Trial, ...]:
        """What codebooks made now would save of this block; none that would save too little."""
        head = block[:SOURCE]
        quick = _quick_size(head) * len(block) // len(head)
        if quick > LARGEST:
            return ()
        now = self._size(head, segment.strategy, segment.codebook)
        trials = []
        for size in self._sizes(segment.strategy):
            codebook = material(segment.past, segment.strategy, size)
            saved = now - self._size(head, segment.strategy, codebook) if codebook else 0
            if saved > LEAST_SHARE * quick:
                trials.append(_Trial(size, saved, COPIES * (FRAME_SIZE + _quick_size(codebook))))
        return tuple(trials)

    def _sizes(self, strategy: Strategy) -> tuple[int, ...]:
        """Of the codebooks to try; of what is taken apart one alone, as it holds little but what repeats."""
        size = self._settings.size
        return (size, size // SMALLER) if strategy.tree is TreeType.TEXT else (size,)

    def _size(self, data: memoryview, strategy: Strategy, codebook: bytes) -> int:
        return len(self._encode(data, replace(strategy, codebook=codebook, verify=False, below=None), None))


def _due(seen: int) -> bool:
    """Whether a trial comes after so many blocks: after `FIRST`, and whenever they have doubled."""
    return seen >= FIRST and seen & (seen - 1) == 0


def _quick_size(data: bytes | memoryview) -> int:
    _, stream = compress(BackEnd.ZSTD, data, 1, text=True)
    return len(stream)


def material(past: bytes, strategy: Strategy, size: int) -> bytes:
    """A codebook of at most `size` bytes: what blocks like the past are likely to say again.

    Of plain text its last bytes; of what is taken apart the beginnings of its streams, what repeats most at the end.
    """
    if strategy.tree is TreeType.TEXT:
        return past[-size:]
    prepare_transform()
    from encoder.glyphs.layout import gather_physical  # noqa: PLC0415 - kernels are loaded only when something is taken apart
    from encoder.glyphs.sink import TEMPLATES, TEXT, WORDS  # noqa: PLC0415 - as above
    from encoder.glyphs.transform import transform  # noqa: PLC0415 - as above

    by_path = TREES[strategy.tree].by_path
    transformed = transform(past, strategy.tree, strategy.separator, by_path=by_path) if past else None
    if transformed is None:
        return b""
    physical = gather_physical(transformed.streams)

    def of(kind: int, most: int, each: int) -> bytes:
        return b"".join(bytes(raw[:each]) for found, raw in physical if found == kind)[:most]

    text, words, templates = of(TEXT, size // 4, size // 16), of(WORDS, size // 4, size // 8), of(TEMPLATES, size, size)
    return (text + words + transformed.metadata()[: size // 8] + templates[: size // 2])[-size:]

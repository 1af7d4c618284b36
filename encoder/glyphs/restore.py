"""Rebuild a block from metadata and streams, both untrusted. Inverse of `transform`.

First all metadata is read, every count is checked, and the memory for decoding is summed and compared with the limit.
Only then is a stream opened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.errors import FormatError, LimitError
from encoder.glyphs.choose import DIVIDED
from encoder.glyphs.columns import STREAMS_PER_COLUMN
from encoder.glyphs.compose import compose, read_ids
from encoder.glyphs.context_sort import LEAST_SORTED, LEAST_SORTED_BY_TWO, NO_SIBLING, unsort_stream
from encoder.glyphs.layout import physical_layout
from encoder.glyphs.plan import COUNT, ERROR, KIND, POSITION, ROW_SIZE, STREAM, plan_columns
from encoder.glyphs.read_columns import read_columns
from encoder.glyphs.siblings import Permutation
from encoder.glyphs.sink import IDS, TEMPLATES, TEXT
from encoder.glyphs.templates import read_templates
from encoder.glyphs.transform import id_width
from encoder.glyphs.varints import read_varints
from encoder.glyphs.wide import SLACK
from encoder.limits import Limits

Bytes = NDArray[np.uint8]

MAX_LEVELS: Final = 4
MAX_NUMBERED: Final = 1 << 16
"""Templates of a level, and columns of a level, at most."""
_PLAN_BYTES_PER_COLUMN: Final = 400  # a row, its streams, and the lists made of those
_SORT_BYTES: Final = 1 << 19  # counts of the pairs that two siblings make
_PLAN_BYTES: Final = 1 << 16  # what does not grow with anything: interpreter objects, one dictionary's words
MAX_POSITION: Final = (1 << 31) - 1
HEADER: Final = (
    "level bytes",
    "records",
    "templates",
    "columns",
    "variables of templates",
    "template bytes",
    "tail bytes",
    "text bytes",
)


@dataclass(frozen=True, slots=True)
class Level:
    """One planned level: its header's numbers, its columns' rows, and its first stream among all."""

    size: int
    records: int
    templates: int
    slots: int
    template_bytes: int
    tail: int
    text: int
    rows: NDArray[np.int64]
    first_stream: int

    @property
    def values(self) -> int:
        """Values in all columns."""
        return int(self.rows[:, COUNT].sum())

    @property
    def divided(self) -> int:
        """Values that the level below spells."""
        return int(self.rows[self.rows[:, KIND] == DIVIDED, COUNT].sum())

    @property
    def memory(self) -> int:
        """Bytes that putting this level together takes, beside the working bytes."""
        longest = int(self.rows[:, COUNT].max(initial=0))
        pieces = self.slots + 2 * self.templates
        wide = 8 * (self.values + self.divided + longest)
        narrow = 4 * (self.records + self.slots + pieces)
        return wide + narrow + self.template_bytes + _PLAN_BYTES_PER_COLUMN * len(self.rows)


@dataclass(frozen=True, slots=True)
class Plan:
    """All levels, the logical and the physical streams as (class, length), and where in those each logical stream
    begins (and one more position, so that the place after the last stream can be looked up).
    """

    levels: tuple[Level, ...]
    streams: list[tuple[int, int]]
    physical: list[tuple[int, int]]
    positions: NDArray[np.int64]
    text_pooled: bool
    permutations: tuple[Permutation, ...] = ()

    @property
    def arena(self) -> int:
        """Bytes of all streams."""
        return sum(length for _, length in self.physical)

    @property
    def working(self) -> int:
        """Bytes of the streams, the text of numbers, and the lines of the levels below the first."""
        return self.arena + sum(level.text for level in self.levels) + sum(level.size for level in self.levels[1:])

    @property
    def memory(self) -> int:
        """Bytes that decoding takes in all. The result counts twice, as it is copied once; the longest stream too, for
        what it decompresses to and a window of that size.
        """
        longest = max((length for _, length in self.physical), default=0)
        levels = sum(level.memory for level in self.levels)
        sorting = _SORT_BYTES + 100 * len(self.permutations) if self.permutations else 0
        return 2 * (self.levels[0].size + longest) + self.working + levels + _PLAN_BYTES + sorting


def plan_block(
    metadata: bytes, raw_size: int | None, limits: Limits, *, text_pooled: bool = False, are_sorted: bool = False
) -> Plan:
    """Checks the metadata of a block of `raw_size` bytes, or of any size within the limits. Raises FormatError, and
    LimitError above `limits.max_memory`.
    """
    numbers = np.empty(len(metadata), np.uint64)
    found = read_varints(np.frombuffer(metadata, np.uint8), numbers)
    if found < 0:
        raise FormatError("the block's metadata is damaged: a varint in it is not one")
    cursor = np.zeros(3, np.int64)
    levels, classes, lengths = _plan_levels(numbers[:found], cursor, raw_size, limits)
    permutations = _permutations(numbers[cursor[POSITION] : found].tolist(), lengths) if are_sorted else ()
    if not are_sorted and cursor[POSITION] != found:
        raise FormatError(f"the block's metadata has {found - cursor[POSITION]} numbers too many")
    physical, positions = physical_layout(classes, lengths, text_pooled=text_pooled)
    streams = list(zip(classes.tolist(), lengths.tolist(), strict=True))
    plan = Plan(levels, streams, physical, np.append(positions, 0), text_pooled, permutations)
    if plan.memory > limits.max_memory or plan.working > MAX_POSITION:
        raise LimitError(
            f"decoding this block would take {plan.memory} bytes of memory, over the limit of {limits.max_memory}; "
            "raise Limits.max_memory if the source is trusted"
        )
    return plan


def _plan_levels(
    numbers: NDArray[np.uint64], cursor: NDArray[np.int64], raw_size: int | None, limits: Limits
) -> tuple[tuple[Level, ...], NDArray[np.int32], NDArray[np.int64]]:
    levels: list[Level] = []
    classes: list[NDArray[np.int32]] = []
    lengths: list[NDArray[np.int64]] = []
    most = limits.max_block
    while not levels or levels[-1].divided:
        if len(levels) == MAX_LEVELS:
            raise FormatError(f"the block has more than {MAX_LEVELS} levels")
        level, stream_classes, stream_lengths = _plan_level(numbers, cursor, most, limits)
        if not levels and raw_size is not None and level.size != raw_size:
            raise FormatError(f"the block says it holds {level.size} bytes, and its frame says {raw_size}")
        levels.append(level)
        classes.append(stream_classes)
        lengths.append(stream_lengths)
        most = 2 * level.size
    return tuple(levels), np.concatenate(classes), np.concatenate(lengths)


def _permutations(numbers: list[int], lengths: NDArray[np.int64]) -> tuple[Permutation, ...]:
    """What the metadata says after its levels, each held against the streams that there are."""
    if not numbers or len(numbers) != 1 + 3 * numbers[0]:
        raise FormatError("the block's metadata is damaged: its permutations are not as many as it says")
    found: list[Permutation] = []
    last = -1
    for at in range(1, len(numbers), 3):
        step, one, other = numbers[at : at + 3]
        number = last + step
        if not (step and 0 < one <= number < len(lengths) and other <= number):
            raise FormatError(f"the block's metadata is damaged: stream {number} is sorted by one that is not there")
        permutation = Permutation(number, number - one, number - other if other else NO_SIBLING)
        siblings = [permutation.one, permutation.other] if other else [permutation.one]
        least = LEAST_SORTED_BY_TWO if other else LEAST_SORTED
        if lengths[number] < least or any(lengths[sibling] != lengths[number] for sibling in siblings):
            raise FormatError(f"the block's metadata is damaged: stream {number} is sorted by one of another length")
        found.append(permutation)
        last = number
    return tuple(found)


def _plan_level(
    numbers: NDArray[np.uint64], cursor: NDArray[np.int64], most: int, limits: Limits
) -> tuple[Level, NDArray[np.int32], NDArray[np.int64]]:
    header = _header(numbers, cursor, most)
    size, records, templates, columns, slots, template_bytes, tail, text = header
    if _PLAN_BYTES_PER_COLUMN * columns > limits.max_memory:
        raise LimitError(f"planning {columns} columns would exceed the limit of {limits.max_memory} bytes of memory")
    fixed = _skeleton_streams(header)
    room = len(fixed) + STREAMS_PER_COLUMN * columns
    classes = np.empty(room, np.int32)
    lengths = np.empty(room, np.int64)
    classes[: len(fixed)] = [stream_class for stream_class, _ in fixed]
    lengths[: len(fixed)] = [length for _, length in fixed]
    rows = np.zeros((columns, ROW_SIZE), np.int64)
    first_stream = int(cursor[STREAM])
    cursor[STREAM] = len(fixed)
    plan_columns(numbers, cursor, columns, size, 2 * size, rows, classes, lengths)
    if cursor[ERROR]:
        raise FormatError(f"the block's metadata is damaged: number {cursor[POSITION]} is missing or out of bounds")
    used = int(cursor[STREAM])
    cursor[STREAM] = first_stream + used
    level = Level(size, records, templates, slots, template_bytes, tail, text, rows, first_stream)
    return level, classes[:used], lengths[:used]


def _header(numbers: NDArray[np.uint64], cursor: NDArray[np.int64], most: int) -> list[int]:
    """The level's header, each number held against what an encoder can have written."""
    begin = int(cursor[POSITION])
    header: list[int] = numbers[begin : begin + len(HEADER)].tolist()
    if len(header) < len(HEADER):
        raise FormatError("the block's metadata ends within a level's header")
    cursor[POSITION] = begin + len(HEADER)
    size = header[0]
    left = len(numbers) - begin - len(HEADER)
    bounds = (most, size, min(size, MAX_NUMBERED), min(left, MAX_NUMBERED), size, 4 * size, size, size)
    for name, value, bound in zip(HEADER, header, bounds, strict=True):
        if value > bound:
            raise FormatError(f"the block's metadata is damaged: {name} {value}, where at most {bound} can be")
    return header


def _skeleton_streams(header: list[int]) -> list[tuple[int, int]]:
    _, records, templates, columns, slots, template_bytes, tail, _ = header
    return [
        (TEMPLATES, template_bytes),
        *[(IDS, records)] * id_width(templates),
        *[(IDS, slots)] * id_width(columns),
        (TEXT, tail),
    ]


def restore(plan: Plan, parts: Iterator[bytes]) -> bytes:
    """The block. `parts` gives the physical streams in order, each as long as planned. Raises FormatError."""
    work = np.empty(plan.working + SLACK, np.uint8)
    at = 0
    for part in parts:
        work[at : at + len(part)] = np.frombuffer(part, np.uint8)
        at += len(part)
    _unsort(plan, work)
    below = (0, 0)
    for level in reversed(plan.levels):
        top = level is plan.levels[0]
        streams = plan.positions[level.first_stream :]
        out = np.empty(level.size + SLACK, np.uint8) if top else work
        out_at = 0 if top else at + level.text
        _restore_level(level, streams, work, at, below, out, out_at)
        below = (out_at, level.size)
        at = out_at + level.size
    return out[: plan.levels[0].size].tobytes()


def _unsort(plan: Plan, work: Bytes) -> None:
    """Every sorted stream back in its own order, in the order of the streams: a sibling comes before what it sorts."""
    longest = max((plan.streams[permutation.stream][1] for permutation in plan.permutations), default=0)
    spare = np.empty(longest, np.uint8)
    for permutation in plan.permutations:
        at, one = (int(plan.positions[number]) for number in (permutation.stream, permutation.one))
        other = NO_SIBLING if permutation.other == NO_SIBLING else int(plan.positions[permutation.other])
        unsort_stream(work, at, plan.streams[permutation.stream][1], one, other, spare)


def _restore_level(
    level: Level,
    streams: NDArray[np.int64],
    work: Bytes,
    at: int,
    below: tuple[int, int],
    out: Bytes,
    out_at: int,
) -> None:
    values = _read_values(level, streams, work, at, below)
    records, literals, piece_ends, first_piece, slots = _read_skeleton(level, streams, work)
    end = out_at + level.size - level.tail
    if compose(records, literals, piece_ends, first_piece, slots, *values, work, out, out_at, end):
        raise FormatError("the templates or records of the block do not fit its columns")
    tail_at = int(streams[1 + id_width(level.templates) + id_width(len(level.rows))])
    out[end : end + level.tail] = work[tail_at : tail_at + level.tail]


def _read_values(
    level: Level, streams: NDArray[np.int64], work: Bytes, at: int, below: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Where each column begins among all values, and where each value's text begins in `work`, and its bytes. Numbers
    are spelled out from work[at] on.
    """
    offsets = np.zeros(len(level.rows) + 1, np.int64)
    np.cumsum(level.rows[:, COUNT], out=offsets[1:])
    starts = np.empty(level.values, np.int32)
    sizes = np.empty(level.values, np.int32)
    numbers = np.empty(int(level.rows[:, COUNT].max(initial=0)), np.int64)
    end = at + level.text
    if read_columns(work, level.rows, streams, at, end, *below, level.divided, numbers, starts, sizes) != end:
        raise FormatError("a column of the block is damaged")
    return offsets, starts, sizes


def _read_skeleton(
    level: Level, streams: NDArray[np.int64], work: Bytes
) -> tuple[NDArray[np.int32], Bytes, NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Each record's template; the templates' literals, where each piece of those ends, and each template's first piece;
    the column of each variable. Inverse of `_skeleton_streams` but for the tail.
    """
    template_width, slot_width = id_width(level.templates), id_width(len(level.rows))
    text_at = int(streams[0])
    records_at = int(streams[1]) if template_width else 0
    slots_at = int(streams[1 + template_width]) if slot_width else 0
    literals = np.empty(level.template_bytes + SLACK, np.uint8)
    piece_ends = np.empty(level.slots + level.templates, np.int32)
    first_piece = np.empty(level.templates + 1, np.int32)
    records = np.empty(level.records, np.int32)
    slots = np.empty(level.slots, np.int32)
    text = work[text_at : text_at + level.template_bytes]
    if (
        read_templates(text, level.templates, level.slots, literals, piece_ends, first_piece)
        or read_ids(work, records_at, template_width, level.templates, records)
        or read_ids(work, slots_at, slot_width, len(level.rows), slots)
    ):
        raise FormatError("the templates of the block are damaged")
    return records, literals, piece_ends, first_piece, slots

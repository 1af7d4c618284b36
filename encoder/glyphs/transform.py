"""Split a block, level by level, into metadata and streams. Inverse: `restore`.

Level 0 splits the block's records. Values of columns with inner structure (DIVIDED) become the lines of the next level,
which splits them further.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.choose import DIVIDED
from encoder.glyphs.columns import (
    NOT_DIVISIBLE,
    NUMBERS_PER_COLUMN,
    SLACK_PER_COLUMN,
    STREAMS_PER_COLUMN,
    write_columns,
)
from encoder.glyphs.compose import write_ids
from encoder.glyphs.gather import column_names, gather, merge_small, write_lines
from encoder.glyphs.kernel import Int
from encoder.glyphs.scratch import Scratch, scratch_for
from encoder.glyphs.segments import StreamName
from encoder.glyphs.sink import IDS, TEMPLATES, TEXT, empty_sink
from encoder.glyphs.templates import write_templates
from encoder.glyphs.tokenise import Found
from encoder.glyphs.tokenise_log import FINE, WORDS, tokenise_log
from encoder.glyphs.tokenisers import Tokens, clear_tables, tokenise
from encoder.glyphs.varints import write_varints
from encoder.strategy import TreeType

Bytes = NDArray[np.uint8]

LEAST_IN_COLUMN: Final = 12
"""Columns of fewer values share one."""
_GRAINS_BELOW: Final = (WORDS, FINE)


@dataclass(slots=True)
class Transformed:
    """What a block became: metadata numbers, level by level, (class, bytes) of its streams in order, and what each
    is called.
    """

    numbers: list[NDArray[np.uint64]] = field(default_factory=list)
    streams: list[tuple[int, memoryview]] = field(default_factory=list)
    names: list[StreamName] = field(default_factory=list)

    def metadata(self, more: Sequence[int] = ()) -> bytes:
        """The numbers as varints, and `more` after them."""
        numbers = np.concatenate([*self.numbers, np.array(more, np.uint64)])
        out = np.empty(10 * len(numbers), np.uint8)
        return out[: write_varints(numbers, out)].tobytes()


def transform(
    data: bytes | bytearray | memoryview, tree: TreeType, separator: int, *, by_path: bool = True
) -> Transformed | None:
    """The block as templates and columns, or None when it has no record or variable to take apart.

    tree: one with a tokeniser (not TEXT or OPAQUE). by_path: whether JSON's columns are named by path, or by key alone.
    """
    source = np.frombuffer(data, np.uint8)
    scratch = scratch_for(len(source))
    tokens = tokenise(source, tree, separator, scratch, by_path=by_path)
    if not tokens.variables:
        return None
    result = Transformed()
    for below in (*_GRAINS_BELOW, NOT_DIVISIBLE):
        lines = _write_level(tokens, below, scratch, result)
        if lines is None:
            break
        tokens = _tokenise_lines(*lines, below, scratch)
    return result


def _tokenise_lines(
    lines: Bytes, salts: NDArray[np.uint64], salt_ends: NDArray[np.int32], grain: int, scratch: Scratch
) -> Tokens:
    clear_tables(scratch)
    return Tokens(lines, *tokenise_log(lines, grain, salts, salt_ends, scratch.found))


def _write_level(
    tokens: Tokens, below: int, scratch: Scratch, result: Transformed
) -> tuple[Bytes, NDArray[np.uint64], NDArray[np.int32]] | None:
    """Adds one level to `result`; returns the lines for the level below and their names, or None when there are
    none.
    """
    columns = merge_columns(tokens, LEAST_IN_COLUMN, scratch)
    header = _write_skeleton(tokens, columns, scratch, result)
    found = scratch.found
    gather(
        found.columns,
        found.starts,
        found.sizes,
        tokens.variables,
        scratch.offsets,
        columns,
        scratch.column_starts,
        scratch.column_sizes,
    )
    kinds = np.empty(columns, np.int32)
    made, numbers = _write_columns(tokens, columns, below, kinds, scratch, result)
    level = np.array([*header, made], np.uint64)
    result.numbers += [level, numbers]
    return _lines_below(tokens, columns, kinds, scratch)


def merge_columns(tokens: Tokens, least: int, scratch: Scratch) -> int:
    """Renumbers the columns so that those of fewer than `least` values are one; returns their number. The scratch has
    their names and offsets then.
    """
    found = scratch.found
    column_names(found.column_keys, found.column_values, tokens.columns, scratch.names)
    return int(merge_small(found.columns, tokens.variables, tokens.columns, least, scratch.names, scratch.offsets))


def spell_templates(tokens: Tokens, found: Found) -> tuple[Bytes, NDArray[np.int32]]:
    """The text of all templates, and the columns of their variables."""
    used = found.templates[:, : tokens.templates]
    variables = int(used[3].sum())
    text = np.empty(2 * int(used[1].sum()) + variables + tokens.templates, np.uint8)
    slots = np.empty(variables, np.int32)
    size, _ = write_templates(found, tokens.data, tokens.templates, text, slots)
    return text[:size], slots


def _write_skeleton(tokens: Tokens, columns: int, scratch: Scratch, result: Transformed) -> list[Int]:
    """The templates, the records' template numbers and the tail as streams; returns the level's header."""
    found = scratch.found
    text, slots = spell_templates(tokens, found)
    result.streams.append((TEMPLATES, text.data))
    _write_ids(found.records[: tokens.records], id_width(tokens.templates), result)
    _write_ids(slots, id_width(columns), result)
    tail = tokens.data[tokens.end :]
    result.streams.append((TEXT, tail.data))
    level = len(result.numbers) // 2
    result.names += [(level, -1, nth) for nth in range(len(result.streams) - len(result.names))]
    return [len(tokens.data), tokens.records, tokens.templates, columns, len(slots), len(text), len(tail)]


def id_width(count: Int) -> int:
    """Bytes that number `count` things, from 0: none for one thing."""
    return ((int(count) - 1).bit_length() + 7) // 8 if count else 0


def _write_ids(ids: NDArray[np.int32], width: int, result: Transformed) -> None:
    planes = np.empty(width * len(ids), np.uint8)
    write_ids(ids, width, planes)
    view = planes.data
    result.streams += [(IDS, view[at : at + len(ids)]) for at in range(0, len(planes), len(ids) or 1)]


def _write_columns(
    tokens: Tokens, columns: int, below: int, kinds: NDArray[np.int32], scratch: Scratch, result: Transformed
) -> tuple[int, NDArray[np.uint64]]:
    """All columns' streams; returns the bytes of text made from numbers, and the columns' metadata."""
    bound = int(scratch.column_sizes[: tokens.variables].sum())
    sink = empty_sink(
        scratch.to_write(bound + 6 * int(tokens.variables) + SLACK_PER_COLUMN * columns),
        STREAMS_PER_COLUMN * columns,
        NUMBERS_PER_COLUMN * columns,
    )
    streams = np.empty(columns, np.int32)
    made = write_columns(
        tokens.data,
        scratch.column_starts,
        scratch.column_sizes,
        scratch.offsets,
        columns,
        below,
        tokens.multiline,
        kinds,
        streams,
        scratch.room,
        sink,
    )
    used, ended, numbers = sink.cursor.tolist()
    view = sink.out[:used].copy().data  # the scratch is written again at the next level
    begin = 0
    for stream_class, end in zip(sink.classes[:ended].tolist(), sink.ends[:ended].tolist(), strict=True):
        result.streams.append((stream_class, view[begin:end]))
        begin = end
    level = len(result.numbers) // 2
    for name, count in zip(scratch.names[:columns].tolist(), streams.tolist(), strict=True):
        result.names += [(level, name, nth) for nth in range(count)]
    return int(made), sink.meta[:numbers]


def _lines_below(
    tokens: Tokens, columns: int, kinds: NDArray[np.int32], scratch: Scratch
) -> tuple[Bytes, NDArray[np.uint64], NDArray[np.int32]] | None:
    divided = np.flatnonzero(kinds == DIVIDED)
    if not len(divided):
        return None
    offsets = scratch.offsets
    size = sum(
        int(scratch.column_sizes[offsets[column] : offsets[column + 1]].sum())
        + int(offsets[column + 1] - offsets[column])
        for column in divided.tolist()
    )
    lines = np.empty(size, np.uint8)
    salts = np.empty(len(divided), np.uint64)
    salt_ends = np.empty(len(divided), np.int32)
    write_lines(
        tokens.data,
        scratch.column_starts,
        scratch.column_sizes,
        offsets,
        columns,
        kinds,
        scratch.names,
        lines,
        salts,
        salt_ends,
    )
    return lines, salts, salt_ends

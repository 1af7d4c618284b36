"""A block as token rows: metadata, template text, columns of the templates' variables, tail, and the mixed tokens."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.errors import FormatError, LimitError
from encoder.glyphs.compose import read_ids, write_ids
from encoder.glyphs.scratch import Scratch, scratch_for
from encoder.glyphs.templates import read_templates
from encoder.glyphs.tokenisers import Tokens, tokenise
from encoder.glyphs.transform import id_width, merge_columns, spell_templates
from encoder.glyphs.varints import read_varints, write_varints
from encoder.limits import Limits
from encoder.mixing.memory import row_sizes
from encoder.mixing.models import row_model
from encoder.mixing.row_tables import code_tokens
from encoder.mixing.siblings import choose_siblings
from encoder.mixing.spell import compose_rows, count_bytes, spell_tokens
from encoder.strategy import TreeType

Bytes = NDArray[np.uint8]

LEAST_IN_COLUMN: Final = 4
"""Columns of fewer values share one."""
MOST_TOKENS: Final = (1 << 26) - 2
"""Tokens of a block. A voter's entry keeps 26 bits for a token, and 0 for none."""
MAX_NUMBERED: Final = 1 << 16
_NEWLINE: Final = 10
HEADER: Final = (
    "bytes",
    "records",
    "templates",
    "columns",
    "variables of templates",
    "template bytes",
    "tail bytes",
    "token bytes",
    "tokens",
    "terminator",
)


@dataclass(frozen=True, slots=True)
class RowPlan:
    """A body's metadata: two siblings of each column, and its header's numbers in order."""

    siblings: NDArray[np.int32]
    size: int
    records: int
    templates: int
    columns: int
    slots: int
    template_bytes: int
    tail: int
    token_bytes: int
    tokens: int
    terminator: int

    @property
    def lengths(self) -> list[int]:
        """Raw lengths of the streams after the metadata: templates, their columns, tail, tokens."""
        return [self.template_bytes, self.slots * id_width(self.columns), self.tail, self.token_bytes]

    def memory(self, model: int) -> int:
        """Bytes that decoding takes in all, except for what opens the other streams."""
        tables = row_sizes(self.token_bytes, self.tokens, self.columns, model).memory
        arrays = 2 * self.token_bytes + 8 * self.tokens + 4 * self.records + 80 * self.columns
        pieces = 20 * (self.slots + self.templates) + 3 * self.template_bytes
        return tables + arrays + pieces + 2 * self.tail + 3 * self.size + (1 << 16)


@dataclass(frozen=True, slots=True)
class EncodedRows:
    """A block as rows.

    streams: metadata, templates, columns of their variables and tail, unmixed. mixed: the tokens, mixed.
    """

    streams: list[bytes]
    token_bytes: int
    mixed: bytes


def encode_rows(data: memoryview, tree: TreeType, separator: int, model: int) -> EncodedRows | None:
    """The block as rows.

    None if it cannot be split, if every byte value occurs in a value, or if the tokens do not shrink.
    """
    source = np.frombuffer(data, np.uint8)
    scratch = scratch_for(len(source))
    tokens = tokenise(source, tree, separator, scratch)
    terminator = _terminator(tokens, scratch)
    if not tokens.variables or tokens.variables + tokens.records > MOST_TOKENS or terminator is None:
        return None
    columns = merge_columns(tokens, LEAST_IN_COLUMN, scratch)
    template_text, slots = spell_templates(tokens, scratch.found)
    return _encoded(tokens, columns, template_text, slots, terminator, scratch, model)


def _terminator(tokens: Tokens, scratch: Scratch) -> int | None:
    """A byte that no value holds: the newline if possible."""
    tally = np.zeros(256, np.int64)
    count_bytes(tokens.data, scratch.found.starts, scratch.found.sizes, tokens.variables, tally)
    free = np.flatnonzero(tally == 0)
    if not len(free):
        return None
    return _NEWLINE if tally[_NEWLINE] == 0 else int(free[0])


def _encoded(
    tokens: Tokens,
    columns: int,
    template_text: Bytes,
    slots: NDArray[np.int32],
    terminator: int,
    scratch: Scratch,
    model: int,
) -> EncodedRows | None:
    found = scratch.found
    records = found.records[: tokens.records].copy()
    variables = found.templates[3, : tokens.templates].copy()
    text, starts, names = _spelled(tokens, records, variables, terminator, scratch)
    siblings = np.empty(2 * columns, np.int32)
    choose_siblings(records, variables, found.columns, names, int(tokens.templates > 1), siblings, columns)
    first_slot = np.zeros(len(variables) + 1, np.int64)
    np.cumsum(variables, out=first_slot[1:])
    coded = np.empty(len(text), np.uint8)
    size = code_tokens(
        False, text, records, first_slot, slots, columns, siblings, terminator, names, starts, coded, model
    )
    if not 0 <= size <= len(coded):
        return None
    planes = np.empty(id_width(columns) * len(slots), np.uint8)
    write_ids(slots, id_width(columns), planes)
    tail = tokens.data[tokens.end :]
    header = [len(tokens.data), len(records), len(variables), columns, len(slots)]
    header += [len(template_text), len(tail), len(text), len(names), terminator]
    streams = [_metadata(header, siblings), template_text.tobytes(), planes.tobytes(), tail.tobytes()]
    return EncodedRows(streams, len(text), bytes([model]) + coded[:size].tobytes())


def _spelled(
    tokens: Tokens, records: NDArray[np.int32], variables: NDArray[np.int32], terminator: int, scratch: Scratch
) -> tuple[Bytes, NDArray[np.int32], NDArray[np.uint32]]:
    """Every token's text end to end, where each begins, and its name.

    A record's tokens are its template, if there are several, and its values.
    """
    found = scratch.found
    template_size = id_width(tokens.templates)
    count = int(tokens.variables) + (len(records) if template_size else 0)
    values = int(found.sizes[: tokens.variables].sum()) + int(tokens.variables)
    text = np.empty(values + template_size * len(records), np.uint8)
    starts = np.empty(count + 1, np.int32)
    names = np.empty(count, np.uint32)
    spell_tokens(
        tokens.data, records, variables, found.starts, found.sizes, template_size, terminator, text, starts, names
    )
    return text, starts, names


def _metadata(header: list[int], siblings: NDArray[np.int32]) -> bytes:
    """`HEADER`'s numbers, and the siblings, as varints."""
    numbers = np.concatenate([np.array(header, np.uint64), siblings.astype(np.uint64)])
    written = np.empty(10 * len(numbers), np.uint8)
    return written[: write_varints(numbers, written)].tobytes()


def plan_rows(metadata: bytes, raw_size: int | None, limits: Limits) -> RowPlan:
    """Checks the metadata of a block of `raw_size` bytes, or of any size within the limits. Raises FormatError."""
    numbers = np.empty(len(metadata), np.uint64)
    found = read_varints(np.frombuffer(metadata, np.uint8), numbers)
    if found < len(HEADER):
        raise FormatError("the block's metadata is damaged: a varint in it is not one, or it ends too soon")
    header: list[int] = numbers[: len(HEADER)].tolist()
    size = header[0]
    if size > limits.max_block or (raw_size is not None and size != raw_size):
        raise FormatError(f"the block says it holds {size} bytes, and its frame says {raw_size}")
    left = (found - len(HEADER)) // 2
    bounds = (size, size, min(size, MAX_NUMBERED), min(left, MAX_NUMBERED), size, 4 * size, size, 4 * size)
    for name, value, bound in zip(HEADER, header, (*bounds, min(header[7], MOST_TOKENS), 255), strict=True):
        if value > bound:
            raise FormatError(f"the block's metadata is damaged: {name} {value}, where at most {bound} can be")
    columns = header[3]
    siblings = numbers[len(HEADER) : found]
    if len(siblings) != 2 * columns or (columns and int(siblings.max()) >= columns) or (header[1] and not header[2]):
        raise FormatError("the block's metadata is damaged: its columns' siblings or templates are not all there")
    return RowPlan(siblings.astype(np.int32), *header)


def check_memory(plan: RowPlan, model: int, limits: Limits) -> None:
    """Raises LimitError if decoding would take more than `limits.max_memory`."""
    if plan.memory(model) > limits.max_memory:
        raise LimitError(
            f"decoding this block would take {plan.memory(model)} bytes of memory, over the limit of "
            f"{limits.max_memory}; "
            "raise Limits.max_memory if the source is trusted"
        )


def decode_rows(plan: RowPlan, template_text: bytes, planes: bytes, tail: bytes, tokens: memoryview) -> bytes:
    """The block. The streams are as long as the plan says. Raises FormatError."""
    literals = np.empty(plan.template_bytes, np.uint8)
    piece_ends = np.empty(plan.slots + plan.templates, np.int32)
    first_piece = np.empty(plan.templates + 1, np.int32)
    slots = np.empty(plan.slots, np.int32)
    if read_templates(
        np.frombuffer(template_text, np.uint8), plan.templates, plan.slots, literals, piece_ends, first_piece
    ) or read_ids(np.frombuffer(planes, np.uint8), 0, id_width(plan.columns), plan.columns, slots):
        raise FormatError("the templates of the block are damaged")
    first_slot = first_piece.astype(np.int64) - np.arange(plan.templates + 1)
    records = np.zeros(plan.records, np.int32)
    text = np.zeros(plan.token_bytes, np.uint8)
    names = np.zeros(plan.tokens, np.uint32)
    starts = np.zeros(plan.tokens + 1, np.int32)
    coded = np.frombuffer(tokens, np.uint8)[1:].copy()
    model = row_model(tokens)
    ended = code_tokens(
        True,
        text,
        records,
        first_slot,
        slots,
        plan.columns,
        plan.siblings,
        plan.terminator,
        names,
        starts,
        coded,
        model,
    )
    if ended != len(coded):
        raise FormatError("the tokens of the block are damaged")
    out = np.empty(plan.size, np.uint8)
    end = plan.size - plan.tail
    if compose_rows(records, literals, piece_ends, first_piece, text, starts, plan.templates > 1, out, end):
        raise FormatError("the templates or records of the block do not fit its values")
    out[end:] = np.frombuffer(tail, np.uint8)
    return out.tobytes()

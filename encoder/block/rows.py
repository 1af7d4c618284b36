"""Form 3 of a body, token rows: its directory and streams packed, and unpacked within limits.

The kernels are imported when a block is mixed, as in `encoder.block.columns`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from encoder.block.backends import compress
from encoder.block.layout import NO_FLAGS, Stream, open_stream, write_streams
from encoder.errors import FormatError
from encoder.limits import Limits
from encoder.mixing.loading import ROWS, prepare_mixing
from encoder.mixing.models import LEVELS, LIGHT, row_model, written_rows
from encoder.strategy import BackEnd, Strategy
from encoder.trees import TREES

LEAST_MIXED: Final = 4096
"""Bytes, below which a block is left to brotli: a model learns little from so few, and small inputs never load the
kernels.
"""
_SMALL_BACK_END: Final = (BackEnd.BROTLI, 11)
_ROW_STREAMS: Final = 5
_STREAM_NAMES: Final = ("metadata", "templates", "template columns", "tail", "tokens")
_LIBRARIES: Final = ((BackEnd.ZSTD, 19), (BackEnd.LZMA, 9))
_BROTLI_UP_TO: Final = 1 << 13
"""Bytes of a stream that brotli 11 is tried on: its own dictionary helps short ones, and it takes its time with
others.
"""
_MIXING_ALONE_FROM: Final = 1 << 15
"""Bytes of a stream that at the full level only mixing is tried on, as it wins there. The light level has no time
for that.
"""


def small_strategy(strategy: Strategy) -> Strategy:
    """What a block below LEAST_MIXED gets in place of mixing."""
    back_end, level = _SMALL_BACK_END
    return replace(strategy, back_end=back_end, level=level)


def pack_rows(view: memoryview, strategy: Strategy) -> bytes | None:
    """Everything after a body's header, or None where token rows do not apply."""
    if strategy.level not in LEVELS:
        raise ValueError(f"{BackEnd.MIXING} has levels {LEVELS[0]} to {LEVELS[-1]}, not {strategy.level}")
    model = written_rows(strategy.level, document=TREES[strategy.tree].document)
    prepare_mixing(ROWS[model])
    from encoder.mixing.row_body import encode_rows  # noqa: PLC0415  kernels are loaded only when something is mixed

    encoded = encode_rows(view, strategy.tree, strategy.separator, model)
    if encoded is None:
        return None
    streams = [(len(stream), *_smallest(stream, strategy.level)) for stream in encoded.streams]
    return write_streams(NO_FLAGS, [*streams, (encoded.token_bytes, BackEnd.MIXING, encoded.mixed)])


def _smallest(stream: bytes, level: int) -> tuple[BackEnd, bytes]:
    candidates = [] if level > LIGHT and len(stream) >= _MIXING_ALONE_FROM else list(_LIBRARIES)
    if len(stream) <= _BROTLI_UP_TO:
        candidates.append((BackEnd.BROTLI, 11))
    if level > LIGHT:
        candidates.append((BackEnd.MIXING, level))
    tried = [compress(back_end, stream, strength, text=True) for back_end, strength in candidates]
    return min(tried, key=lambda one: len(one[1]))


def unpack_rows(streams: Sequence[Stream], raw_size: int, limits: Limits) -> bytes:
    """The block whose directory is `streams`. Raises FormatError, VersionError, LimitError."""
    if len(streams) != _ROW_STREAMS or streams[-1].back_end is not BackEnd.MIXING:
        raise FormatError("a block of token rows does not have the streams of one")
    model = row_model(streams[-1].data)
    prepare_mixing(ROWS[model])
    from encoder.mixing.row_body import check_memory, decode_rows, plan_rows  # noqa: PLC0415  as above

    plan = plan_rows(open_stream(streams[0], limits), raw_size, limits)
    if plan.lengths != [stream.raw_size for stream in streams[1:]]:
        raise FormatError("a block's streams are not those that its metadata speaks of")
    check_memory(plan, model, limits)
    templates, columns, tail = (open_stream(stream, limits) for stream in streams[1:4])
    return decode_rows(plan, templates, columns, tail, streams[-1].data)


def describe_rows(streams: Sequence[Stream], limits: Limits) -> tuple[int, int, list[tuple[str, str, int, int, int]]]:
    """Records, templates, and for each stream its name, its kind, its values, its raw and its encoded bytes."""
    if len(streams) != _ROW_STREAMS:
        raise FormatError("a block of token rows does not have the streams of one")
    prepare_mixing(ROWS[row_model(streams[-1].data)])
    from encoder.mixing.row_body import plan_rows  # noqa: PLC0415  as above

    plan = plan_rows(open_stream(streams[0], limits), None, limits)
    values = (1, plan.templates, plan.slots, plan.tail, plan.tokens)
    rows = zip(_STREAM_NAMES, values, streams, strict=True)
    return (
        plan.records,
        plan.templates,
        [(name, "rows", count, stream.raw_size, len(stream.data)) for name, count, stream in rows],
    )

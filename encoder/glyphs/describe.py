"""What a planned block's columns are, for people."""

from encoder.glyphs.choose import KIND_NAMES
from encoder.glyphs.layout import POOLED_BELOW
from encoder.glyphs.plan import COUNT, FIRST_STREAM, KIND
from encoder.glyphs.restore import Plan


def describe_columns(plan: Plan, encoded: list[int]) -> list[tuple[str, str, int, int, int]]:
    """(name, kind, values, raw bytes, encoded bytes) of every column, level by level.

    encoded: compressed bytes of each physical stream. A stream that shares one counts by its share of the raw bytes.
    """
    shares = _encoded_shares(plan, encoded)
    columns = []
    for depth, level in enumerate(plan.levels):
        firsts = (level.rows[:, FIRST_STREAM] + level.first_stream).tolist()
        following = plan.levels[depth + 1].first_stream if depth + 1 < len(plan.levels) else len(plan.streams)
        for number, (first, end) in enumerate(zip(firsts, [*firsts[1:], following], strict=True)):
            row = level.rows[number]
            raw = sum(length for _, length in plan.streams[first:end])
            kind = KIND_NAMES[row[KIND]]
            columns.append((f"{depth}.{number}", kind, int(row[COUNT]), raw, round(sum(shares[first:end]))))
    return columns


def _encoded_shares(plan: Plan, encoded: list[int]) -> list[float]:
    """Compressed bytes of each logical stream."""
    large = sum(length >= POOLED_BELOW for _, length in plan.streams)
    pools = {
        stream_class: size / length
        for (stream_class, length), size in zip(plan.physical[large:], encoded[large:], strict=True)
    }
    own = iter(encoded[:large])
    return [
        float(next(own)) if length >= POOLED_BELOW else length * pools.get(stream_class, 0.0)
        for stream_class, length in plan.streams
    ]

"""Describe a planned block's columns for people."""

import numpy as np

from encoder.glyphs.choose import KIND_NAMES
from encoder.glyphs.layout import ALONE, pools_of
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
        ends = [*firsts[1:], following] if firsts else []  # a damaged level may have no columns
        for number, (first, end) in enumerate(zip(firsts, ends, strict=True)):
            row = level.rows[number]
            raw = sum(length for _, length in plan.streams[first:end])
            kind = KIND_NAMES[row[KIND]]
            columns.append((f"{depth}.{number}", kind, int(row[COUNT]), raw, round(sum(shares[first:end]))))
    return columns


def _encoded_shares(plan: Plan, encoded: list[int]) -> list[float]:
    """Compressed bytes of each logical stream."""
    classes, lengths = (np.array(column, np.int64) for column in zip(*plan.streams, strict=True))
    belongs = pools_of(classes.astype(np.int32), lengths, text_pooled=plan.text_pooled).tolist()
    alone = belongs.count(ALONE)
    rates = {pool: size / length for (pool, length), size in zip(plan.physical[alone:], encoded[alone:], strict=True)}
    own = iter(encoded[:alone])
    return [
        float(next(own)) if pool == ALONE else length * rates.get(pool, 0.0)
        for pool, (_, length) in zip(belongs, plan.streams, strict=True)
    ]

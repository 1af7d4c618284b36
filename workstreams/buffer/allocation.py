"""A.profile: sizes, lifetimes and the in-flight peak of every lease of real encodes, from the pool's observer."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from encoder.profile import load_profile
from encoder.stream.pool import GlyphBufferPool, LeaseRecord, PoolStatistics
from orchestrator.runner import TaskContext
from workstreams.buffer.metrics import LIFETIME
from workstreams.buffer.workload import input_file
from workstreams.documents import write_json


def profile(ctx: TaskContext) -> None:
    """Encode with each built-in profile while an observer records every lease."""
    patterns: dict[str, Any] = {}
    with input_file(ctx, "144MiB") as source:
        for name in ("baseline", "tuned"):
            records, seen = observe(source, name)
            patterns[name] = pattern(records, seen)
            if name == "baseline":
                lifetimes = [1000 * (record.released_at - record.acquired_at) for record in records]
    write_json(ctx.artifact("allocation-patterns.json", title="Allocation patterns"), patterns)
    ctx.samples(
        LIFETIME,
        lifetimes,
        method="the pool's observer, every lease of one encode with the baseline profile, monotonic clock",
        artifacts=["allocation-patterns.json"],
    )
    before, after = patterns["baseline"], patterns["tuned"]
    ctx.note(
        f"a lease lives {before['lifetime_ms']['median']:.0f} ms in the baseline, "
        f"{after['lifetime_ms']['median']:.0f} ms in tuned"
    )
    if before["lifetime_ms"]["median"] > 4 * after["lifetime_ms"]["median"]:
        ctx.note(
            "bottleneck: a buffer of the baseline spends most of its lease waiting in the queue, not being worked on"
        )


def observe(source: Path, name: str) -> tuple[list[LeaseRecord], PoolStatistics]:
    """Every lease of one encode of the source, whose output is discarded, and the pool's statistics at its end."""
    from encoder.stream.encoder import StreamingEncoder  # noqa: PLC0415 - loaded where used: registering stays light

    plan = load_profile(name)
    records: list[LeaseRecord] = []
    with (
        GlyphBufferPool(plan.block_size, plan.pool, observer=records.append) as pool,
        source.open("rb", buffering=0) as raw,
        Path(os.devnull).open("wb") as sink,
    ):
        with StreamingEncoder(sink, plan, pool=pool) as stream:
            stream.encode_from(raw)
        seen = pool.statistics
    return records, seen


def pattern(records: Sequence[LeaseRecord], seen: PoolStatistics) -> dict[str, Any]:
    """Sizes, lifetimes (milliseconds) and the course of the buffers in flight (seconds since the first lease)."""
    lifetimes = sorted(1000 * (record.released_at - record.acquired_at) for record in records)
    course = in_flight(records)
    return {
        "leases": len(records),
        "fresh": sum(record.fresh for record in records),
        "sizes_bytes": dict(sorted(Counter(str(record.size) for record in records).items())),
        "lifetime_ms": {
            "shortest": lifetimes[0],
            "median": lifetimes[len(lifetimes) // 2],
            "longest": lifetimes[-1],
            "histogram": histogram(lifetimes),
        },
        "peak_in_flight": max(count for _, count in course),
        "in_flight": [[round(at, 4), count] for at, count in course],
        "waits": seen.waits,
        "starved_waits": seen.starved_waits,
        "outstanding_at_the_end": seen.outstanding,
    }


def in_flight(records: Sequence[LeaseRecord]) -> list[tuple[float, int]]:
    """(seconds since the first lease, buffers leased) after every lease and release, in order of time."""
    changes = sorted([(r.acquired_at, 1) for r in records] + [(r.released_at, -1) for r in records])
    course, count = [], 0
    for at, change in changes:
        count += change
        course.append((at - changes[0][0], count))
    return course


def histogram(lifetimes_ms: Sequence[float]) -> dict[str, int]:
    """How many are in each class. The classes' upper bounds are powers of two milliseconds."""
    classes = Counter(1 << max(0, int(lifetime).bit_length()) for lifetime in lifetimes_ms)
    return {f"<{bound}": classes[bound] for bound in sorted(classes)}

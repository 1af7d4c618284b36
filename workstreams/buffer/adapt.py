"""A.adapt: the adaptive pool at work. It grows when a wait starves a worker, and shrinks when buffers are idle."""

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from encoder.profile import PoolSettings, Profile, load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.stream.pool import GlyphBufferPool, LeaseRecord
from orchestrator.runner import TaskContext
from workstreams.buffer.metrics import GROWTHS, SHRINKS
from workstreams.buffer.pools import adaptive, changes, described, with_pool
from workstreams.buffer.workload import input_file
from workstreams.documents import read_json, write_json
from workstreams.sampling.slow import SlowSource


def adapt(ctx: TaskContext) -> None:
    """Derive the adaptive pool from the tuned size, show it moving both ways, and write the profile with it."""
    baseline = load_profile("baseline")
    tuned = read_json(ctx.inputs["A.tune"].artifacts["pool.json"])["pool"]["capacity"]
    pool = adaptive(tuned, baseline.workers)
    derived = with_pool(
        baseline, pool, "buffer", "The baseline with the pool that workstream A derived; the same output bytes."
    )
    slow_blocks = replace(baseline, strategy=Strategy(TreeType.LOG, BackEnd.ZSTD, 19))
    with input_file(ctx, "64MiB") as source:
        shrinks = trajectory(source, baseline, between(pool.maximum, pool.maximum), delay=0.030)
        os.truncate(source, source.stat().st_size // 2)
        grows = trajectory(source, slow_blocks, between(1, pool.maximum), delay=0.0)
    document = {"derived": described(pool), "starved start": grows, "idle start": shrinks}
    write_json(ctx.artifact("adaptive-pool.json", title="Adaptive pool sizing, demonstrated"), document)
    ctx.artifact("buffer-profile.json", title="Derived profile").write_text(derived.to_json(), encoding="utf-8")
    ctx.artifact("encoder-changes.diff", title="Modifications to the encoder's configuration").write_text(
        changes(baseline, derived), encoding="utf-8"
    )
    record(ctx, grows, shrinks)


def between(capacity: int, maximum: int) -> PoolSettings:
    """An adaptive pool that can shrink to one buffer, so that only the workload limits it."""
    return PoolSettings(capacity, adaptive=True, minimum=1, maximum=maximum)


def record(ctx: TaskContext, grows: dict[str, Any], shrinks: dict[str, Any]) -> None:
    """Measurements and claims of the two courses."""
    method = "PoolStatistics of an encode that starts with {} and a pool that may move"
    ctx.samples(
        GROWTHS,
        [grows["grown"]],
        method=method.format("one buffer and slow blocks (zstd 19)"),
        artifacts=["adaptive-pool.json"],
    )
    ctx.samples(
        SHRINKS,
        [shrinks["shrunk"]],
        method=method.format("the most buffers and a slow source"),
        artifacts=["adaptive-pool.json"],
    )
    ctx.note(
        f"starved: from {grows['start']} buffer the pool grew to {grows['end']}; idle: from {shrinks['start']} it "
        f"shrank to {shrinks['end']}"
    )
    if grows["end"] < grows["needed"]:
        ctx.note(
            f"recommendation: let a waiting lease ask again when a worker takes a block; a pool of one buffer grew to "
            f"{grows['end']} "
            f"where {grows['needed']} keep every worker busy, for a short block is done before the wait looks again"
        )


def trajectory(source: Path, profile: Profile, settings: PoolSettings, *, delay: float) -> dict[str, Any]:
    """The capacity after every release of one encode. delay: seconds that the source takes for each read."""
    course: list[tuple[float, int, int]] = []

    def look(_: LeaseRecord) -> None:
        seen = pool.statistics
        course.append((round(time.monotonic() - began, 4), seen.capacity, seen.outstanding))

    with GlyphBufferPool(profile.block_size, settings, observer=look) as pool:
        began = time.monotonic()
        encode_to_nowhere(source, profile, pool, delay)
        seen = pool.statistics
    return {
        "settings": described(settings),
        "source_delay_seconds": delay,
        "needed": profile.workers + 1,
        "start": settings.capacity,
        "end": seen.capacity,
        "peak": seen.peak_capacity,
        "grown": seen.grown,
        "shrunk": seen.shrunk,
        "starved_waits": seen.starved_waits,
        "columns": ["seconds", "capacity", "in_flight"],
        "course": course,
    }


def encode_to_nowhere(source: Path, profile: Profile, pool: GlyphBufferPool, delay: float) -> None:
    """One encode of the source with this pool; each read takes `delay` seconds."""
    from encoder.stream.encoder import StreamingEncoder  # noqa: PLC0415 - loaded on use: registering stays light

    with (
        source.open("rb", buffering=0) as raw,
        Path(os.devnull).open("wb") as sink,
        StreamingEncoder(sink, profile, pool=pool) as stream,
    ):
        stream.encode_from(SlowSource(raw, delay) if delay else raw)

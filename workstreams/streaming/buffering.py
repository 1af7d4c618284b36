"""B.buffering: nothing makes the pipeline hold more than its pool allows, and memory does not grow with the input."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from encoder.profile import load_profile
from encoder.stream.pool import GlyphBufferPool, LeaseRecord
from orchestrator.runner import TaskContext
from workstreams.corpus import write_large
from workstreams.documents import write_json
from workstreams.parameters import size, whole
from workstreams.sampling import Job, SampleResult, Spec, compile_kernels, sample
from workstreams.sampling.slow import SlowSink, SlowSource
from workstreams.streaming.metrics import BOUND_EXCESS, IN_FLIGHT, LARGE_PEAK, LARGE_SIZE, MEMORY_SLOPE

SIZES: Final = (64, 8, 7, 7, 7, 7)
"""Sizes of the inputs, largest first, in parts of the first: the file is truncated from one to the next.

The ends of a line determine its slope best. The short end is long enough for the pool to fill and the heaps to settle:
below some 100 MiB a peak still depends on the size.
"""


@dataclass(frozen=True, slots=True)
class Scenario:
    """How slow source and sink are, in seconds a call."""

    name: str
    source_delay: float
    sink_delay: float


SCENARIOS: Final = (
    Scenario("both fast", 0.0, 0.0),
    Scenario("slow source", 0.004, 0.0),
    Scenario("slow sink", 0.0, 0.006),
)


def buffering(ctx: TaskContext) -> None:
    """Scenarios on a small file, then one peak for each size up to the whole."""
    source = ctx.folder / "input.log"
    seed = whole(ctx.params, "data_seed", 1)
    write_large(source, size(ctx.params, "scenario_size", "12MiB"), seed)
    scenarios = [watch(source, scenario) for scenario in SCENARIOS]
    compile_kernels(ctx.folder)
    write_large(source, size(ctx.params, "stream_size", "1GiB"), seed)
    taken = peaks(ctx, source)
    source.unlink()
    document = {
        "scenarios": scenarios,
        "peaks": [{"input_bytes": r.bytes_in, "peak_rss_mib": r.peak_mib, "seconds": r.seconds} for r in taken],
    }
    write_json(ctx.artifact("buffering.json", title="In-flight bound, and peak memory by input size"), document)
    record(ctx, scenarios, taken)


def watch(source: Path, scenario: Scenario) -> dict[str, Any]:
    """One encode with the tuned profile. The buffers in flight are counted after every release."""
    from encoder.stream.encoder import StreamingEncoder  # noqa: PLC0415 - loaded on use: registering stays light

    profile = load_profile("tuned")
    seen: list[tuple[int, int]] = []

    def look(_: LeaseRecord) -> None:
        now = pool.statistics
        seen.append((now.outstanding, now.capacity))

    sink = SlowSink(scenario.sink_delay)
    with GlyphBufferPool(profile.block_size, profile.pool, observer=look) as pool:
        with source.open("rb", buffering=0) as raw, StreamingEncoder(sink, profile, pool=pool) as stream:
            stream.encode_from(SlowSource(raw, scenario.source_delay))
        statistics = stream.statistics
    return {
        "name": scenario.name,
        "source_delay_seconds": scenario.source_delay,
        "sink_delay_seconds": scenario.sink_delay,
        "maximum": profile.pool.maximum,
        "peak_in_flight": statistics.pool.peak_in_flight,
        "peak_capacity": statistics.pool.peak_capacity,
        "moments": len(seen),
        "over_maximum": sum(outstanding > profile.pool.maximum for outstanding, _ in seen),
        "lease_wait_seconds": statistics.lease_wait_seconds,
        "idle_seconds": statistics.idle_seconds,
        "write_seconds": statistics.write_seconds,
    }


def peaks(ctx: TaskContext, source: Path) -> list[SampleResult]:
    """A fresh interpreter for each size, largest first."""
    whole_size = source.stat().st_size
    taken = []
    for part in SIZES:
        os.truncate(source, whole_size * part // SIZES[0])
        taken.append(sample(Spec(Job.ENCODE, str(source), str(ctx.folder / "out.glyph")), ctx.folder))
    return taken


def record(ctx: TaskContext, scenarios: list[dict[str, Any]], taken: list[SampleResult]) -> None:
    """The measurements for B's criteria."""
    files = ["buffering.json"]
    method = "the pool's own statistics in encodes with fast and slow sources and sinks, profile tuned"
    ctx.samples(
        IN_FLIGHT, [s["peak_in_flight"] for s in scenarios], method=method, cases=len(scenarios), artifacts=files
    )
    moments = sum(s["moments"] for s in scenarios)
    ctx.samples(BOUND_EXCESS, [s["over_maximum"] for s in scenarios], method=method, cases=moments, artifacts=files)
    largest = taken[0]
    method = "VmHWM of a fresh interpreter that streams the file into a file, profile tuned"
    ctx.samples(LARGE_PEAK, [largest.peak_mib], method=method, artifacts=files)
    ctx.samples(LARGE_SIZE, [largest.bytes_in / 2**30], method="the file's size", artifacts=files)
    ctx.trend(
        MEMORY_SLOPE,
        x=[r.bytes_in / 2**30 for r in taken],
        y=[r.peak_mib for r in taken],
        x_unit="GiB",
        y_unit="MiB",
        method=f"{method}, one for each size",
        artifacts=files,
    )
    ctx.note(
        f"{largest.bytes_in / 2**30:.2f} GiB took {largest.seconds:.1f} s and {largest.peak_mib:.0f} MiB at the peak"
    )
    ctx.claim(LARGE_PEAK, largest.peak_mib, "the largest file never took more memory than that")
    ctx.note("; ".join(f"{s['name']}: {s['peak_in_flight']} of {s['maximum']} buffers in flight" for s in scenarios))
    waited = scenarios[0]
    if waited["lease_wait_seconds"] > waited["idle_seconds"]:
        ctx.note("bottleneck: encoding; with fast source and sink the reader waits for the workers, not they for it")

"""A.sweep and A.tune: memory and throughput by pool size, and the smallest size that is no slower than the best."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from encoder.profile import load_profile
from orchestrator.runner import TaskContext
from workstreams.buffer.metrics import CHOSEN_CAPACITY, SWEEP_PEAK, SWEEP_THROUGHPUT
from workstreams.buffer.pools import NEAR, described, fixed, save, smallest_near_best, with_pool
from workstreams.buffer.workload import input_file
from workstreams.documents import read_json, write_json
from workstreams.parameters import whole, wholes
from workstreams.sampling import Job, SampleResult, Spec, interleave, interleave_durations

Interleaving = Callable[[Mapping[str, Spec], int, Path], dict[str, list[SampleResult]]]
COLUMNS = (
    "capacity",
    "round",
    "seconds",
    "megabytes_per_second",
    "peak_rss_mib",
    "buffers_touched",
    "peak_in_flight",
    "waits",
    "starved_waits",
)


def sweep(ctx: TaskContext) -> None:
    """Encode with the baseline's pool at each size, in interleaved rounds. Keep memory and throughput of each."""
    taken = take(
        ctx, wholes(ctx.params, "pool_sizes", (16, 32, 64, 128)), whole(ctx.params, "rounds", 2), "144MiB", interleave
    )
    write_csv(ctx.artifact("sweep.csv", title="Every sample of the sweep"), taken)
    write_json(ctx.artifact("sweep.json", title="Pool sizes compared"), summary(taken))
    samples = [result for results in taken.values() for result in results]
    method = "baseline profile with a fixed pool of each size, a fresh interpreter per sample, rounds interleaved"
    ctx.samples(SWEEP_PEAK, [r.peak_mib for r in samples], method=method, cases=len(taken), artifacts=["sweep.csv"])
    speeds = [r.megabytes_per_second for r in samples]
    ctx.samples(SWEEP_THROUGHPUT, speeds, method=method, cases=len(taken), artifacts=["sweep.csv"])
    for row in summary(taken):
        ctx.note(f"{row['capacity']} buffers: {row['peak_rss_mib']:.0f} MiB, {row['megabytes_per_second']:.0f} MB/s")


def tune(ctx: TaskContext) -> None:
    """Measure pools below the sweep's smallest beside its fastest, and choose."""
    rows = read_json(ctx.inputs["A.sweep"].artifacts["sweep.json"])
    best = max(rows, key=lambda row: row["megabytes_per_second"])["capacity"]
    capacities = sorted({*wholes(ctx.params, "pool_sizes", (3, 4, 8)), best})
    taken = take(ctx, capacities, whole(ctx.params, "rounds", 4), "64MiB", interleave_durations)
    speeds = {row["capacity"]: row["megabytes_per_second"] for row in summary(taken)}
    chosen = smallest_near_best(speeds)
    write_csv(ctx.artifact("tune.csv", title="Every sample of the tuning"), taken)
    write_json(
        ctx.artifact("pool.json", title="Optimized pool configuration"),
        {
            "pool": described(fixed(chosen)),
            "rule": f"the smallest pool within {NEAR:.0%} of the best throughput",
            "sweep_best": best,
            "measured": summary(taken),
        },
    )
    method = "the smallest capacity whose median throughput is within 3 % of the best, rounds interleaved"
    ctx.samples(CHOSEN_CAPACITY, [chosen], method=method, cases=len(speeds), artifacts=["tune.csv", "pool.json"])
    ctx.note(
        f"{chosen} buffers are enough: {speeds[chosen]:.0f} MB/s, where the best has {max(speeds.values()):.0f} MB/s"
    )


def take(
    ctx: TaskContext, capacities: Iterable[int], rounds: int, default_size: str, how: Interleaving
) -> dict[int, list[SampleResult]]:
    """`rounds` samples for each capacity, interleaved."""
    baseline = load_profile("baseline")
    with input_file(ctx, default_size) as source:
        arms = {
            str(n): Spec(
                Job.ENCODE,
                str(source),
                str(ctx.folder / "out.glyph"),
                save(with_pool(baseline, fixed(n), f"pool-{n}"), ctx.folder),
            )
            for n in capacities
        }
        return {int(name): results for name, results in how(arms, rounds, ctx.folder).items()}


def summary(taken: Mapping[int, Sequence[SampleResult]]) -> list[dict[str, Any]]:
    """One row a capacity, medians over its samples, in order of capacity."""
    return [
        {
            "capacity": capacity,
            "samples": len(results),
            "megabytes_per_second": median(r.megabytes_per_second for r in results),
            "peak_rss_mib": median(r.peak_mib for r in results),
            "buffers_touched": median(r.pipeline["pool"]["allocations"] for r in results),
            "starved_waits": median(r.pipeline["pool"]["starved_waits"] for r in results),
        }
        for capacity, results in sorted(taken.items())
    ]


def write_csv(path: Path, taken: Mapping[int, Sequence[SampleResult]]) -> None:
    """One line a sample."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for capacity, results in sorted(taken.items()):
            writer.writerows(_row(capacity, number, result) for number, result in enumerate(results, 1))


def _row(capacity: int, number: int, result: SampleResult) -> list[object]:
    pool = result.pipeline["pool"]
    counts = [pool[key] for key in ("allocations", "peak_in_flight", "waits", "starved_waits")]
    return [
        capacity,
        number,
        round(result.seconds, 4),
        round(result.megabytes_per_second, 2),
        round(result.peak_mib, 2),
        *counts,
    ]

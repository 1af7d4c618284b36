"""A.benchmark: before and after, with the same output bytes; and whether anything leaks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any, Final

from encoder.profile import PoolSettings
from orchestrator.runner import TaskContext
from workstreams.buffer.metrics import ALLOCATION_OVERHEAD, OUTSTANDING, PEAK_REDUCTION, RSS_GROWTH
from workstreams.buffer.workload import input_file
from workstreams.corpus import write_large
from workstreams.documents import render, write_json
from workstreams.parameters import size, whole
from workstreams.sampling import Job, SampleResult, Spec, compile_kernels, interleave, order_taken, sample

SETTLING: Final = 16  # first encodes of a process, while threads' heaps are still being laid out

ROLES: Final = {"baseline": "baseline", "optimized": "treatment", "control": "control"}

FILES: Final = ("benchmark.json",)
"""The artifacts of the measurements."""

BATCH: Final = 16  # encodes to a mean: the heap wanders for some ten encodes, so single ones are not independent


class OutputDiffersError(RuntimeError):
    """The arms of a memory comparison wrote different bytes, so comparing their memory says nothing."""


def benchmark(ctx: TaskContext) -> None:
    """Peaks of baseline, optimized pool, and baseline again, interleaved; then repeated encodes."""
    derived = str(ctx.inputs["A.adapt"].artifacts["buffer-profile.json"])
    imports = compile_kernels(ctx.folder)
    with input_file(ctx, "144MiB") as source:
        arms = {
            name: Spec(Job.ENCODE, str(source), str(ctx.folder / "out.glyph"), profile)
            for name, profile in (("baseline", "baseline"), ("optimized", derived), ("control", "baseline"))
        }
        taken = interleave(arms, whole(ctx.params, "rounds", 5), ctx.folder)
    check_same_output(taken)
    repeated = repeat(ctx, derived)
    document = document_of(taken, repeated, imports)
    write_json(ctx.artifact("benchmark.json", title="Before and after, every sample"), document)
    text = render("workstreams.buffer", "report.md.j2", document)
    ctx.artifact("report.md", title="Performance report").write_text(text, encoding="utf-8")
    record(ctx, taken, repeated)


def check_same_output(taken: Mapping[str, Sequence[SampleResult]]) -> None:
    """Raises OutputDiffersError unless every sample of every arm wrote the same bytes."""
    digests = {name: sorted({result.digest for result in results}) for name, results in taken.items()}
    if len({digest for found in digests.values() for digest in found}) != 1:
        raise OutputDiffersError(f"the arms wrote different bytes ({digests}); change nothing but the pool")


def repeat(ctx: TaskContext, profile: str) -> SampleResult:
    """Many encodes of a small file in one process."""
    source: Path = ctx.folder / "repeated.log"
    write_large(source, size(ctx.params, "repeat_size", "2MiB"), whole(ctx.params, "data_seed", 1))
    repeats = SETTLING + whole(ctx.params, "repeats", 320)
    result = sample(Spec(Job.REPEAT, str(source), str(ctx.folder / "out.glyph"), profile, repeats=repeats), ctx.folder)
    source.unlink()
    return result


def record(ctx: TaskContext, taken: Mapping[str, Sequence[SampleResult]], repeated: SampleResult) -> None:
    """The measurements for A's criteria, and their results."""
    record_peaks(ctx, taken)
    record_pool(ctx, taken, repeated)
    record_growth(ctx, repeated)
    before, after = (median(result.peak_mib for result in taken[name]) for name in ("baseline", "optimized"))
    ctx.note(f"peak {before:.0f} MiB before, {after:.0f} MiB after, the same output bytes")
    ctx.claim(PEAK_REDUCTION, 100 * (1 - after / before), "the derived pool takes that much off the peak")
    ctx.note(
        "recommendation: ship the derived pool; what is left of the peak is mostly the interpreter and its imports"
    )


def record_peaks(ctx: TaskContext, taken: Mapping[str, Sequence[SampleResult]]) -> None:
    """Peak memory of the optimized pool against the baseline's, with the baseline's second arm as the control."""
    before, after, control = (
        [result.peak_mib for result in taken[name]] for name in ("baseline", "optimized", "control")
    )
    ctx.compare(
        PEAK_REDUCTION,
        treatment=after,
        baseline=before,
        control=control,
        arm_unit="MiB",
        order=order_taken(ROLES, tuple(taken), len(before)),
        method="VmHWM of a fresh interpreter that encodes the same file to the same bytes; arms interleaved, the "
        "baseline twice",
        cases=len(before),
        artifacts=FILES,
    )


def record_pool(ctx: TaskContext, taken: Mapping[str, Sequence[SampleResult]], repeated: SampleResult) -> None:
    """What the pool's own statistics say: the time for allocation, and the leases that were left."""
    ctx.samples(
        ALLOCATION_OVERHEAD,
        [allocation_percent(result) for result in taken["optimized"]],
        method="seconds in which the pool took buffers from the system, over the encode's seconds",
        artifacts=FILES,
    )
    everyone = [*(result for results in taken.values() for result in results), repeated]
    ctx.samples(
        OUTSTANDING,
        [result.pipeline["pool"]["outstanding"] for result in everyone],
        method="leases that were not released when the encoder was closed, in every encode of this task",
        cases=sum(result.pipeline["pool"]["leases"] for result in everyone),
        artifacts=FILES,
        negative=[outstanding_where_one_is_kept()],
        negative_of="a pool of which one buffer was not given back",
    )


def record_growth(ctx: TaskContext, repeated: SampleResult) -> None:
    """Whether memory grows from encode to encode of one process."""
    x, y = batch_means([rss / 1024 for rss in repeated.rss_each])
    ctx.trend(
        RSS_GROWTH,
        x=x,
        y=y,
        x_unit="run",
        y_unit="KiB",
        method=f"VmRSS after each encode in one process with one malloc arena, free pages given back; means of "
        f"{BATCH} encodes, the first {SETTLING} left out",
        artifacts=FILES,
    )


def outstanding_where_one_is_kept() -> int:
    """What the pool's statistics say of a lease that nobody releases.

    A check that sees nothing there sees nothing anywhere.
    """
    from encoder.stream.pool import GlyphBufferPool  # noqa: PLC0415 - registering stays light

    pool = GlyphBufferPool(1 << 16, PoolSettings(2, adaptive=False, minimum=2, maximum=2))
    kept = pool.lease()
    seen = pool.statistics.outstanding
    kept.release()
    pool.close()
    return seen


def batch_means(kib: Sequence[float]) -> tuple[list[float], list[float]]:
    """(middle of each batch, mean of each batch) of the encodes after the first `SETTLING`. The last batch can be
    short.

    Batch means are the usual way to get independent values from a dependent series (Law & Kelton, ch. 9).
    """
    starts = range(SETTLING, len(kib), BATCH)
    batches = [kib[start : start + BATCH] for start in starts]
    return [start + (len(batch) - 1) / 2 for start, batch in zip(starts, batches, strict=True)], list(
        map(fmean, batches)
    )


def allocation_percent(result: SampleResult) -> float:
    """Share of the encode's time in which buffers were allocated, in %."""
    return float(100 * result.pipeline["pool"]["allocation_seconds"] / result.seconds)


def document_of(
    taken: Mapping[str, Sequence[SampleResult]], repeated: SampleResult, imports: SampleResult
) -> dict[str, Any]:
    """All samples, as in the benchmark's JSON."""
    arms = {
        name: {
            "peak_rss_mib": [r.peak_mib for r in results],
            "seconds": [r.seconds for r in results],
            "allocation_percent": [allocation_percent(r) for r in results],
            "buffers_touched": [r.pipeline["pool"]["allocations"] for r in results],
            "outstanding": [r.pipeline["pool"]["outstanding"] for r in results],
            "sha256": results[0].digest,
        }
        for name, results in taken.items()
    }
    return {
        "input_bytes": taken["baseline"][0].bytes_in,
        "output_bytes": taken["baseline"][0].bytes_out,
        "imports_rss_mib": imports.peak_mib,
        "arms": arms,
        "repeated": {"settling": SETTLING, "rss_kib": [rss // 1024 for rss in repeated.rss_each]},
    }

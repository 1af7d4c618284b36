"""B.chunk: the same bytes whatever the chunks, the same ratio as one-shot, and which of the two is faster."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from encoder.profile import load_profile
from orchestrator.runner import TaskContext
from workstreams.corpus import write_large
from workstreams.documents import write_json
from workstreams.parameters import size, whole, wholes
from workstreams.sampling import Job, SampleResult, Spec, compile_kernels, interleave_durations, order_taken
from workstreams.streaming.metrics import CHUNK_THROUGHPUT, RATIO_DIFFERENCE, SPEEDUP

ROLES: Final = {"one-shot": "baseline", "streaming": "treatment", "control": "control"}
CHUNKS: Final = (4096, 65536, 1 << 20, 5 << 20)


def chunk(ctx: TaskContext) -> None:
    """Chunk sizes on a small file, then streaming against one-shot on a larger one."""
    compile_kernels(ctx.folder)
    by_chunk = measure_chunks(ctx)
    arms = measure_arms(ctx)
    write_json(
        ctx.artifact("chunking.json", title="Chunk sizes, and streaming against one-shot"),
        {
            "input_bytes": arms["one-shot"][0].bytes_in,
            "chunks": {name: plain(results) for name, results in by_chunk.items()},
            "arms": {name: plain(results) for name, results in arms.items()},
        },
    )
    record(ctx, by_chunk, arms)


def measure_chunks(ctx: TaskContext) -> dict[str, list[SampleResult]]:
    """Two samples for each size of chunk, and for reading straight into the buffers."""
    source = ctx.folder / "chunked.log"
    write_large(source, size(ctx.params, "chunk_input", "16MiB"), whole(ctx.params, "data_seed", 1))
    sizes = (0, *wholes(ctx.params, "chunk_sizes", CHUNKS))
    target = str(ctx.folder / "out.glyph")
    arms = {str(step or "zero-copy"): Spec(Job.ENCODE, str(source), target, read_size=step) for step in sizes}
    taken = interleave_durations(arms, whole(ctx.params, "chunk_rounds", 1), ctx.folder)
    source.unlink()
    return taken


def measure_arms(ctx: TaskContext) -> dict[str, list[SampleResult]]:
    """One-shot, streaming, and one-shot again, interleaved, on the same file with the same profile."""
    source = ctx.folder / "input.log"
    write_large(source, size(ctx.params, "size", "64MiB"), whole(ctx.params, "data_seed", 1))
    target = str(ctx.folder / "out.glyph")
    jobs = {"one-shot": Job.ONE_SHOT, "streaming": Job.ENCODE, "control": Job.ONE_SHOT}
    arms = {name: Spec(job, str(source), target) for name, job in jobs.items()}
    taken = interleave_durations(arms, whole(ctx.params, "rounds", 10), ctx.folder)
    source.unlink()
    return taken


def record(
    ctx: TaskContext, by_chunk: Mapping[str, Sequence[SampleResult]], arms: Mapping[str, Sequence[SampleResult]]
) -> None:
    """The measurements for B's criteria."""
    files = ["chunking.json"]
    one_shot, streamed, control = ([r.seconds for r in arms[name]] for name in ("one-shot", "streaming", "control"))
    ctx.compare(
        SPEEDUP,
        treatment=streamed,
        baseline=one_shot,
        control=control,
        arm_unit="s",
        order=order_taken(ROLES, tuple(arms), len(streamed)),
        method=f"file to file in one interpreter, profile tuned ({load_profile('tuned').workers} workers when "
        f"streaming; one-shot has one thread), one-shot twice, interleaved",
        cases=len(streamed),
        artifacts=files,
    )
    ctx.claim(
        SPEEDUP, median(one_shot) / median(streamed), "streaming a file beats encoding it in one call by that factor"
    )
    differences = [ratio_difference(s, o) for s, o in zip(arms["streaming"], arms["one-shot"], strict=True)]
    differences += [ratio_difference(r, by_chunk["zero-copy"][0]) for results in by_chunk.values() for r in results]
    method = (
        "encoded bytes, streamed in every chunk size and in one shot, of the same input; absolute difference of ratios"
    )
    ctx.samples(RATIO_DIFFERENCE, differences, method=method, cases=len(differences), artifacts=files)
    speeds = [r.megabytes_per_second for results in by_chunk.values() for r in results]
    ctx.samples(CHUNK_THROUGHPUT, speeds, method="encodes of one file by size of chunk", artifacts=files)
    say(ctx, by_chunk)


def say(ctx: TaskContext, by_chunk: Mapping[str, Sequence[SampleResult]]) -> None:
    """What a reader of the figures would say about them."""
    digests = {r.digest for results in by_chunk.values() for r in results}
    same = "the same bytes" if len(digests) == 1 else f"{len(digests)} different outputs"
    ctx.note(f"{len(by_chunk)} ways to hand over the input gave {same}")
    speeds = {name: median(r.megabytes_per_second for r in results) for name, results in by_chunk.items()}
    slowest = min(speeds, key=lambda name: speeds[name])
    ctx.note(
        f"slowest chunk size: {slowest} bytes at {speeds[slowest]:.0f} MB/s, of at most {max(speeds.values()):.0f} MB/s"
    )


def ratio_difference(streamed: SampleResult, one_shot: SampleResult) -> float:
    """How far apart the two ratios are, in % of the one-shot's; never negative."""
    return abs(one_shot.bytes_out / streamed.bytes_out - 1) * 100


def plain(results: Sequence[SampleResult]) -> list[dict[str, object]]:
    """Samples as JSON objects."""
    return [
        {"seconds": r.seconds, "peak_rss_mib": r.peak_mib, "bytes_out": r.bytes_out, "sha256": r.digest}
        for r in results
    ]

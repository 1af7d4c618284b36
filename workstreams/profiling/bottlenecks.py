"""Bottlenecks, ranked: where the pipeline's threads spend their time, and which lines hold its memory."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams import corpus
from workstreams.parameters import size, whole
from workstreams.profiling.recorder import Recorder, Site
from workstreams.upstream import needed_json, write_json, write_text

TOP_SHARE: Final = Metric(
    "profiling.top_stage_share",
    "%",
    Better.NEITHER,
    description="Share of the busiest stage in all busy time of the threads",
)
BUSY: Final = ("read", "detect", "encode", "write")
WAITING: Final = ("lease_wait", "idle", "turn_wait")
MEANING: Final[Mapping[str, str]] = {
    "read": "filling buffers from the source",
    "detect": "choosing strategies, in the reader's thread",
    "encode": "tokenising and compressing blocks, in the workers",
    "write": "writing the container, in the writer's thread",
    "lease_wait": "the reader waited for a free buffer: the workers set the pace",
    "idle": "workers waited for a block: the reader sets the pace",
    "turn_wait": "the writer waited for the next block in order",
}
ADVICE: Final[Mapping[str, str]] = {
    "read": "Read ahead with larger reads or a mapping; the workers are starved by the source.",
    "detect": "Sample less often where blocks resemble each other: detection runs in the reader's thread.",
    "encode": "Speed up the block encoder (tokenising, columns, back end) or add workers: nothing else shortens the "
    "run.",
    "write": "Hand larger pieces to the sink; writing holds the order of blocks up.",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """seconds: median over the samples, summed over the stage's threads. share: of all busy time, in %; also for
    waits.
    """

    name: str
    seconds: float
    share: float
    meaning: str


def rank_stages(pipelines: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[Stage]:
    """The named stages, most seconds first. share: % of the busy stages' sum. Pure."""
    seconds = {name: median(it[f"{name}_seconds"] for it in pipelines) for name in (*BUSY, *WAITING)}
    whole_time = sum(seconds[name] for name in BUSY) or 1.0
    ranked = sorted(names, key=lambda name: -seconds[name])
    return [Stage(name, seconds[name], 100 * seconds[name] / whole_time, MEANING[name]) for name in ranked]


def allocations(data: bytes, count: int) -> tuple[list[Site], int]:
    """The lines that hold most memory near the end of an encode of `data`, and the peak of all. Bytes."""
    from encoder import StreamingEncoder  # noqa: PLC0415 - runners load the encoder when they run

    with Recorder(allocations=True) as recorder:
        stream = StreamingEncoder(io.BytesIO(), "tuned")
        stream.write(data)
        top = recorder.top(count)
        stream.close()
    return top, recorder.peak_allocated


def series_of(data: bytes) -> str:
    """The resident set over one encode of `data`, as CSV. Only the clock and the kernel's figure are read."""
    from encoder import StreamingEncoder  # noqa: PLC0415 - as above

    with Recorder() as recorder, StreamingEncoder(io.BytesIO(), "tuned") as stream:
        stream.write(data)
    return recorder.to_csv()


def recommendations(busy: Sequence[Stage], waiting: Sequence[Stage], top: Sequence[Site]) -> list[str]:
    """What the figures suggest for the next phase, the most promising first. Pure."""
    said = [f"{stage.name} takes {stage.share:.0f} % of busy time. {ADVICE[stage.name]}" for stage in busy[:2]]
    if waiting:
        said.append(f"The longest wait is {waiting[0].name} ({waiting[0].seconds:.2f} s): {waiting[0].meaning}.")
    if top:
        said.append(
            f"{top[0].place} holds most of Python's memory ({top[0].size / 1e6:.1f} MB); look there first for less."
        )
    return said


def bottlenecks(context: TaskContext) -> None:
    """Rank, report, and leave both lists."""
    from encoder.block.codec import warm  # noqa: PLC0415 - as above

    warm()
    pipelines = [it["pipeline"] for it in needed_json(context, "before-after.json")["tuned"]]
    busy, waiting = rank_stages(pipelines, BUSY), rank_stages(pipelines, WAITING)
    data = corpus.server_log(size(context.params, "size", "6MiB"), 1)
    write_text(context, "encode-series.csv", series_of(data * 4), title="Resident set over one encode")
    top, peak = allocations(data, whole(context.params, "top", 12))
    document = {
        "busy": [asdict(stage) for stage in busy],
        "waiting": [asdict(stage) for stage in waiting],
        "allocations": [asdict(site) for site in top],
        "allocated_peak": peak,
    }
    write_json(context, "bottlenecks.json", document, title="Bottlenecks, ranked")
    said = recommendations(busy, waiting, top)
    lines = "".join(f"{number}. {text}\n" for number, text in enumerate(said, 1))
    heading = "# Recommendations for Phase 4A.4 from memory profiling\n\n"
    write_text(context, "profiling-recommendations.md", heading + lines, title="Recommendations for Phase 4A.4")
    context.samples(
        TOP_SHARE,
        [rank_stages([it], BUSY)[0].share for it in pipelines],
        cases=len(pipelines),
        method="PipelineStatistics of the tuned arm: the busiest stage's seconds over all busy stages', one value a "
        "sample",
        artifacts=["bottlenecks.json"],
    )
    for stage in busy:
        context.note(f"bottleneck: {stage.name} {stage.share:.1f} % of busy time ({stage.meaning})")
    for site in top[:3]:
        context.note(f"bottleneck: {site.place} holds {site.size / 1e6:.1f} MB of Python's allocations")


BOTTLENECKS: Final = Runner(
    "profiling.bottlenecks", bottlenecks, (TOP_SHARE,), "Bottlenecks of time and memory, ranked"
)

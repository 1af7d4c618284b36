"""The suite of sizes: time and memory of an encode from 1 to 100 MB, by kind of data, each sample in a fresh process."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.parameters import whole, wholes
from workstreams.profiling.inputs import KINDS, input_file
from workstreams.sampling import Job, Spec, compile_kernels, sample_together
from workstreams.tables import csv_text
from workstreams.upstream import scratch, write_json, write_text

if TYPE_CHECKING:
    from pathlib import Path

MB: Final = 1_000_000
LINEARITY: Final = Metric(
    "profiling.linearity", "1", Better.HIGHER, Form.R_SQUARED, "R² of encode time against input size, server log"
)
TIME_SLOPE: Final = Metric(
    "profiling.time_slope", "ms/MB", Better.LOWER, Form.SLOPE, "Encode time per MB of input, server log"
)
PEAK: Final = Metric(
    "profiling.suite_peak", "MB", Better.LOWER, description="Peak resident set of every sample of the suite"
)
LARGEST_OTHER: Final = 4
"""MB, the largest input of kinds other than the log: they are slower to make than to encode."""

TURNS: Final = 5
"""Encodes of a point, of which the fastest counts: what else the machine does only ever adds time (the advice of Python's timeit)."""


@dataclass(frozen=True, slots=True)
class Point:
    """One sample of the suite. Sizes in MB of 10**6 bytes, `idle` being the interpreter, imports and kernels."""

    kind: str
    size: int
    seconds: float
    peak: float
    idle: float
    out: int


def measure(folder: "Path", kind: str, size: int) -> Point:
    """`TURNS` encodes with the tuned profile in one process: the first one's memory, and the least of their times."""
    with input_file(folder, kind, size * MB) as source:
        found = sample_together([Spec(Job.ENCODE, str(source), str(folder / "suite.glyph"), "tuned")] * TURNS, folder)
    first, seconds = found[0], min(one.seconds for one in found)
    return Point(kind, size, seconds, first.peak_rss / MB, first.rss_before / MB, first.bytes_out)


def plan_of(sizes: Sequence[int], rounds: int) -> list[tuple[str, int]]:
    """What to measure, in order: the log in all sizes, `rounds` times, up and down; then the other kinds once."""
    logs = [("server log", size) for turn in range(rounds) for size in (sizes if turn % 2 == 0 else sizes[::-1])]
    return logs + [(kind, size) for kind in KINDS for size in sizes if size <= LARGEST_OTHER]


def suite(context: TaskContext) -> None:
    """Measure every point; record the line through the log's."""
    sizes = wholes(context.params, "sizes", (1, 4, 16, 64, 100))
    folder = scratch(context)
    compile_kernels(folder)
    points = [measure(folder, kind, size) for kind, size in plan_of(sizes, whole(context.params, "rounds", 2))]
    write_json(context, "suite.json", [asdict(point) for point in points], title="Every sample of the suite")
    titles = ("kind", "MB", "seconds", "peak_MB", "idle_MB", "bytes_out")
    rows = [(it.kind, it.size, it.seconds, it.peak, it.idle, it.out) for it in points]
    write_text(context, "suite.csv", csv_text(titles, rows), title="Suite of sizes")
    logs = [point for point in points if point.kind == "server log"]
    for metric in (LINEARITY, TIME_SLOPE):
        context.trend(
            metric,
            x=[point.size for point in logs],
            y=[1e3 * point.seconds for point in logs],
            x_unit="MB",
            y_unit="ms",
            method="StreamingEncoder from file to file, tuned profile, a fresh process per point, fastest of 5 encodes, kernels loaded beforehand",
            artifacts=["suite.csv"],
        )
    context.samples(
        PEAK,
        [point.peak for point in points],
        cases=len(points),
        method="VmHWM of the whole process that encoded, imports and kernels included",
        artifacts=["suite.csv"],
    )
    largest = max(points, key=lambda point: point.size)
    context.note(
        f"{len(points)} samples; {largest.size} MB in {largest.seconds:.2f} s, peak {largest.peak:.0f} MB "
        f"of which {largest.idle:.0f} MB before the first byte"
    )


SUITE: Final = Runner("profiling.suite", suite, (LINEARITY, TIME_SLOPE, PEAK), "Sizes from 1 to 100 MB, by kind")

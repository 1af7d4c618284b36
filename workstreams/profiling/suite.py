"""The suite of sizes: time and memory of an encode from 1 to 32 MB, by kind of data, in rounds over all sizes."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.parameters import whole, wholes
from workstreams.profiling.inputs import KINDS, input_file
from workstreams.sampling import Job, SampleResult, Spec, compile_kernels, sample_together
from workstreams.tables import csv_text
from workstreams.upstream import scratch, write_json, write_text

if TYPE_CHECKING:
    from pathlib import Path

MB: Final = 1_000_000
LINEARITY: Final = Metric(
    "profiling.linearity",
    "1",
    Better.HIGHER,
    Form.R_SQUARED,
    "R² of an encode's processor time against input size, server log",
)
TIME_SLOPE: Final = Metric(
    "profiling.time_slope", "ms/MB", Better.LOWER, Form.SLOPE, "Encode time per MB of input, server log"
)
PEAK: Final = Metric(
    "profiling.suite_peak", "MB", Better.LOWER, description="Peak resident set of every sample of the suite"
)
LARGEST_OTHER: Final = 4
"""MB, the largest input of kinds other than the log: making them is slower than encoding them."""


@dataclass(frozen=True, slots=True)
class Point:
    """One kind in one size, in MB of 10**6 bytes.

    idle: the interpreter, imports and kernels. times: seconds of every encode. cpu: the fewest seconds of processor
    time of an encode, over all its threads.
    """

    kind: str
    size: int
    seconds: float
    peak: float
    idle: float
    out: int
    times: tuple[float, ...]
    cpu: float


def plan_of(sizes: Sequence[int]) -> list[tuple[str, int]]:
    """What to measure, in order: the log in all sizes, then each other kind in the largest size made quickly."""
    quick = max((size for size in sizes if size <= LARGEST_OTHER), default=min(sizes))
    return [("server log", size) for size in sizes] + [(kind, quick) for kind in KINDS]


def measure(folder: "Path", points: Sequence[tuple[str, int]], rounds: int) -> list[Point]:
    """One encode of every point in a process of its own, then `rounds` over all of them in one, up and down.

    The fastest encode counts, because other work on the machine only ever adds time (the advice of Python's timeit).
    That work comes in phases of seconds. Rounds over all sizes spread every size over these phases. Consecutive
    encodes of one size would all fall into the same one. How time grows with size is read from processor time, which
    waiting for a busy machine does not increase.
    """
    with ExitStack() as files:
        sources = [str(files.enter_context(input_file(folder, kind, size * MB))) for kind, size in points]
        specs = [Spec(Job.ENCODE, source, str(folder / "suite.glyph"), "tuned") for source in sources]
        alone = [sample_together([spec], folder)[0] for spec in specs]
        taken = [[one] for one in alone]
        order = [at for turn in range(rounds) for at in range(len(specs))[:: -1 if turn % 2 else 1]]
        for at, one in zip(order, sample_together([specs[at] for at in order], folder), strict=True):
            taken[at].append(one)
    return [point_of(kind, size, of_it) for (kind, size), of_it in zip(points, taken, strict=True)]


def point_of(kind: str, size: int, taken: Sequence[SampleResult]) -> Point:
    """All encodes of one kind in one size. The first had a process of its own."""
    alone, times = taken[0], tuple(it.seconds for it in taken)
    cpu = min(it.cpu_seconds for it in taken)
    return Point(kind, size, min(times), alone.peak_rss / MB, alone.rss_before / MB, alone.bytes_out, times, cpu)


def suite(context: TaskContext) -> None:
    """Measure every point. Record the line through the log's."""
    sizes = wholes(context.params, "sizes", (1, 2, 4, 8, 16, 24, 32, 48, 64, 100))
    folder = scratch(context)
    compile_kernels(folder)
    rounds = whole(context.params, "rounds", 6)
    points = measure(folder, plan_of(sizes), rounds)
    leave(context, points)
    logs = [point for point in points if point.kind == "server log"]
    for metric, how in ((LINEARITY, "processor time of all threads"), (TIME_SLOPE, "wall time")):
        context.trend(
            metric,
            x=[point.size for point in logs],
            y=[1e3 * (point.cpu if metric is LINEARITY else point.seconds) for point in logs],
            x_unit="MB",
            y_unit="ms",
            method="StreamingEncoder from file to file, tuned profile, kernels loaded beforehand; "
            f"{how}, for each size the least of {rounds + 1} encodes, taken in rounds over all sizes",
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


def leave(context: TaskContext, points: Sequence[Point]) -> None:
    """Every point, as JSON and CSV."""
    write_json(
        context, "suite.json", [asdict(point) for point in points], title="Every point of the suite, with all its times"
    )
    titles = ("kind", "MB", "seconds", "cpu_seconds", "peak_MB", "idle_MB", "bytes_out")
    rows = [(it.kind, it.size, it.seconds, it.cpu, it.peak, it.idle, it.out) for it in points]
    write_text(context, "suite.csv", csv_text(titles, rows), title="Suite of sizes")


SUITE: Final = Runner("profiling.suite", suite, (LINEARITY, TIME_SLOPE, PEAK), "Sizes from 1 to 32 MB, by kind")

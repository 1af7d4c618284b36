"""The memory profiling framework, tested on allocations whose size is known beforehand."""

import mmap
from typing import Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.parameters import whole
from workstreams.profiling.recorder import Recorder
from workstreams.tables import csv_text
from workstreams.upstream import write_text

MIB: Final = 1 << 20
ALLOCATION_ERROR: Final = Metric(
    "profiling.allocation_error", "%", Better.LOWER, description="tracemalloc's peak against a known allocation"
)
RSS_ERROR: Final = Metric(
    "profiling.rss_error", "%", Better.LOWER, description="The series' rise against a known number of touched pages"
)


def allocation_error(size: int) -> float:
    """How far the recorded peak of Python's allocations is from `size`, in % of it."""
    with Recorder(allocations=True) as recorder:
        held = bytearray(size)
        del held
    return 100 * abs(recorder.peak_allocated - size) / size


def rss_error(size: int) -> tuple[float, Recorder]:
    """How far the rise of the resident set is from `size` touched bytes, in % of it."""
    with Recorder() as recorder, mmap.mmap(-1, size) as pages:
        for start in range(0, size, mmap.PAGESIZE):
            pages[start] = 1
        recorder.look()
    return 100 * abs(recorder.peak - recorder.baseline - size) / size, recorder


def framework(context: TaskContext) -> None:
    """Calibrate both instruments on several sizes."""
    sizes = [MIB * factor for factor in (8, 16, 32, 48, 64)]
    rounds = whole(context.params, "rounds", 1)
    by_allocation = [allocation_error(size) for size in sizes for _ in range(rounds)]
    pages = [rss_error(size) for size in sizes for _ in range(rounds)]
    named = [size // MIB for size in sizes for _ in range(rounds)]
    rows = zip(named, by_allocation, (error for error, _ in pages), strict=True)
    titles = ("MiB", "allocation_error_percent", "rss_error_percent")
    write_text(context, "calibration.csv", csv_text(titles, rows), title="Calibration on known allocations")
    write_text(context, "calibration-series.csv", pages[-1][1].to_csv(), title="Resident set over one calibration")
    context.samples(
        ALLOCATION_ERROR,
        by_allocation,
        cases=len(by_allocation),
        method="tracemalloc around one bytearray of a known size, 8 to 64 MiB",
        artifacts=["calibration.csv"],
    )
    context.samples(
        RSS_ERROR,
        [error for error, _ in pages],
        cases=len(pages),
        method="psutil's resident set of this process around an anonymous mapping of known size, every page touched",
        artifacts=["calibration.csv"],
    )
    context.note(
        f"largest errors: allocations {max(by_allocation):.3f} %, resident set {max(error for error, _ in pages):.2f} %"
    )


FRAMEWORK: Final = Runner(
    "profiling.framework", framework, (ALLOCATION_ERROR, RSS_ERROR), "Memory profiling, calibrated"
)

"""What workstream B promises to measure."""

from typing import Final

from orchestrator.evidence.metric import Better, Form, Metric

RATIO_DIFFERENCE: Final = Metric(
    "streaming.ratio_difference",
    "%",
    Better.LOWER,
    description="|streamed size / one-shot size - 1|, whichever is smaller",
)
SPEEDUP: Final = Metric(
    "streaming.speedup", "x", Better.HIGHER, Form.SPEEDUP, "file to file, one-shot seconds over streaming seconds"
)
CHUNK_THROUGHPUT: Final = Metric(
    "streaming.chunk_throughput", "MB/s", Better.HIGHER, description="input over time, over all sizes of chunk"
)
IN_FLIGHT: Final = Metric(
    "streaming.peak_in_flight", "buffers", Better.LOWER, description="most buffers leased at once, over all scenarios"
)
BOUND_EXCESS: Final = Metric(
    "streaming.bound_violations",
    "violations",
    Better.LOWER,
    description="moments with more buffers leased than allowed",
)
LARGE_PEAK: Final = Metric(
    "streaming.large_file_peak", "MiB", Better.LOWER, description="peak resident set while the largest file is encoded"
)
LARGE_SIZE: Final = Metric("streaming.large_file_size", "GiB", Better.HIGHER, description="size of that file")
MEMORY_SLOPE: Final = Metric(
    "streaming.memory_slope",
    "MiB/GiB",
    Better.LOWER,
    Form.SLOPE,
    "growth of the peak resident set with the input's size",
)
BOUNDARY_MISMATCHES: Final = Metric(
    "streaming.boundary_mismatches", "mismatches", Better.LOWER, description="ways to cut the input that change a byte"
)
API_FAILURES: Final = Metric("streaming.api_failures", "failures", Better.LOWER, description="API checks that failed")
TEST_FAILURES: Final = Metric(
    "streaming.test_failures", "failures", Better.LOWER, description="integration tests that failed or were skipped"
)

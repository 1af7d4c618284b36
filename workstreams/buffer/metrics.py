"""What workstream A promises to measure."""

from typing import Final

from orchestrator.evidence.metric import Better, Form, Metric

PEAK_IN_FLIGHT: Final = Metric(
    "buffer.peak_in_flight", "buffers", Better.LOWER, description="most buffers leased at once by the baseline"
)
REUSE: Final = Metric("buffer.reuse", "%", Better.HIGHER, description="leases that needed no new memory")
LIFETIME: Final = Metric("buffer.lease_lifetime", "ms", Better.LOWER, description="from lease to release")
SWEEP_PEAK: Final = Metric(
    "buffer.sweep_peak", "MiB", Better.LOWER, description="peak resident set over all swept pools"
)
SWEEP_THROUGHPUT: Final = Metric(
    "buffer.sweep_throughput", "MB/s", Better.HIGHER, description="input over time, over all swept pools"
)
CHOSEN_CAPACITY: Final = Metric(
    "buffer.chosen_capacity", "buffers", Better.LOWER, description="the smallest pool near the best throughput"
)
GROWTHS: Final = Metric("buffer.growths", "steps", Better.NEITHER, description="times an adaptive pool grew on a wait")
SHRINKS: Final = Metric(
    "buffer.shrinks", "steps", Better.NEITHER, description="times it shrank because buffers lay idle"
)
PEAK_REDUCTION: Final = Metric(
    "buffer.peak_memory_reduction",
    "%",
    Better.HIGHER,
    Form.REDUCTION,
    "peak resident set of a whole encoding process, baseline profile against the same with the optimized pool",
)
ALLOCATION_OVERHEAD: Final = Metric(
    "buffer.allocation_overhead", "%", Better.LOWER, description="share of the encode's time spent allocating buffers"
)
OUTSTANDING: Final = Metric(
    "buffer.outstanding_leases", "leases", Better.LOWER, description="leases never released when an encode is done"
)
RSS_GROWTH: Final = Metric(
    "buffer.rss_growth", "KiB/run", Better.LOWER, Form.SLOPE, "growth of the resident set per repeated encode"
)

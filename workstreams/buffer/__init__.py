"""Workstream A: the buffer pool, analysed, profiled, swept, tuned, made adaptive, and compared with the baseline."""

from typing import Final

from orchestrator.runner import Runner
from workstreams.buffer import adapt, allocation, analyze, benchmark, metrics, sweep

RUNNERS: Final = (
    Runner("buffer.analyze", analyze.analyze, (metrics.PEAK_IN_FLIGHT, metrics.REUSE), "What the baseline's pool does"),
    Runner("buffer.profile", allocation.profile, (metrics.LIFETIME,), "Sizes, lifetimes and in-flight peak of leases"),
    Runner(
        "buffer.sweep",
        sweep.sweep,
        (metrics.SWEEP_PEAK, metrics.SWEEP_THROUGHPUT),
        "Memory and throughput by pool size",
    ),
    Runner("buffer.tune", sweep.tune, (metrics.CHOSEN_CAPACITY,), "The smallest pool that is no slower"),
    Runner("buffer.adapt", adapt.adapt, (metrics.GROWTHS, metrics.SHRINKS), "Adaptive sizing, and the derived profile"),
    Runner(
        "buffer.benchmark",
        benchmark.benchmark,
        (metrics.PEAK_REDUCTION, metrics.ALLOCATION_OVERHEAD, metrics.OUTSTANDING, metrics.RSS_GROWTH),
        "Before and after, and leaks",
    ),
)

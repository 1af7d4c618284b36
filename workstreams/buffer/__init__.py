"""Workstream A: the buffer pool, analysed, profiled, swept, tuned, made adaptive, and compared with the baseline."""

from typing import Final

from orchestrator.runner import Runner
from workstreams.buffer import metrics
from workstreams.buffer.adapt import adapt
from workstreams.buffer.allocation import profile
from workstreams.buffer.analyze import analyze
from workstreams.buffer.benchmark import benchmark
from workstreams.buffer.sweep import sweep, tune

RUNNERS: Final = (
    Runner("buffer.analyze", analyze, (metrics.PEAK_IN_FLIGHT, metrics.REUSE), "What the baseline's pool does"),
    Runner("buffer.profile", profile, (metrics.LIFETIME,), "Sizes, lifetimes and in-flight peak of leases"),
    Runner("buffer.sweep", sweep, (metrics.SWEEP_PEAK, metrics.SWEEP_THROUGHPUT), "Memory and throughput by pool size"),
    Runner("buffer.tune", tune, (metrics.CHOSEN_CAPACITY,), "The smallest pool that is no slower"),
    Runner("buffer.adapt", adapt, (metrics.GROWTHS, metrics.SHRINKS), "Adaptive sizing, and the derived profile"),
    Runner(
        "buffer.benchmark",
        benchmark,
        (metrics.PEAK_REDUCTION, metrics.ALLOCATION_OVERHEAD, metrics.OUTSTANDING, metrics.RSS_GROWTH),
        "Before and after, and leaks",
    ),
)

"""Workstream B: streaming designed, chunked, buffered, cut at any byte, documented and tested."""

from typing import Final

from orchestrator.runner import Runner
from workstreams.streaming import api, boundaries, buffering, chunk, design, metrics, suite

RUNNERS: Final = (
    Runner("streaming.design", design.design, (), "The architecture note"),
    Runner(
        "streaming.chunk",
        chunk.chunk,
        (metrics.SPEEDUP, metrics.RATIO_DIFFERENCE, metrics.CHUNK_THROUGHPUT),
        "Chunk sizes, ratio and speed against one-shot",
    ),
    Runner(
        "streaming.buffering",
        buffering.buffering,
        (metrics.IN_FLIGHT, metrics.BOUND_EXCESS, metrics.LARGE_PEAK, metrics.LARGE_SIZE, metrics.MEMORY_SLOPE),
        "The in-flight bound, and memory by input size",
    ),
    Runner("streaming.boundaries", boundaries.boundaries, (metrics.BOUNDARY_MISMATCHES,), "Records cut at any byte"),
    Runner("streaming.api", api.api, (metrics.API_FAILURES,), "The API exercised and documented"),
    Runner("streaming.integration-tests", suite.integration_tests, (metrics.TEST_FAILURES,), "The project's own tests"),
)

"""Memory and time are measured from outside: one fresh interpreter per sample, by the system's own accounting."""

from workstreams.sampling.outside import (
    SampleError,
    compile_kernels,
    interleave,
    interleave_durations,
    order_taken,
    sample,
    sample_together,
)
from workstreams.sampling.spec import Job, SampleResult, Spec

__all__ = [
    "Job",
    "SampleError",
    "SampleResult",
    "Spec",
    "compile_kernels",
    "interleave",
    "interleave_durations",
    "order_taken",
    "sample",
    "sample_together",
]

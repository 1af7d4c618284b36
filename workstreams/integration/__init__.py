"""Integration: the workstreams' results become one tuned profile, each as soon as its own workstreams are done."""

from typing import Final

from orchestrator.runner import Runner
from workstreams.integration.points import ADAPTIVE, MERGE_BUFFER, STREAMING_API
from workstreams.integration.profiling import PROFILING

RUNNERS: Final[tuple[Runner, ...]] = (MERGE_BUFFER, STREAMING_API, ADAPTIVE, PROFILING)

"""Workstream D: adaptive compression, from the ratio by tree type to a profile measured against the baseline."""

from typing import Final

from orchestrator.runner import Runner
from workstreams.adaptive.analyze import ANALYZE
from workstreams.adaptive.benchmark import BENCHMARK
from workstreams.adaptive.detection import DETECTION
from workstreams.adaptive.integrate import INTEGRATE
from workstreams.adaptive.selector import SELECTOR
from workstreams.adaptive.tree import TREE

RUNNERS: Final[tuple[Runner, ...]] = (ANALYZE, DETECTION, SELECTOR, TREE, INTEGRATE, BENCHMARK)

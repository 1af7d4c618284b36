"""Workstream C: memory profiling and validation, from a calibrated instrument to a dashboard."""

from typing import Final

from orchestrator.runner import Runner
from workstreams.profiling.before_after import BEFORE_AFTER
from workstreams.profiling.bottlenecks import BOTTLENECKS
from workstreams.profiling.dashboard import DASHBOARD
from workstreams.profiling.framework import FRAMEWORK
from workstreams.profiling.reports import REPORTS
from workstreams.profiling.suite import SUITE

RUNNERS: Final[tuple[Runner, ...]] = (FRAMEWORK, SUITE, BEFORE_AFTER, REPORTS, BOTTLENECKS, DASHBOARD)

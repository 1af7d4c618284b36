"""Validation: round trips, the encoder's own tests, regressions against the baseline, and the success table."""

from typing import Final

from orchestrator.runner import Runner
from workstreams.validation.regression import REGRESSION
from workstreams.validation.roundtrip import ROUNDTRIP
from workstreams.validation.success import SUCCESS_METRICS
from workstreams.validation.suite import ENCODER_TESTS

RUNNERS: Final[tuple[Runner, ...]] = (ROUNDTRIP, ENCODER_TESTS, REGRESSION, SUCCESS_METRICS)

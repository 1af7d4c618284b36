import signal

import pytest

from orchestrator.executors.ending import Ending, failure_of
from orchestrator.executors.lines import FailedLine
from orchestrator.state.failure import Cause


@pytest.mark.parametrize(
    ("ending", "cause"),
    [
        (Ending(0, done=True), None),
        (Ending(0, done=False, program="true"), None),
        (Ending(0, done=False), Cause.LOST),
        (Ending(0, done=True, problem="bad"), Cause.EVIDENCE),
        (Ending(0, done=False, problem="bad"), Cause.EVIDENCE),
        (Ending(0, done=True, unended=1), Cause.EVIDENCE),
        (Ending(1, done=True), Cause.EXIT),
        (Ending(-signal.SIGSEGV, done=True), Cause.SIGNAL),
        (Ending(-63, done=True), Cause.SIGNAL),
        (Ending(1, done=False, reported=FailedLine(Cause.EXCEPTION, "m")), Cause.EXCEPTION),
        (Ending(1, done=False, timeout=2, reported=FailedLine(Cause.EXCEPTION, "m")), Cause.TIMEOUT),
    ],
)
def test_an_attempt_succeeds_only_when_everything_is_well(ending, cause):
    failure = failure_of(ending)
    assert (failure and failure.cause) == cause

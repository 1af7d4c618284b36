"""Decide how an attempt ended from what is known about it. Pure."""

import signal

from orchestrator.executors.lines import FailedLine
from orchestrator.records import dataclass
from orchestrator.state.failure import Cause, Failure


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known about an attempt that ended.

    exit_code: the process's, negative for a signal. timeout: the limit in seconds if it was reached. program: argv[0]
    of a command, None for a Python runner, which must have said that it is `done`. reported: what the worker said went
    wrong. problem: why its evidence cannot be used. unended: processes that could not be ended.
    """

    exit_code: int
    done: bool
    program: str | None = None
    timeout: float | None = None
    reported: FailedLine | None = None
    problem: str | None = None
    unended: int = 0


def failure_of(ending: Ending) -> Failure | None:  # noqa: PLR0911 - one line per way to end, first match wins
    """The attempt's failure, or None if it succeeded. A zero exit code alone is never a runner's success."""
    code = ending.exit_code
    if ending.timeout is not None:
        return Failure(Cause.TIMEOUT, f"it ran longer than its timeout of {ending.timeout:g} s and was ended", code)
    if ending.reported is not None:
        return Failure(ending.reported.cause, ending.reported.message, code)
    if code < 0:
        return Failure(Cause.SIGNAL, f"{_name(ending)} was killed by {_signal_name(-code)}", code)
    if code > 0:
        return Failure(Cause.EXIT, f"{_name(ending)} ended with exit code {code}", code)
    if ending.problem is not None:  # before `done`, which is not read after a problem
        return Failure(Cause.EVIDENCE, ending.problem, code)
    if ending.program is None and not ending.done:
        return Failure(Cause.LOST, "the runner's process ended with exit code 0, but before the runner was done", code)
    if ending.unended:
        return Failure(Cause.EVIDENCE, f"{ending.unended} of its processes could not be ended", code)
    return None


def _name(ending: Ending) -> str:
    return "the runner's process" if ending.program is None else repr(ending.program)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

"""What changed since the plan's previous run, as this run's journal recorded it. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from orchestrator.report.model import CriterionRow, Since
from orchestrator.state.before import Before
from orchestrator.state.run import RunState

UNTOLD: Final = frozenset({"load"})
"""Facts of a machine that differ from moment to moment."""
BLOCKS: Final = "▁▂▃▄▅▆▇█"


def since_of(state: RunState, criteria: Sequence[CriterionRow]) -> Since | None:
    """What differs from the run before; None where the journal knows of none."""
    before = state.before
    if before is None:
        return None
    plan = None if before.plan_digest == state.plan_digest else (before.plan_digest, state.plan_digest)
    settings = tuple(_differing(before.settings, state.settings))
    machine = tuple(_differing(before.environment, state.environment))
    return Since(before.run, plan, settings, machine, tuple(_verdicts(before, criteria)))


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for name in sorted({*before, *now} - UNTOLD):
        if (was := before.get(name, "")) != (is_now := now.get(name, "")):
            yield name, was, is_now


def _verdicts(before: Before, criteria: Sequence[CriterionRow]) -> Iterator[tuple[str, str, str]]:
    now = {row.id: row.verdict.outcome.value for row in criteria}
    for name in dict.fromkeys((*now, *before.outcomes)):
        if (was := before.outcomes.get(name, "")) != (is_now := now.get(name, "")):
            yield name, was, is_now


def series_of(row: CriterionRow) -> tuple[float, ...]:
    """What the criterion came to over the runs, this one last; nothing where there is no earlier one."""
    if not row.past:
        return ()
    now = () if row.verdict.value is None or not math.isfinite(row.verdict.value) else (row.verdict.value,)
    return (*(value for _, value in row.past), *now)


def sparkline(values: Sequence[float]) -> str:
    """A block for each value, as high as it lies between the least and the largest; in the middle where they are
    all the same.
    """
    low, high = min(values, default=0.0), max(values, default=0.0)
    if low == high:
        return BLOCKS[3] * len(values)
    scale = max(abs(low), abs(high))  # so that no difference of finite values is infinite
    span = high / scale - low / scale
    return "".join(BLOCKS[round((value / scale - low / scale) / span * (len(BLOCKS) - 1))] for value in values)

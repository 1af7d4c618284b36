"""What keeps a run from passing, and what to do about it. A reader of a report wants to know this first. Pure."""

import math
import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from orchestrator.evidence.verdict import Outcome, Why
from orchestrator.records import dataclass
from orchestrator.report.model import NOT_JUDGED, CriterionRow, Figure, Report

MENDS: Final[Mapping[Why, str]] = {
    Why.MET: "",
    Why.MISSED: "improve what was built and measure again, or change the target in the plan, where its review shows "
    "that",
    Why.NO_EVIDENCE: "let the task that measures this metric succeed; it failed, did not run, or left no measurement",
    Why.TOO_FEW_SAMPLES: "let the task record as many samples as the criterion asks for",
    Why.TOO_FEW_CASES: "examine as many cases as the criterion expects",
    Why.TOO_FEW_RUNS: "run the plan again: the target rests on earlier runs, and there are too few",
    Why.INCONCLUSIVE: "measure more samples, or on a quieter machine",
    Why.CONTROL_FAILED: "find what disturbs the measurement: the baseline differs from itself",
    Why.NEGATIVE_CONTROL: "mend the instrument: it passes what must not pass",
    Why.NOT_A_NUMBER: "mend the instrument: it gives no number",
    Why.WRONG_UNIT: "let the instrument record the unit that the metric declares",
    Why.STALE: "measure again: a file that the figure was computed from is gone or changed",
    Why.MEASURED_AGAIN: "look at every attempt's figures: together they do not show it. If the plan may leave attempts "
    "out, the criterion says why: `redraws: {ignore: REASON}`",
    Why.CONTRACT_LOOSENED: "restore the demand, or accept the change: orchestrate resume RUN --accept-loosened",
}
"""What a reader can do, by the reason beside a verdict."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A criterion that did not pass. mend: what to do. again: the command that measures it again; log: the one that
    shows its log.

    measured_by: the command that the figure came from by itself, "" where it has none. worst: the sample that is
    farthest on the wrong side, and its place from 1; None where there are not several.
    """

    row: CriterionRow
    mend: str
    again: str
    log: str
    measured_by: str
    worst: tuple[float, int] | None


def obstacles_of(report: Report) -> tuple[Obstacle, ...]:
    """What was judged and did not pass, the missed before the unproven."""
    figures = {figure.number: figure for figure in report.figures}
    judged = (row for row in report.criteria if row.verdict.detail != NOT_JUDGED)
    return tuple(_obstacle(report, row, figures) for row in judged if row.verdict.outcome is not Outcome.PASS)


def unjudged(report: Report) -> int:
    """How many criteria no event has judged yet."""
    return sum(row.verdict.detail == NOT_JUDGED for row in report.criteria)


def again(report: Report, task: str = "") -> str:
    """The command that runs a task once more, or what failed. It names the state folder that the run was started
    with.
    """
    force = ("--force", task) if task else ()
    return shlex.join(("orchestrate", "resume", report.run, *force, *_state(report)))


def log_of(report: Report, task: str) -> str:
    """The command that shows what a task printed."""
    return shlex.join(("orchestrate", "logs", report.run, task, *_state(report)))


def _obstacle(report: Report, row: CriterionRow, figures: Mapping[int, Figure]) -> Obstacle:
    task = row.verdict.task or ""
    rests = [figures[number] for number in row.evidence]
    commands = [shlex.join(each.measurement.command) for each in rests if each.measurement.command]
    return Obstacle(
        row,
        MENDS[row.verdict.why].replace("RUN", report.run),
        again(report, task),
        log_of(report, task) if task else "",
        commands[0] if commands else "",
        worst_sample(row),
    )


def worst_sample(row: CriterionRow) -> tuple[float, int] | None:
    """The value farthest on the wrong side of the target, in its unit, and its place among the samples from 1."""
    told = [(value, place) for place, value in enumerate(row.values, 1) if math.isfinite(value)]
    if len(told) < 2:
        return None
    if row.operator.startswith("<"):
        return max(told)
    if row.operator.startswith(">"):
        return min(told)
    return max(told, key=lambda each: abs(each[0] - row.goal))


def _state(report: Report) -> Iterator[str]:
    """`--state DIR` as the run was started with it."""
    words = list(report.command)
    for place, word in enumerate(words):
        if word.startswith("--state="):
            yield word
        elif word == "--state" and place + 1 < len(words):
            yield from (word, words[place + 1])

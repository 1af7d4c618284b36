"""The claim ledger: every figure that a task said, beside what was measured of it. Pure.

A figure is said either as a claim (`context.claim`, or the key `claim` of a note) or within a note's text. The text is
read conservatively. The full name of a metric that the run measured must be followed by a number and a unit of its
kind.

A claim agrees with a measurement when it lies within its interval, or within 0.5 % of its value: nobody says every
digit.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from orchestrator.evidence.measurement import Claim
from orchestrator.evidence.numbers import times
from orchestrator.evidence.units import UnitError, conversion
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.handins import full_id
from orchestrator.report.model import Agreement, ClaimRow, Figure
from orchestrator.report.spans import Course
from orchestrator.state.events import TaskNoted
from orchestrator.state.run import RunState

ROUNDED: Final = 0.005
ORDER: Final = tuple(Agreement)
_SAID: Final = (
    re.compile(  # no start within a name, and bounded blanks: the time grows with the length of the note alone
        r"(?<![\w.-])(?P<metric>[A-Za-z][\w-]*(?:\.[\w-]+)+)\s{0,8}(?:=|:|is|was|at|of)?\s{0,8}"
        r"(?P<value>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s{0,8}(?P<unit>[A-Za-zµ%]+(?:/[A-Za-zµ]+)?)",
    )
)


def ledger(
    graph: TaskGraph, state: RunState, course: Course, figures: Sequence[Figure], spoken: Iterable[ClaimRow] = ()
) -> tuple[ClaimRow, ...]:
    """Claims of the attempts that count, disagreements first, then what nobody measured; within each in the order said.

    spoken: what agents said of their rounds (`orchestrator.report.spoken`).
    """
    by_metric: dict[str, list[Figure]] = {}
    for figure in figures:
        by_metric.setdefault(figure.measurement.metric, []).append(figure)
    own = _measured_by(graph)
    rows = [
        _row(
            seq, note, graph.nodes[note.task].agent, claim, parsed=note.claim is None,
            figures=_nearest(by_metric.get(claim.metric, ()), {note.task, *own.get(note.task, ())}),
        )
        for seq, note in course.notes
        if _counts(graph, state, note)
        for claim in claims_of(note, by_metric)
    ]  # fmt: skip
    return tuple(sorted([*rows, *spoken], key=lambda row: (ORDER.index(row.standing), row.seq)))


def _measured_by(graph: TaskGraph) -> Mapping[str, Sequence[str]]:
    """The instruments of each hand-in, by the task that leaves it."""
    found: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        if node.task.measures is not None:
            found.setdefault(full_id(node.group, node.task.measures), []).append(node.id)
    return found


def _nearest(figures: Sequence[Figure], own: AbstractSet[str]) -> Sequence[Figure]:
    """Those of a task itself or of its instruments; where there are none, those of anybody."""
    return [each for each in figures if each.task in own] or figures


def claims_of(note: TaskNoted, known: Mapping[str, object]) -> Iterator[Claim]:
    """The figures in a note. known: metrics by name; other words with dots and numbers are none."""
    if note.claim is not None:
        yield note.claim
        return
    for match in _SAID.finditer(note.text):
        if match["metric"] in known:
            yield Claim(match["metric"], float(match["value"].replace(",", "")), match["unit"])


def _counts(graph: TaskGraph, state: RunState, note: TaskNoted) -> bool:
    record = state.tasks.get(note.task)
    if note.task not in graph.nodes or record is None:
        return False
    return note.attempt == record.attempt or any(note.attempt == attempt for attempt, _ in record.batches)


def _row(  # noqa: PLR0913 - the parts of a row
    seq: int, note: TaskNoted, agent: str, claim: Claim, *, parsed: bool, figures: Sequence[Figure]
) -> ClaimRow:
    for figure in figures:
        if figure.value is None or figure.low is None or figure.high is None:
            continue
        try:
            factor = conversion(figure.measurement.unit, claim.unit)
        except UnitError:
            continue
        value, low, high = (times(each, factor) for each in (figure.value, figure.low, figure.high))
        standing = Agreement.AGREES if agrees(claim.value, value, low, high) else Agreement.DISAGREES
        return ClaimRow(
            note.task, agent, seq, note.text, claim.metric, claim.value, claim.unit, parsed, standing, value, low, high,
            figure.number,
        )  # fmt: skip
    return ClaimRow(
        note.task, agent, seq, note.text, claim.metric, claim.value, claim.unit, parsed, Agreement.UNMEASURED
    )


def agrees(claimed: float, value: float, low: float, high: float) -> bool:
    """Whether the claim is what was measured, as far as the interval and a claim's rounding tell."""
    return low <= claimed <= high or math.isclose(claimed, value, rel_tol=ROUNDED)

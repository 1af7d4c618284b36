"""What agents said about their rounds, audited as `orchestrate audit` does: each figure beside what the round measured.
Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from orchestrator.audit.judge import inconsistencies
from orchestrator.audit.match import Held, hold
from orchestrator.audit.model import Claim, Label, Measured, Role
from orchestrator.audit.read import read_claims
from orchestrator.audit.words import says
from orchestrator.graph.model import TaskGraph
from orchestrator.report.model import Agreement, ClaimRow, CriterionRow
from orchestrator.report.spans import Course
from orchestrator.state.rounds import Round

MOST: Final = 20
"""Figures of a round that are shown; the journal has all words."""
SAID: Final = frozenset({Role.CLAIM, Role.BEFORE, Role.AFTER, Role.ESTIMATE, Role.RELATIVE})
STANDINGS: Final = {Label.CONTRADICTED: Agreement.DISAGREES, Label.MEASURED: Agreement.AGREES}


def spoken(graph: TaskGraph, course: Course, criteria: Mapping[str, CriterionRow]) -> Iterator[ClaimRow]:
    """The figures in the last words of every round, in the order of the rounds. criteria: of the plan, by their ids."""
    for seq, task, one in course.rounds:
        if task in graph.nodes:
            yield from _of_round(seq, task, graph.nodes[task].agent, one, criteria)


def _of_round(seq: int, task: str, agent: str, one: Round, criteria: Mapping[str, CriterionRow]) -> Iterator[ClaimRow]:
    talk = one.hand_in.talk if one.hand_in else one.talk
    if talk is None or not talk.said:
        return
    reading = read_claims(talk.said)
    held = hold(reading, tuple(_measured(one, criteria)), ())
    wrong = inconsistencies(reading)
    names = dict.fromkeys(each.metric for each in criteria.values())
    figures = [(place, claim) for place, claim in enumerate(reading.claims) if claim.figure and claim.role in SAID]
    for place, claim in figures[:MOST]:
        row = reading.rows[claim.row].cells[claim.cell].text
        named = next((each for each in names if says(claim.about, each)), "")
        yield _row((seq, task, agent, row), claim, held.get(place), wrong.get(place, ""), named)


def _measured(one: Round, criteria: Mapping[str, CriterionRow]) -> Iterator[Measured]:
    """What that round's verdicts rest on."""
    for verdict in one.verdicts:
        row = criteria.get(verdict.criterion)
        if row is not None and verdict.value is not None:
            low, high = (verdict.value if end is None else end for end in (verdict.low, verdict.high))
            yield Measured(row.metric, f"{row.title}\n", verdict.value, low, high, verdict.unit, row.target)


def _row(said: tuple[int, str, str, str], claim: Claim, held: Held | None, wrong: str, named: str) -> ClaimRow:
    seq, task, agent, text = said
    assert claim.figure is not None
    figure = claim.figure
    standing = STANDINGS.get(held.label, Agreement.UNMEASURED) if held else Agreement.UNMEASURED
    if wrong and standing is not Agreement.DISAGREES:
        standing, text = Agreement.INCONSISTENT, f"{text} ({wrong})"
    value, low, high = held.measured if held and held.measured else (None, None, None)
    claimed = float(-figure.low if figure.negative else figure.low)
    metric = held.metric if held else named
    return ClaimRow(
        task, agent, seq, text, metric, claimed, figure.unit or figure.noun, True, standing, value, low, high
    )  # fmt: skip

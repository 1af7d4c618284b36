"""Results of a plan's earlier runs: for criteria with targets that use them, and for the report, which shows them
beside each figure.

A run keeps them in its journal, so its verdicts and its report follow from the journal alone. Each run passes on the
last few figures of each criterion, so only the run before is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from orchestrator.evidence.history import Earlier
from orchestrator.journal.errors import DamagedJournal
from orchestrator.journal.port import JournalPort
from orchestrator.plan.model import Plan
from orchestrator.state.before import Before
from orchestrator.state.events import CriterionJudged, Envelope, RunResumed, RunStarted

MOST: Final = 3
"""How many times as many runs are looked at as a target rests on: some measured nothing."""
KEPT: Final = 9
"""Figures of each criterion that are handed on."""
MOST_CRITERIA: Final = 400
MOST_TASKS: Final = 3_000
"""A plan with more of either keeps only what its targets rest on: the beginning of a run stays small and quick."""


def earlier_values(journal: JournalPort, plan: Plan) -> tuple[tuple[Earlier, ...], Before | None]:
    """The figures of finished runs, in the order of the runs, and the run before. Of a run that cannot be trusted,
    nothing.
    """
    names = [one.run for one in journal.runs() if one.plan_id == plan.id and one.finished]
    if not names:
        return (), None
    rested = _rested_on(journal, plan, names)
    events = () if _is_large(plan) else _events(journal, names[-1])
    if not events:
        return rested, None
    known = {one.criterion for one in rested}
    shown = (
        one for one in _handed_on(events, names[-1]) if one.criterion in plan.criteria and one.criterion not in known
    )
    return (*rested, *shown), before_of(events, names[-1])


def _is_large(plan: Plan) -> bool:
    return len(plan.criteria) > MOST_CRITERIA or sum(len(group.tasks) for group in plan.groups.values()) > MOST_TASKS


def _rested_on(journal: JournalPort, plan: Plan, names: Sequence[str]) -> tuple[Earlier, ...]:
    """What the targets rest on. Nothing is read where none does."""
    wanted = {
        full: (one.metric, one.target.relative.last) for full, one in plan.criteria.items() if one.target.relative
    }
    if not wanted:
        return ()
    longest = max(last for _, last in wanted.values())
    runs = names[-MOST * longest :]
    found = [one for run in runs for one in _judged(_events(journal, run), run).values() if one.criterion in wanted]
    return tuple(
        one for full, (_, last) in wanted.items() for one in [each for each in found if each.criterion == full][-last:]
    )


def _handed_on(events: Sequence[Envelope], run: str) -> Iterator[Earlier]:
    """What the run knew of those before it, and what it came to itself; the last few of each criterion."""
    figures: dict[str, list[Earlier]] = {}
    for one in (*_begun(events).earlier, *_judged(events, run).values()):
        figures.setdefault(one.criterion, []).append(one)
    for each in figures.values():
        yield from each[-KEPT:]


def before_of(events: Sequence[Envelope], run: str) -> Before:
    """What is worth knowing of the run once it is the one before."""
    begun = [one.event for one in events if isinstance(one.event, RunStarted | RunResumed)]
    outcomes = {
        one.event.verdict.criterion: one.event.verdict.outcome.value
        for one in events
        if isinstance(one.event, CriterionJudged)
    }
    last = begun[-1]
    return Before(run, last.plan_digest, dict(last.settings), dict(last.environment), outcomes)


def _begun(events: Sequence[Envelope]) -> RunStarted:
    return next(one.event for one in events if isinstance(one.event, RunStarted))


def _judged(events: Sequence[Envelope], run: str) -> Mapping[str, Earlier]:
    """The last verdict on each criterion that has a value."""
    judged: dict[str, Earlier] = {}
    for envelope in events:
        event = envelope.event
        if isinstance(event, CriterionJudged) and event.verdict.value is not None:
            verdict = event.verdict
            judged[verdict.criterion] = Earlier(verdict.criterion, run, event.verdict.value, verdict.unit)
    return judged


def _events(journal: JournalPort, run: str) -> Sequence[Envelope]:
    """The run's events; none if the run is damaged, because it cannot be trusted."""
    with suppress(DamagedJournal):
        return journal.read(run)
    return ()

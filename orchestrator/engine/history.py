"""What earlier runs of a plan came to, for the criteria whose targets rest on it."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from orchestrator.evidence.history import Earlier
from orchestrator.journal.errors import DamagedJournal
from orchestrator.journal.port import JournalPort
from orchestrator.plan.model import Plan
from orchestrator.state.events import CriterionJudged

MOST: Final = 3
"""How many times as many runs are looked at as a target rests on: some measured nothing."""


def earlier_values(journal: JournalPort, plan: Plan) -> tuple[Earlier, ...]:
    """The figures of finished runs, in the order of the runs. Nothing is read where no target rests on them."""
    wanted = {
        full: (one.metric, one.target.relative.last) for full, one in plan.criteria.items() if one.target.relative
    }
    if not wanted:
        return ()
    longest = max(last for _, last in wanted.values())
    runs = [one.run for one in journal.runs() if one.plan_id == plan.id and one.finished][-MOST * longest :]
    found = [one for run in runs for one in _of_run(journal, run) if one.criterion in wanted]
    return tuple(
        one for full, (_, last) in wanted.items() for one in [each for each in found if each.criterion == full][-last:]
    )


def _of_run(journal: JournalPort, run: str) -> Iterator[Earlier]:
    """The last verdict on each criterion that has a value."""
    judged: dict[str, Earlier] = {}
    with suppress(DamagedJournal):  # what cannot be trusted is no history
        for envelope in journal.read(run):
            event = envelope.event
            if isinstance(event, CriterionJudged) and event.verdict.value is not None:
                verdict = event.verdict
                judged[verdict.criterion] = Earlier(verdict.criterion, run, event.verdict.value, verdict.unit)
    yield from judged.values()

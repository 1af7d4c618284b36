"""The stages that join workstreams: from a drawing of who waits for whom, and from a list of integration points."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from orchestrator.importers.draft import Concern, Draft, DraftGroup, DraftTask
from orchestrator.importers.joining import wait_for_all
from orchestrator.importers.outline import Kind, Line
from orchestrator.importers.topics import Topic, topic_above

LONGEST: Final = 400  # characters of a line that are looked at
MOST: Final = 20  # stages of a drawing
BOX: Final = re.compile(r"[A-Z][A-Z0-9]+(?: [A-Z0-9]+)*")
WORKSTREAM: Final = re.compile(r"WORKSTREAM (\w+)")
ENDS: Final = frozenset({"START", "END", "BEGIN", "DONE"})


def add_stages(draft: Draft, lines: Sequence[Line]) -> None:
    """Add and fill a stage for each box of the drawing that is not a workstream, each after what stands above it."""
    above = list(draft.groups)
    for line in lines:
        if line.kind is not Kind.CODE or topic_above(line.above) is not Topic.ORDER:
            continue
        known = [name for name in WORKSTREAM.findall(line.text[:LONGEST]) if name in draft.groups]
        names = (
            [] if known else [name for name in BOX.findall(line.text[:LONGEST]) if name not in ENDS and len(name) > 3]
        )
        for name in names[: MOST - sum(group.stage for group in draft.groups.values())]:
            stage = DraftGroup(name.split()[-1], name.title(), line.number, stage=True, needs=above)
            draft.groups[stage.id] = stage
            above = [stage.id]
    wait_for_all(draft, lines)
    _fill(draft, [line for line in lines if line.kind is Kind.ITEM and topic_above(line.above) is Topic.INTEGRATION])


def _fill(draft: Draft, items: Sequence[Line]) -> None:
    if not items:
        return
    stages = [group for group in draft.groups.values() if group.stage]
    if not stages:
        first = items[0]
        stages = [DraftGroup("INTEGRATION", "Integration", first.number, stage=True, needs=list(draft.groups))]
        draft.groups["INTEGRATION"] = stages[0]
    for line in items:
        stage = next((one for one in stages[1:] if _is_about(line.text, one)), stages[0])
        stage.tasks.append(DraftTask(line.text, line.number))
        if stage is not stages[0]:
            draft.note(line.number, Concern.READ_AS, f"{line.text}: a task of {stage.title}, which it names")
    for before, stage in pairwise(stages):
        if not stage.tasks:
            stage.tasks.append(DraftTask(stage.title, stage.line))
            draft.note(stage.line, Concern.MISSING, f"{stage.title}: no task of its own; it comes after {before.title}")
    _time(draft, stages)
    for stage in stages:
        _lead(draft, stage)


def _lead(draft: Draft, stage: DraftGroup) -> None:
    """Who leads a stage: where an agent's duty names it, that one; else the first who has no work yet."""
    word = stage.title.split()[-1].lower()
    stage.lead = next((name for name, agent in draft.agents.items() if word in agent.duty.lower()), "")
    if stage.lead:
        said = f"{stage.title}: led by {stage.lead}, whose duty is {draft.agents[stage.lead].duty!r}"
        draft.note(stage.line, Concern.READ_AS, said)
        return
    stage.lead = next(iter(idle(draft)), "")
    if stage.lead:
        draft.note(
            stage.line, Concern.MISSING, f"{stage.title}: no lead; {stage.lead}, who has no other work, stands for it"
        )


def idle(draft: Draft) -> list[str]:
    """The agents that lead nothing, support nothing and have no task."""
    groups = draft.groups.values()
    busy = {name for group in groups for name in (group.lead, *group.supporting, *(task.agent for task in group.tasks))}
    return [name for name in draft.agents if name not in busy]


def _is_about(text: str, stage: DraftGroup) -> bool:
    words = re.findall(r"[a-z]+", text.lower())
    return all(word in words for word in re.findall(r"[a-z]+", stage.title.lower()))


def _time(draft: Draft, stages: Sequence[DraftGroup]) -> None:
    """How long each stage takes, by the timeline: from the moment that names it to the next moment, at which it is
    done.
    """
    moments = sorted(draft.timeline, key=lambda moment: moment[0])
    for stage in stages:
        word = stage.title.split()[-1].lower()
        for (at, event, _, _), (then, _, done, _) in pairwise(moments):
            if word in event.lower() and stage.estimate is None and then > at:
                stage.estimate = then - at
                done.append(stage.id)

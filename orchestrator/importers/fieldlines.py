"""Lines with a name and a value: front matter, and fields such as "Lead Agent: @X" of a task, a group or the plan."""

from collections.abc import Callable
from typing import Final

from orchestrator.importers.agentnames import agents_in
from orchestrator.importers.criteria import read_criteria
from orchestrator.importers.dates import spell_date
from orchestrator.importers.draft import Concern, DraftDeliverable, DraftGroup
from orchestrator.importers.outline import Kind, Line
from orchestrator.importers.reading import Reading
from orchestrator.importers.sections import Role, topic_for
from orchestrator.importers.taskfields import Means, is_task_field, meaning
from orchestrator.importers.tasklines import read_needs, read_task, seconds_of
from orchestrator.importers.taskwords import NOTHING, is_done, is_given_up, split_names
from orchestrator.importers.topics import Topic, bare


def take_front_matter(reading: Reading, line: Line) -> bool:
    """Front matter: what it says of the whole."""
    if not line.front:
        return False
    draft, means = reading.draft, meaning(line.key.replace("_", " "))
    if line.kind is Kind.ITEM:
        if means is Means.CRITERIA:
            draft.criteria += read_criteria(draft, line, line.text)
            return True
        draft.note(line.number, Concern.NOT_UNDERSTOOD, f"{line.key}: {line.text}", "front matter")
    elif not line.text:
        return True
    elif means is Means.TITLE:
        draft.title = draft.title or line.text
    elif means is Means.LEAD:
        draft.lead = (agents_in(draft, line.text, line) or [""])[0]
    elif means is Means.ESTIMATE:
        draft.estimate = seconds_of(draft, line.number, line.text)
    elif means is Means.DATE:
        draft.date = draft.date or spell_date(line.text)
    else:
        draft.note(
            line.number, Concern.NOT_UNDERSTOOD, f"{line.key}: {line.text} (a plan has no place for it)", "front matter"
        )
    return True


def take_field(reading: Reading, line: Line) -> bool:
    """Take a line such as "Lead Agent: @X (Y)" or "Estimated Time: 60 minutes": of the task, the group, or the plan
    above them.
    """
    if not line.key or line.kind not in {Kind.FIELD, Kind.ITEM} or line.box:
        return False
    means = meaning(line.key)
    if means is None or (line.kind is Kind.ITEM and not _is_field_item(reading, line, means)):
        return False
    value = line.text if line.kind is Kind.FIELD else line.text.partition(":")[2].strip()
    take = FIELDS.get(means)
    return take is not None and take(reading, line, value)


def _is_field_item(reading: Reading, line: Line, means: Means) -> bool:
    """Whether an item is a field and no task or criterion that happens to have a colon."""
    topic = topic_for(reading.section, line)
    if (
        means is Means.ESTIMATE
        and topic is Topic.ABOUT
        and reading.group is not None
        and meaning(bare(reading.section.text)) is means
    ):
        return True
    if topic in {Topic.CRITERIA, Topic.METRICS, Topic.AGENTS, Topic.DELIVERABLES} or topic in {
        Topic.ABOUT,
        Topic.ASIDE,
        Topic.ORDER,
    }:
        return False
    bold = line.raw.lstrip().startswith("**")
    return bold or means in {Means.ESTIMATE, Means.LEAD, Means.NEEDS, Means.STATUS} or is_task_field(line)


def _lead(reading: Reading, line: Line, value: str) -> bool:
    task = reading.target(line)
    if value.strip(" .").lower() in NOTHING:
        return True
    names = agents_in(reading.draft, value, line)
    if not names:
        return False
    if task is not None:
        task.agent = task.agent or names[0]
    elif reading.group is not None:
        reading.group.lead = names[0]
        reading.group.supporting += names[1:]
    else:
        reading.draft.lead = reading.draft.lead or names[0]
    return True


def _supporting(reading: Reading, line: Line, value: str) -> bool:
    if reading.group is not None:
        reading.group.supporting += agents_in(reading.draft, value, line)
    return reading.group is not None


def _goal(reading: Reading, _line: Line, value: str) -> bool:
    if reading.task is not None:
        return False
    if reading.group is not None:
        reading.group.goal = reading.group.goal or value
    elif topic_for(reading.section, _line) is Topic.OTHER or reading.section.role is Role.TITLE:
        reading.draft.summary = f"{reading.draft.summary} {value}".strip()
    return True


def _needs(reading: Reading, line: Line, value: str) -> bool:
    task = reading.target(line)
    if task is not None:
        task.needs = [*(task.needs or []), *read_needs(reading.draft, line.number, value.rstrip("."))]
    elif reading.group is not None:
        names = read_needs(reading.draft, line.number, value.rstrip("."))
        reading.group.needs += [part for name in names for part in ([name] if " " in name else split_names(name))]
    return task is not None or reading.group is not None


def _date(reading: Reading, line: Line, value: str) -> bool:
    if reading.group is not None:
        return _without_meaning(reading, line, value)
    reading.draft.date = reading.draft.date or spell_date(value)
    return True


def _status(reading: Reading, line: Line, value: str) -> bool:
    task = reading.target(line)
    target = task or (reading.group if reading.section.role is Role.GROUP else None)
    if task is not None and is_given_up(value):
        task.given_up = True
        return True
    if target is not None and is_done(value):
        target.done = True
        for each in target.tasks if isinstance(target, DraftGroup) else ():
            each.done = True
        return True
    return _without_meaning(reading, line, value)


def _without_meaning(reading: Reading, line: Line, value: str) -> bool:
    text = f"{line.key}: {value} (a plan has no place for it)"
    reading.draft.note(line.number, Concern.NOT_UNDERSTOOD, text, "fields without a place")
    return True


def _estimate(reading: Reading, line: Line, value: str) -> bool:
    task = reading.target(line)
    if value.strip(" .").lower() in NOTHING:
        return True
    target = task or reading.group or reading.draft
    seconds = seconds_of(reading.draft, line.number, value)
    if seconds is not None and target.estimate is None:
        target.estimate = seconds
    return True


def _listed(reading: Reading, line: Line, value: str) -> bool:
    """As in "Tasks: a; b; c" of a group on one line."""
    group = reading.group
    if group is None or reading.task is not None:
        return False
    for part in _parts(value):
        reading.add(group, read_task(reading.draft, line, part))
    return True


def _told_criteria(reading: Reading, line: Line, value: str) -> bool:
    target = reading.draft.criteria if reading.group is None else reading.group.criteria
    for part in _parts(value):
        target += read_criteria(reading.draft, line, part)
    return True


def _told_deliverables(reading: Reading, line: Line, value: str) -> bool:
    if reading.group is None:
        return False
    reading.group.deliverables += [DraftDeliverable(part, line.number, reading.task) for part in _parts(value)]
    return True


def _parts(value: str) -> list[str]:
    mark = ";" if ";" in value else ("," if value.count(",") > 1 and "." not in value else "\n")
    return [part.strip(" .") for part in value.split(mark) if part.strip(" .")]


FIELDS: Final[dict[Means, Callable[[Reading, Line, str], bool]]] = {
    Means.ESTIMATE: _estimate,
    Means.LEAD: _lead,
    Means.SUPPORT: _supporting,
    Means.GOAL: _goal,
    Means.NEEDS: _needs,
    Means.DATE: _date,
    Means.STATUS: _status,
    Means.TASKS: _listed,
    Means.CRITERIA: _told_criteria,
    Means.DELIVERABLES: _told_deliverables,
    Means.NOTHING: _without_meaning,
}
"""What is done with a field by what its name means."""

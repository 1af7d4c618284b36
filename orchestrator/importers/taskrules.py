"""Which items, rows and paragraphs are tasks: by their marks, by where they stand, or by what stands beside them."""

import re
from typing import Final

from orchestrator.importers.draft import Concern, DraftTask
from orchestrator.importers.naming import NO_TASK, STEP, names_group
from orchestrator.importers.outline import Kind, Line
from orchestrator.importers.reading import LONGEST, Reading
from orchestrator.importers.sections import Role, Section, topic_for
from orchestrator.importers.tablecolumns import is_task_row, merged_title, task_cells
from orchestrator.importers.taskfields import is_task_field
from orchestrator.importers.tasklines import read_row, read_task
from orchestrator.importers.topics import FINISHED, Topic, bare
from orchestrator.importers.verbs import is_imperative

PLANLIKE: Final = re.compile(
    r"\b(plan|roadmap|to-?do|tasks?|checklist|rollout|work breakdown|wbs|backlog|action items|aufgaben|t\u00e2ches)\b",
    re.IGNORECASE,
)
GIVEN_UP: Final = "-"
"""What stands in the check box of a task that nobody will do."""
WORKING: Final = frozenset({Topic.OTHER, Topic.TASKS, Topic.NEXT})
BESIDE: Final = 20  # lines of a section that are looked at for check boxes


def take_task(reading: Reading, line: Line) -> bool:
    """An item that is a task: surely, or because it stands in a list right below a group that has no surer ones."""
    if line.kind is not Kind.ITEM or not _is_task_item(reading, line):
        return False
    group = reading.group or reading.loose_group(line)
    task = read_task(reading.draft, line)
    task.done = task.done or (bare(reading.section.text).lower() in FINISHED and not line.box)
    task.numbered = line.level == 1 and bool(line.box) and task.key[:1].isdigit()
    if line.level > 1 and group.tasks:
        said = f"{line.text[:LONGEST]}: a task of its own, after the one it stands under"
        reading.draft.note(line.number, Concern.READ_AS, said, "items below items")
    reading.add(group, task, box=line.box)
    reading.item = task
    return True


def _is_task_item(reading: Reading, line: Line) -> bool:
    if line.box == GIVEN_UP:
        return False
    topic, step = topic_for(reading.section, line), STEP.match(line.text) is not None and reading.group is not None
    if line.box and (topic is Topic.TIMELINE or (step and topic is Topic.ABOUT)):
        return True
    if topic not in WORKING or line.front or (topic is Topic.OTHER and is_task_field(line)):
        return False
    if line.box or step or (line.level == 1 and _is_marked(reading, line)):
        return True
    return line.level == 1 and (topic is Topic.TASKS or _is_plain_task(reading, line))


def _is_marked(reading: Reading, line: Line) -> bool:
    """Whether some of its list are marked as done, in what calls itself a plan: "## Q1", "- \u2705 Export"."""
    around = (reading.section, *reading.section.around())
    beside = (one for one in reading.section.lines[:BESIDE] if one.kind is Kind.ITEM and one.label == line.label)
    return (
        reading.task is None
        and any(PLANLIKE.search(one.text[:200]) for one in around if one.heading)
        and any(one.done and one.level == 1 for one in beside)
    )


def _is_plain_task(reading: Reading, line: Line) -> bool:
    """Whether an item that nothing marks as a task is one by where it stands."""
    if reading.task is not None or line.code or NO_TASK.match(line.text):
        return False
    if reading.group is not None:
        return not reading.strict or _beside_boxes(reading.section, line)
    if reading.lenient and id(reading.section) not in reading.looks:
        reading.looks[id(reading.section)] = _looks_like_work(reading.section)
    return reading.lenient and reading.looks[id(reading.section)]


def _beside_boxes(section: Section, line: Line) -> bool:
    """Whether the first items of its list have check boxes, or a later one of the first has."""
    beside = (one for one in section.lines[:BESIDE] if one.kind is Kind.ITEM and one.label == line.label)
    return any(one.box and one.level == 1 for one in beside)


def _looks_like_work(section: Section) -> bool:
    """Whether the plain list of a section is probably one of things to do."""
    if section.outside or section.topic is not Topic.OTHER:
        return False
    items = [line for line in section.lines if line.kind is Kind.ITEM and line.level == 1 and not line.code]
    share = sum(is_imperative(line.text) for line in items) / len(items) if items else 0.0
    named = any(PLANLIKE.search(one.text[:200]) for one in (section, *section.around()) if one.heading)
    return share >= 0.5 or (named and share > 0.2)


def take_row(reading: Reading, line: Line) -> bool:
    """A row that is a task, or a cell over the whole row, which names the group of the rows below it."""
    topic = topic_for(reading.section, line)
    if topic in WORKING and (merged := merged_title(line)):
        found = names_group(merged)
        reading.merged = (found["title"] if found and found["title"] else merged, tuple(line.cells), line.number)
        return True
    if (
        line.kind is not Kind.ROW
        or topic not in {Topic.OTHER, Topic.TASKS, Topic.NEXT, Topic.TIMELINE}
        or not is_task_row(line)
    ):
        return False
    if topic is Topic.TIMELINE and "task" not in task_cells(line):
        return False
    group = reading.group
    named = _named_group(reading, line)
    if group is None or (named and reading.section.role is not Role.GROUP):
        group = reading.loose_group(line, title=named)
    task = read_row(reading.draft, line)
    known = reading.tasks.get(task.key.lower()) if task.key else None
    if known:
        _merge(known[1], task)
    else:
        reading.add(group, task)
    return True


def _named_group(reading: Reading, line: Line) -> str:
    """The group that a row names; an empty cell is one with the cell above it, in the same table."""
    cells = task_cells(line)
    named = cells.get("group", "").strip()
    above, columns, last = reading.merged
    if not named and columns == tuple(line.cells) and last == line.number - 1:
        named = above
    reading.merged = (named, tuple(line.cells), line.number)
    return named


def take_chart_row(reading: Reading, line: Line) -> bool:
    """A task of a chart, where nothing else in the document is a task: a chart mostly draws what stands elsewhere."""
    if not line.cells or not reading.lenient or reading.section.outside:
        return False
    task = read_row(reading.draft, line)
    reading.add(reading.group or reading.loose_group(line, title=line.cells["phase"]), task)
    return True


def _merge(task: DraftTask, more: DraftTask) -> None:
    """What a second place says of a task, where the first says nothing."""
    task.needs = more.needs if task.needs is None else task.needs
    task.estimate = more.estimate if task.estimate is None else task.estimate
    task.agent, task.done = task.agent or more.agent, task.done or more.done


def take_step(reading: Reading, line: Line) -> bool:
    """As in "Step 1: Write the failing test" in bold, as a paragraph: a heading to `outline`, or a field of that
    name.
    """
    if line.kind is not Kind.FIELD or reading.group is None or not line.raw.startswith("**"):
        return False
    text = f"{line.key}: {line.text}"
    if not STEP.match(text):
        return False
    reading.add(reading.group, read_task(reading.draft, line, text))
    return True

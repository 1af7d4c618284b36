"""Classify the sections of a document: each heading with its lines is a group, a task, or words about them.

A heading is a group or a task by its name ("Phase 2: …", "Task 1.1: …", "TASK-001 …"), or a task by the fields below
it, or it announces a topic (`topics`), or it is plain. Whether plain sections hold work depends on what stands in them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from orchestrator.importers.durations import ends_with_estimate
from orchestrator.importers.naming import STEP, is_aim, names_group, names_task
from orchestrator.importers.outline import Kind, Line
from orchestrator.importers.tablecolumns import is_task_row
from orchestrator.importers.taskfields import is_task_field
from orchestrator.importers.topics import NO_WORK, Topic, is_outside, may_be_work, may_prove, topic_of
from orchestrator.importers.verbs import is_imperative

BESIDE: Final = 12  # sections that are looked at to see what those beside one are
STRONG: Final = frozenset({Topic.OTHER, Topic.TASKS, Topic.NEXT})


class Role(Enum):
    """What a section is in a plan."""

    TITLE = auto()
    GROUP = auto()
    TASK = auto()
    TOPIC = auto()
    PLAIN = auto()


@dataclass(slots=True)
class Section:
    """heading: None for what stands before any. topic: what it announces, by itself or from above."""

    heading: Line | None
    parent: "Section | None" = None
    role: Role = Role.PLAIN
    topic: Topic = Topic.OTHER
    outside: bool = False
    lines: list[Line] = field(default_factory=list)
    children: list["Section"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The heading's text."""
        return self.heading.text if self.heading else ""

    def around(self) -> Iterator["Section"]:
        """The sections that contain it, innermost first."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def within(self, role: Role) -> bool:
        """Whether a section of that role is around it."""
        return any(one.role is role for one in self.around())

    def below(self) -> Iterator["Section"]:
        """All sections in it, itself first, in order."""
        yield self
        for child in self.children:
            yield from child.below()


def read_sections(lines: Sequence[Line]) -> Section:
    """The document as a tree, every section with its role. Depth is that of headings, at most nine."""
    root = Section(None)
    at = root
    for line in lines:
        if line.kind is not Kind.HEADING:
            at.lines.append(line)
            continue
        while at.heading is not None and at.heading.level >= line.level and at.parent is not None:
            at = at.parent
        at.children.append(Section(line, at))
        at = at.children[-1]
    titled = next((one for one in root.below() if one.heading is not None and one.heading.level == 1), None)
    if titled is not None:
        titled.role = Role.TITLE
    for one in root.below():
        _name(one)
    for one in list(root.below()):
        _by_content(one)
    for one in list(root.below()):
        _promote(one)
    return root


def _name(section: Section) -> None:
    """Role and topic by the heading's own words, and the topic of what is around it."""
    above = section.parent
    if section.heading is None or above is None or section.role is Role.TITLE:
        return
    inherited = above.topic if above.role in {Role.TOPIC, Role.PLAIN} else Topic.OTHER
    section.outside = above.outside or is_outside(section.text)
    section.topic = topic_of(section.text)
    if section.topic is Topic.TASKS and inherited in NO_WORK and "task" not in section.text.lower():
        section.topic = inherited
    group, task = names_group(section.text), names_task(section.text)
    step = STEP.fullmatch(section.text) is not None and (section.within(Role.GROUP) or section.within(Role.TASK))
    if section.outside:
        section.role, section.topic = Role.TOPIC, Topic.ASIDE
    elif group and not step and not section.within(Role.TASK) and not (is_aim(group) and not _lists_tasks(section)):
        section.role, section.topic = Role.GROUP, Topic.OTHER
    elif task and (section.topic is Topic.OTHER) and (task.re.groups and _names_itself(section, inherited)):
        section.role = Role.TASK
    elif section.topic is not Topic.OTHER:
        section.role = Role.TOPIC
    else:
        section.topic = inherited
    if section.role is Role.PLAIN and may_prove(section.text) and not _is_to_do(section):
        section.role, section.topic = Role.TOPIC, Topic.CRITERIA
    if section.role is Role.TOPIC and section.topic is Topic.ABOUT and _is_work_after_all(section):
        section.role, section.topic = Role.PLAIN, Topic.OTHER


def _is_work_after_all(section: Section) -> bool:
    """Whether tasks stand below a heading that could announce work as well as words about it."""
    if not may_be_work(section.text):
        return False
    return _boxes(section) or (section.within(Role.GROUP) and bool(_task_fields(section)))


def _names_itself(section: Section, inherited: Topic) -> bool:
    """A task by name; one that has only an id ("R-1: Snow") is none below words about the work."""
    word = section.text.lower().startswith(
        ("task", "t\u00e2che", "tache", "aufgabe", "tarea", "ticket", "work item", "step")
    )
    return word or inherited not in NO_WORK | {Topic.CRITERIA, Topic.METRICS}


def topic_for(section: Section, line: Line) -> Topic:
    """What a line of a section is about: its label says so, or the section."""
    said = topic_of(line.label) if line.label else Topic.OTHER
    return said if said is not Topic.OTHER else section.topic


def _lists_tasks(section: Section) -> bool:
    """Whether tasks surely stand below a heading: check boxes, or what announces tasks."""
    return any(line.box or topic_of(line.label) is Topic.TASKS for one in section.below() for line in one.lines) or any(
        topic_of(one.text) is Topic.TASKS for one in section.below() if one is not section
    )


def _is_to_do(section: Section) -> bool:
    """Whether what stands right below a heading are things to do."""
    items = [line for line in section.lines if line.kind is Kind.ITEM and line.level == 1]
    return not items or _boxes(section) or sum(is_imperative(line.text) for line in items) * 2 >= len(items)


def _boxes(section: Section) -> bool:
    return any(line.kind is Kind.ITEM and line.box for line in section.lines)


def is_strong(section: Section, line: Line) -> bool:
    """Whether a line is surely a task: with a check box, under a heading for tasks, or a row of a table of tasks."""
    topic = topic_for(section, line)
    if line.kind is Kind.ROW:
        return topic in STRONG and is_task_row(line)
    if line.kind is not Kind.ITEM or line.front:
        return False
    return (topic in STRONG | {Topic.TIMELINE} and bool(line.box)) or (topic is Topic.TASKS and not is_task_field(line))


def holds_strong(section: Section) -> bool:
    """Whether tasks surely stand in a section or below it, nested groups left out."""
    if any(is_strong(section, line) for line in section.lines):
        return True
    return any(one.role is Role.TASK or (one.role is not Role.GROUP and holds_strong(one)) for one in section.children)


def _by_content(section: Section) -> None:
    """A plain heading with the fields of a task, or a numbered one that says what to do, is a task."""
    if section.heading is not None and section.topic is Topic.ABOUT and _has_estimate(section) and not section.outside:
        section.role, section.topic = Role.TASK, Topic.OTHER
        return
    if (
        section.role is not Role.PLAIN
        or section.heading is None
        or section.topic in NO_WORK | {Topic.CRITERIA, Topic.METRICS}
    ):
        return
    if any(one.role in {Role.GROUP, Role.TASK} for one in section.children) or section.topic is Topic.DELIVERABLES:
        return
    if _has_estimate(section):
        section.role = Role.TASK
        return
    fields = _task_fields(section)
    beside = len(fields) == 1 and section.parent is not None and _several_with_fields(section.parent)
    boxed = any(is_strong(section, line) for line in section.lines)
    if (
        (len(fields) > 1 or (fields and beside))
        and not (boxed and not section.within(Role.GROUP))
        and not _lists_work(section)
    ) or (_is_numbered(section.text) and section.within(Role.GROUP) and not boxed and _says_what_to_do(section)):
        section.role = Role.TASK


def _has_estimate(section: Section) -> bool:
    """Whether a heading with nothing to do below it says how long it takes: "Site survey (8h)"."""
    below = any(line.kind in {Kind.ITEM, Kind.ROW} for line in section.lines) or section.children
    return not below and section.parent is not None and ends_with_estimate(section.text)


def _several_with_fields(section: Section) -> bool:
    """Whether more than one of the first sections below has a field of tasks."""
    return sum(bool(_task_fields(one)) for one in section.children[:BESIDE]) > 1


def _task_fields(section: Section) -> set[str]:
    return {line.key for line in section.lines if not line.label and is_task_field(line)}


def _lists_work(section: Section) -> bool:
    """Whether a heading of the second level has a list of things to do right below its fields."""
    items = [line for line in section.lines if line.kind is Kind.ITEM and not line.label and not is_task_field(line)]
    heading = section.heading
    return (
        heading is not None
        and heading.level == 2
        and len(items) > 1
        and sum(is_imperative(one.text) for one in items) * 2 >= len(items)
    )


def _is_numbered(text: str) -> bool:
    return text[:1].isdigit() and "." in text.partition(" ")[0]


def _says_what_to_do(section: Section) -> bool:
    return is_imperative(section.text.partition(" ")[2]) or not any(line.kind is Kind.ITEM for line in section.lines)


def _promote(section: Section) -> None:
    """Tasks that have steps of their own, and stand in no group, are groups; so are then all tasks beside them."""
    tasks = [one for one in section.children if one.role is Role.TASK and not one.within(Role.GROUP)]
    if any(_has_steps(one) for one in tasks):
        for one in tasks:
            one.role = Role.GROUP


def _has_steps(section: Section) -> bool:
    boxes = any(is_strong(section, line) and line.box for line in section.lines)
    return boxes or any(one.role is Role.TASK or holds_strong(one) for one in section.children)

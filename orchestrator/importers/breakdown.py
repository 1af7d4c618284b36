"""Read a Markdown work breakdown into a draft. The first rule that understands a line takes it. Other lines are noted,
or are prose.

`sections` says what each heading is, and `reading` where a line is. The rules for lines are a table. At first we
strictly separate work from words about work. If that finds no task at all, plain lists of imperatives count as well.
"""

from collections.abc import Callable
from typing import Final

from orchestrator.importers.contradictions import find_contradictions
from orchestrator.importers.draft import Concern, Draft
from orchestrator.importers.fieldlines import take_field, take_front_matter
from orchestrator.importers.finish import finish
from orchestrator.importers.outline import Kind, Line, read_outline
from orchestrator.importers.reading import Reading
from orchestrator.importers.sectionlines import (
    take_agent,
    take_criterion,
    take_deliverable,
    take_label,
    take_metric,
    take_moment,
    take_next_step,
    take_order,
    take_summary,
)
from orchestrator.importers.sections import Role, Section, read_sections, topic_for
from orchestrator.importers.stages import add_stages, idle
from orchestrator.importers.taskrules import GIVEN_UP, take_chart_row, take_row, take_step, take_task
from orchestrator.importers.topics import NO_WORK, is_no_plan

Rule = Callable[[Reading, Line], bool]
RULES: Final[dict[Kind, tuple[Rule, ...]]] = {
    Kind.HEADING: (),
    Kind.LABEL: (take_label,),
    Kind.FIELD: (take_front_matter, take_moment, take_field, take_step),
    Kind.ITEM: (
        take_front_matter,
        take_moment,
        take_agent,
        take_order,
        take_field,
        take_deliverable,
        take_criterion,
        take_next_step,
        take_task,
    ),
    Kind.ROW: (take_metric, take_row),
    Kind.PROSE: (take_moment, take_summary),
    Kind.CODE: (take_moment, take_order, take_chart_row),
}
"""By what a line is, in order: the first that understands it takes it."""
MAY_ONLY_TELL: Final = (take_front_matter, take_field, take_criterion, take_metric)
"""Those that may understand a line and have no place for it."""


def read_breakdown(text: str, source: str) -> Draft:
    """The draft of a Markdown document. Never raises. `Draft.notes` has what was not understood."""
    lines = read_outline(text)
    root = read_sections(lines)
    reading = _read(root, source, lenient=False)
    headings = [one.text for one in root.below() if one.heading is not None]
    found = any(group.tasks or group.deliverables for group in reading.draft.groups.values())
    if not found and not is_no_plan(headings):
        again = _read(root, source, lenient=True)
        reading = again if any(group.tasks for group in again.draft.groups.values()) else reading
    draft = reading.draft
    draft.headings = {line.number for line in lines if line.kind is Kind.HEADING}
    draft.code = {line.number for line in lines if line.kind is Kind.CODE}
    add_stages(draft, lines)
    find_contradictions(draft, lines)
    finish(draft)
    for name in idle(draft):
        draft.note(
            draft.agents[name].line,
            Concern.MISSING,
            f"{name}: nothing here is led, supported or done by it",
            "idle agents",
        )
    return draft


def _read(root: Section, source: str, *, lenient: bool) -> Reading:
    reading = Reading(Draft(source), lenient=lenient)
    _visit(reading, root)
    return reading


def _visit(reading: Reading, section: Section) -> None:
    with reading.within(section):
        for line in section.lines:
            _account(reading, line)
        for child in section.children:
            _visit(reading, child)


def _account(reading: Reading, line: Line) -> None:
    """Take a line by the first rule that understands it, or tell that none does."""
    draft = reading.draft
    for rule in RULES[line.kind]:
        notes = len(draft.notes)
        if rule(reading, line):
            told = rule in MAY_ONLY_TELL and any(
                note.line == line.number and note.concern in {Concern.NOT_UNDERSTOOD, Concern.LEFT_OUT}
                for note in draft.notes[notes:]
            )
            draft.taken.update(() if told else range(line.number, line.number + line.lines))
            return
    if line.kind in {Kind.ITEM, Kind.ROW}:
        _leave_out(reading, line)


def _leave_out(reading: Reading, line: Line) -> None:
    about = line.label or reading.section.text or "the beginning"
    topic = topic_for(reading.section, line)
    why = "words about the work" if topic in NO_WORK else "nothing says that it is a task"
    why = "given up" if line.box == GIVEN_UP else why
    kind = why if topic in NO_WORK or reading.section.role is not Role.TASK else "details of tasks"
    reading.draft.note(line.number, Concern.LEFT_OUT, f"{about}: {line.text[:80]}: {why}", kind)

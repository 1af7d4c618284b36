"""Lines whose section says what they are: agents, deliverables, criteria, metrics, dates, next steps and order. Also
the prose that says what a plan or group is for.
"""

import re
from typing import Final

from orchestrator.importers.criteria import read_criteria
from orchestrator.importers.draft import DraftDeliverable
from orchestrator.importers.durations import find_duration
from orchestrator.importers.outline import Kind, Line
from orchestrator.importers.reading import LONGEST, Reading
from orchestrator.importers.sections import Role, topic_for
from orchestrator.importers.tablecolumns import is_key, with_unit
from orchestrator.importers.topics import Topic

ROLE: Final = re.compile(r"@?(?P<name>[^\W\d_][\w-]{0,63})\s?[-\u2013\u2014:]\s?(?P<duty>\S.*)")
MOMENT: Final = re.compile(
    r"\s{0,40}T\s{0,3}\+\s{0,3}(?P<at>\d{1,6}\s{0,3}[a-z]{0,10})\s{0,20}[-\u2013\u2014:]{0,3}\s{0,3}(?P<event>\S.*)",
    re.IGNORECASE,
)
EVERY: Final = re.compile(
    r"report progress every\s{1,4}(?P<low>\d{1,6})(?:\s?[-\u2013]\s?(?P<high>\d{1,6}))?\s?(?P<unit>\w{1,12})",
    re.IGNORECASE,
)
ORDER: Final = re.compile(r"\b(after|before|parallel|begins?|starts?|waits?|first|once|when)\b", re.IGNORECASE)
BASELINE: Final = re.compile(
    r"(?:baseline|today|current(?:ly| value)?|before|now|actual|ist|actuel(?:lement)?|aujourd'hui|heute|as is|from)",
    re.IGNORECASE,
)
METRICS: Final = 200  # rows of a summary


def take_label(reading: Reading, line: Line) -> bool:
    """A label that announces a topic: the lines below it know that from `topic_for`."""
    if line.kind is not Kind.LABEL:
        return False
    return topic_for(reading.section, line) is not Topic.OTHER


def take_agent(reading: Reading, line: Line) -> bool:
    """An agent and its duty: "@APEX: engineering"."""
    found = (
        ROLE.fullmatch(line.text)
        if line.kind is Kind.ITEM and topic_for(reading.section, line) is Topic.AGENTS
        else None
    )
    if found is None or not (line.text.startswith("@") or line.raw.lstrip().startswith("**@")):
        return False
    reading.draft.agent(found["name"], duty=found["duty"].strip(), line=line.number)
    return True


def take_deliverable(reading: Reading, line: Line) -> bool:
    """What the group around it delivers, or the plan."""
    if line.kind is not Kind.ITEM or topic_for(reading.section, line) is not Topic.DELIVERABLES or line.level > 1:
        return False
    made = DraftDeliverable(line.text[:LONGEST], line.number, reading.task, line.done)
    (reading.draft.deliverables if reading.group is None else reading.group.deliverables).append(made)
    return True


def take_criterion(reading: Reading, line: Line) -> bool:
    """What proves the group around it, or the plan."""
    topic = topic_for(reading.section, line)
    if line.kind is not Kind.ITEM or topic not in {Topic.CRITERIA, Topic.METRICS}:
        return False
    target = reading.draft.criteria if reading.group is None else reading.group.criteria
    target += read_criteria(reading.draft, line, line.text)
    return True


def take_metric(reading: Reading, line: Line) -> bool:
    """A row with a metric and its target, and what it comes to today."""
    if line.kind is not Kind.ROW or topic_for(reading.section, line) not in {Topic.METRICS, Topic.CRITERIA}:
        return False
    columns = list(line.cells)
    goal = next(
        (name for name in columns[1:] if re.search(r"target|goal|threshold|objective|ziel|cible|expected|pass", name)),
        "",
    )
    if len(columns) < 2 or len(reading.draft.metrics) >= METRICS:
        return False
    cells = list(line.cells.values())
    named = (cell for column, cell in line.cells.items() if column != goal and not is_key(cell))
    metric = line.cells.get("metric") or next(named, cells[0])
    goal = goal or columns[1]
    if before := next((name for name in columns[1:] if BASELINE.fullmatch(name)), ""):
        reading.draft.baselines[line.number] = with_unit(line, before)
    reading.draft.metrics.append((metric[:LONGEST], with_unit(line, goal)[:LONGEST], line.number))
    return True


def take_moment(reading: Reading, line: Line) -> bool:
    """A moment of a timeline: "T + 2 h: workstream A complete"."""
    found = MOMENT.fullmatch(line.text) if topic_for(reading.section, line) is Topic.TIMELINE else None
    if found is None:
        return False
    duration = find_duration(found["at"]) or (0.0, "")
    done = [
        name
        for name in list(reading.draft.groups)[:100]
        if re.search(rf"workstream {name}\b.{{0,200}}complete", found["event"], re.IGNORECASE)
    ]
    reading.draft.timeline.append((duration[0], found["event"].strip()[:LONGEST], done, line.number))
    return True


def take_next_step(reading: Reading, line: Line) -> bool:
    """What is to be done next, and how often progress is to be reported."""
    if line.kind is not Kind.ITEM or line.box or topic_for(reading.section, line) is not Topic.NEXT:
        return False
    reading.draft.next_steps.append(line.text[:LONGEST])
    if found := EVERY.search(line.text):
        low = find_duration(f"{found['low']} {found['unit']}")
        high = find_duration(f"{found['high']} {found['unit']}") if found["high"] else None
        reading.draft.progress = (low[0], high[0] if high else None) if low else None
    return True


def take_order(reading: Reading, line: Line) -> bool:
    """Drawings and notes of who waits for whom, and integration points: `add_stages` reads them."""
    topic = topic_for(reading.section, line)
    if (
        topic not in {Topic.ORDER, Topic.INTEGRATION}
        or line.kind not in {Kind.CODE, Kind.ITEM}
        or reading.group is not None
    ):
        return False
    return topic is Topic.INTEGRATION or line.kind is Kind.CODE or ORDER.search(line.text[:2000]) is not None


def take_summary(reading: Reading, line: Line) -> bool:
    """Prose right below the title, or right below a group: what it is for."""
    if line.kind is not Kind.PROSE or line.label or line.level or reading.task is not None:
        return False
    topic, target = topic_for(reading.section, line), reading.group
    if target is not None and reading.section.role is Role.GROUP and not target.tasks and len(target.goal) < LONGEST:
        target.goal = f"{target.goal} {line.text}".strip()[: 2 * LONGEST]
        return True
    above = reading.section.role is Role.TITLE or (topic is Topic.SUMMARY and reading.section.heading is not None)
    if target is None and above and not reading.draft.groups and len(reading.draft.summary) < 3 * LONGEST:
        reading.draft.summary = f"{reading.draft.summary} {line.text}".strip()[: 4 * LONGEST]
        return True
    return False

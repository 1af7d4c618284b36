"""A Markdown work breakdown as a draft: every line is taken by the first rule that understands it, or noted.

The rules are a table; what no rule takes becomes a note with its line, so that nothing is dropped in silence.
"""

import re
from collections.abc import Callable
from typing import Final

from orchestrator.importers.contradictions import find_contradictions
from orchestrator.importers.dates import spell_date
from orchestrator.importers.draft import Concern, Draft, DraftCriterion, DraftGroup, identifier
from orchestrator.importers.outline import Kind, Line, read_outline
from orchestrator.importers.quantities import find_demands, find_duration
from orchestrator.importers.stages import add_stages, idle
from orchestrator.importers.tasklines import read_row, read_task, split_names
from orchestrator.importers.topics import PHASE, WORKSTREAM, Topic, topic_above, topic_of

TITLE_TAIL: Final = re.compile(
    r"\s*[-\u2013\u2014:]\s*(work breakdown( structure)?|wbs|(project )?plan|roadmap|todo)\s*$", re.IGNORECASE
)
AGENT: Final = re.compile(
    r"(?:(?P<sign>@)|(?<![\w@]))(?P<name>(?!and\b)[A-Za-z][\w-]*(?(sign)|(?: +(?!and\b)[A-Za-z][\w-]*)*))"
    r"\s*(?:\((?P<specialty>[^)]*)\))?"
)
"""A word after "@", or words between commas and "and": "@APEX (Engineering), Ada Lovelace and Bob"."""
ROLE: Final = re.compile(r"@?(?P<name>[A-Za-z][\w-]*)\s*[-\u2013\u2014:]\s*(?P<duty>.+)")
MOMENT: Final = re.compile(r"\s*T\s*\+\s*(?P<at>\d+\s*[a-z]*)\s*[-\u2013\u2014:]*\s*(?P<event>.+)", re.IGNORECASE)
EVERY: Final = re.compile(
    r"report progress every\s+(?P<low>\d+)(?:\s*[-\u2013]\s*(?P<high>\d+))?\s*(?P<unit>\w+)", re.IGNORECASE
)

ORDER: Final = re.compile(r"\b(after|before|parallel|begins?|starts?|waits?|first|once|when)\b", re.IGNORECASE)


def read_breakdown(text: str, source: str) -> Draft:
    """The draft of a Markdown document. Never raises; what is not understood stands in `Draft.notes`."""
    lines = read_outline(text)
    reading = _Reading(Draft(source))
    for line in lines:
        if not any(rule(reading, line) for rule in RULES):
            reading.draft.note(line.number, Concern.NOT_UNDERSTOOD, line.text)
    add_stages(reading.draft, lines)
    find_contradictions(reading.draft, lines)
    _name_summary_criteria(reading.draft)
    for name in idle(reading.draft):
        reading.draft.note(
            reading.draft.agents[name].line, Concern.MISSING, f"{name}: nothing here is led, supported or done by it"
        )
    return reading.draft


class _Reading:
    """The draft, and the group that the lines stand in."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.group: DraftGroup | None = None
        self.level = 0
        self.phase: DraftGroup | None = None

    def open(self, line: Line, name: str, title: str) -> DraftGroup:
        """A new group, under the heading's level."""
        name = name if name not in self.draft.groups else identifier(title, self.draft.groups)
        self.group = self.draft.groups[name] = DraftGroup(name, title, line.number)
        self.level = line.level
        return self.group


def _heading(reading: _Reading, line: Line) -> bool:
    if line.kind is not Kind.HEADING:
        return False
    draft = reading.draft
    if reading.group is not None and line.level <= reading.level:
        reading.group = None
    if found := WORKSTREAM.fullmatch(line.text):
        reading.open(line, _group_id(found["id"], "W"), found["title"] or line.text)
    elif (found := PHASE.fullmatch(line.text)) and not _is_title(draft, line):
        group = reading.open(line, _group_id(found["id"], found["noun"].capitalize()), found["title"] or line.text)
        if reading.phase is not None:
            group.needs = [reading.phase.id]
            draft.note(line.number, Concern.READ_AS, f"{line.text}: begins when {reading.phase.title} is done")
        reading.phase = group
    elif _is_title(draft, line):
        draft.title = TITLE_TAIL.sub("", line.text)
        draft.id = re.sub(r"[^a-z0-9]", "", draft.title.partition(":")[0].lower())[:48] or "imported"
        draft.id = draft.id if draft.id[0].isalpha() else f"plan{draft.id}"
    return True  # any other heading only says what stands below it


def _is_title(draft: Draft, line: Line) -> bool:
    return line.level == 1 and not draft.title


def _group_id(word: str, prefix: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_-]", "-", word).strip("-")
    return name if name[:1].isalpha() else f"{prefix}{name}"


def _label(_reading: _Reading, line: Line) -> bool:
    return line.kind is Kind.LABEL


def _field(reading: _Reading, line: Line) -> bool:
    """Take a line such as "Lead Agent: @X (Y)" or "Estimated Time: 60 minutes": of the group, or of the plan above them."""
    if not line.key or line.kind not in {Kind.FIELD, Kind.ITEM}:
        return False
    value = line.text if line.kind is Kind.FIELD else line.text.partition(":")[2].strip()
    take = next((take for pattern, take in FIELDS if pattern.fullmatch(line.key)), None)
    return take is not None and take(reading, line, value)


def _lead(reading: _Reading, line: Line, value: str) -> bool:
    names = _agents(reading.draft, value, line)
    if reading.group is None or not names:
        return False
    reading.group.lead = names[0]
    reading.group.supporting += names[1:]
    return True


def _supporting(reading: _Reading, line: Line, value: str) -> bool:
    if reading.group is not None:
        reading.group.supporting += _agents(reading.draft, value, line)
    return reading.group is not None


def _goal(reading: _Reading, _line: Line, value: str) -> bool:
    if reading.group is not None:
        reading.group.goal = value
    return reading.group is not None


def _group_needs(reading: _Reading, _line: Line, value: str) -> bool:
    if reading.group is not None:
        reading.group.needs += split_names(value)
    return reading.group is not None


def _date(reading: _Reading, _line: Line, value: str) -> bool:
    reading.draft.date = reading.draft.date or spell_date(value)
    return reading.group is None


def _without_meaning(reading: _Reading, line: Line, value: str) -> bool:
    reading.draft.note(line.number, Concern.NOT_UNDERSTOOD, f"{line.key}: {value} (a plan has no place for it)")
    return True


def _estimate(reading: _Reading, line: Line, value: str) -> bool:
    found = find_duration(value)
    if found is None:
        return False
    (reading.group or reading.draft).estimate = found[0]
    if found[1]:
        reading.draft.note(line.number, Concern.READ_AS, f"{value}: {found[1]}")
    return True


FIELDS: Final[tuple[tuple[re.Pattern[str], Callable[[_Reading, Line, str], bool]], ...]] = tuple(
    (re.compile(pattern), take)
    for pattern, take in (
        (r"(.* )?(estimate|time|duration|effort)|(duration|estimated) .*", _estimate),
        (r"(lead|owner|assignee)( .*)?", _lead),
        (r"(supporting|support|contributors)( .*)?", _supporting),
        (r"goal|objective|description", _goal),
        (r"(depends|dependencies|requires|blocked)( .*)?", _group_needs),
        (r"date|created", _date),
        (r"status|(execution )?mode|version|author|progress", _without_meaning),
    )
)
"""What each field's name stands for; the first that matches."""


def _agents(draft: Draft, text: str, line: Line) -> list[str]:
    """The agents named in "@VELOCITY (Performance Optimization), @APEX"; known from now on."""
    found = ((match, "-".join(match["name"].split())) for match in AGENT.finditer(text))
    return [draft.agent(name, specialty=(match["specialty"] or "").strip(), line=line.number) for match, name in found]


def _agent_item(reading: _Reading, line: Line) -> bool:
    found = ROLE.fullmatch(line.text) if line.kind is Kind.ITEM and topic_above(line.above) is Topic.AGENTS else None
    if found is None:
        return False
    reading.draft.agent(found["name"], duty=found["duty"].strip(), line=line.number)
    return True


def _deliverable(reading: _Reading, line: Line) -> bool:
    if line.kind is not Kind.ITEM or reading.group is None or topic_above(line.above) is not Topic.DELIVERABLES:
        return False
    reading.group.deliverables.append((line.text, line.number))
    return True


def _criterion(reading: _Reading, line: Line) -> bool:
    if line.kind is not Kind.ITEM or reading.group is None or topic_above(line.above) is not Topic.CRITERIA:
        return False
    demands = find_demands(line.text)
    if not demands:
        reading.draft.note(line.number, Concern.NOT_UNDERSTOOD, f"{line.text}: a criterion without a figure")
    for demand in demands:
        reading.group.criteria.append(DraftCriterion(line.text, line.number, demand.target))
        if demand.aloud:
            reading.draft.note(line.number, Concern.READ_AS, f"{line.text}: {demand.target}; {demand.aloud}")
    if len(demands) > 1:
        figures = " and ".join(demand.target for demand in demands)
        reading.draft.note(line.number, Concern.READ_AS, f"{line.text}: {len(demands)} criteria, {figures}")
    return True


def _metric_row(reading: _Reading, line: Line) -> bool:
    if line.kind is not Kind.ROW or topic_above(line.above) is not Topic.METRICS:
        return False
    cells = list(line.cells.values())
    if len(cells) < 2:
        return False
    reading.draft.metrics.append((line.cells.get("metric", cells[0]), line.cells.get("target", cells[1]), line.number))
    return True


def _moment(reading: _Reading, line: Line) -> bool:
    found = MOMENT.fullmatch(line.text) if topic_above(line.above) is Topic.TIMELINE else None
    if found is None:
        return False
    duration = find_duration(found["at"]) or (0.0, "")
    done = [
        name
        for name in reading.draft.groups
        if re.search(rf"workstream {name}\b.*complete", found["event"], re.IGNORECASE)
    ]
    reading.draft.timeline.append((duration[0], found["event"].strip(), done, line.number))
    return True


def _next_step(reading: _Reading, line: Line) -> bool:
    if line.kind is not Kind.ITEM or topic_above(line.above) is not Topic.NEXT:
        return False
    reading.draft.next_steps.append(line.text)
    if found := EVERY.search(line.text):
        low = find_duration(f"{found['low']} {found['unit']}")
        high = find_duration(f"{found['high']} {found['unit']}") if found["high"] else None
        reading.draft.progress = (low[0], high[0] if high else None) if low else None
    return True


def _summary(reading: _Reading, line: Line) -> bool:
    if line.kind is not Kind.PROSE:
        return False
    target = reading.group
    if target is not None and not target.tasks and topic_above(line.above[-1:]) in {Topic.SUMMARY, Topic.OTHER}:
        target.goal = f"{target.goal} {line.text}".strip()
        return True
    if (
        reading.group is None
        and (topic_above(line.above) is Topic.SUMMARY or len(line.above) == 1)
        and not reading.draft.groups
    ):
        reading.draft.summary = f"{reading.draft.summary} {line.text}".strip()
        return True
    return False


def _ordered(_reading: _Reading, line: Line) -> bool:
    """Drawings and notes of who waits for whom, and integration points: `add_stages` reads them."""
    topic = topic_above(line.above)
    if topic not in {Topic.ORDER, Topic.INTEGRATION} or line.kind not in {Kind.CODE, Kind.ITEM}:
        return False
    return topic is Topic.INTEGRATION or line.kind is Kind.CODE or ORDER.search(line.text) is not None


def _task(reading: _Reading, line: Line) -> bool:
    """An item of a list of tasks, or of a list that stands directly below a group."""
    if line.kind is not Kind.ITEM or topic_above(line.above) not in {Topic.TASKS, Topic.OTHER}:
        return False
    group = reading.group or _loose(reading, line)
    task = read_task(reading.draft, line)
    if line.level > 1 and group.tasks:
        reading.draft.note(
            line.number, Concern.READ_AS, f"{line.text}: a task of its own, after the one it stands under"
        )
    group.tasks.append(task)
    return True


def _task_row(reading: _Reading, line: Line) -> bool:
    if line.kind is not Kind.ROW:
        return False
    task = read_row(reading.draft, line)
    if task is None:
        return False
    (reading.group or _loose(reading, line)).tasks.append(task)
    return True


def _loose(reading: _Reading, line: Line) -> DraftGroup:
    """The group of tasks that stand under no workstream or phase: named after the heading above them."""
    title = next((text for text in reversed(line.above) if topic_of(text) is Topic.OTHER), "Work")
    name = identifier(title, fallback="work")
    if name not in reading.draft.groups:
        reading.draft.groups[name] = DraftGroup(name, title, line.number)
    return reading.draft.groups[name]


Rule = Callable[[_Reading, Line], bool]
RULES: Final[tuple[Rule, ...]] = (
    _heading,
    _label,
    _moment,
    _agent_item,
    _ordered,
    _field,
    _deliverable,
    _criterion,
    _metric_row,
    _next_step,
    _task,
    _task_row,
    _summary,
)
"""In order: the first that understands a line takes it."""


def _name_summary_criteria(draft: Draft) -> None:
    """A row of the summary belongs to the criterion of the same figure and a word in common; else it gets one of its own."""
    for metric, target, line in draft.metrics:
        if criteria_of(draft, metric, target):
            continue
        demands = find_demands(f"{target} {metric}") if target.strip().rstrip("%+").isdigit() else find_demands(target)
        unit_word = metric.split()[-1].lower()
        if target.strip() == "0":
            demands = find_demands(f"zero {unit_word}")
        if not demands:
            draft.note(line, Concern.NOT_UNDERSTOOD, f"{metric}: {target}: no criterion has this figure")
            continue
        group = next((one for one in reversed(draft.groups.values()) if "valid" in one.title.lower()), None)
        group = group or list(draft.groups.values())[-1] if draft.groups else None
        if group is not None:
            group.criteria.append(DraftCriterion(metric, line, demands[0].target))
            said = f"{metric}: {target}: no criterion has this figure; {group.title} gets one: {demands[0].target}"
            draft.note(line, Concern.READ_AS, said)


def criteria_of(draft: Draft, metric: str, target: str) -> list[tuple[str, DraftCriterion]]:
    """The criteria that a row of the summary is about, with their groups: the same figure, and a word in common."""
    figures = {demand.number for demand in find_demands(target)}
    words = _stems(metric)
    return [
        (name, one)
        for name, group in draft.groups.items()
        for one in group.criteria
        if one.target.partition(" ")[2] in figures and words & _stems(one.title)
    ]


def _stems(text: str) -> set[str]:
    return {word[:4] for word in re.findall(r"[a-z]{4,}", text.lower())}

"""A Markdown work breakdown as a draft: every line is taken by the first rule that understands it, or noted, or it is
prose.

`sections` says what each heading is; the rules for the lines below are a table. What is work and what are only words
about it is read strictly at first. Where that finds no task at all, plain lists of imperatives count as well.
"""

import re
from collections.abc import Callable
from typing import Final

from orchestrator.importers.contradictions import find_contradictions
from orchestrator.importers.criteria import read_criteria
from orchestrator.importers.dates import spell_date
from orchestrator.importers.draft import Concern, Draft, DraftDeliverable, DraftGroup, DraftTask, identifier
from orchestrator.importers.durations import find_duration
from orchestrator.importers.finish import finish
from orchestrator.importers.outline import Kind, Line, read_outline
from orchestrator.importers.sections import Role, Section, holds_strong, read_sections, topic_for
from orchestrator.importers.stages import add_stages, idle
from orchestrator.importers.tablecolumns import is_key, is_task_row, merged_title, task_cells, with_unit
from orchestrator.importers.taskfields import Means, is_task_field, meaning
from orchestrator.importers.tasklines import (
    NOTHING,
    is_done,
    is_given_up,
    read_needs,
    read_row,
    read_task,
    seconds_of,
    split_names,
    without_estimate,
)
from orchestrator.importers.topics import (
    FINISHED,
    NO_TASK,
    NO_WORK,
    STEP,
    Topic,
    bare,
    is_no_plan,
    is_serial,
    names_group,
    names_task,
    without_noun,
)
from orchestrator.importers.verbs import is_imperative

TITLE_TAIL: Final = re.compile(
    r"\s*[-\u2013\u2014:]\s*(work breakdown( structure)?|wbs|(project )?plan|roadmap|todo)\s*$", re.IGNORECASE
)
AGENT: Final = re.compile(
    r"(?:(?P<sign>@)|(?<![\w@]))(?P<name>(?!and\b)[^\W\d_][\w-]{0,200}(?(sign)|(?: {1,4}(?!and\b|et\b"
    r"|und\b)[^\W\d_][\w-]{0,63}){0,5}))"
    r"\s?(?:\((?P<specialty>[^()]{0,200})\))?"
)
"""A word after "@", or words between commas and "and": "@APEX (Engineering), Ada Lovelace and Bob"."""
LED: Final = re.compile(r"[(\[](?P<key>[A-Za-z ]{2,24}):\s{0,4}(?P<who>[^()\[\]]{1,100})[)\]]\s{0,4}\Z")
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
PLANLIKE: Final = re.compile(
    r"\b(plan|roadmap|to-?do|tasks?|checklist|rollout|work breakdown|wbs|backlog|action items|aufgaben|t\u00e2ches)\b",
    re.IGNORECASE,
)
BASELINE: Final = re.compile(
    r"(?:baseline|today|current(?:ly| value)?|before|now|actual|ist|actuel(?:lement)?|aujourd'hui|heute|as is|from)",
    re.IGNORECASE,
)
LONGEST: Final = 300  # characters of a title
GIVEN_UP: Final = "-"
"""What stands in the check box of a task that nobody will do."""
WORKING: Final = frozenset({Topic.OTHER, Topic.TASKS, Topic.NEXT})
BESIDE: Final = 20  # lines of a section that are looked at for check boxes
METRICS: Final = 200  # rows of a summary


def read_breakdown(text: str, source: str) -> Draft:
    """The draft of a Markdown document. Never raises; what is not understood stands in `Draft.notes`."""
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


def _read(root: Section, source: str, *, lenient: bool) -> "_Reading":
    reading = _Reading(Draft(source), lenient=lenient)
    reading.visit(root)
    return reading


class _Reading:
    """The draft, and where the reading is: the section, the group and the task that the lines stand in."""

    def __init__(self, draft: Draft, *, lenient: bool) -> None:
        self.draft = draft
        self.lenient = lenient
        self.section = Section(None)
        self.group: DraftGroup | None = None
        self.task: DraftTask | None = None
        self.item: DraftTask | None = None
        self.strict = False
        self.last: dict[str, DraftGroup] = {}
        self.tasks: dict[str, tuple[DraftGroup, DraftTask]] = {}
        self.loose: dict[str, str] = {}
        self.looks: dict[int, bool] = {}
        self.merged: tuple[str, tuple[str, ...], int] = ("", (), 0)

    def visit(self, section: Section) -> None:
        """Read a section and what is below it, then be where one was before."""
        before = (self.section, self.group, self.task, self.strict)
        self.section, self.item = section, None
        if section.heading is not None:
            self._enter(section, section.heading)
        if section.role is Role.TASK or section.role is Role.GROUP:
            self.strict = holds_strong(section)
        for line in section.lines:
            self._line(line)
        for child in section.children:
            self.visit(child)
        self.section, self.group, self.task, self.strict = before

    def _enter(self, section: Section, line: Line) -> None:
        match section.role:
            case Role.TITLE:
                _title(self.draft, line)
            case Role.GROUP:
                self.task = None
                self._open(line)
            case Role.TASK:
                self._begin_task(line)
            case _:
                return
        self.draft.taken.add(line.number)

    def _open(self, line: Line) -> None:
        """A new group by its heading; phases wait for the one before them."""
        found = names_group(line.text) or names_task(line.text)
        title, led = _led((found["title"] if found else None) or line.text)
        noun = found.groupdict().get("noun") if found else None
        serial = found is None or noun is None or is_serial(found)
        prefix = "W" if not serial else (noun or "task").replace(" ", "").capitalize()
        name = _group_id(found["id"] if found else "1", prefix)
        within = self.group.id if self.group is not None else ""
        name = name if self.draft.names.is_free(name) else identifier(title)
        group = self.group = self.draft.new_group(name, "", line.number)
        group.title = (without_estimate(self.draft, line, group, title) or title)[:LONGEST]
        group.within, group.done = within, line.done
        group.key = f"{noun} {found['id']}".lower() if found and noun else ""
        group.lead = (_agents(self.draft, led, line) or [""])[0]
        if not serial:
            return
        if (before := self.last.get(within)) is not None:
            group.needs = [before.id]
            said = f"{line.text}: begins when {before.title} is done"
            self.draft.note(line.number, Concern.READ_AS, said, "phases that follow each other")
        self.last[within] = group

    def _begin_task(self, line: Line) -> None:
        """The task that a heading names; one that a table named before gets what stands here as well."""
        task = read_task(self.draft, line)
        found = names_task(line.text)
        if found:
            task.key = found["id"]
        known = self.tasks.get(task.key.lower()) if task.key else None
        named = self.tasks.get(task.title.lower())
        if known and task.key.replace(".", "").isdigit() and not known[1].row and known != named:
            known = None  # numbers begin again in each phase
        known = known or (named if named and named[1].row else None)
        if known:
            self.group, self.task = known
            self.task.done = self.task.done or task.done
            return
        group = self.group or self.loose_group(line)
        self.add(group, task)
        self.group, self.task = group, task

    def add(self, group: DraftGroup, task: DraftTask, *, box: str = "") -> None:
        """A task into a group. box: what stands in its check box, which says more than the group does."""
        task.title = task.title[:LONGEST]
        task.done = task.done or (group.done and not box)
        group.tasks.append(task)
        for name in (task.key, task.title):
            if name:
                self.tasks.setdefault(name.lower(), (group, task))

    def loose_group(self, line: Line, *, title: str = "") -> DraftGroup:
        """The group of tasks that stand under no workstream or phase: named after the heading above them."""
        around = [
            one
            for one in (self.section, *self.section.around())
            if one.role in {Role.PLAIN, Role.TITLE} and one.heading
        ]
        title = title or without_noun(around[0].text if around else "")
        shown = (bare(title) or title) if around and around[0].role is Role.PLAIN else TITLE_TAIL.sub("", title)
        shown = shown[:LONGEST] or "Work"
        key = shown.lower()
        if key not in self.loose:
            made = self.draft.new_group(identifier(shown, fallback="work"), shown, line.number)
            made.lead = (_agents(self.draft, _led(around[0].text)[1], line) or [""])[0] if around else ""
            made.done = bool(around and around[0].heading and around[0].heading.done)
            self.loose[key] = made.id
            if around and around[0].heading:
                self.draft.taken.add(around[0].heading.number)
        return self.draft.groups[self.loose[key]]

    def target(self, line: Line) -> DraftTask | None:
        """The task that a field is of: that of the item which it stands under, or of the heading."""
        return self.item if line.level > 1 and line.kind is Kind.ITEM and self.item is not None else self.task

    def _line(self, line: Line) -> None:
        draft = self.draft
        for rule in RULES[line.kind]:
            notes = len(draft.notes)
            if rule(self, line):
                told = rule in MAY_ONLY_TELL and any(
                    note.line == line.number and note.concern in {Concern.NOT_UNDERSTOOD, Concern.LEFT_OUT}
                    for note in draft.notes[notes:]
                )
                draft.taken.update(() if told else range(line.number, line.number + line.lines))
                return
        if line.kind in {Kind.ITEM, Kind.ROW}:
            about = line.label or self.section.text or "the beginning"
            topic = topic_for(self.section, line)
            why = "words about the work" if topic in NO_WORK else "nothing says that it is a task"
            why = "given up" if line.box == GIVEN_UP else why
            kind = f"{why}" if topic in NO_WORK or self.section.role is not Role.TASK else "details of tasks"
            draft.note(line.number, Concern.LEFT_OUT, f"{about}: {line.text[:80]}: {why}", kind)


def _title(draft: Draft, line: Line) -> None:
    draft.title = (TITLE_TAIL.sub("", line.text[:LONGEST]) or line.text)[:LONGEST]
    draft.id = re.sub(r"[^a-z0-9]", "", draft.title.partition(":")[0].lower())[:48] or "imported"
    draft.id = draft.id if draft.id[0].isalpha() else f"plan{draft.id}"[:48]


def _led(title: str) -> tuple[str, str]:
    """A heading without the lead that it names in brackets, and who that is: "Cache (lead: @VELOCITY)"."""
    found = LED.search(title)
    if found is None or meaning(found["key"]) is not Means.LEAD or not title[: found.start()].strip():
        return title, ""
    return title[: found.start()].rstrip(), found["who"]


def _group_id(word: str, prefix: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_-]", "-", word).strip("-")
    prefix = re.sub(r"[^A-Za-z]", "", prefix) or "G"
    return name if name[:1].isalpha() and prefix == "W" else f"{prefix}{name}"


def _label(reading: _Reading, line: Line) -> bool:
    if line.kind is not Kind.LABEL:
        return False
    return topic_for(reading.section, line) is not Topic.OTHER


def _front(reading: _Reading, line: Line) -> bool:
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
        draft.lead = (_agents(draft, line.text, line) or [""])[0]
    elif means is Means.ESTIMATE:
        draft.estimate = seconds_of(draft, line.number, line.text)
    elif means is Means.DATE:
        draft.date = draft.date or spell_date(line.text)
    else:
        draft.note(
            line.number, Concern.NOT_UNDERSTOOD, f"{line.key}: {line.text} (a plan has no place for it)", "front matter"
        )
    return True


def _field(reading: _Reading, line: Line) -> bool:
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


def _is_field_item(reading: _Reading, line: Line, means: Means) -> bool:
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


def _lead(reading: _Reading, line: Line, value: str) -> bool:
    task = reading.target(line)
    if value.strip(" .").lower() in NOTHING:
        return True
    names = _agents(reading.draft, value, line)
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


def _supporting(reading: _Reading, line: Line, value: str) -> bool:
    if reading.group is not None:
        reading.group.supporting += _agents(reading.draft, value, line)
    return reading.group is not None


def _goal(reading: _Reading, _line: Line, value: str) -> bool:
    if reading.task is not None:
        return False
    if reading.group is not None:
        reading.group.goal = reading.group.goal or value
    elif topic_for(reading.section, _line) is Topic.OTHER or reading.section.role is Role.TITLE:
        reading.draft.summary = f"{reading.draft.summary} {value}".strip()
    return True


def _needs(reading: _Reading, line: Line, value: str) -> bool:
    task = reading.target(line)
    if task is not None:
        task.needs = [*(task.needs or []), *read_needs(reading.draft, line.number, value.rstrip("."))]
    elif reading.group is not None:
        names = read_needs(reading.draft, line.number, value.rstrip("."))
        reading.group.needs += [part for name in names for part in ([name] if " " in name else split_names(name))]
    return task is not None or reading.group is not None


def _date(reading: _Reading, line: Line, value: str) -> bool:
    if reading.group is not None:
        return _without_meaning(reading, line, value)
    reading.draft.date = reading.draft.date or spell_date(value)
    return True


def _status(reading: _Reading, line: Line, value: str) -> bool:
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


def _without_meaning(reading: _Reading, line: Line, value: str) -> bool:
    text = f"{line.key}: {value} (a plan has no place for it)"
    reading.draft.note(line.number, Concern.NOT_UNDERSTOOD, text, "fields without a place")
    return True


def _estimate(reading: _Reading, line: Line, value: str) -> bool:
    task = reading.target(line)
    if value.strip(" .").lower() in NOTHING:
        return True
    target = task or reading.group or reading.draft
    seconds = seconds_of(reading.draft, line.number, value)
    if seconds is not None and target.estimate is None:
        target.estimate = seconds
    return True


def _listed(reading: _Reading, line: Line, value: str) -> bool:
    """As in "Tasks: a; b; c" of a group on one line."""
    group = reading.group
    if group is None or reading.task is not None:
        return False
    for part in _parts(value):
        reading.add(group, read_task(reading.draft, line, part))
    return True


def _told_criteria(reading: _Reading, line: Line, value: str) -> bool:
    target = reading.draft.criteria if reading.group is None else reading.group.criteria
    for part in _parts(value):
        target += read_criteria(reading.draft, line, part)
    return True


def _told_deliverables(reading: _Reading, line: Line, value: str) -> bool:
    if reading.group is None:
        return False
    reading.group.deliverables += [DraftDeliverable(part, line.number, reading.task) for part in _parts(value)]
    return True


def _parts(value: str) -> list[str]:
    mark = ";" if ";" in value else ("," if value.count(",") > 1 and "." not in value else "\n")
    return [part.strip(" .") for part in value.split(mark) if part.strip(" .")]


FIELDS: Final[dict[Means, Callable[[_Reading, Line, str], bool]]] = {
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


def _agents(draft: Draft, text: str, line: Line) -> list[str]:
    """The agents named in "@VELOCITY (Performance Optimization), @APEX"; known from now on."""
    found = ((match, "-".join(match["name"].split())) for match in AGENT.finditer(text[:600]))
    return [draft.agent(name, specialty=(match["specialty"] or "").strip(), line=line.number) for match, name in found]


def _agent_item(reading: _Reading, line: Line) -> bool:
    found = (
        ROLE.fullmatch(line.text)
        if line.kind is Kind.ITEM and topic_for(reading.section, line) is Topic.AGENTS
        else None
    )
    if found is None or not (line.text.startswith("@") or line.raw.lstrip().startswith("**@")):
        return False
    reading.draft.agent(found["name"], duty=found["duty"].strip(), line=line.number)
    return True


def _deliverable(reading: _Reading, line: Line) -> bool:
    if line.kind is not Kind.ITEM or topic_for(reading.section, line) is not Topic.DELIVERABLES or line.level > 1:
        return False
    made = DraftDeliverable(line.text[:LONGEST], line.number, reading.task, line.done)
    (reading.draft.deliverables if reading.group is None else reading.group.deliverables).append(made)
    return True


def _criterion(reading: _Reading, line: Line) -> bool:
    topic = topic_for(reading.section, line)
    if line.kind is not Kind.ITEM or topic not in {Topic.CRITERIA, Topic.METRICS}:
        return False
    target = reading.draft.criteria if reading.group is None else reading.group.criteria
    target += read_criteria(reading.draft, line, line.text)
    return True


def _metric_row(reading: _Reading, line: Line) -> bool:
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


def _moment(reading: _Reading, line: Line) -> bool:
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


def _next_step(reading: _Reading, line: Line) -> bool:
    if line.kind is not Kind.ITEM or line.box or topic_for(reading.section, line) is not Topic.NEXT:
        return False
    reading.draft.next_steps.append(line.text[:LONGEST])
    if found := EVERY.search(line.text):
        low = find_duration(f"{found['low']} {found['unit']}")
        high = find_duration(f"{found['high']} {found['unit']}") if found["high"] else None
        reading.draft.progress = (low[0], high[0] if high else None) if low else None
    return True


def _summary(reading: _Reading, line: Line) -> bool:
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


def _ordered(reading: _Reading, line: Line) -> bool:
    """Drawings and notes of who waits for whom, and integration points: `add_stages` reads them."""
    topic = topic_for(reading.section, line)
    if (
        topic not in {Topic.ORDER, Topic.INTEGRATION}
        or line.kind not in {Kind.CODE, Kind.ITEM}
        or reading.group is not None
    ):
        return False
    return topic is Topic.INTEGRATION or line.kind is Kind.CODE or ORDER.search(line.text[:2000]) is not None


def _task(reading: _Reading, line: Line) -> bool:
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


def _is_task_item(reading: _Reading, line: Line) -> bool:
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


def _is_marked(reading: _Reading, line: Line) -> bool:
    """Whether some of its list are marked as done, in what calls itself a plan: "## Q1", "- \u2705 Export"."""
    around = (reading.section, *reading.section.around())
    beside = (one for one in reading.section.lines[:BESIDE] if one.kind is Kind.ITEM and one.label == line.label)
    return (
        reading.task is None
        and any(PLANLIKE.search(one.text[:200]) for one in around if one.heading)
        and any(one.done and one.level == 1 for one in beside)
    )


def _is_plain_task(reading: _Reading, line: Line) -> bool:
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


def _task_row(reading: _Reading, line: Line) -> bool:
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


def _named_group(reading: _Reading, line: Line) -> str:
    """The group that a row names; an empty cell is one with the cell above it, in the same table."""
    cells = task_cells(line)
    named = cells.get("group", "").strip()
    above, columns, last = reading.merged
    if not named and columns == tuple(line.cells) and last == line.number - 1:
        named = above
    reading.merged = (named, tuple(line.cells), line.number)
    return named


def _chart_row(reading: _Reading, line: Line) -> bool:
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


def _step_prose(reading: _Reading, line: Line) -> bool:
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


Rule = Callable[[_Reading, Line], bool]
RULES: Final[dict[Kind, tuple[Rule, ...]]] = {
    Kind.HEADING: (),
    Kind.LABEL: (_label,),
    Kind.FIELD: (_front, _moment, _field, _step_prose),
    Kind.ITEM: (_front, _moment, _agent_item, _ordered, _field, _deliverable, _criterion, _next_step, _task),
    Kind.ROW: (_metric_row, _task_row),
    Kind.PROSE: (_moment, _summary),
    Kind.CODE: (_moment, _ordered, _chart_row),
}
"""By what a line is, in order: the first that understands it takes it."""
MAY_ONLY_TELL: Final = (_front, _field, _criterion, _metric_row)
"""Those that may understand a line and have no place for it."""

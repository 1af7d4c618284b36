"""The reader's position in a work breakdown: the section, group and task of the current line.

Rules for lines (`fieldlines`, `sectionlines`, `taskrules`) ask it and add to its draft; it knows none of them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from orchestrator.importers.agentnames import agents_in, split_lead
from orchestrator.importers.draft import Concern, Draft, DraftGroup, DraftTask, identifier
from orchestrator.importers.naming import is_serial, names_group, names_task, without_noun
from orchestrator.importers.outline import Kind, Line
from orchestrator.importers.sections import Role, Section, holds_strong
from orchestrator.importers.tasklines import read_task, without_estimate
from orchestrator.importers.topics import bare

TITLE_TAIL: Final = re.compile(
    r"\s*[-\u2013\u2014:]\s*(work breakdown( structure)?|wbs|(project )?plan|roadmap|todo)\s*$", re.IGNORECASE
)
LONGEST: Final = 300  # characters of a title


class Reading:
    """The draft, and where the reading is: the section, the group and the task that the lines stand in.

    lenient: plain lists of imperatives are tasks as well. item: the last item that is a task. strict: check boxes or
    their like stand below, so that plain items are none. tasks: by key and by title. looks: what was found of
    sections, by id. merged: the group that rows are in, the columns, and the line of the last row.
    """

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

    @contextmanager
    def within(self, section: Section) -> Iterator[None]:
        """Be in a section and what it opens, and afterwards where one was before."""
        before = (self.section, self.group, self.task, self.strict)
        self.section, self.item = section, None
        if section.heading is not None:
            self._enter(section, section.heading)
        if section.role is Role.TASK or section.role is Role.GROUP:
            self.strict = holds_strong(section)
        yield
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
        title, led = split_lead((found["title"] if found else None) or line.text)
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
        group.lead = (agents_in(self.draft, led, line) or [""])[0]
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
            made.lead = (agents_in(self.draft, split_lead(around[0].text)[1], line) or [""])[0] if around else ""
            made.done = bool(around and around[0].heading and around[0].heading.done)
            self.loose[key] = made.id
            if around and around[0].heading:
                self.draft.taken.add(around[0].heading.number)
        return self.draft.groups[self.loose[key]]

    def target(self, line: Line) -> DraftTask | None:
        """The task that a field is of: that of the item which it stands under, or of the heading."""
        return self.item if line.level > 1 and line.kind is Kind.ITEM and self.item is not None else self.task


def _title(draft: Draft, line: Line) -> None:
    draft.title = (TITLE_TAIL.sub("", line.text[:LONGEST]) or line.text)[:LONGEST]
    draft.id = re.sub(r"[^a-z0-9]", "", draft.title.partition(":")[0].lower())[:48] or "imported"
    draft.id = draft.id if draft.id[0].isalpha() else f"plan{draft.id}"[:48]


def _group_id(word: str, prefix: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_-]", "-", word).strip("-")
    prefix = re.sub(r"[^A-Za-z]", "", prefix) or "G"
    return name if name[:1].isalpha() and prefix == "W" else f"{prefix}{name}"

"""One task in one line: "- [ ] Do it (2h) @ada, depends on T1", or a table row with ID, Depends on, Est."""

import re
from collections.abc import Mapping
from typing import Final

from orchestrator.importers.draft import Concern, Draft, DraftTask
from orchestrator.importers.outline import Line
from orchestrator.importers.quantities import find_duration

KEY: Final = re.compile(r"^(?P<key>(?:[A-Z]{1,6}-?)?\d+(?:\.\d+)*|[A-Z]{1,4}\d+(?:\.\d+)*)[.:)]?\s+(?=\S)")
ESTIMATE: Final = re.compile(
    r"\s*[(\[]?(?:est(?:imate)?\.?\s*:?\s*|~)?(?P<text>\d+(?:\.\d+)?\s*(?:h|hrs?|hours?|m|mins?|minutes?|d|days?|w|weeks?))[)\]]?\s*$",
    re.IGNORECASE,
)
NEEDS: Final = re.compile(
    r"[\s,;(]*\b(?:depends on|after|blocked by|requires|needs)\s*:?\s*"
    r"(?P<names>#?[\w.-]*\d[\w.-]*(?:\s*(?:,|and|&)\s*#?[\w.-]*\d[\w.-]*)*)\)?\s*$",
    re.IGNORECASE,
)
"""What a task waits for; names have a digit in them, so that "profile before/after optimization" is a title."""
BY_TITLE: Final = re.compile(r"[\s,;(]*\b(?:depends on|blocked by)\s*:?\s*(?P<titles>[^()@]+?)\)?\s*$", re.IGNORECASE)
"""The same by titles, which only these words announce clearly enough."""
OWNER: Final = re.compile(r"\s*@(?P<name>[A-Za-z][\w-]*)")
POINTS: Final = re.compile(r"\b\d+\s*(?:sp|pts?|points?|story points?)\b", re.IGNORECASE)

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "key": ("id", "#", "no", "no.", "nr", "key", "wbs"),
    "title": ("task", "title", "name", "description", "work item", "item", "activity", "what"),
    "needs": (
        "depends on",
        "depends",
        "dependencies",
        "dependency",
        "blocked by",
        "predecessors",
        "needs",
        "after",
        "requires",
    ),
    "estimate": ("est", "est.", "estimate", "effort", "duration", "time", "hours"),
    "agent": ("owner", "assignee", "agent", "who", "lead", "responsible"),
}
NOTHING: Final = frozenset({"", "-", "\u2013", "\u2014", "none", "n/a"})


def split_names(text: str) -> list[str]:
    """The names in "T1, T2 and #3"; none for a dash."""
    names = (name.strip().lstrip("#") for name in re.split(r",|;|&|\band\b|\s+", text))
    return [name for name in names if name.lower() not in NOTHING]


def read_task(draft: Draft, line: Line) -> DraftTask:
    """A list item as a task; its number, owner, estimate and needs are taken out of the title."""
    text = line.text
    task = DraftTask("", line.number)
    if found := KEY.match(text):
        task.key, text = found["key"], text[found.end() :]
    for _ in range(3):
        if found := NEEDS.search(text):
            task.needs, text = split_names(found["names"]), text[: found.start()]
        elif task.needs is None and (found := BY_TITLE.search(text)):
            task.needs, text = [one.strip() for one in found["titles"].split(",")], text[: found.start()]
        if found := OWNER.search(text):
            task.agent = draft.agent(found["name"])
            text = (text[: found.start()] + text[found.end() :]).strip()
        if found := ESTIMATE.search(text):
            task.estimate, text = _seconds(draft, line, found["text"]), text[: found.start()]
    task.title = text.strip(" -\u2013\u2014:,;") or line.text
    return task


def read_row(draft: Draft, line: Line) -> DraftTask | None:
    """A table row as a task; None where no column is a task's title."""
    cells = {part: line.cells[name] for part, names in COLUMNS.items() for name in names if name in line.cells}
    if not cells.get("title"):
        return None
    task = DraftTask(cells["title"], line.number, key=cells.get("key", ""))
    if "needs" in cells:
        task.needs = split_names(cells["needs"])
    if cells.get("agent", "").lower() not in NOTHING:
        task.agent = draft.agent(re.sub(r"[^\w-]", "", cells["agent"].split(",")[0].lstrip("@").replace(" ", "-")))
    if cells.get("estimate", "").lower() not in NOTHING:
        task.estimate = _seconds(draft, line, cells["estimate"])
    known = {name for names in COLUMNS.values() for name in names}
    for column, cell in line.cells.items():
        if column not in known and cell:
            draft.note(line.number, Concern.NOT_UNDERSTOOD, f"{column}: {cell} (of task {cells['title']!r})")
    return task


def _seconds(draft: Draft, line: Line, text: str) -> float | None:
    found = None if POINTS.search(text) else find_duration(text)
    if found is None:
        draft.note(line.number, Concern.NOT_UNDERSTOOD, f"estimate {text!r}: no duration")
        return None
    if found[1]:
        draft.note(line.number, Concern.READ_AS, f"estimate {text}: {found[1]}")
    return found[0]

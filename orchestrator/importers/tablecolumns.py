"""The columns of a table of tasks, under the names that people and tools use: Task Name, Est (h), Predecessors,
Resource Names.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from orchestrator.importers.durations import is_size
from orchestrator.importers.outline import Line

COLUMNS: Final[Mapping[str, str]] = {
    "key": r"(?:issue )?(?:id|key)|#|no\.?|nr\.?|n\u00b0|key|wbs(?: code)?|task id|ref|code|num\u00e9ro|number|ticket"
    r"|item #|task #|unique id",
    "task": r"task(?: name| title)?|task description|activity(?: name)?|action(?: item)?|work item|to-?do|step|story"
    r"|user story|t\u00e2che|activit\u00e9|aufgabe|vorgang(?:sname)?|t\u00e4tigkeit|tarea|actividad|work "
    r"package|issue|ticket title|job",
    "weak": r"title|name|description|item|what|summary|feature|deliverable|subject|titre|nom|bezeichnung|titel"
    r"|t\u00edtulo|nombre|details|requirement|work"
    r"|focus|theme",
    "needs": r"depends(?: on)?|dependenc(?:y|ies)|deps?|blocked by|predecessors?|needs|after|requires|prerequisites?"
    r"|waits for|d\u00e9pend(?: de)?|d\u00e9pendances?|pr\u00e9d\u00e9cesseurs?|vorg\u00e4nger"
    r"|abh\u00e4ngig(?: von)?|abh\u00e4ngigkeiten|predecesoras?|depende de",
    "estimate": r"(?:original |initial |planned |total |remaining )?"
    r"(?:est|estimate|estimated|estimation|effort|duration|time|hours|days|hrs|work|size|dur\u00e9e"
    r"|charge|dauer|aufwand|duraci\u00f3n|points|story points|sp)\.?(?: (?:time|effort|hours|days"
    r"|duration))?(?: ?\([^()]{1,20}\))?",
    "agent": r"owner|assignee|assigned(?: to)?|agent|who|lead|responsible|resources?(?: names?)?|responsable|qui"
    r"|verantwortlich|zust\u00e4ndig|ressource(?:nname)?n?|person|developer|dev|recursos?|dri|by",
    "status": r"status|state|done|\u2713|completed?|% complete|progress|statut|\u00e9tat|erledigt|estado|complete\?",
    "when": r"weeks?|months?|timeframe|period|woche|semaine",
    "group": r"phase|workstream|stream|track|epic(?: link| name)?|parent(?: summary)?"
    r"|sprint|milestone|stage|wave|iteration|lot|chantier|workpackage",
}
PATTERNS: Final = {part: re.compile(pattern, re.IGNORECASE) for part, pattern in COLUMNS.items()}
WORK: Final = ("needs", "estimate", "agent", "status", "key")
KEY: Final = re.compile(r"(?:[A-Za-z]{1,10}[-_.]?){0,3}\d{1,5}(?:[.-]\d{1,4}){0,4}[a-z]?")
SUM: Final = re.compile(
    r"(?:sub-?|grand )?totals?|sum|somme|sous-total|gesamt|summe|total g\u00e9n\u00e9ral", re.IGNORECASE
)
"""The title of a row that adds up the others."""
UNIT: Final = re.compile(r"units?|einheit|unit\u00e9|unidad|uom", re.IGNORECASE)
IN_NAME: Final = re.compile(r"[(\[]([^()\[\]]{1,16})[)\]]$")
HOURS: Final = re.compile(
    r"\b(h|hours?|hrs?|d|days?|w|weeks?|min|minutes?|heures?|jours?|tage|stunden)\b", re.IGNORECASE
)


def is_key(cell: str) -> bool:
    """Whether a cell holds an id and no title: "TASK-001", "3"."""
    return KEY.fullmatch(cell.strip()) is not None


def merged_title(line: Line) -> str:
    """What a row of a table of several columns says that has a single cell, in bold: the rows below are under it."""
    said = [cell for cell in line.cells.values() if cell]
    return said[0] if len(said) == 1 and len(line.cells) > 2 and line.raw.count("**") == 2 else ""


def with_unit(line: Line, column: str) -> str:
    """A row's cell with the unit that another column, or the column's own name, gives its number: "Target (ms)"."""
    cell = line.cells.get(column, "").strip()
    if not cell[-1:].isdigit():
        return cell
    named = IN_NAME.search(column)
    unit = next((said for name, said in line.cells.items() if UNIT.fullmatch(name)), "") or (named[1] if named else "")
    return f"{cell} {unit.strip()}".strip()


@lru_cache(maxsize=2048)
def part_of(column: str) -> str:
    """Which part of a task a column holds; "" for none. weak: a title, if others say that the table is one of tasks."""
    return next((part for part, pattern in PATTERNS.items() if pattern.fullmatch(column[:60].strip())), "")


def task_cells(line: Line) -> dict[str, str]:
    """A row's cells by the part of a task that they hold; the first column of each kind counts, and of estimates the
    first that is not a size.
    """
    cells: dict[str, str] = {}
    for column, cell in line.cells.items():
        part = part_of(column)
        if part and (part not in cells or (part == "estimate" and is_size(cells[part]) and not is_size(cell))):
            cells[part] = cell
    if is_key(cells.get("task", "")) and cells.get("weak"):
        cells["key"], cells["task"] = cells["task"], cells["weak"]
    cells["title"] = cells.get("task", "") or cells.get("weak", "") if "task" not in cells else cells["task"]
    return cells


def is_task_row(line: Line) -> bool:
    """Whether a row is a task's: a column for tasks, or one for titles beside one that only tasks have."""
    cells = task_cells(line)
    if not cells["title"] or SUM.fullmatch(cells["title"].strip(" :*")):
        return False
    if "task" in cells:
        return True
    told = [part for part in WORK if part in cells]
    return (
        ("key" in told and len(told) > 1 and KEY.fullmatch(cells["key"]) is not None)
        or "needs" in told
        or ("when" in cells and "agent" in told)
        or "estimate" in told
    )


def unit_of(column: str) -> str:
    """The unit that a column's name gives its numbers: "Est (h)", "Days"; "" for none."""
    found = HOURS.search(column[:60])
    return found[1].lower() if found else ""

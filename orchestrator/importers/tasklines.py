"""One task in one line: "- [ ] T012 [P] [US1] Do it (2h) @ada, depends on T1", or a table row with ID, Depends on,
Est.
"""

import re
from typing import Final

from orchestrator.importers.draft import Concern, Draft, DraftGroup, DraftTask
from orchestrator.importers.durations import find_duration, is_duration_alone, is_size, speaks_of_time
from orchestrator.importers.naming import KEYED, names_task
from orchestrator.importers.outline import Line
from orchestrator.importers.tablecolumns import part_of, task_cells, unit_of
from orchestrator.importers.taskwords import (
    BEFORE_ESTIMATE,
    BRACKETED,
    BY_TITLE,
    ESTIMATE,
    KEY,
    LAG,
    MARK,
    NAMED,
    NOTHING,
    OPEN,
    OWNER,
    PERCENT,
    STEP,
    WAITS,
    is_done,
    is_given_up,
    split_names,
)

MARKS: Final = 6  # of one task
FEW: Final = 3  # words in brackets that may be meant for an estimate
TAIL: Final = 400  # characters at the end of a line in which estimate, owner and needs are looked for


USED: Final = frozenset({"needs", "estimate", "agent", "group"})
"""Parts of a row that have a place in a plan."""


UNREAD: Final = (Concern.NOT_UNDERSTOOD, "estimate")


def read_task(draft: Draft, line: Line, text: str | None = None) -> DraftTask:
    """A list item as a task; its number, marks, owner, estimate and needs are taken out of the title. text: the
    item's, unless it is all.
    """
    text = line.text if text is None else text
    task = DraftTask("", line.number, done=line.done)
    text, notes = _marked(task, _keyed(task, text)), len(draft.notes)
    for _ in range(3):
        before, text = text, _owned(draft, task, without_estimate(draft, line, task, _waiting(task, text)))
        if text == before:
            break
    if task.estimate is not None:  # what was no duration before its owner was taken out is one now
        draft.notes[notes:] = [one for one in draft.notes[notes:] if (one.concern, one.kind) != UNREAD]
    task.title = text.strip(" -\u2013\u2014:,;|") or line.text.strip() or "Untitled"
    return task


def _keyed(task: DraftTask, text: str) -> str:
    for _ in range(2):
        found = STEP.match(text) or KEY.match(text)
        keyed = None if found else KEYED.match(text)
        if found:
            task.key, text = found["key"] if not STEP.match(text) else task.key, text[found.end() :]
        elif keyed and names_task(text):
            task.key, text = keyed["id"], keyed["title"]
    return text


def _marked(task: DraftTask, text: str) -> str:
    """Without the marks of spec-kit: [P] runs beside its neighbours, [US1] belongs to a story."""
    for _ in range(MARKS):
        found = MARK.match(text)
        if found is None:
            break
        mark = found["mark"].upper()
        task.beside = task.beside or mark.startswith("P")
        task.story = task.story if mark.startswith("P") else mark
        text = text[found.end() :].lstrip()
    return text


def _waiting(task: DraftTask, text: str) -> str:
    """Remove what it waits for from the end of the text."""
    if task.needs is not None or not WAITS.search(text, max(0, len(text) - TAIL)):
        return text
    begin = max(0, len(text) - TAIL)
    for found in reversed(list(WAITS.finditer(text, begin))):
        said = text[found.end() :].strip().rstrip(").;,] ")
        names = split_names(said) if NAMED.fullmatch(said) else []
        if names and all(any(sign.isdigit() for sign in name) for name in names):
            task.needs = names
        elif said and BY_TITLE.match(found[0]) and not set(said) & set("()@") and found.start():
            task.needs = [one.strip() for one in said.split(",")]
        else:
            continue
        return text[: found.start()].rstrip(" ,;(-\u2013\u2014[")
    return text


def _owned(draft: Draft, task: DraftTask, text: str) -> str:
    found = OWNER.search(text, max(0, len(text) - TAIL)) if "@" in text else None
    if found is None or task.agent:
        return text
    task.agent = draft.agent(found["name"], line=task.line)
    return (
        f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip(" ()[]")
        if found.end() < len(text)
        else text[: found.start()].rstrip(" (-\u2013\u2014")
    )


def without_estimate(draft: Draft, line: Line, task: DraftTask | DraftGroup, text: str) -> str:
    """A task's or a group's title without its estimate. The estimate is at the end, in brackets or after a word or dash
    that announces it.
    """
    body = text.rstrip(" )].,;")
    if not any(sign.isnumeric() for sign in body[-40:]):
        return _bracketed(draft, line, task, text) if text.rstrip()[-1:] in {")", "]"} else text
    found = ESTIMATE.search(body, max(0, len(body) - 40))
    before = BEFORE_ESTIMATE.search(body[max(0, found.start() - 20) : found.start()]) if found else None
    if (
        found is None
        or before is None
        or task.estimate is not None
        or (body == text.rstrip() and before[0].strip() in {"(", "["})
    ):
        return _bracketed(draft, line, task, text)
    start = found.start() - (min(20, found.start()) - before.start())
    task.estimate = seconds_of(draft, line.number, found["text"])
    return text[:start].rstrip(" ,;(-\u2013\u2014")


def _bracketed(draft: Draft, line: Line, task: DraftTask | DraftGroup, text: str) -> str:
    """Without brackets at the end that hold nothing but an estimate; what speaks of time in them and is none is
    told.
    """
    found = BRACKETED.search(text.rstrip(), max(0, len(text.rstrip()) - 44))
    if found is None or task.estimate is not None or not speaks_of_time(found["text"]):
        return text
    if is_duration_alone(found["text"]) and find_duration(found["text"]):
        task.estimate = seconds_of(draft, line.number, found["text"])
        return text[: found.start()].rstrip(" ,;-\u2013\u2014")
    if isinstance(task, DraftTask) and len(found["text"].split()) <= FEW:  # "Setup (Week 1)" tells a group's place
        draft.note(line.number, Concern.NOT_UNDERSTOOD, f"estimate {found['text']!r}: no duration", "estimate")
    return text


def read_row(draft: Draft, line: Line) -> DraftTask:
    """A row of a table of tasks as a task; what its columns say besides is told."""
    cells = task_cells(line)
    task = read_task(draft, line, cells["title"])
    task.key, task.row = cells.get("key", "").strip("[]# ") or task.key, True
    if "needs" in cells:
        task.needs = read_needs(draft, line.number, cells["needs"])
    if (agent := cells.get("agent", "").strip()).lower() not in NOTHING:
        task.agent = read_agent(draft, line.number, agent) or task.agent
    _row_estimate(draft, line, task, cells.get("estimate", ""))
    if status := cells.get("status", "").strip():
        task.done = task.done or is_done(status)
        task.given_up = is_given_up(status)
    _tell_columns(draft, line, task)
    return task


def _row_estimate(draft: Draft, line: Line, task: DraftTask, cell: str) -> None:
    if cell.strip().lower() in NOTHING:
        return
    column = next((name for name, said in line.cells.items() if said == cell and part_of(name) == "estimate"), "")
    if cell.strip().replace(".", "").replace(",", "").isdigit() and (unit := unit_of(column)):
        cell = f"{cell.strip()} {unit}"
    task.estimate = seconds_of(draft, line.number, cell)


def read_agent(draft: Draft, line: int, said: str) -> str:
    """The agent named in "Ada", "@ada", "Ada[50%]; Bob"; others are reported. "" for nobody."""
    names = [PERCENT.sub("", one).strip(" @") for one in re.split(r"[,;/&]|\band\b|\bet\b|\bund\b", said[:300])]
    names = [re.sub(r"\s*\([^()]*\)", "", name).strip() for name in names]
    names = [name for name in names if name and name.lower() not in NOTHING and any(sign.isalpha() for sign in name)]
    for other in names[1:]:
        draft.note(
            line,
            Concern.NOT_UNDERSTOOD,
            f"{said}: a task has one agent, {names[0]}; {other} is left out",
            "a second agent",
        )
    if PERCENT.search(said):
        draft.note(line, Concern.NOT_UNDERSTOOD, f"{said}: a plan knows no share of a person", "a share of a person")
    return draft.agent("-".join(names[0].split()), line=line) if names else ""


def read_needs(draft: Draft, line: int, cell: str) -> list[str]:
    """The names in a cell of predecessors: "1,2FS+1d"; a lag or another relation than finish to start is told."""
    said = re.sub(r"(?<=[+-])\s?(\d{1,5}(?:[.,]\d{1,3})?)\s(?=[A-Za-z])", r"\1", cell[:2000])
    if said.strip().lower() in NOTHING:
        return []
    if ALL_OF.match(said.strip()):
        return [f"all {said.strip().split()[-1]}"]
    parts = re.split(r"[,;\n]", said) if re.search(r"[,;]", said) else [said]
    names: list[str] = []
    for part in parts:
        name = part.strip().strip("#[]`")
        found = LAG.fullmatch(name.replace(" ", ""))
        if found and found["key"][-1:].isdigit():
            _tell_lag(draft, line, name, found)
            name = found["key"]
        if name.lower() not in NOTHING:
            names += [name] if " " not in name or not any(sign.isdigit() for sign in name) else [f"? {name}"]
    return [one for name in names for one in _told_apart(name)]


ALL_OF: Final = re.compile(r"all (?:of )?(?:the )?\S{1,40}$", re.IGNORECASE)


def _told_apart(name: str) -> list[str]:
    """One name as it stands, or the several names of "T1 and T2"."""
    if not name.startswith("? "):
        return [name]
    words = split_names(name[2:])
    keyed = [word for word in words if any(sign.isdigit() for sign in word)]
    return keyed if len(keyed) == len(words) else [name[2:]]


def _tell_lag(draft: Draft, line: int, name: str, found: re.Match[str]) -> None:
    if found["lag"] or found["kind"].upper() != "FS":
        what = f"a lag of {found['lag'].replace(' ', '')}" if found["lag"] else f"{found['kind'].upper()}"
        draft.note(
            line,
            Concern.READ_AS,
            f"{name}: waits for the end of {found['key']}; {what} is not a part of a plan",
            "lags and relations",
        )


def _tell_columns(draft: Draft, line: Line, task: DraftTask) -> None:
    title = task_cells(line)["title"]
    for column, cell in line.cells.items():
        known = part_of(column)
        said = f"{column}: {cell} (of task {task.title!r})"
        if cell.strip().lower() in NOTHING or cell == title or known in {"key", "task", *USED}:
            continue
        if known != "status":
            draft.note(line.number, Concern.NOT_UNDERSTOOD, said, f"column {column}")
        elif not is_done(cell) and not task.given_up and cell.strip().lower() not in OPEN:
            draft.note(line.number, Concern.NOT_UNDERSTOOD, said, "status")


def seconds_of(draft: Draft, line: int, text: str, unit: str = "") -> float | None:
    """Seconds of an estimate; a size is counted, to be told once, and what is no duration is told."""
    found = find_duration(text, unit)
    if (
        found is None
        and is_size(text)
        and any(sign.isalpha() for sign in text)
        and not any(sign.isdigit() for sign in text)
    ):
        draft.note(line, Concern.NOT_UNDERSTOOD, f"estimate {text.strip()!r}: a size, and no duration", "size")
        return None
    if found is None:
        draft.note(line, Concern.NOT_UNDERSTOOD, f"estimate {text!r}: no duration", "estimate")
        return None
    if found[1]:
        draft.note(
            line,
            Concern.READ_AS,
            f"estimate {text}: {found[1]}",
            "working days" if "8 hours" in found[1] else "estimate",
        )
    return found[0]

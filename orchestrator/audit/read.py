"""The reader: every claim of a text. Rows in, claims out; what they are worth is the business of the checks."""

import re
from collections.abc import Iterator
from typing import Final

from orchestrator.audit.figures import SPELLED, find_figures
from orchestrator.audit.model import Cell, Claim, Figure, Reading, Role, Row
from orchestrator.audit.roles import NEAR, STOP, roles, sentence
from orchestrator.audit.rows import read_rows

TARGETS: Final = re.compile(
    r"\b(?:targets?|goals?|criteria)\b(?! vs)[^.;]{0,60}\b(?:exceeded|met|reached|achieved|passed|beaten)\b"
    r"|\bexceed\w{0,3}\b[^.;]{0,60}\b(?:targets?|goals?)\b",
    re.IGNORECASE,
)
DIGIT: Final = re.compile(r"\d")
LABEL: Final = re.compile(r"[^:]{1,80}:")
SHOWN: Final = 120
DONE: Final = frozenset({Role.CLAIM, Role.ESTIMATE, Role.BEFORE, Role.AFTER, Role.RELATIVE})


def read_claims(text: str) -> Reading:
    """All claims of a text, in the order of their lines. Linear in the text; never raises."""
    rows = tuple(read_rows(text))
    return Reading(rows, tuple(claim for place, row in enumerate(rows) for claim in _claims(row, place)))


def _claims(row: Row, place: int) -> Iterator[Claim]:
    said = False
    for at, cell in enumerate(row.cells):
        for file in cell.files:
            said = True
            yield Claim(cell.line, file, place, at, file=file, about=cell.text)
        figures = find_figures(cell.text) if _may_count(cell.text) else []
        for figure, role in zip(figures, roles(row, at, figures), strict=True):
            said = said or role in DONE
            yield Claim(
                cell.line, figure.text, place, at, figure, role=role, about=_about(row, at, figure), topic=_topic(row)
            )
    if not said and (row.marked or any(TARGETS.search(cell.text) for cell in row.cells)):
        text = " | ".join(cell.text for cell in row.cells if cell.text)[:SHOWN]
        yield Claim(row.line, text, place, about=text, topic=_topic(row))


def _may_count(text: str) -> bool:
    return DIGIT.search(text) is not None or SPELLED.search(text) is not None


def _topic(row: Row) -> str:
    """The titles above, the nearest last."""
    return " / ".join(row.heading[-3:])


def label_of(row: Row, place: int, figure: Figure) -> str:
    """What a figure is called: the row's first cell, the words before its colon, or those around it."""
    cell = row.cells[place]
    if row.table and place:
        return row.cells[0].text[:SHOWN]
    found = LABEL.match(cell.text)
    if found and found.end() <= figure.start and not STOP.search(cell.text[found.end() : figure.start][:NEAR]):
        return found[0][:-1]
    before, after = sentence(cell.text, figure)
    return f"{before[-SHOWN:]} {figure.noun} {after[:SHOWN]}"


def _about(row: Row, place: int, figure: Figure) -> str:
    """The words that say what a figure is of."""
    cell: Cell = row.cells[place]
    before, after = sentence(cell.text, figure)
    label = label_of(row, place, figure) if row.table else ""
    said = f"{label} {before} {figure.noun if figure.noun not in after else ''} {after[:60]}"
    return f"{said} {cell.column}" if row.table else said

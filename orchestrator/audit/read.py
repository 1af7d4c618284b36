"""The reader: every claim of a text. Rows in, claims out; what they are worth is the business of the checks.

What a cell says depends on its text, its column, its row's name and the headings alone. So each such cell is read once,
however often it stands there.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from orchestrator.audit.figures import find_figures
from orchestrator.audit.model import Claim, Figure, Reading, Role, Row
from orchestrator.audit.roles import NEAR, STOP, column_role, guesses, lone_role, roles, sentence
from orchestrator.audit.rows import read_rows
from orchestrator.audit.shortcuts import lone_figure
from orchestrator.audit.tongues import is_german
from orchestrator.audit.words import hints

TARGETS: Final = re.compile(
    r"\b(?:targets?|goals?|criteria)\b(?! vs)[^.;]{0,60}\b(?:exceeded|met|reached|achieved|passed|beaten)\b"
    r"|\bexceed\w{0,3}\b[^.;]{0,60}\b(?:targets?|goals?)\b",
    re.IGNORECASE,
)
WISHED: Final = re.compile("target|goal|criteria")
LABEL: Final = re.compile(r"[^:]{1,80}:")
SHOWN: Final = 120


def read_claims(text: str) -> Reading:
    """All claims of a text, in the order of their lines. Linear in the text; never raises."""
    rows = tuple(read_rows(text))
    reader = _Reader(german=is_german(text))
    for place, row in enumerate(rows):
        reader.take(place, row)
    columns = frozenset([column for _, column, _, _ in reader.known])
    return Reading(rows, tuple(reader.claims), reader.figures, columns)


class _Said(NamedTuple):
    """A figure as a cell says it. about: the words around it; behind the row's name where it has one."""

    figure: Figure
    role: Role
    about: str


class _Reader:
    """The claims so far. german: whether the text is. known: what cells say, by text, column, and whether it is guessed
    and beside a name.
    """

    def __init__(self, *, german: bool) -> None:
        self.german = german
        self.claims: list[Claim] = []
        self.figures: dict[int, Sequence[int]] = {}
        self.known: dict[tuple[str, str, bool, bool | None], Sequence[_Said]] = {}
        self.heading: tuple[str, ...] | None = None
        self.topic = ""
        self.guessed = False

    def take(self, place: int, row: Row) -> None:
        """A row's claims: of each cell its files, then its figures; or the statement that it is."""
        if row.heading is not self.heading:
            self.heading, self.topic = row.heading, _topic(row)
            self.guessed = any(guesses(title) for title in row.heading)
        claims, begin = self.claims, len(self.claims)
        files = self._cells(place, row)
        places: Sequence[int] = range(begin, len(claims))
        if files:
            places = [at for at in places if claims[at].figure is not None]
        if places:
            self.figures[place] = places
        if not files and all(claims[at].role is Role.GOAL for at in places):
            claims.extend(_statement(row, place, self.topic))

    def _cells(self, place: int, row: Row) -> bool:
        """The claims of its cells; whether any is a file."""
        claims, topic, files, name, guessed = self.claims, self.topic, False, "", self.guessed
        beside: bool | None = None
        for at, (line, text, column, _, named) in enumerate(row.cells):
            if named:
                files = True
                claims.extend([Claim(line, file, place, at, file=file, about=text) for file in named])
            if row.table:
                beside = at > 0
                if at == 1:
                    name = row.cells[0].text[:SHOWN]
                    guessed = guessed or guesses(row.cells[0].text[:NEAR])
            key = (text, column, guessed, beside)
            said = self.known.get(key)
            if said is None:
                guess = guessed or guesses(column)
                said = self.known[key] = _read(text, column, beside, guessed=guess, german=self.german)
            claims.extend(
                [
                    Claim(line, figure.text, place, at, figure, "", role, name + about, topic)
                    for figure, role, about in said
                ]
            )
        return files


def _statement(row: Row, place: int, topic: str) -> Iterator[Claim]:
    """What a row says without a figure: that it is done, or that targets were met."""
    if row.marked or any(hints(cell.text, WISHED) and TARGETS.search(cell.text) for cell in row.cells):
        text = " | ".join([cell.text for cell in row.cells if cell.text])[:SHOWN]
        yield Claim(row.line, text, place, about=text, topic=topic)


def _read(
    text: str,
    column: str,
    beside: bool | None,  # noqa: FBT001 - a part of the key
    *,
    guessed: bool,
    german: bool,
) -> Sequence[_Said]:
    """The figures of a cell. beside: whether it stands beside its row's name or is that; None outside of tables."""
    role = column_role(column) if beside else None
    alone = lone_figure(text, german=german)
    if alone is not None:
        about = f" {text[: alone.start]}  "
        if beside is not None:
            about = f"{about} {column}" if beside else f"{about[1:]}{about} {column}"
        return (_Said(alone, lone_role(role, guessed=guessed), about),)
    figures = find_figures(text, german=german) if text else []
    told = roles(text, role, figures, guessed=guessed)
    return [_Said(figure, one, _about(text, column, figure, beside)) for figure, one in zip(figures, told, strict=True)]


def _topic(row: Row) -> str:
    """The titles above, the nearest last."""
    return " / ".join(row.heading[-3:])


def label_of(row: Row, place: int, figure: Figure) -> str:
    """What a figure is called: the row's first cell, the words before its colon, or those around it."""
    return row.cells[0].text[:SHOWN] if row.table and place else _own_label(row.cells[place].text, figure)


def _own_label(text: str, figure: Figure) -> str:
    found = LABEL.match(text)
    if found and found.end() <= figure.start:
        between = text[found.end() : min(figure.start, found.end() + NEAR)]
        if not STOP.search(between):
            return found[0][:-1]
    before, after = sentence(text, figure)
    return f"{before[-SHOWN:]} {figure.noun} {after[:SHOWN]}"


def _about(text: str, column: str, figure: Figure, beside: bool | None) -> str:  # noqa: FBT001 - a part of the key
    """The words that say what a figure is of."""
    before, after = sentence(text, figure)
    said = f" {before} {figure.noun if figure.noun not in after else ''} {after[:60]}"
    if beside is None:
        return said
    return f"{said} {column}" if beside else f"{_own_label(text, figure)}{said} {column}"

"""What a figure is in its sentence: a claim, a goal, an estimate, a state before or after, or a comparison with a
goal.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from orchestrator.audit import tongues
from orchestrator.audit.model import Figure, Role
from orchestrator.audit.words import hints

GOAL: Final = rf"targets?|goals?|budget|limit|threshold|objective|required|requirement|slo|sla|{tongues.GOALS}"
SAID: Final = re.compile(
    rf"\b(?:(?P<goal>{GOAL})|(?P<done>achieved|met|exceed(?:s|ed|ing)?|beats?|actual(?:ly)?|results?|measured|got"
    rf"|reached|now|{tongues.REACHED}))\b",
    re.IGNORECASE,
)
SAID_HINTS: Final = re.compile(
    "target|goal|budget|limit|thresh|objecti|require|slo|sla|achieved|met|exceed|beat|actual|result|measured|got"
    "|reached|now|ziel|soll|vorgabe|grenzwert|cible|plafond|seuil|erreicht|gemessen|atteint"
)
AFTERWARDS: Final = re.compile(r"[ \u00a0]?(?:[\w-]{1,20} )?(?:target|goal|budget|limit|threshold)\b", re.IGNORECASE)
VERSUS: Final = re.compile(
    r"[ \u00a0]?(?:(?:above|below|over|under|better than|beyond|past|ahead of|more than|less than) )(?:the |our |its "
    r")?(?:target|goal|budget|limit)\b",
    re.IGNORECASE,
)
EXCEEDS: Final = re.compile(rf"\b(?:exceed\w{{0,3}}|beats?|above|over)\b[^.;]{{0,60}}\b(?:{GOAL})\b", re.IGNORECASE)
ESTIMATE: Final = re.compile(
    rf"\b(?:{tongues.ESTIMATES}|estimat\w{{0,5}}|projected|projections?|theoretical(?:ly)?|hypothetical"
    rf"|extrapolat\w{{0,5}}|predict\w{{0,5}}|assum(?:e|ed|es|ing|ption|ptions)"
    r"|forecast|hard-?coded|constants|from (?:a|the) constant|nominal|expects?|expected(?! by)|anticipated"
    r"|back-of-the-envelope"
    r"|should (?:be|reach|gain|save|take|give)|would (?:be|reach|gain|save|take|give)|could (?:save|reach|gain|give)"
    r"|potential(?:ly)?)\b",
    re.IGNORECASE,
)
ESTIMATE_HINTS: Final = re.compile(
    "voraussicht|prognose|hochgerechnet|estimat|project|theoretical|hypothetical|extrapolat|predict|assum|forecast"
    "|coded|constant|nominal|expect|anticipated|envelope|should|would|could|potential"
)
MEASURED: Final = re.compile(r"\b(?:measured|actual(?:ly)?|achieved|observed)\b", re.IGNORECASE)
STOPS: Final = frozenset(".;!?")
STOP: Final = re.compile(r"[.;!?](?=\s|$)")
GOAL_COLUMN: Final = re.compile(
    rf"\b(?:target|goal|budget|required?|threshold|limit|expected|slo|objective|planned|{tongues.GOALS})\b",
    re.IGNORECASE,
)
BEFORE: Final = re.compile(
    rf"\b(?:before|baseline|base|old|original|previous(?:ly)?|control|legacy|prior|was|{tongues.BEFORE})\b",
    re.IGNORECASE,
)
AFTER: Final = re.compile(
    rf"\b(?:after|new|optimi[sz]ed|candidate|treatment|current|improved|now|{tongues.AFTER})\b", re.IGNORECASE
)
CHANGE: Final = re.compile(
    rf"\b(?:{tongues.CHANGE}|change|reduc\w{{0,5}}|sav(?:ed|ings?)|improve\w{{0,5}}|delta|diff(?:erence)?|speed-?ups?"
    rf"|ratio|gain|faster|smaller|factor)\b|\u0394",
    re.IGNORECASE,
)
NEAR: Final = 160
"""Signs before a figure that are looked at; a sentence's words further away say nothing of it."""


def sentence(text: str, figure: Figure) -> tuple[str, str]:
    """What stands before and behind a figure in its sentence, as far as it is looked at."""
    start, end = figure.start, figure.end
    first, last = max(0, start - NEAR), end + NEAR
    stops = _stops(text)
    if stops:
        at = bisect_left(stops, start)
        first = max(first, stops[at - 1] + 1) if at else first
        at = bisect_left(stops, end)
        last = min(last, stops[at]) if at < len(stops) else last
    if start and text[start - 1] in STOPS:
        first = start
    if end < last == end + NEAR <= len(text) and text[last - 1] in STOPS:
        last -= 1
    return text[first:start], text[end:last]


@lru_cache(maxsize=16)  # each figure of a text asks for them
def _stops(text: str) -> Sequence[int]:
    """Where its sentences end."""
    return [one.start() for one in STOP.finditer(text)]


class _Seen(NamedTuple):
    """A cell as its figures share it. guessed, column: what stands around it makes of them. said, guess: whether it
    has such words anywhere; without, no figure needs a look of its own.
    """

    text: str
    guessed: bool
    column: Role | None
    said: bool
    guess: bool


def lone_role(column: Role | None, *, guessed: bool) -> Role:
    """The role of a figure around which no word stands: only its row and column speak of it."""
    return Role.GOAL if column is Role.GOAL else Role.ESTIMATE if guessed else column or Role.CLAIM


def roles(text: str, column: Role | None, figures: Sequence[Figure], *, guessed: bool) -> list[Role]:
    """The role of each of a cell's figures. column: what its column makes of them. guessed: whether what stands
    around it says that they are estimates.
    """
    if not figures:
        return []
    says = hints(text, SAID_HINTS) and SAID.search(text) is not None
    guess = hints(text, ESTIMATE_HINTS) and ESTIMATE.search(text) is not None
    seen = _Seen(text, guessed, column, says, guess)
    found: list[Role] = []
    end = 0
    for figure in figures:
        found.append(_role(seen, figure, end))
        end = figure.end
    return found


@lru_cache(maxsize=4096)
def guesses(title: str) -> bool:
    """Whether a heading, a column's head or a row's name says that the figures below or beside it are estimates."""
    return ESTIMATE.search(title) is not None and GOAL_COLUMN.fullmatch(title) is None


@lru_cache(maxsize=4096)
def column_role(head: str) -> Role | None:
    """What a column of that head makes of its figures; None where it says nothing."""
    if GOAL_COLUMN.search(head):
        return Role.GOAL
    if CHANGE.search(head):
        return None
    if BEFORE.search(head):
        return Role.BEFORE
    return Role.AFTER if AFTER.search(head) else None


@lru_cache(maxsize=4096)
def is_goal_column(head: str) -> bool:
    """Whether a column of that head holds goals."""
    return GOAL_COLUMN.search(head) is not None


@lru_cache(maxsize=4096)
def is_change_column(head: str) -> bool:
    """Whether a column of that head holds changes."""
    return CHANGE.search(head) is not None


def _role(seen: _Seen, figure: Figure, end: int) -> Role:
    text, guessed, column, says, guesses = seen
    if figure.end - figure.start == len(text):
        return lone_role(column, guessed=guessed)
    if column is Role.GOAL:
        return Role.GOAL
    if not (says or guesses):
        return lone_role(column, guessed=guessed)
    before, after = sentence(text, figure)
    near = text[max(end, figure.start - len(before)) : figure.start]
    told = _said(figure, near, before, after) if says else None
    if told is Role.GOAL and not ESTIMATE.search(near):
        return told
    if guessed or (guesses and _is_estimate(before, after)):
        return Role.ESTIMATE
    return told or column or Role.CLAIM


def _said(figure: Figure, near: str, before: str, after: str) -> Role | None:
    """What the words around it say: a goal, or a comparison with one."""
    if VERSUS.match(after) or (figure.unit == "x" and (AFTERWARDS.match(after) or EXCEEDS.search(before))):
        return Role.RELATIVE
    if figure.unit and near.rstrip().lower().endswith(" by") and EXCEEDS.search(before):
        return Role.RELATIVE
    if figure.whole is not None:
        return None
    if figure.unit and AFTERWARDS.match(after):
        return Role.GOAL
    words = [*SAID.finditer(near)]
    return Role.GOAL if words and words[-1]["goal"] and "," not in near[words[-1].end() :] else None


def _is_estimate(before: str, after: str) -> bool:
    if found := [*ESTIMATE.finditer(before)]:
        return MEASURED.search(before, found[-1].end()) is None
    return ESTIMATE.search(after) is not None and MEASURED.search(before) is None

"""Compare the goals that a text says were met with the figures beside them, and their number with the rows that list
them.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby, islice
from typing import Final, NamedTuple

from orchestrator.audit import tongues
from orchestrator.audit.arithmetic import kind, quantity
from orchestrator.audit.changes import Flags
from orchestrator.audit.model import Cell, Claim, Figure, Reading, Role, Row
from orchestrator.audit.roles import GOAL_COLUMN, SAID, is_goal_column

HIGHER: Final = re.compile(
    rf"\b(?:{tongues.HIGHER}|throughput|coverage"
    r"|reduction|improvement|speed-?up|speed|accuracy|gain|savings?|hit rate|uptime"
    r"|availability|pass rate|ops)\b",
    re.IGNORECASE,
)
LOWER: Final = re.compile(
    rf"\b(?:{tongues.LOWER}|memory|latency|time|overhead|duration|delay|cost|errors?|leaks?|failures?|p\d\d|rss|cpu|regressions?"
    r"|startup|start-up)\b",
    re.IGNORECASE,
)
SUCCESS: Final = re.compile(
    r"\b(?:met|exceed\w{0,3}|reached|achieved|pass(?:ed|es)?|under budget|within budget)\b", re.IGNORECASE
)
STATUS: Final = re.compile(r"\b(?:status|ok|done|in budget|erf\u00fcllt|atteint)\b", re.IGNORECASE)
YES: Final = frozenset({"yes", "y", "ok", "true", "ja", "oui", "pass", "passed"})
ALL: Final = re.compile(
    r"\ball\b[^.;:]{0,40}\b(?:targets?|goals?|criteria)\b[^.;:]{0,40}\b(?P<how>exceeded|met|reached|achieved|beaten)\b",
    re.IGNORECASE,
)
MET: Final = re.compile(r"\b(?:met|reached|achieved)\b", re.IGNORECASE)
TARGETS: Final = re.compile(r"\b(?:targets|goals|criteria)\b", re.IGNORECASE)
BLANKS: Final = re.compile(r"\s*")
NAME: Final = re.compile(r"\w+")
CROWDED: Final = 200
"""Figures of a row beyond which nobody sees which goal belongs to which."""
OPENING: Final = re.compile(r"\W{0,3}(?:target|goal)\b[^:]{0,20}:", re.IGNORECASE)


class Met(NamedTuple):
    """A goal beside what was achieved. place: of the latter among the claims. sign: 1 better, 0 just met, -1
    missed, None unknown.
    """

    place: int
    goal: Claim
    reached: Claim
    sign: int | None


def check_goals(reading: Reading) -> Flags:
    """Figures that miss the goal beside them though the text counts it as met; statements and counts of goals that
    the rows refute.
    """
    rows = dict.fromkeys([claim.row for claim in reading.claims if claim.role is Role.GOAL])
    met = [one for row in rows for one in _pairs(reading, reading.rows[row], reading.figures[row])]
    flags: Flags = {}
    for one in met:
        if one.sign == -1 and _is_success(reading.rows[one.reached.row]):
            flags[one.place] = (
                f"line {one.goal.line}: the goal beside it is {one.goal.text}, and {one.reached.text} misses it"
            )
    flags |= _statements(reading, met)
    return flags | _counted(reading)


def _is_success(row: Row) -> bool:
    return row.marked or any(SUCCESS.search(cell.text) or _says_yes(cell) for cell in row.cells)


def _says_yes(cell: Cell) -> bool:
    """As in a column "Met" with a "yes"."""
    return cell.text.lower() in YES and (SUCCESS.search(cell.column) or STATUS.search(cell.column)) is not None


def _pairs(reading: Reading, row: Row, places: Sequence[int]) -> Iterator[Met]:
    """Each goal with the nearest figure of its kind that has none yet: the one before it, or else behind it."""
    if len(places) > CROWDED:
        return
    goals = [place for place in places if reading.claims[place].role is Role.GOAL]
    free = [place for place in places if reading.claims[place].role in {Role.CLAIM, Role.AFTER}]
    for goal in goals:
        sought = _kind(reading.claims[goal])
        fit = [place for place in free if _kind(reading.claims[place]) == sought]
        before = [place for place in fit if place < goal]
        if not fit:
            continue
        place = before[-1] if before and not row.table else _of_its_name(reading, row, goal, fit)
        free.remove(place)
        claim = reading.claims[place]
        yield Met(place, reading.claims[goal], claim, _sign(reading.claims[goal], claim, row))


def _of_its_name(reading: Reading, row: Row, goal: int, fit: Sequence[int]) -> int:
    """Of a table's figures the one whose column is called as the goal's: "p99" for "target p99"."""
    words = _column_words(row.cells[reading.claims[goal].cell].column) if len(fit) > 1 else frozenset()
    named = [place for place in fit if words and _column_words(row.cells[reading.claims[place].cell].column) == words]
    return named[0] if named else fit[0]


@lru_cache(maxsize=4096)
def _column_words(column: str) -> frozenset[str]:
    return frozenset(NAME.findall(GOAL_COLUMN.sub(" ", column.lower())))


def _kind(claim: Claim) -> str:
    return kind(claim.figure) if claim.figure else ""


def _sign(goal: Claim, reached: Claim, row: Row) -> int | None:
    if goal.figure is None or reached.figure is None:
        return None
    want, got = quantity(goal.figure).value, quantity(reached.figure).value
    if got == want:
        return 1 if reached.figure.plus else 0
    direction = _direction(goal.figure, f"{row.cells[0].text[:100]} {reached.about}")
    if direction == 0:
        return None
    return 1 if (got > want) == (direction > 0) else -1


def _direction(goal: Figure, words: str) -> int:
    """1 where more is better, -1 where less is, 0 where the text does not say."""
    if goal.bound:
        return 1 if goal.bound == ">" else -1
    if goal.plus or goal.negative or HIGHER.search(words):  # "-25 %" is so much less: more of it is better
        return 1
    return -1 if LOWER.search(words) else 0


def _statements(reading: Reading, met: Sequence[Met]) -> Flags:
    """As in "All targets exceeded", where one row only meets its target or misses it."""
    missed = next((one for one in met if one.sign == -1), None)
    equal = next((one for one in met if one.sign == 0), None)
    flags: Flags = {}
    for place, claim in enumerate(reading.claims):
        if claim.figure is not None or claim.file:
            continue
        found = ALL.search(claim.text)
        if found is None:
            continue
        other = missed or (equal if found["how"].lower() == "exceeded" and not MET.search(claim.text) else None)
        if other is not None:
            flags[place] = f"line {other.reached.line}: the goal is {other.goal.text}, achieved is {other.reached.text}"
    return flags


def _counted(reading: Reading) -> Flags:
    """As in "10/10 targets", where the rows above list nine."""
    told = [
        (place, claim, claim.figure)
        for place, claim in enumerate(reading.claims)
        if claim.figure is not None and claim.figure.whole is not None and claim.figure.low == claim.figure.whole
    ]
    told = [one for one in told if _of_targets(reading.rows[one[1].row].cells[one[1].cell].text, one[2])]
    listed = [(block, number) for block, number in sorted(_listed(reading.rows).items()) if number > 1] if told else []
    flags: Flags = {}
    for place, claim, figure in told:
        above = bisect_right(listed, (reading.rows[claim.row].block, len(reading.rows)))
        if above and listed[above - 1][1] != int(figure.low):
            flags[place] = f"the text lists {listed[above - 1][1]} goals with what was achieved, not {figure.whole}"
    return flags


def _of_targets(text: str, figure: Figure) -> bool:
    behind = BLANKS.match(text, figure.end)
    at = behind.end() if behind else figure.end
    return (
        TARGETS.match(text[at : at + 20]) is not None
        or TARGETS.search(text[max(0, figure.start - 30) : figure.start]) is not None
    )


def _listed(rows: Sequence[Row]) -> Mapping[int, int]:
    """How many goals the rows of each block list."""
    found = Counter[int]()
    for block, group in groupby(rows, key=lambda row: row.block):
        found[block] += sum(_lists_a_goal(row) for row in group)
    return found


def _lists_a_goal(row: Row) -> bool:
    if row.table:
        return any((cell.text or cell.marked) and is_goal_column(cell.column) for cell in row.cells[1:])
    text = row.cells[0].text
    if OPENING.match(text) is None:
        return False
    return [found.lastgroup for found in islice(SAID.finditer(text), 2)] == ["goal", "done"]

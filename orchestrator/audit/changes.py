"""Recompute a reduction, saving or speed-up from the values before and after that the text itself gives."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby, islice, pairwise
from typing import Final

from orchestrator.audit import tongues
from orchestrator.audit.arithmetic import CHANGES, Change, change, fits, kind, told
from orchestrator.audit.model import Claim, Figure, Reading, Role, Row
from orchestrator.audit.roles import AFTER, BEFORE, is_change_column
from orchestrator.audit.words import stems

ARROW: Final = re.compile(
    r"\s*(?:\u2192|->|=>|\u27f6)\s*[~\u2248]?\s?$|^\s*(?:to|auf|\u00e0)\s*[~\u2248]?\s?$|^\s*(?:pages|files|lines"
    r"|items) to\s*$"
)
INSTEAD: Final = re.compile(
    rf"^\s*(?:{tongues.INSTEAD}|instead of|,? ?down from|,? ?up from|\(was|\(before:?|\(from|versus"
    rf"|vs\.?)\s*[~\u2248]?\s?$",
    re.IGNORECASE,
)
LESS: Final = re.compile(
    rf"\b(?:reduc\w{{0,5}}|less|fewer|smaller|sav(?:ed?|ings?)|lower|drop\w{{0,4}}|fell|decreas\w{{0,3}}|shrank"
    rf"|shrinks?|{tongues.LESS})\b",
    re.IGNORECASE,
)
MORE: Final = re.compile(rf"\b(?:more|increas\w{{0,3}}|higher|larger|rose|grew|{tongues.MORE})\b", re.IGNORECASE)
FAST: Final = re.compile(r"\b(?:faster|speed-?ups?|quicker)\b", re.IGNORECASE)
GAIN: Final = re.compile(r"\b(?:improve\w{0,5}|gains?|better|efficien\w{0,3})\b", re.IGNORECASE)
WAYS: Final = (FAST, LESS, MORE, GAIN)
NOT_OWN: Final = frozenset({Role.GOAL, Role.RELATIVE})
KEYED: Final = re.compile(r"^(?P<key>[^\u2192:]{2,60}?)\s*(?:\u2192|->|:)\s*")
MOST_PAIRS: Final = 200
"""Pairs that claims elsewhere are held against: time stays linear, and no report has more."""
MOST_ALIKE: Final = 20
"""Pairs of one name beyond which nobody knows which of them a claim is about."""
FAR: Final = 60
"""Signs between two figures that belong together."""


@dataclass(frozen=True)  # without slots: what is asked of each pair again and again is kept
class Pair:
    """Before and after of one thing. name: what it is called; key: the same where it holds a figure."""

    name: str
    before: Claim
    after: Claim
    key: str = ""

    @cached_property
    def words(self) -> frozenset[str]:
        """Its name as stems."""
        return stems(self.name)

    @property
    def lines(self) -> str:
        """As in "lines 19 and 20"."""
        lines = sorted({self.before.line, self.after.line})
        return f"line {lines[0]}" if len(lines) == 1 else f"lines {lines[0]} and {lines[1]}"

    @cached_property
    def real(self) -> Change | None:
        """What became of it; None where the two cannot be compared."""
        before, after = self.before.figure, self.after.figure
        return change(before, after) if before and after else None

    @cached_property
    def timed(self) -> bool:
        """Whether it is a time, of which less is faster."""
        return self.before.figure is not None and kind(self.before.figure) == "time"


Flags = dict[int, str]
"""Why a claim, by its place among the claims, is inconsistent."""


def check_changes(reading: Reading) -> Flags:
    """The claimed changes that the text's own figures refute."""
    flags: Flags = {}
    changing = any(is_change_column(column) for column in reading.columns)
    for row, places in reading.figures.items():
        if len(places) > 2:  # a change, and what was before and after
            here = reading.rows[row]
            _within_table(reading, here, places, flags, changing=changing) if here.table else _within_cell(
                reading, here, places, flags
            )
    _against(reading, [*islice(_vertical(reading), MOST_PAIRS)], flags)
    _keyed(reading, [*islice(_series(reading), MOST_PAIRS)], flags)
    return flags


def _within_table(reading: Reading, row: Row, places: Sequence[int], flags: Flags, *, changing: bool) -> None:
    """A table's row. changing: whether any column of the text holds changes."""
    told = [reading.claims[place] for place in places]
    changes = [claim for claim in told if is_change_column(row.cells[claim.cell].column)] if changing else []
    if changes and (pair := _across(told, row)):
        for place, claim in zip(places, told, strict=True):
            if claim in changes and claim is not pair.before and claim is not pair.after:
                _hold(place, claim, pair, f"{row.cells[claim.cell].column} {row.cells[claim.cell].text}", flags)
    if len({claim.cell for claim in told}) < len(told) - 1:  # three may share a cell
        for _, group in groupby(places, key=lambda place: reading.claims[place].cell):
            _within_cell(reading, row, [*group], flags)


def _across(told: Sequence[Claim], row: Row) -> Pair | None:
    """The states before and after in a table's row: by their columns, or the two figures of a kind beside a change."""
    own = [claim for claim in told if claim.cell]
    before = [one for one in own if one.role is Role.BEFORE]
    after = [one for one in own if one.role is Role.AFTER]
    if not (len(before) == len(after) == 1):
        states = [one for one in own if one.role not in NOT_OWN and not is_change_column(row.cells[one.cell].column)]
        changes = [one for one in own if is_change_column(row.cells[one.cell].column)]
        if len(states) != 2 or len(changes) != 1:
            return None
        before, after = states[:1], states[1:]
    return Pair(row.cells[0].text, before[0], after[0])


def _within_cell(reading: Reading, row: Row, places: Sequence[int], flags: Flags) -> None:
    """A sentence's "from A to B" beside its "C %"."""
    if len(places) < 3:
        return
    claims = reading.claims
    for at, (one, other) in enumerate(pairwise(places)):
        pair = _told_pair(row.cells[claims[one].cell].text, claims[one], claims[other])
        if pair is None:
            continue
        for place in (*places[max(0, at - 2) : at], *places[at + 2 : at + 4]):
            if _same_sentence(row.cells[claims[one].cell].text, claims[place], pair):
                _hold(place, claims[place], pair, claims[place].about, flags)


def _told_pair(text: str, one: Claim, other: Claim) -> Pair | None:
    first, second = one.figure, other.figure
    if first is None or second is None or first.unit in CHANGES or second.start - first.end > FAR:
        return None
    between = text[first.end : second.start]
    if not between.strip() or kind(first) != kind(second):
        return None
    if first.end < second.start and first.noun and between.strip().startswith(first.noun.split()[0]):
        between = between.strip()[len(first.noun.split()[0]) :]
    if INSTEAD.search(between):
        return Pair("", other, one)
    return Pair("", one, other) if ARROW.search(between) else None


def _same_sentence(text: str, claim: Claim, pair: Pair) -> bool:
    figures = [one.figure for one in (claim, pair.before, pair.after) if one.figure]
    start, end = min(one.start for one in figures), max(one.end for one in figures)
    return end - start < 200 and re.search(r"[.;!?]\s", text[start:end]) is None


def _hold(place: int, claim: Claim, pair: Pair, words: str, flags: Flags) -> None:
    if claim.figure is not None and pair.real is not None and _refutes(pair, claim, words):
        shown = f"{pair.before.text} before and {pair.after.text} after"
        flags.setdefault(place, f"{pair.lines}: {shown}, which is {told(pair.real, claim.figure)}")


def _refutes(pair: Pair, claim: Claim, words: str) -> bool:
    """Whether the claim is a change, and another than the pair's."""
    figure = claim.figure
    if figure is None or figure.unit not in CHANGES or claim.role in NOT_OWN or pair.real is None:
        return False
    direction = _direction(figure, words, timed=pair.timed)
    return not fits(figure, pair.real, direction=direction, strict=_way(words) is not FAST)


@lru_cache(maxsize=4096)
def _way(words: str) -> re.Pattern[str] | None:
    """The first of the ways that the words tell."""
    return next((way for way in WAYS if way.search(words)), None)


def _direction(figure: Figure, words: str, *, timed: bool) -> int:
    """Which way the words say that it went: -1 down, 1 up, 0 either."""
    way = _way(words)
    if way is FAST:
        return -1 if timed else 1
    if way is LESS:
        return -1
    if way is MORE:
        return 1
    if way is GAIN or figure.unit == "x":
        return 0
    return -1 if figure.negative else 1 if figure.text.startswith("+") or "+" in words[-12:] else 0


def _vertical(reading: Reading) -> Iterator[Pair]:
    """Tables whose rows are called before and after: a pair for each column; and rows with both, for claims
    elsewhere.
    """
    states = {claim.row for claim in reading.claims if claim.role is Role.BEFORE}
    for _, rows in groupby(
        (row for row in reading.figures if reading.rows[row].table), key=lambda row: reading.rows[row].block
    ):
        table = [*rows]
        first, last = _called(reading, table, BEFORE), _called(reading, table, AFTER)
        if len(first) == len(last) == 1:
            yield from _columns(reading, reading.figures[first[0]], reading.figures[last[0]])
        for row in table:
            if row not in states:
                continue
            pair = _across([reading.claims[place] for place in reading.figures[row]], reading.rows[row])
            if pair is not None and pair.before.role is Role.BEFORE:
                yield pair


def _called(reading: Reading, table: Sequence[int], state: re.Pattern[str]) -> Sequence[int]:
    """The rows of a table that are called so; looked for in all names at once first."""
    names = [reading.rows[row].cells[0].text for row in table]
    if not state.search("\n".join(names)):
        return []
    return [row for row, name in zip(table, names, strict=True) if state.search(name)]


def _columns(reading: Reading, first: Sequence[int], last: Sequence[int]) -> Iterator[Pair]:
    afters = {reading.claims[place].cell: reading.claims[place] for place in last}
    for place in first:
        claim = reading.claims[place]
        if claim.cell and claim.cell in afters:
            column = reading.rows[claim.row].cells[claim.cell].column
            yield Pair(column, claim, afters[claim.cell])


def _against(reading: Reading, pairs: Sequence[Pair], flags: Flags) -> None:
    """Changes claimed anywhere against the pairs of that name; one that fits any of them stands."""
    named: dict[frozenset[str], list[tuple[int, Pair]]] = defaultdict(list)
    for at, pair in enumerate(pairs):
        if len(pair.words) > 1 and _comparable(pair):
            named[pair.words].append((at, pair))
    if not named:
        return
    by_word: dict[str, list[frozenset[str]]] = defaultdict(list)
    for name in named:
        by_word[min(name)].append(name)
    of_row = Counter((name, pair.before.row) for name, told in named.items() for _, pair in told)
    for place, claim in enumerate(reading.claims):
        if claim.figure is None or claim.figure.unit not in CHANGES or claim.role is not Role.CLAIM or place in flags:
            continue
        if not (LESS.search(claim.about) or GAIN.search(claim.about) or claim.figure.negative):
            continue
        words = stems(claim.about)
        names = [name for word in words for name in by_word.get(word, ()) if name <= words]
        if not 0 < sum([len(named[name]) - of_row[name, claim.row] for name in names]) <= MOST_ALIKE:
            continue
        own = sorted(at for name in names for at, pair in named[name] if pair.before.row != claim.row)
        if all(_refutes(pairs[at], claim, claim.about) for at in own):
            _hold(place, claim, pairs[own[0]], claim.about, flags)


def _comparable(pair: Pair) -> bool:
    return all(one.figure is not None and one.figure.unit not in {"", "%"} for one in (pair.before, pair.after))


def _series(reading: Reading) -> Iterator[Pair]:
    """Lists under "Before" and under "After" with the same keys, each with a figure in it: "1GB file -> 6.2MB"."""
    before: dict[tuple[int, str], Claim] = {}
    for row, places in reading.figures.items():
        here = reading.rows[row]
        state = None if here.table or not here.heading else _state(here.heading[-1])
        found = KEYED.match(here.cells[0].text) if state else None
        if found is None or not any(sign.isdigit() for sign in found["key"]):
            continue
        key = " ".join(found["key"].lower().split())
        values = [reading.claims[place] for place in places]
        value = next((one for one in values if one.figure and one.figure.start >= found.end()), None)
        if value is None:
            continue
        if state is Role.BEFORE:
            before[here.block, key] = value
        elif (here.block, key) in before:
            yield Pair("", before[here.block, key], value, key)


@lru_cache(maxsize=4096)
def _state(heading: str) -> Role | None:
    """Whether what stands below a heading was before or after."""
    title = heading.partition(":")[0]
    return Role.BEFORE if BEFORE.search(title) else Role.AFTER if AFTER.search(title) else None


def _keyed(reading: Reading, pairs: Sequence[Pair], flags: Flags) -> None:
    """Changes in rows that name such a key."""
    if not pairs:
        return
    keys = re.compile("|".join({re.escape(pair.key) for pair in pairs}))
    for place, claim in enumerate(reading.claims):
        if claim.figure is None or claim.figure.unit not in CHANGES or claim.role in NOT_OWN:
            continue
        text = " ".join(" ".join([cell.text[:200] for cell in reading.rows[claim.row].cells[:8]]).lower().split())
        for pair in pairs if keys.search(text) else ():
            if pair.key in text and claim.row not in {pair.before.row, pair.after.row}:
                _hold(place, claim, pair, claim.about, flags)

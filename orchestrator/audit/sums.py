"""Numbers of a text that must add up: k of n beside its percentage, a total, shares of a whole, and how often
something was measured.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Final

from orchestrator.audit.arithmetic import kind, quantity
from orchestrator.audit.changes import Flags
from orchestrator.audit.model import Claim, Reading, Role, Row
from orchestrator.audit.roles import STOP

SHARE: Final = re.compile(
    r"\b(?:share|portion|fraction|proportion|distribution|split)\b|% of|percent(?:age)? of", re.IGNORECASE
)
TOTAL: Final = re.compile(r"\b(?:total|sum|overall|all)\b", re.IGNORECASE)
OF: Final = re.compile(r"^\s*(?:out )?of\s*$")
PASSING: Final = re.compile(
    r"^\s*(?:\)|,|;|\.|$|pass\w{0,4}\b|green\b|succe\w{0,5}\b|of (?:the )?tests\b)", re.IGNORECASE
)
USED: Final = re.compile(r"\b(?:used|spent|consumed|done|utili[sz]ation|verbraucht|consomm\u00e9)\b", re.IGNORECASE)
MEASURING: Final = frozenset({"measurements", "samples", "observations", "data points", "datapoints"})


def check_sums(reading: Reading) -> Flags:
    """What does not add up."""
    flags: Flags = {}
    summed = any(_is_total(column) or _is_used(column) for column in reading.columns)
    for row, places in reading.figures.items():
        if len(places) > 1:
            members = [(place, reading.claims[place]) for place in places]
            flags |= _ratios(reading, members)
            flags |= _of_row(reading, reading.rows[row], members) if summed else {}
    flags |= _tables(reading)
    flags |= _totals(reading)
    return flags | _measurements(reading)


def _of_row(reading: Reading, row: Row, members: Sequence[tuple[int, Claim]]) -> Flags:
    """What a table's row says of itself."""
    if not row.table or len(members) < 3:
        return {}
    columns = [row.cells[claim.cell].column for _, claim in members]
    flags: Flags = {}
    if any(_is_total(column) for column in columns):
        flags |= _row_total(reading, members)
    if len(members) == 3 and any(_is_used(column) for column in columns):
        flags |= _row_share(reading, members)
    return flags


@lru_cache(maxsize=4096)
def _is_total(column: str) -> bool:
    return TOTAL.fullmatch(column.strip()) is not None


@lru_cache(maxsize=4096)
def _is_used(column: str) -> bool:
    return USED.search(column) is not None


@lru_cache(maxsize=4096)
def _is_share(column: str) -> bool:
    return SHARE.search(column) is not None


def _ratios(reading: Reading, members: Sequence[tuple[int, Claim]]) -> Flags:
    """As in "18/20 passing (100%)"."""
    flags: Flags = {}
    for at, (place, claim) in enumerate(members):
        figure = claim.figure
        if figure is None or figure.unit != "%" or not at:
            continue
        text = reading.rows[claim.row].cells[claim.cell].text
        if not PASSING.match(text[figure.end : figure.end + 20]):
            continue
        beside = [one for _, one in members[max(0, at - 2) : at] if one.cell == claim.cell]
        if not beside or beside[-1].figure is None or STOP.search(text[beside[-1].figure.end : figure.start]):
            continue
        k, n = _k_of_n(text, beside)
        if n and abs(100 * k / n - figure.low) > max(figure.half, Decimal("0.5")) and not figure.plus:
            flags[place] = f"line {claim.line}: {k} of {n} are {100 * k / n:.4g} %"
    return flags


def _k_of_n(text: str, before: Sequence[Claim]) -> tuple[Decimal, Decimal]:
    last = before[-1].figure if before else None
    if last is not None and last.whole is not None:
        return last.low, last.whole
    first = before[0].figure if len(before) > 1 else None
    if first is not None and last is not None and OF.match(text[first.end : last.start]):
        return first.low, last.low
    return Decimal(0), Decimal(0)


def _row_total(reading: Reading, members: Sequence[tuple[int, Claim]]) -> Flags:
    """A column "total" beside the counts that make it."""
    row = reading.rows[members[0][1].row]
    plain = [(place, claim) for place, claim in members if claim.cell and _is_plain(claim)]
    totals = [one for one in plain if _is_total(row.cells[one[1].cell].column)]
    parts = [claim.figure.low for _, claim in plain if claim.figure and not _is_total(row.cells[claim.cell].column)]
    if len(totals) != 1 or len(parts) < 2:
        return {}
    place, claim = totals[0]
    total = sum(parts, Decimal(0))
    if claim.figure is None or claim.figure.low == total or claim.figure.low in parts:
        return {}
    return {place: f"line {claim.line}: the row's parts add up to {total}"}


def _row_share(reading: Reading, members: Sequence[tuple[int, Claim]]) -> Flags:
    """A column "% used" beside what was planned and what was used of it."""
    row = reading.rows[members[0][1].row]
    shares = [
        one
        for one in members
        if one[1].figure and one[1].figure.unit == "%" and _is_used(row.cells[one[1].cell].column)
    ]
    whole = [claim.figure for _, claim in members if claim.role is Role.GOAL and claim.figure]
    if len(shares) != 1 or len(whole) != 1:
        return {}
    place, share = shares[0]
    part = next((claim.figure for _, claim in members if claim is not share and claim.role is not Role.GOAL), None)
    if part is None or share.figure is None or not whole[0].low or kind(part) != kind(whole[0]):
        return {}
    real = 100 * quantity(part).value / quantity(whole[0]).value
    if abs(real - float(share.figure.low)) <= max(float(share.figure.half), 0.5) + 0.01 * real:
        return {}
    return {place: f"line {share.line}: {part.text} of {whole[0].text} are {real:.4g} %"}


def _is_plain(claim: Claim) -> bool:
    return claim.figure is not None and not claim.figure.unit and claim.role is not Role.GOAL


def _tables(reading: Reading) -> Flags:
    """Columns of shares that make no whole."""
    flags: Flags = {}
    shares = [
        (place, claim)
        for place, claim in enumerate(reading.claims)
        if claim.figure is not None and claim.figure.unit == "%" and reading.rows[claim.row].table
        and _is_share(reading.rows[claim.row].cells[claim.cell].column)
    ]  # fmt: skip
    for _, group in groupby(shares, key=lambda one: (reading.rows[one[1].row].block, one[1].cell)):
        column = [(place, claim) for place, claim in group if not TOTAL.search(reading.rows[claim.row].cells[0].text)]
        total = sum((claim.figure.low for _, claim in column if claim.figure), Decimal(0))
        if len(column) > 1 and abs(total - 100) > max(Decimal(1), Decimal(len(column)) / 2):
            flags |= {place: f"the shares of this table add up to {total} %" for place, _ in column}
    return flags


def _totals(reading: Reading) -> Flags:
    """A last row called "total" below the counts that make it."""
    flags: Flags = {}
    columns: dict[tuple[int, int], list[tuple[int, Claim]]] = {}
    for place, claim in enumerate(reading.claims):
        if claim.cell and claim.figure and claim.figure.whole is None and _is_plain(claim):
            columns.setdefault((reading.rows[claim.row].block, claim.cell), []).append((place, claim))
    for column in columns.values():
        *parts, (place, last) = column
        if len(parts) < 2 or not _is_called_total(reading, last):
            continue
        total = sum([one.figure.low for _, one in parts if one.figure], Decimal(0))
        if last.figure and last.figure.low != total and not any(_is_called_total(reading, one) for _, one in parts):
            flags[place] = f"line {last.line}: the rows above add up to {total}"
    return flags


def _is_called_total(reading: Reading, claim: Claim) -> bool:
    return _is_total(reading.rows[claim.row].cells[0].text)


def _measurements(reading: Reading) -> Flags:
    """As in "80 measurements" beside "10 measurements"."""
    flags: Flags = {}
    found: dict[str, list[tuple[int, Claim]]] = {}
    for place, claim in enumerate(reading.claims):
        figure = claim.figure
        if figure is not None and figure.noun in MEASURING and not figure.plus and claim.role is Role.CLAIM:
            found.setdefault(figure.noun, []).append((place, claim))
    for noun, told in found.items():
        values = {claim.figure.low: claim for _, claim in told if claim.figure}
        if len(values) == 2:
            for place, claim in told:
                other = next(one for value, one in values.items() if claim.figure and value != claim.figure.low)
                flags[place] = f"line {other.line} says {other.text} {noun}"
    return flags

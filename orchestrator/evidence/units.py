"""Units: what a figure is counted in, which units can be compared, and how one is converted to another.

A unit is a word of the tables below or a quotient of two (`MiB/GiB`, `MB/s`). Units of the same dimension convert;
everything else is an error. Two dimensions are kept apart on purpose, although both are pure numbers. `%` and `1` are
shares, `x` is a factor (1.25 x faster is not 125 % faster). Every counted noun is a dimension of its own, so that "0
leaks" can never be decided by a count of cases. SI prefixes are powers of 1000, IEC prefixes powers of 1024 (IEC
80000-13). Factors are exact fractions, and a value is read as the decimal that it is written as, so that 9 ms are 0.009
s to the last digit.
"""

import re
import sys
from collections.abc import Collection
from fractions import Fraction
from typing import ClassVar, Final

from orchestrator.errors import OrchestratorError
from orchestrator.evidence.numbers import times
from orchestrator.nearest import nearest
from orchestrator.records import dataclass


class UnitError(OrchestratorError):
    """A unit is not known, or two units do not measure the same thing."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """text: as written. dimension: what it measures, e.g. "size" or "size/time". factor: how many base units it is."""

    text: str
    dimension: str
    factor: Fraction


SIZES: Final[dict[str, Fraction | int]] = {
    "B": 1,
    "bytes": 1,
    "kB": 10**3,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}
TIMES: Final[dict[str, Fraction | int]] = {
    "ns": Fraction(1, 10**9),
    "us": Fraction(1, 10**6),
    "µs": Fraction(1, 10**6),
    "ms": Fraction(1, 10**3),
    "s": 1,
    "seconds": 1,
    "m": 60,
    "min": 60,
    "h": 3600,
}
SHARES: Final[dict[str, Fraction | int]] = {"1": 1, "%": Fraction(1, 100)}
FACTORS: Final[dict[str, Fraction | int]] = {"x": 1}
MONEY: Final = ("USD", "EUR", "GBP", "CHF")
"""Currencies; none becomes another, as no rate is known."""
# singular -> plural; a plan may write either
COUNTS: Final = {
    "agent": "agents",
    "allocation": "allocations",
    "artifact": "artifacts",
    "block": "blocks",
    "bottleneck": "bottlenecks",
    "branch": "branches",
    "buffer": "buffers",
    "bug": "bugs",
    "call": "calls",
    "case": "cases",
    "chart": "charts",
    "check": "checks",
    "chunk": "chunks",
    "conflict": "conflicts",
    "connection": "connections",
    "contract": "contracts",
    "core": "cores",
    "count": "counts",
    "crash": "crashes",
    "criterion": "criteria",
    "defect": "defects",
    "difference": "differences",
    "document": "documents",
    "duplicate": "duplicates",
    "endpoint": "endpoints",
    "entry": "entries",
    "error": "errors",
    "event": "events",
    "failure": "failures",
    "file": "files",
    "finding": "findings",
    "frame": "frames",
    "glyph": "glyphs",
    "incident": "incidents",
    "input": "inputs",
    "integration": "integrations",
    "item": "items",
    "language": "languages",
    "leaf": "leaves",
    "leak": "leaks",
    "lease": "leases",
    "line": "lines",
    "merge": "merges",
    "message": "messages",
    "metric": "metrics",
    "mismatch": "mismatches",
    "module": "modules",
    "node": "nodes",
    "object": "objects",
    "page": "pages",
    "pair": "pairs",
    "parameter": "parameters",
    "pattern": "patterns",
    "point": "points",
    "pool": "pools",
    "problem": "problems",
    "process": "processes",
    "query": "queries",
    "recommendation": "recommendations",
    "record": "records",
    "regression": "regressions",
    "report": "reports",
    "request": "requests",
    "result": "results",
    "retry": "retries",
    "row": "rows",
    "run": "runs",
    "sample": "samples",
    "scenario": "scenarios",
    "session": "sessions",
    "setting": "settings",
    "size": "sizes",
    "stage": "stages",
    "step": "steps",
    "strategy": "strategies",
    "stream": "streams",
    "task": "tasks",
    "test": "tests",
    "thread": "threads",
    "token": "tokens",
    "tree": "trees",
    "turn": "turns",
    "type": "types",
    "user": "users",
    "value": "values",
    "violation": "violations",
    "vulnerability": "vulnerabilities",
    "warning": "warnings",
    "word": "words",
    "worker": "workers",
    "workstream": "workstreams",
}


def known_units() -> dict[str, Unit]:
    """Every word that a unit may be, or be a quotient of."""
    tables = (("size", SIZES), ("time", TIMES), ("share", SHARES), ("factor", FACTORS))
    units = {word: Unit(word, kind, Fraction(factor)) for kind, table in tables for word, factor in table.items()}
    units |= {word: Unit(word, f"money in {word}", Fraction(1)) for word in MONEY}
    for one, many in COUNTS.items():
        units |= {one: Unit(one, many, Fraction(1)), many: Unit(many, many, Fraction(1))}
    return units


UNITS: Final = known_units()
LONGEST_NUMBER: Final = 400
_SIZE: Final = re.compile(r"(?P<number>[0-9]+(\.[0-9]+)?)\s*(?P<unit>[A-Za-z]*)", re.ASCII)


def parse_unit(text: str, own: Collection[str] = ()) -> Unit:
    """The unit that `text` names. own: further words and quotients that a plan declares, each of a dimension of its
    own.

    Raises UnitError, with the nearest known word, for any other text.
    """
    if text in own:
        return Unit(text, f"own {text}", Fraction(1))
    parts = [part.strip() for part in text.split("/")]
    if len(parts) > 2:
        raise UnitError(f"unit {_shown(text)}: more than one '/'; write a unit or a quotient of two, e.g. MiB/GiB")
    words = [_word(part, text, own) for part in parts]
    if len(words) == 1:
        return words[0]
    above, below = words
    return Unit(text.strip(), f"{above.dimension}/{below.dimension}", above.factor / below.factor)


def dimension(unit: str) -> str:
    """What `unit` measures, e.g. "size", "time", "share", "size/time", "leaks". Raises UnitError."""
    return parse_unit(unit).dimension


def compatible(a: str, b: str) -> bool:
    """Whether both are units of the same dimension; a unit is always one with itself, whoever declared it. Never
    raises.
    """
    if a == b:
        return True
    try:
        return dimension(a) == dimension(b)
    except UnitError:
        return False


def conversion(from_unit: str, to_unit: str) -> Fraction:
    """The number to multiply by, exactly; `numbers.times` does it. A unit becomes itself, whoever declared it.

    Raises UnitError when a unit is unknown or the dimensions differ.
    """
    if from_unit == to_unit:
        return Fraction(1)
    source, goal = parse_unit(from_unit), parse_unit(to_unit)
    if source.dimension != goal.dimension:
        raise UnitError(
            f"{from_unit!r} measures {source.dimension} and {to_unit!r} measures {goal.dimension}: "
            f"write a unit of {source.dimension}",
        )
    return source.factor / goal.factor


def convert(value: float, from_unit: str, to_unit: str) -> float:
    """`value`, read as the decimal it is written as, in `to_unit`. Raises UnitError as `conversion` does."""
    return times(value, conversion(from_unit, to_unit))


def parse_size(text: str) -> int:
    """Bytes in "1GiB", "1.5 MiB" or "4096" (a bare number is bytes), rounded down. Raises UnitError."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise UnitError(f"size {_shown(text)}: write a number and a unit of size, e.g. 64MiB")
    factor = conversion(match["unit"] or "B", "B")
    size = Fraction(match["number"]) * factor if len(match["number"]) <= LONGEST_NUMBER else None
    if size is None or size > sys.float_info.max:
        raise UnitError(f"size {_shown(text)}: too large")
    return int(size)


def _word(word: str, text: str, own: Collection[str]) -> Unit:
    unit = Unit(word, f"own {word}", Fraction(1)) if word in own else UNITS.get(word)
    if unit is not None:
        return unit
    near = _nearest(word, own)
    known = "known are B, MiB, MB/s, ms, s, %, x, 1, cases, … (docs/concepts/verdicts.md)"
    mend = f"did you mean {near!r}? A plan may declare its own" if near else f"{known}; a plan may declare its own"
    raise UnitError(f"unit {_shown(text)}: {_shown(word)} is not known; {mend} under `units:`")


def _nearest(word: str, own: Collection[str]) -> str | None:
    """Of a plan's own and the known ones."""
    known = [*own, *UNITS]
    folded = [each for each in known if each.lower() == word.lower()]
    return folded[0] if folded else nearest(word, known)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")

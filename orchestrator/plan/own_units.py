"""Units that a plan declares: which are allowed, and the check that every unit is known or declared. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from orchestrator.evidence.units import MONEY, UNITS, UnitError, dimension, parse_unit
from orchestrator.plan.handin_checks import UNREADABLE
from orchestrator.plan.model import Plan, UnitKind
from orchestrator.plan.problem import Problem
from orchestrator.plan.source import Path, Source
from orchestrator.plan.values import UNIT_MEND

WORD: Final = re.compile(r"[^\W\d_][\w.-]{0,39}")


def unit_problems(plan: Plan, source: Source) -> Iterator[Problem]:
    """Every problem of declared units, and of units that nobody declared."""
    for word, kind in plan.units.items():
        if wrong := _declared(word, kind, plan):
            yield source.problem(("units", word), *wrong)
    for name, group in plan.groups.items():
        path: Path = ("workstreams" if name in plan.workstreams else "stages", name)
        for index, criterion in enumerate(group.success_criteria):
            if criterion.target.relative is None:
                yield from unit_problem(
                    plan, criterion.target.unit, (*path, "success_criteria", index, "target"), source
                )


def unit_problem(plan: Plan, unit: str, path: Path, source: Source) -> Iterator[Problem]:
    """The problem of a unit that is neither known nor declared."""
    if UNREADABLE in unit:
        return
    try:
        parse_unit(unit, plan.units)
    except UnitError as error:
        yield source.problem(path, str(error), UNIT_MEND)


def _declared(word: str, kind: UnitKind, plan: Plan) -> tuple[str, str] | None:
    """What is wrong with a declaration, and its mend."""
    if kind is UnitKind.RATE:
        return _rate(word, plan)
    if WORD.fullmatch(word) is None:
        return (
            f"{word!r} is not a word that can be a unit",
            "begin with a letter; go on with letters, digits, `_`, `.` and `-`",
        )
    known = word in UNITS and (word in MONEY) != (kind is UnitKind.MONEY)
    if known or (word in UNITS and kind is UnitKind.COUNT and dimension(word) in {"size", "time", "share", "factor"}):
        return f"'{word}' is a known unit, and no {kind}", "leave it out, or choose another word"
    return None


def _rate(word: str, plan: Plan) -> tuple[str, str] | None:
    above, slash, below = word.partition("/")
    if not slash or WORD.fullmatch(above) is None or "/" in below:
        return f"{word!r} is not a rate", "write a quotient of two units: requests/s"
    try:
        parse_unit(below, plan.units)
    except UnitError as error:
        return str(error), "declare it too, or write a known unit below the line"
    return None

"""Whether a changed parameter makes a measurement weaker: fewer samples, smaller inputs, a wider tolerance. Pure.

A review has only names and numbers. A change that it cannot judge is not called a loosening, but is listed with the
others.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from orchestrator.evidence.units import compatible, conversion
from orchestrator.plan.model import Plan, Task
from orchestrator.plan.spelling import spell
from orchestrator.plan.values import ValueTextError, parse_duration

Params = Mapping[str, tuple[Any, Any]]
"""Values before and after, by name."""

FEWER: Final = "it takes fewer samples"
SMALLER: Final = "it measures something smaller"
WIDER: Final = "it is more lenient"
LESS: Final = "it leaves out something that it did"

_LENIENT: Final = re.compile(
    r"toleran|threshold|slack|margin|skip|allow|ignor|quick|fast|lenient|exclude|max_(err"
    r"|fail|diff)",
    re.IGNORECASE,
)
_COUNTS: Final = re.compile(r"(^n$|sample|repeat|round|iteration|runs?$|times$|count|trials|pairs)", re.IGNORECASE)
_NEUTRAL: Final = re.compile(r"(^|_)(seed|port|version|year|date|id|warm_?up|level|index)($|_)", re.IGNORECASE)
_QUANTITY: Final = re.compile(r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*([A-Za-zµ%/]*)")
_BETWEEN: Final = re.compile(r"[\s;,'\"()]+|(?<=\w)=(?=\d)")
_OPTION: Final = re.compile(r"-{1,2}([A-Za-z][\w-]*)(?:=(.*))?")


def measures(task: Task, plan: Plan) -> bool:
    """Whether criteria may rest on what the task does: a runner's metrics are not known here, so any runner's may."""
    return bool(plan.criteria) and (task.run is not None or bool(task.metrics) or task.measures is not None)


def weakened(name: str, was: Any, now: Any) -> str:  # noqa: ANN401 - values of parameters
    """Why a parameter that changed so makes the measurement weaker, "" where that cannot be said."""
    if _NEUTRAL.search(name) or was is None or now is None:
        return ""
    if isinstance(was, bool) or isinstance(now, bool):
        return _switched(name, was, now)
    if isinstance(was, list | tuple) and isinstance(now, list | tuple):
        return _listed(name, was, now)
    before, after = _ordered(was, now)
    if before is None or after is None or before == after or (after > before) is not bool(_LENIENT.search(name)):
        return ""
    if after > before:
        return WIDER
    return FEWER if _COUNTS.search(name) else SMALLER


def weakened_command(
    was: Sequence[str] | None, now: Sequence[str] | None, params: Params = MappingProxyType({})
) -> str:
    """The same of a command's options: of `--samples 20` or `--size=1GiB` that stand in both, in a shell's text too.

    params: by name what was changed of the plan's, before and after; where one stands as a word, its name says what the
    word is.
    """
    first, second = _words(was or ()), _words(now or ())
    before, after = _options(first), _options(second)
    found = [weakened(name, before[name], after[name]) for name in before if name in after]
    if len(first) == len(second):
        changed = {pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]}
        found += [weakened(name, *pair) for name, pair in params.items() if (spell(pair[0]), spell(pair[1])) in changed]
    return next(filter(None, found), "")


def _switched(name: str, was: object, now: object) -> str:
    lenient = bool(_LENIENT.search(name))
    if was is True and now is False and not lenient:
        return LESS
    return WIDER if lenient and was is False and now is True else ""


def _listed(name: str, was: Sequence[Any], now: Sequence[Any]) -> str:
    if len(now) < len(was):
        return "" if _LENIENT.search(name) else LESS
    if len(now) > len(was):
        return WIDER if _LENIENT.search(name) else ""
    found = [weakened(name, one, other) for one, other in zip(was, now, strict=True) if one != other]
    return found[0] if found and all(found) else ""


def _ordered(was: object, now: object) -> tuple[float | None, float | None]:
    """Both as numbers of one unit; None for what is no quantity, or of another kind."""
    if isinstance(was, int | float) and isinstance(now, int | float):
        return float(was), float(now)
    before, after = _QUANTITY.fullmatch(str(was).strip()), _QUANTITY.fullmatch(str(now).strip())
    if before and after and before[2] == after[2]:
        return float(before[1]), float(after[1])
    if before and after and compatible(before[2], after[2]):
        return float(before[1]) * float(conversion(before[2], after[2])), float(after[1])
    try:
        return parse_duration(was), parse_duration(now)
    except ValueTextError:
        return None, None


def _words(argv: Sequence[str]) -> list[str]:
    """The words of a command, those of a shell's text among them."""
    return [word for one in argv for word in (_BETWEEN.split(one) if " " in one else [one])]


def _options(argv: Sequence[str]) -> dict[str, str]:
    found = {}
    for one, following in pairwise([*argv, ""]):
        if option := _OPTION.fullmatch(one):
            found[option[1]] = following if option[2] is None else option[2]
    return found

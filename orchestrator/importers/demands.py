"""The targets in a criterion's text: "reduced by 25%", "< 500MB for 100MB input", "no file > 400 lines", "0 failures".

A target that cannot fail is not a target. Nor is a figure without a direction. `read_demands` names both, with the
reason.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from orchestrator.evidence.units import compatible, conversion
from orchestrator.importers.circumstances import (
    is_circumstance,
    is_condition,
    is_of_share,
    is_of_today,
    is_version,
    leads,
)
from orchestrator.importers.figures import Figure, find_figures
from orchestrator.importers.numerals import spelled
from orchestrator.importers.relations import HIGHER, LOWER, NOT, Relation, is_moved_from, relate
from orchestrator.importers.tokens import LONGEST, Is, Token, said_before, tokenise
from orchestrator.importers.unfigured import none_in, without_figure
from orchestrator.importers.unitwords import clock_hours

ALL: Final = re.compile(r"\b(all|every|each|pass\w*|whole|tous|alle)\b", re.IGNORECASE)
SPANS: Final = frozenset({"min", "h", "24h", "168h", "s"})
"""Units of a span over which something else is measured: "99.9 % over 30 days"."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A target in a plan's words, ">= 25 %"; aloud: how it was read where that is not plain, empty otherwise."""

    target: str
    aloud: str = ""

    @property
    def number(self) -> str:
        """Number and unit without the operator: what two texts that mean the same figure have in common."""
        return self.target.partition(" ")[2]


@dataclass(slots=True)
class Demands:
    """read: the targets, in order. refused: figures that became none, each with the reason."""

    read: list[Demand] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def find_demands(text: str, about: str = "") -> list[Demand]:
    """The targets of a criterion's text, in order. about: what the figure is of, where another place says that."""
    return read_demands(text, about).read


def read_demands(text: str, about: str = "") -> Demands:
    """The same, with what was refused and why."""
    found = Demands()
    if len(text) > LONGEST:
        found.refused.append(f"a line of {len(text):,} characters is too long for a criterion")
        return found
    tokens = tokenise(text)
    figures = find_figures(tokens)
    _from_figures(found, text, tokens, figures, about)
    if not found.read and not found.refused and not any(one.unit for one in figures):
        found.read = [Demand(*one) for one in without_figure(text)]
    return found


def _from_figures(found: Demands, text: str, tokens: Sequence[Token], figures: list[Figure], about: str) -> None:
    last: Figure | None = None
    weak: list[tuple[Figure, Relation]] = []
    for figure, relation in _related(tokens, figures, about):
        if figure.value is None:
            if relation.explicit and relation.operator and figure.text:
                found.refused.append(f"{figure.text!r} can be read in more than one way")
            continue
        if is_of_today(tokens, figure) or (leads(tokens, figure) and len(figures) > 1):
            continue
        if last is not None and (is_circumstance(tokens, figure, last) or is_of_share(tokens, figure, last)):
            continue
        if is_version(tokens, figure, text):
            found.refused.append(f"{figure.text!r} is a version, and nothing that is measured")
            continue
        if weak and _is_span_of(tokens, figure):
            continue
        if (relation.explicit and relation.operator) or _is_zero_of(tokens, figure):
            _take(found, text, figure, relation if relation.explicit else Relation("=="))
            last = figure
        else:
            weak.append((figure, relation))
    if not found.read:
        found.read += [Demand(*one) for one in none_in(text)]
        said = [one for one in weak if not (found.read and re.search(NOT, said_before(tokens, one[0].at, 9)))]
        _from_weak(found, f"{about} {text}", tokens, said)


def _is_span_of(tokens: Sequence[Token], figure: Figure) -> bool:
    """As in "99.9 % over 30 days"."""
    return figure.unit in SPANS and said_before(tokens, figure.at, 2).rpartition(" ")[2] in {"over", "in", "during"}


def _is_zero_of(tokens: Sequence[Token], figure: Figure) -> bool:
    """As in "0 failures", where a clause begins or behind "with"."""
    before = tokens[figure.at - 1] if figure.at else None
    opens = before is None or before.kind is Is.STOP or before.low in {"and", "with", "has", "have"}
    return figure.value == 0 and figure.high is None and bool(figure.unit) and opens


def _from_weak(found: Demands, text: str, tokens: Sequence[Token], weak: list[tuple[Figure, Relation]]) -> None:
    """Figures whose own words ask for nothing: the first that is no circumstance counts, and others behind a stop that
    name what they are of: "RTO 4h, RPO 15min".
    """
    plain = [(figure, relation) for figure, relation in weak if figure.unit and not is_condition(tokens, figure)]
    for figure, relation in plain[:1]:
        if (figure.value == 0 and figure.high is None) or (
            figure.value == 100 and figure.unit == "%" and ALL.search(text)
        ):
            _take(found, text, figure, Relation("=="))
        elif relation.operator and not (figure.unit == "counts" and figure.aloud):
            _take(found, text, figure, relation)
        elif figure.value == 100 and figure.unit == "%":
            _take(found, text, figure, Relation(">="))
        else:
            found.refused.append(f"{figure.text!r} says neither at least nor at most")
    for figure, relation in plain[1:] if found.read else []:
        named = said_before(tokens, figure.at, 3).split()
        if relation.operator and not figure.aloud and any(LOWER.match(word) or HIGHER.match(word) for word in named):
            _take(found, text, figure, relation)


def _related(tokens: Sequence[Token], figures: list[Figure], about: str) -> Iterator[tuple[Figure, Relation]]:
    """Each figure with what is asked of it; "from 800 to 200 ms" is one figure, and "between 2 and 5" are two with
    an operator.
    """
    skip = -1
    for index, figure in enumerate(figures):
        following = figures[index + 1] if index + 1 < len(figures) else None
        if index == skip:
            continue
        if following is not None and is_moved_from(tokens, figure, following):
            skip = index + 1
            below = tokens[following.at - 1].low in {"under", "below", "than"}
            yield _moved(figure, following, strict="" if below else "=")
        elif following is not None and _is_between(tokens, figure, following):
            skip = index + 1
            low = Figure(figure.at, figure.end, figure.value, figure.unit or following.unit, text=figure.text)
            yield low, Relation(">=", aloud="between the two: both are asked")
            yield following, Relation("<=", aloud="between the two: both are asked")
        else:
            yield figure, relate(tokens, figure, about)


def _moved(start: Figure, goal: Figure, strict: str) -> tuple[Figure, Relation]:
    if start.value is None or goal.value is None or start.value == goal.value:
        return goal, Relation("")
    unit = goal.unit if goal.unit not in {"", "counts"} else start.unit or goal.unit
    first = start.value if start.unit in {"", "counts", unit} else _converted(start, unit)
    figure = Figure(goal.at, goal.end, goal.value, unit, aloud=goal.aloud, text=goal.text)
    if first is None:
        return figure, Relation("")
    return figure, Relation(f"{'<' if goal.value < first else '>'}{strict}")


def _converted(figure: Figure, unit: str) -> Decimal | None:
    """Its value in another unit of the same kind."""
    if figure.value is None or not compatible(figure.unit, unit):
        return None
    factor = conversion(figure.unit, unit)
    return figure.value * factor.numerator / factor.denominator


def _is_between(tokens: Sequence[Token], low: Figure, high: Figure) -> bool:
    opened = low.at > 0 and tokens[low.at - 1].low in {"between", "entre", "zwischen"}
    return opened and [token.low for token in tokens[low.end : high.at]] in [["and"], ["et"], ["und"], ["y"]]


def _take(found: Demands, text: str, figure: Figure, relation: Relation) -> None:
    """The demand, unless it cannot fail."""
    value, operator, aloud = _value(figure, relation)
    if value is None:
        return
    hours, unit = clock_hours(figure.unit or "counts")
    if hours > 1:
        aloud = f"{figure.text} is read as {spelled(value * hours)} h on the clock"
    target = f"{operator} {spelled(value * hours)} {unit}"
    if _cannot_fail(operator, value, unit, text):
        found.refused.append(f"{target} cannot fail")
    elif len(spelled(abs(value * hours)).replace(".", "")) > 19:
        found.refused.append(f"{figure.text!r} is beyond what a plan can hold")
    else:
        unnamed = "" if figure.unit else "it has no unit: counted as counts"
        found.read.append(Demand(target, "; ".join(one for one in (aloud, figure.aloud, unnamed) if one)))


def _value(figure: Figure, relation: Relation) -> tuple[Decimal | None, str, str]:
    """Of a range, the end that has to be reached; of a zero, that there is none."""
    operator, aloud, value = relation.operator, relation.aloud, figure.value
    if figure.high is not None:
        upper = operator in {"<=", "<"}
        value = figure.high if upper else figure.value
        aloud = f"of the range {figure.text}, the {'upper end must be kept' if upper else 'lower end must be reached'}"
    if value is None:
        return None, operator, aloud
    value = -value if figure.negative else value
    return value, ("==" if value == 0 and operator == "<=" else operator), aloud


def _cannot_fail(operator: str, value: Decimal, unit: str, text: str) -> bool:
    if operator == ">=":
        return value <= 0 and unit != "x"
    if operator == ">":
        return value < 0
    full = unit == "%" and value >= 100
    return (
        operator in {"<=", "<"}
        and full
        and not re.search(r"\b(cpu|overhead|slow|increase|growth|larger|size|more)", text, re.IGNORECASE)
    )

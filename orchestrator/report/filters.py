"""What the templates of a report print, as filters. `Safe` is Markdown already; every other text is escaped."""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, Undefined

from orchestrator.evidence.measurement import Comparison, Samples, Trend
from orchestrator.evidence.verdict import Verdict
from orchestrator.report import markdown
from orchestrator.report.compiled import templates_of
from orchestrator.report.failing import by_reason
from orchestrator.report.markdown import MARKS, VALUES_SHOWN, Safe
from orchestrator.report.model import CriterionRow, Figure, Report, Since
from orchestrator.report.obstacles import again, log_of
from orchestrator.report.rows import figure, lasted, said_rows, task_rows, with_unit
from orchestrator.report.since import series_of, sparkline

CHANGES_SHOWN: Final = 12
COMMIT: Final = re.compile(r"^([0-9a-f]{12})[0-9a-f]{28}")
NAMED_OF_A_MACHINE: Final = ("cpu", "cores", "memory", "git")


def _printed(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """The last step of every `{{ … }}`."""
    if isinstance(value, Undefined | Safe):
        return value
    if value is None:
        raise TypeError("a report's template printed a value that is not there")
    if isinstance(value, bool | int):
        return str(value)
    return markdown.number(value) if isinstance(value, float) else markdown.escape(str(value))


def _measured(verdict: Verdict, target: float | None = None) -> Safe:
    return Safe("—" if verdict.value is None else with_unit(verdict.value, verdict.unit, target))


def _interval(verdict: Verdict, target: float | None = None) -> Safe:
    if verdict.low is None or verdict.high is None or verdict.level is None:
        return Safe("—")
    if verdict.low == verdict.high:
        return Safe("point")
    span = f"{markdown.number(verdict.low, target)} to {markdown.number(verdict.high, target)}"
    return Safe(f"{span} ({100 * verdict.level:.4g} %)")


def _past(row: CriterionRow) -> Safe:
    """What earlier runs came to and this one, as a line of blocks, and the figure before."""
    if not row.past:
        return Safe("—")
    return Safe(f"{sparkline(series_of(row))} {with_unit(row.past[-1][1], row.verdict.unit)}")


def _changes(since: Since) -> Safe:
    """What differs from the run before, the verdicts first; what does not fit stands in the part about the run."""
    told = [f"{markdown.code(name)} {before or 'new'} → {now or 'gone'}" for name, before, now in since.verdicts]
    told += ["the plan"] if since.plan else []
    told += [f"setting {markdown.code(name)}" for name, _, _ in since.settings]
    told += [_moved(name, before, now) for name, before, now in since.machine]
    more = len(told) - CHANGES_SHOWN
    return Safe(
        "; ".join(told[:CHANGES_SHOWN] + ([f"{more} more"] if more > 0 else []))
        or "plan, settings and machine are the same"
    )


def _moved(name: str, before: str, now: str) -> str:
    return f"{markdown.escape(name)} {markdown.code(_brief(before)) or 'none'} → {markdown.code(_brief(now)) or 'none'}"


def _brief(value: str) -> str:
    return COMMIT.sub(r"\1", value)


def _machine(report: Report) -> str:
    """In a few words; a commit by its first letters."""
    known = [(name, report.environment[name]) for name in NAMED_OF_A_MACHINE if name in report.environment]
    told = [_brief(value) for _, value in known]
    return (
        ", ".join(
            f"{'git ' if name == 'git' else ''}{value}{' cores' if name == 'cores' else ''}"
            for (name, _), value in zip(known, told, strict=True)
        )
        or "not recorded"
    )


def _samples(verdict: Verdict) -> Safe:
    cases = "" if verdict.cases is None else f" ({verdict.cases} case{'' if verdict.cases == 1 else 's'})"
    told = f"{verdict.samples}{cases}"
    return Safe(f"{told}, look {verdict.look} of {verdict.looks}" if verdict.looks else told)


def _data(measured: Figure) -> list[tuple[str, Safe]]:
    """The rows of a measurement's samples in the appendix: (what, values)."""
    match measured.measurement.data:
        case Samples(values=values):
            return [(f"samples, {measured.measurement.unit}", _list(values))]
        case Comparison() as arms:
            rows = [
                (f"treatment, {arms.arm_unit}", _list(arms.treatment)),
                (f"baseline, {arms.arm_unit}", _list(arms.baseline)),
            ]
            if arms.control:
                rows.append((f"control (baseline again), {arms.arm_unit}", _list(arms.control)))
            if arms.exact:
                rows.append(("control", Safe("none needed: the arms are exact")))
            if arms.order:
                rows.append(("order", _texts(arms.order, 3 * VALUES_SHOWN)))
            if arms.labels:
                rows.append(("pairs", _texts(arms.labels, VALUES_SHOWN)))
            return rows
        case Trend() as points:
            return [(f"x, {points.x_unit}", _list(points.x)), (f"y, {points.y_unit}", _list(points.y))]


def _texts(texts: Sequence[str], most: int) -> Safe:
    return Safe(markdown.listed(markdown.escape_all(texts[:most]), len(texts)))


def _list(values: tuple[float, ...]) -> Safe:
    return Safe(markdown.values(values) or "none")


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "code": markdown.code,
    "fenced": markdown.fenced,
    "attribute": markdown.attribute,
    "number": lambda value: Safe(markdown.number(value)),
    "duration": lasted,
    "size": lambda count: Safe(markdown.size(count)),
    "moment": lambda at: Safe(markdown.moment(at)),
    "mark": lambda outcome: Safe(MARKS[outcome]),
    "measured": _measured,
    "interval": _interval,
    "figure": figure,
    "again": again,
    "log_of": log_of,
    "machine": _machine,
    "past": _past,
    "changes": _changes,
    "samples": _samples,
    "lines": "\n".join,
    "by_reason": by_reason,
    "counted": lambda counts: ", ".join(f"{count} {name}" for name, count in counts.items()),
    "shell": shlex.join,
    "process": markdown.process,
    "codes": lambda names: Safe(", ".join(map(markdown.code, names)) or "—"),
    "data": _data,
    "quantity": lambda value, unit: Safe(with_unit(value, unit)),
    "values": _list,
    "read": lambda files: Safe(", ".join(f"{markdown.code(f.name)} {f.sha256[:12]}" for f in files) or "—"),
    "task_rows": task_rows,
    "said_rows": said_rows,
}


@cache
def environment() -> Environment:
    """Jinja2 for the templates of this package, with `FILTERS`."""
    made = templates_of(
        "orchestrator.report",
        Path(__file__).with_name("templates"),
        finalize=_printed,
        keep_trailing_newline=True,
        autoescape=False,  # HTML's rules are not Markdown's; `_printed` escapes every text
    )
    made.filters |= FILTERS
    return made

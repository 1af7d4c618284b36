"""A report as Markdown (Jinja2 templates) and as a few lines for a terminal.

Every text that a template prints is escaped unless a filter made it Markdown (`Safe`), and a missing name is an error.
So a template cannot turn a plan's text into markup, or leave a gap where a figure belongs.
"""

import re
import shlex
from collections import ChainMap, Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, Self

from jinja2 import Environment, PackageLoader, StrictUndefined, Undefined

from orchestrator.engine.contract import describe
from orchestrator.evidence.measurement import Comparison, Samples, Trend
from orchestrator.evidence.verdict import Outcome, Verdict
from orchestrator.report import markdown
from orchestrator.report.compiled import CompiledTemplates
from orchestrator.report.failing import by_reason, enumerated, failing_tasks
from orchestrator.report.gantt import scale_of, to_gantt
from orchestrator.report.markdown import MARKS, Safe
from orchestrator.report.model import Agreement, CriterionRow, Figure, GroupSection, Report, Since, TaskRow
from orchestrator.report.obstacles import again, log_of, obstacles_of, unjudged
from orchestrator.report.parts import ABOUT_THE_RUN, about_the_run, narrowed, places_of
from orchestrator.report.rows import NOWHERE, evidence, figure, lasted, said_rows, task_rows, with_unit
from orchestrator.report.since import series_of, sparkline

VALUES_SHOWN: Final = 64
CHANGES_SHOWN: Final = 12
FIRST_SCREEN: Final = 60
"""Lines of the first screen at most. The files of the workstreams have what does not fit."""
OBSTACLES_SHOWN: Final = 8
"""In words on the first screen; the tables have the rest."""
FAILING_SHOWN: Final = 4
"""Tasks that failed, and changes that loosen the contract, on the first screen."""
TABLE_LINES: Final = 5
"""What a table takes beside its rows, with the fold around it and the line that names what does not fit."""
IN_TWO_LINES: Final = 3
"""Up to this many take two lines each, more only one."""
DISPUTED: Final = frozenset({Agreement.DISAGREES, Agreement.INCONSISTENT})
COMMIT: Final = re.compile(r"^([0-9a-f]{12})[0-9a-f]{28}")
NAMED_OF_A_MACHINE: Final = ("cpu", "cores", "memory", "git")
COLUMNS: Final = ("criterion", "target", "measured", "samples", "verdict")


def render_markdown(report: Report) -> str:
    """The whole report in one text."""
    return _rendered("report.md.j2", report, failing=failing_tasks(report.groups), **_course(report))


def render_short(report: Report) -> str:
    """The first screen: what failed or is unproven and what to do, the run, its criteria, and links to the parts.

    Of the criteria it lists as many as fit, those first that did not pass.
    """
    others = [row for row in report.criteria if row.verdict.outcome is not Outcome.PASS]
    passed = [row for row in report.criteria if row.verdict.outcome is Outcome.PASS]
    room = FIRST_SCREEN - _short(report, Listed.of(others, 0), Listed.of(passed, 0)).count("\n")
    shown = Listed.of(others, room - TABLE_LINES)
    return _short(report, shown, Listed.of(passed, room - 2 * TABLE_LINES - len(shown.shown)))


@dataclass(frozen=True, slots=True)
class Listed:
    """Criteria: the first are shown, and the rest counted by workstream."""

    shown: tuple[CriterionRow, ...]
    left: int
    where: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, rows: Sequence[CriterionRow], most: int) -> Self:
        """The first so many."""
        shown, rest = rows[: max(0, most)], rows[max(0, most) :]
        return cls(tuple(shown), len(rest), tuple(Counter(row.id.partition(".")[0] for row in rest).items()))


def _short(report: Report, others: Listed, passed: Listed) -> str:
    return _rendered(
        "short.md.j2",
        report,
        others=others,
        passed=passed,
        failing=failing_tasks(report.groups),
        obstacles=obstacles_of(report),
        unjudged=unjudged(report),
        disputed=sum(one.standing in DISPUTED for one in report.claims),
        where=places_of(report, f"{report.run}/"),
        ABOUT=Safe(ABOUT_THE_RUN),
        MOST=OBSTACLES_SHOWN,
        MOST_FAILING=FAILING_SHOWN,
        IN_TWO_LINES=IN_TWO_LINES,
        SHORT_OF=Safe(". "),
        IN_ANOTHER=Safe("\n  - "),
    )


def render_group(report: Report, group: str) -> str:
    """The part of one workstream or stage. Raises KeyError for one that the plan does not have."""
    section = {each.id: each for each in report.groups}[group]
    return _group(report, section, places_of(report))


def render_parts(report: Report) -> Iterator[tuple[str, str]]:
    """Every part beside the first screen, with the name of its file in the folder that is named like the run."""
    places = places_of(report)
    for section in report.groups:
        yield f"{section.id}.md", _group(report, section, places)
    yield ABOUT_THE_RUN, _rendered("run.md.j2", about_the_run(report), where=places, **_course(report))


def _group(report: Report, section: GroupSection, places: Mapping[int, str]) -> str:
    part = narrowed(report, section)
    where = ChainMap({figure.number: "" for figure in part.figures}, dict(places))
    return _rendered("workstream.md.j2", part, g=section, failing=failing_tasks([section]), where=where)


def _course(report: Report) -> dict[str, Any]:
    return {"gantt": to_gantt(report), "scale": scale_of(report)}


def _rendered(template: str, report: Report, where: Mapping[int, str] = NOWHERE, **more: Any) -> str:  # noqa: ANN401 - whatever the template shows
    """where: the file that each figure stands in, where that is another one."""
    cited = partial(evidence, where=where)
    return _environment().get_template(template).render(r=report, cited=cited, **more).rstrip() + "\n"


def render_summary(report: Report) -> str:
    """The verdict, the run's id, what failed, and a table of the criteria, as plain text."""
    rows = [COLUMNS, *(_summary_row(row) for row in report.criteria)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items())
    tasks = ", ".join(f"{count} {status}" for status, count in report.statuses.items() if status != "succeeded")
    counts += f" (tasks: {tasks})" if tasks else ""
    failed = [line for task in failing_tasks(report.groups) for line in _failure(task)]
    everything = [task for group in report.groups for task in group.tasks]
    skipped = (task for task in everything if task.status == "skipped")
    failed += [f"skipped {enumerated([task.id for task in tasks])}: {why}" for why, tasks in by_reason(skipped)]
    loosened = [f"contract {describe(one)}" for one in report.loosened]
    head = f"{report.outcome.value}: {counts}; {report.standing} ({report.run})"
    told = [head, *failed, *loosened]
    return "\n".join([*told, "", *lines] if report.criteria else [*told, "", "the plan has no criteria"])


def _failure(task: TaskRow) -> list[str]:
    """Why a task failed, and under it the last lines that it printed."""
    first, *further = task.reason.splitlines() or [""]
    return [f"{task.status:7} {task.id}: {first}", *(f"        | {line}" for line in (*further, *task.printed))]


def _summary_row(row: CriterionRow) -> tuple[str, ...]:
    verdict = row.verdict
    measured = "-" if verdict.value is None else f"{markdown.number(verdict.value, row.goal)} {verdict.unit}"
    why = "" if verdict.outcome is not Outcome.UNPROVEN else f" ({verdict.why})"
    return (row.id, row.target, measured, str(verdict.samples), f"{verdict.outcome}{why}")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("orchestrator.report"),
        bytecode_cache=CompiledTemplates(Path(__file__).with_name("templates")),
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - HTML's rules are not Markdown's; `_printed` escapes every text
    )
    environment.filters |= {
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
    return environment


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
                rows.append(("order", Safe(", ".join(map(markdown.escape, arms.order[: 3 * VALUES_SHOWN])))))
            if arms.labels:
                rows.append(("pairs", Safe(", ".join(map(markdown.escape, arms.labels[:VALUES_SHOWN])))))
            return rows
        case Trend() as points:
            return [(f"x, {points.x_unit}", _list(points.x)), (f"y, {points.y_unit}", _list(points.y))]


def _list(values: tuple[float, ...]) -> Safe:
    shown = ", ".join(f"{value:.6g}" for value in values[:VALUES_SHOWN])
    more = len(values) - VALUES_SHOWN
    return Safe(f"{shown}, … {more} more in the journal" if more > 0 else shown or "none")

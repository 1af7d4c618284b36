"""One HTML page of a run: Jinja2 over the report's model, with everything inline. Pure: the same input gives the
same bytes.
"""

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment
from markupsafe import Markup

from orchestrator.engine.contract import describe
from orchestrator.evidence.verdict import Verdict
from orchestrator.graph.drawing import draw
from orchestrator.graph.load import LoadedPlan
from orchestrator.graph.svg import RULES, inline_svg
from orchestrator.journal.port import RunSummary
from orchestrator.pages import pictures
from orchestrator.pages.downloads import evidence_link
from orchestrator.pages.sparks import spark
from orchestrator.pages.traces import NO_TRACES, Trace
from orchestrator.records import dataclass
from orchestrator.report import markdown
from orchestrator.report.agentwork import agent_tasks
from orchestrator.report.build import DRAWN, build_report
from orchestrator.report.compiled import templates_of
from orchestrator.report.failing import FAILING, by_reason, failing_tasks
from orchestrator.report.model import CriterionRow, Figure, Report, TaskRow
from orchestrator.report.obstacles import again, log_of, obstacles_of, unjudged
from orchestrator.report.spans import Course, course_of
from orchestrator.state.events import Envelope
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState

if TYPE_CHECKING:
    from orchestrator.report.compare import RunComparison
    from orchestrator.report.progress import Progress


@dataclass(frozen=True, slots=True)
class Served:
    """How a run stands that a server shows. word: as `orchestrate history` has it. at, mono: this moment, by the wall
    clock and the monotonic one of its owner.

    others: runs that it can be compared with, the latest first. early: verdicts of a run under way that nothing later
    can change.
    """

    word: str
    at: float
    mono: float
    others: tuple[str, ...] = ()
    early: Mapping[str, Verdict] = field(default_factory=dict)


RUNNING: Final = "running"


def render_page(
    loaded: LoadedPlan,
    envelopes: Iterable[Envelope],
    traces: Mapping[str, Trace] = NO_TRACES,
    served: Served | None = None,
    token: str = "",
) -> str:
    """The page of a run, finished or not. served: where it is shown by a server, how the run stands; then it links to
    logs and files.

    token: with it people answer there, "" where they cannot.

    Raises IllegalTransition where the journal contradicts itself.
    """
    events = list(envelopes)
    state, course = fold(events), course_of(events)
    early = served.early if served else {}
    state.verdicts |= {name: verdict for name, verdict in early.items() if name not in state.verdicts}
    report = build_report(loaded.plan, loaded.graph, events, state)
    tasks = [task for group in report.groups for task in group.tasks]
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            r=report,
            live=served is not None and served.word == RUNNING,
            served=served,
            word=report.outcome.value if served is None else served.word,
            progress=served and _progress(loaded, state, served),
            early=early,
            token=token,
            questions=[state.tasks[task] for task in state.asking],
            asked=[one for each in state.tasks.values() if not each.settled for one in each.questions if not one.reply],
            agents=list(agent_tasks(loaded.plan, loaded.graph, state)),
            outcome=report.outcome,
            logs={task.id: _log(task, traces) for task in tasks},
            tasks=tasks,
            doers={task.id: task.agent for task in tasks},
            evidence={} if served else {task.id: evidence_link(report, task) for task in tasks},
            verdicts=_verdicts_by_task(report),
            starts=_starts(course),
            css=asset("page.css") + _picture(RULES),
            js=asset("page.js") + asset("find.js"),
            **_pictures(loaded, report, course, traces),
            **_trouble(report, tasks),
        )
    )


def _pictures(
    loaded: LoadedPlan, report: Report, course: Course, traces: Mapping[str, Trace]
) -> dict[str, Markup | dict[str, Markup]]:
    """Every drawing, by its name in the template."""
    return {
        "graph": _picture(_graph(loaded, report)),
        "gantt": _picture(pictures.gantt_chart(report, course.spans)),
        "memory": {group.id: _picture(pictures.memory_chart(group, course.spans, traces)) for group in report.groups},
        "samples": _sample_charts(report),
    }


def _trouble(report: Report, tasks: Iterable[TaskRow]) -> dict[str, object]:
    """What did not go well, and what stands in the way, by its name in the template."""
    return {
        "statuses": FAILING,
        "failing": failing_tasks(report.groups),
        "skipped": by_reason(task for task in tasks if task.status == "skipped"),
        "obstacles": obstacles_of(report),
        "unjudged": unjudged(report),
    }


def _log(task: TaskRow, traces: Mapping[str, Trace]) -> str:
    """The end of what the task printed, except the lines that stand above under "What failed"."""
    log = traces.get(task.id, Trace()).log
    told = "\n".join(task.printed)
    rest = log.rstrip().removesuffix(told)
    return (
        log
        if not told or len(rest) == len(log.rstrip())
        else f"{rest}(the rest stands above, under What failed or is unproven)"
    )


def index_page(runs: Iterable[tuple[RunSummary, str]]) -> str:
    """The list of runs, each with how it stands, the latest first. While one is running, the page loads itself
    again.
    """
    listed = list(reversed(list(runs)))
    running = any(word == RUNNING for _, word in listed)
    return environment().get_template("index.html.j2").render(runs=listed, running=running, css=asset("page.css"))


def _progress(loaded: LoadedPlan, state: RunState, served: Served) -> "Progress":
    """How far it has come."""
    from orchestrator.report.progress import progress_of  # noqa: PLC0415 - a page that is written shows none

    return progress_of(loaded.plan, loaded.graph, state, served.at, served.mono)


def compare_page(found: "RunComparison") -> str:
    """Two runs side by side, what got worse first."""
    return environment().get_template("compare.html.j2").render(c=found, css=asset("page.css"))


def task_anchor(task: str) -> str:
    """The id of a task's part of the page."""
    return f"task-{task}"


def _graph(loaded: LoadedPlan, report: Report) -> str:
    statuses = {task.id: task.status for group in report.groups for task in group.tasks}
    outcomes = {task: DRAWN.get(status, status) for task, status in statuses.items()}  # type: ignore[call-overload]  # a status is its own text
    drawing = draw(loaded.graph, loaded.plan, outcomes=outcomes)
    known = {box.name for box in drawing.boxes} & statuses.keys()
    return inline_svg(drawing, lambda name: f"#{task_anchor(name)}" if name in known else f"#group-{name}")


def _sample_charts(report: Report) -> dict[str, Markup]:
    """By criterion; of those that have samples."""
    figures = {figure.number: figure for figure in report.figures}
    charts = {row.id: _chart(row, [figures[number] for number in row.evidence]) for row in report.criteria}
    return {name: _picture(chart) for name, chart in charts.items() if chart}


def _chart(row: CriterionRow, figures: list[Figure]) -> str:
    if not figures:
        return ""
    return pictures.trend_chart(figures[0]) or pictures.distribution_chart(row)


def _verdicts_by_task(report: Report) -> dict[str, list[CriterionRow]]:
    found: dict[str, list[CriterionRow]] = {}
    for row in report.criteria:
        if row.verdict.task is not None:
            found.setdefault(row.verdict.task, []).append(row)
    return found


def _starts(course: Course) -> dict[str, float]:
    return {task: spans[-1].start for task, spans in course.spans.items() if spans}


def _picture(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 - pygal and `graph.svg` escape what they are given


@cache
def asset(name: str) -> Markup:
    """A style or script of this package."""
    text = Path(__file__).with_name("templates").joinpath(name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - a file of this package


@cache
def environment() -> Environment:
    """The templates of this package; every text in them is escaped."""
    environment = templates_of("orchestrator.pages", Path(__file__).with_name("templates"), autoescape=True)
    environment.filters |= {
        "number": markdown.number,
        "duration": lambda seconds: "—" if seconds is None else markdown.duration(seconds),
        "size": markdown.size,
        "moment": markdown.moment,
        "badge": _badge,
        "breakable": _breakable,
        "measured": _measured,
        "interval": _interval,
        "values": markdown.values,
        "task_anchor": task_anchor,
        "loosened": describe,
        "amount": _amount,
        "group_of": lambda name: name.partition(".")[0],
        "spark": lambda row: _picture(spark(row)),
        "shell": shlex.join,
        "again": again,
        "log_of": log_of,
    }
    return environment


def _badge(outcome: str) -> Markup:
    """The word in a coloured frame: no sign that a reader's fonts might lack, and nothing that colour alone says."""
    return Markup('<span class="badge {}">{}</span>').format(outcome.lower().replace(" ", "-"), outcome)


def _breakable(name: str) -> Markup:
    """A task's name that may be cut into lines behind its dots, dashes and underscores, and nowhere else."""
    return Markup("<wbr>").join(re.split(r"(?<=[.\-_])", name))


def _amount(value: float, unit: str) -> str:
    return markdown.duration(value) if unit == "s" else f"{markdown.number(value)} {unit}"


def _measured(verdict: Any, target: float | None = None) -> str:  # noqa: ANN401 - a Verdict or a Figure: both have a value
    return "—" if verdict.value is None else markdown.number(verdict.value, target)


def _interval(verdict: Any, target: float | None = None) -> str:  # noqa: ANN401 - as above
    if verdict.low is None or verdict.high is None or verdict.low == verdict.high:
        return "—"
    return f"{markdown.number(verdict.low, target)} to {markdown.number(verdict.high, target)}"

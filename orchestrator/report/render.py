"""A report as Markdown (Jinja2 templates): whole, its first screen, and its parts.

Every text that a template prints is escaped unless a filter made it Markdown (`Safe`), and a missing name is an error.
So a template cannot turn a plan's text into markup, or leave a gap where a figure belongs.
"""

from collections import ChainMap, Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self

from orchestrator.evidence.verdict import Outcome
from orchestrator.report.failing import failing_tasks
from orchestrator.report.filters import environment
from orchestrator.report.gantt import scale_of, to_gantt
from orchestrator.report.markdown import Safe
from orchestrator.report.model import Agreement, CriterionRow, GroupSection, Report
from orchestrator.report.obstacles import obstacles_of, unjudged
from orchestrator.report.parts import ABOUT_THE_RUN, about_the_run, narrowed, places_of
from orchestrator.report.rows import NOWHERE, evidence

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
    return environment().get_template(template).render(r=report, cited=cited, **more).rstrip() + "\n"

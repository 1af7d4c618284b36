"""A report in parts: the first screen, a file for each workstream and stage, and one for the run as a whole. Pure.

Nothing of the whole report is missing in the parts, and every figure stands in exactly one of them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from orchestrator.report.model import GroupSection, Report

ABOUT_THE_RUN: Final = "_run.md"
"""The part that is no group's. No id of a group begins like that."""


def about_the_run(report: Report) -> Report:
    """The report without the parts of its groups."""
    return replace(report, rounds=(), joined=(), claims=(), people=(), criteria=(), figures=(), files=())


def narrowed(report: Report, section: GroupSection) -> Report:
    """What of the report is about one workstream or stage."""

    def here(task: str) -> bool:
        return task.startswith(f"{section.id}.")

    own = {row.id for row in section.criteria}
    return replace(
        report,
        success=(),
        criteria=tuple(row for row in report.criteria if row.id in own),
        groups=(section,),
        recommendations=(),
        bottlenecks=(),
        claims=tuple(one for one in report.claims if here(one.task)),
        figures=tuple(figure for task in section.tasks for figure in task.figures),
        files=tuple(row for row in report.files if here(row.task)),
        rounds=tuple(row for row in report.rounds if here(row.task)),
        joined=tuple(row for row in report.joined if here(row.merge)),
        spent=(),
        people=tuple(row for row in report.people if here(row.task)),
    )


def places_of(report: Report, folder: str = "") -> Mapping[int, str]:
    """The file that each figure stands in, by its number, below the folder."""
    return {
        figure.number: f"{folder}{section.id}.md"
        for section in report.groups
        for task in section.tasks
        for figure in task.figures
    }

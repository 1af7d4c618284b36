"""Verdicts as JUnit XML, for CI systems. A group is a suite. A criterion, a failed task and a task of an agent are
cases.

What is UNPROVEN is an error (it was not shown), what FAILed a failure; both turn a pipeline red. The format is the one
that pytest and Jenkins write: testsuites > testsuite > testcase > failure or error.
"""

import xml.etree.ElementTree as ET
from itertools import groupby
from typing import Final

from orchestrator.engine.contract import describe
from orchestrator.evidence.verdict import Outcome
from orchestrator.report.format import ReportFormat, ToldRun
from orchestrator.report.markdown import moment, number, one_line
from orchestrator.report.model import CriterionRow, GroupSection, PersonRow, Report, RoundRow, TaskRow

ELEMENT: Final = {Outcome.FAIL: "failure", Outcome.UNPROVEN: "error"}


class Junit(ReportFormat):
    """The verdicts for a CI system."""

    def render(self, told: ToldRun) -> str:
        """The document."""
        return to_junit(told.report)


def to_junit(report: Report) -> str:
    """The whole document, UTF-8 declared."""
    root = ET.Element("testsuites", {"name": _safe(report.title)})
    suites = [_contract(report), *(_suite(report, group) for group in report.groups)]
    root.extend(sorted((suite for suite in suites if len(suite)), key=_is_well))
    _count(root, [case for suite in root for case in suite])
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _contract(report: Report) -> ET.Element:
    """A case for each change that loosened the contract during the run: an error if nobody accepted it."""
    suite = ET.Element("testsuite", {"name": "contract", "hostname": report.run})
    for one in report.loosened:
        case = ET.SubElement(suite, "testcase", {"classname": "contract", "name": _safe(one.what)})
        if one.accepted:
            ET.SubElement(case, "system-out").text = _safe(describe(one))
        else:
            ET.SubElement(case, "error", {"type": "contract loosened", "message": _safe(describe(one))})
    _count(suite, list(suite))
    return suite


def _suite(report: Report, group: GroupSection) -> ET.Element:
    suite = ET.Element("testsuite", {"name": f"{group.id}: {_safe(group.title)}", "hostname": report.run})
    cases = [_criterion(row) for row in group.criteria]
    told = {task: [*rows] for task, rows in groupby(report.rounds, key=lambda row: row.task)}
    asked = {task: [*rows] for task, rows in groupby(report.people, key=lambda row: row.task)}
    cases += [
        _task(row, [*map(_round, told.get(row.id, [])), *map(_person, asked.get(row.id, []))])
        for row in group.tasks
        if row.status in {"failed", "cancelled"} or row.id in told or row.id in asked
    ]
    cases.sort(key=lambda case: not (case.get("name") or "").startswith("task ") or _is_well(case))
    cases.sort(key=_is_well)
    suite.extend(cases)
    _count(suite, cases)
    return suite


def _is_well(element: ET.Element) -> bool:
    """Whether nothing in it failed: what did comes first."""
    return element.find(".//failure") is None and element.find(".//error") is None


def _count(element: ET.Element, cases: list[ET.Element]) -> None:
    element.set("tests", str(len(cases)))
    for plural, tag in (("failures", "failure"), ("errors", "error")):
        element.set(plural, str(sum(case.find(tag) is not None for case in cases)))


def _criterion(row: CriterionRow) -> ET.Element:
    verdict = row.verdict
    case = ET.Element("testcase", {"classname": row.id.split(".", 1)[0], "name": f"{row.id} {_safe(row.title)}"})
    measured = "nothing" if verdict.value is None else f"{number(verdict.value, row.goal)} {verdict.unit}"
    told = f"{row.metric}: {measured}, target {row.target}; {verdict.why}: {_safe(verdict.detail)}"
    if verdict.outcome in ELEMENT:
        ET.SubElement(case, ELEMENT[verdict.outcome], {"type": str(verdict.why), "message": told})
    else:
        ET.SubElement(case, "system-out").text = told
    return case


def _task(row: TaskRow, told: list[str]) -> ET.Element:
    """A task that failed, or one of an agent or a person. told: its rounds, or what people said."""
    case = ET.Element("testcase", {"classname": row.id.split(".", 1)[0], "name": f"task {row.id}"})
    if row.status in {"failed", "cancelled"}:
        failure = ET.SubElement(case, "failure", {"type": row.status, "message": _safe(row.reason) or row.status})
        failure.text = "\n".join(row.printed) or None
    elif row.status != "succeeded":
        ET.SubElement(case, "error", {"type": row.status, "message": _safe(row.reason) or row.status})
    if told:
        ET.SubElement(case, "system-out").text = "\n".join(told)
    return case


def _person(row: PersonRow) -> str:
    answer = row.answer
    if answer is None:
        return f"{_safe(row.asked.who)} was asked: {_safe(row.asked.text)}; {_safe(row.standing)}"
    of = f" commit {answer.bound.commit}" if answer.bound.commit else ""
    when, comment = moment(answer.at), f": {_safe(answer.comment)}" if answer.comment else ""
    return f"{answer.word.value}{of} by {_safe(answer.by)} ({answer.channel}, {when}){comment}; {_safe(row.standing)}"


def _round(row: RoundRow) -> str:
    one = row.round
    commit = one.hand_in.commit if one.hand_in else "nothing"
    told = "accepted" if one.passed else f"refused: {_safe(one.why)}"
    return f"round {one.number} of {row.allowed}: {row.agent} handed in {commit}; {told}"


def _safe(text: str) -> str:
    """One line without what XML 1.0 cannot hold."""
    return one_line(text.encode("utf-8", "replace").decode())

"""A run for GitHub Actions: the summary of a job in Markdown, and annotations. See "Workflow commands" in GitHub's
documentation.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from orchestrator.evidence.verdict import Outcome
from orchestrator.report.format import ReportFormat, ToldRun
from orchestrator.report.markdown import MARKS, code, escape, number
from orchestrator.report.model import CriterionRow, Report

LEVELS: Final = {Outcome.FAIL: "error", Outcome.UNPROVEN: "warning"}
ANNOTATIONS: Final = 10
"""As many of a kind as GitHub shows of one step."""


class Github(ReportFormat):
    """What a job's summary shows."""

    def render(self, told: ToldRun) -> str:
        """In Markdown."""
        return job_summary(told.report)


def job_summary(report: Report) -> str:
    """The verdict, the criteria, and what waits for people, in Markdown."""
    lines = [
        f"## {escape(report.title)}: {MARKS[report.outcome]}",
        "",
        f"{escape(report.standing)}, run {code(report.run)}.",
        "",
    ]
    if report.criteria:
        lines += ["| Verdict | Criterion | Target | Measured | Why |", "| --- | --- | --- | --- | --- |"]
        lines += [_row(each) for each in report.criteria]
        lines.append("")
    waiting = [each for each in report.people if each.answer is None and each.standing == "waits for an answer"]
    for each in waiting:
        command = f"orchestrate {'approve' if each.asked.gate else 'done'} {report.run} {each.task}"
        lines.append(
            f"- {code(each.task)} waits for {escape(each.asked.who)}: {escape(each.asked.text)} ({code(command)})"
        )
    return "\n".join([*lines, ""])


def annotations(report: Report) -> Iterator[str]:
    """A workflow command for each criterion that did not pass and each task that failed, as many as are shown."""
    found: dict[str, list[str]] = {"error": [], "warning": []}
    for row in report.criteria:
        if row.verdict.outcome in LEVELS:
            level = LEVELS[row.verdict.outcome]
            found[level].append(
                _command(level, f"{row.verdict.outcome} {row.id}", f"{row.title}: {row.verdict.detail}")
            )
    for task in (each for group in report.groups for each in group.tasks if each.status == "failed"):
        found["error"].append(_command("error", f"task {task.id} failed", task.reason))
    yield from _first(found.values())
    for person in report.people:
        if person.answer is None and person.standing == "waits for an answer":
            yield _command("notice", f"{person.task} waits for {person.asked.who}", person.asked.text)


def _first(found: Iterable[list[str]]) -> Iterator[str]:
    for each in found:
        yield from each[:ANNOTATIONS]


def _row(row: CriterionRow) -> str:
    verdict = row.verdict
    measured = "—" if verdict.value is None else f"{number(verdict.value, row.goal)} {escape(verdict.unit)}"
    return (
        f"| {MARKS[verdict.outcome]} | {code(row.id)} {escape(row.title)} | {code(row.target)} | {measured} | "
        f"{escape(verdict.detail)} |"
    )


def _command(level: str, title: str, message: str) -> str:
    return f"::{level} title={_safe(title).replace(':', '%3A').replace(',', '%2C')}::{_safe(message)}"


def _safe(text: str) -> str:
    """The text as a workflow command takes it: nothing in it begins another."""
    flat = "".join(letter if letter.isprintable() or letter in "\r\n" else " " for letter in text)
    return flat.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

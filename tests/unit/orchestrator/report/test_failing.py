from orchestrator.report.build import build_report
from orchestrator.report.failing import failing_first, why_failed
from orchestrator.report.render import render_markdown
from orchestrator.report.summary import render_summary
from orchestrator.state.failure import Cause, Failure

BAD = Failure(Cause.EXIT, "it ended with exit code 3", 3)
WORSE = Failure(Cause.SIGNAL, "it was killed", -9)


def test_attempts_with_the_same_error_are_told_once():
    assert why_failed((BAD,)) == "exit: it ended with exit code 3"
    assert why_failed((BAD,) * 4) == "4 attempts, same error: exit: it ended with exit code 3"
    told = why_failed((BAD, BAD, WORSE))
    assert told == "attempts 1 to 2, same error: exit: it ended with exit code 3; attempt 3: signal: it was killed"


def test_what_is_missed_stands_before_what_is_unproven_and_what_passed(plan, graph, journal):
    report = build_report(plan, graph, journal)
    assert failing_first(report.criteria) == report.criteria
    outcomes = [row.verdict.outcome.value for row in report.criteria]
    assert outcomes == sorted(outcomes, key=["FAIL", "UNPROVEN", "PASS"].index)


def test_a_failed_task_is_explained_once_and_before_everything_else(plan, graph, journal):
    report = build_report(plan, graph, journal)
    (failed,) = (task for group in report.groups for task in group.tasks if task.status == "failed")
    page = render_markdown(report)
    assert page.index("## What failed") < page.index("## All criteria")
    assert page.count("**`B.flow`**") == 1
    assert render_summary(report).split("\n")[1].startswith(f"failed  {failed.id}: ")

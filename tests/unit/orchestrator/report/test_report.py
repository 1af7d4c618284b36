"""The report: verdict first, every figure with its source, and never more than the journal holds."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.evidence.verdict import Outcome
from orchestrator.report import build_report, render_markdown, render_summary
from orchestrator.report.markdown import code, duration, escape, fenced, number, process, size
from orchestrator.report.spans import course_of
from orchestrator.state import events as e

GOLDEN = Path(__file__).parents[3] / "golden" / "report" / "demo.md"


@pytest.fixture
def report(plan, graph, journal):
    return build_report(plan, graph, journal)


@pytest.fixture
def page(report):
    return render_markdown(report)


def numbered(events, fence=1, origin=100.0):
    return [e.Envelope(seq, 1_765_600_000.0 + seq, origin + seq, fence, event) for seq, event in enumerate(events, 1)]


def test_the_report_is_the_golden_one(page):
    assert page == GOLDEN.read_text(encoding="utf-8")


def test_the_same_journal_gives_the_same_bytes(plan, graph, journal, page):
    assert render_markdown(build_report(plan, graph, list(journal))) == page


def test_the_verdict_comes_first(page):
    assert page.splitlines()[0].endswith("❔ UNPROVEN")
    assert "of 3 criteria 2 PASS, 0 FAIL, 1 UNPROVEN" in page.splitlines()[2]


def test_every_link_leads_to_an_anchor_of_the_page(page):
    targets = set(re.findall(r"\]\(#([a-z0-9-]+)\)", page))
    assert targets
    assert targets <= set(re.findall(r'<a id="([a-z0-9-]+)">', page))


def test_text_of_the_plan_and_of_agents_cannot_become_markup(page):
    assert "<b>" not in page
    assert "\\<b\\>trust me\\</b\\> \\| really" in page
    assert "A \\*small\\* phase \\| with \\<marks\\>" in page


def test_a_table_has_the_same_number_of_cells_in_every_row(page):
    tables = [block.splitlines() for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)]
    for rows in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1


def test_a_file_that_was_promised_and_not_left_is_said_to_be_missing(page):
    assert "| The advice | `advice.md` | `A.tune` | not delivered | — |" in page


def test_what_was_said_stands_beside_what_was_measured(page):
    row = next(line for line in page.splitlines() if "trust me" in line)
    assert "`pool.saved` 40 %" in row


def test_recommendations_and_bottlenecks_are_collected_from_notes(report):
    assert [said.text for said in report.recommendations] == ["ship *it*"]
    assert [said.text for said in report.bottlenecks] == ["the queue"]


def test_an_unfinished_run_is_unproven_and_says_so(plan, graph, events):
    report = build_report(plan, graph, numbered(events[:5]))
    assert report.outcome is Outcome.UNPROVEN
    assert "the run has not judged it" in render_markdown(report)


def test_a_journal_of_one_event_is_a_report_too(plan, graph, events):
    page = render_markdown(build_report(plan, graph, numbered(events[:1])))
    assert "UNPROVEN" in page.splitlines()[0]
    assert "PASS" not in page.splitlines()[0]


def test_a_task_that_failed_makes_the_run_fail(plan, graph, events):
    place = next(n for n, event in enumerate(events) if isinstance(event, e.TaskFailed))
    events[place] = replace(events[place], tolerated=False)
    assert build_report(plan, graph, numbered(events)).outcome is Outcome.FAIL


def test_the_summary_is_a_plain_table_with_the_outcome_first(report):
    lines = render_summary(report).splitlines()
    assert lines[0].startswith("UNPROVEN: 2 PASS, 0 FAIL, 1 UNPROVEN")
    assert any(line.startswith("B.constant") and line.endswith("UNPROVEN (no evidence)") for line in lines)


def test_the_time_between_a_stop_and_a_resume_is_left_out():
    first = [
        e.Envelope(1, 0, 1000.0, 1, e.TaskStarted("A.x", 1)),
        e.Envelope(2, 0, 1004.0, 1, e.RunInterrupted("stop")),
    ]
    second = [
        e.Envelope(3, 0, 3.0, 2, e.TaskStarted("A.x", 2)),
        e.Envelope(4, 0, 5.0, 2, e.TaskInterrupted("A.x", 2, "stop")),
    ]
    course = course_of([*first, *second])
    assert course.seconds == 6.0
    assert (course.spans["A.x"][1].start, course.spans["A.x"][1].end) == (4.0, 6.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a|b", "a\\|b"), ("# x", "\\# x"), ("- x", "&#45; x"), ("1. x", "1\\. x"), ("a\nb\x1b[0m", "a b\\[0m")],
)
def test_text_is_escaped(text, expected):
    assert escape(text) == expected


def test_code_holds_pipes_and_backticks_without_breaking_a_cell():
    assert code("a >= 1") == "`a >= 1`"
    assert "|" not in code("a|`b`")
    assert "`" not in code("a|`b`")


def test_a_process_is_shown_without_the_folders_of_the_machine_it_ran_on():
    argv = ("/opt/venv/bin/python3", "-P", "-m", "worker", "/home/me/p/.orchestrate/runs/r-1/A.t/2/order.json")
    assert process(argv, "r-1") == "python3 -P -m worker A.t/2/order.json"
    assert process(("./measure", "r-1 x"), "r-1") == "./measure 'r-1 x'"


def test_a_fence_is_longer_than_any_inside():
    assert fenced("````\nx").startswith("`````\n")


def test_figures_are_written_for_people():
    assert [number(each) for each in (0.0, -0.0, 12345.6, 0.00123, 1.5)] == ["0", "0", "12,346", "0.00123", "1.5"]
    assert [duration(each) for each in (0.42, 59.0, 125, 3720)] == ["0.42 s", "59 s", "2 m 05 s", "1 h 02 m"]
    assert [size(each) for each in (12, 1536, 2**31)] == ["12 B", "1.5 KiB", "2 GiB"]


def test_a_run_that_was_carried_on_elsewhere_says_from_where_on(plan, graph, events):
    begun = events[0]
    elsewhere = {**begun.environment, "cpu": "another", "load": "9.0"}
    again = e.RunResumed(begun.plan_digest, begun.plan_text, {}, elsewhere, begun.fingerprints)
    said = [*events[:-1], e.RunInterrupted("SIGINT received"), again, events[-1]]
    report = build_report(plan, graph, numbered(said))
    (move,) = report.moves
    assert (move.seq, move.differences) == (len(said) - 1, (("cpu", "two | cores", "another"),))
    assert f"From event #{move.seq} on" in render_markdown(report)


def test_a_criterion_over_a_file_says_so(page):
    row = next(line for line in page.splitlines() if line.startswith("| `A.peak-memory` | Peak"))
    assert "over `figures.json`" in row


def test_a_run_of_a_plan_without_criteria_proves_nothing(plan, graph, events):
    groups = {name: group.model_copy(update={"success_criteria": ()}) for name, group in plan.workstreams.items()}
    bare = plan.model_copy(update={"workstreams": groups})
    said = [each for each in events if not isinstance(each, e.CriterionJudged | e.RunFinished)]
    report = build_report(bare, graph, numbered([*said, e.RunFinished(0)]))
    assert report.outcome is Outcome.UNPROVEN

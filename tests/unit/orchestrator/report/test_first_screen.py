"""The report's first screen answers first, its parts hold the rest, and every figure leads to its source."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.evidence.verdict import Outcome, Why
from orchestrator.report import build_report, render_markdown, render_parts, render_short
from orchestrator.report.held import measured_in
from orchestrator.report.obstacles import MENDS, obstacles_of, worst_sample
from orchestrator.state import events as e

GOLDEN = Path(__file__).parents[3] / "golden" / "report" / "demo-short.md"


@pytest.fixture
def report(plan, graph, journal):
    return build_report(plan, graph, journal)


@pytest.fixture
def missed(plan, graph, events, journal):
    """The same run, whose first criterion was missed."""
    place = next(n for n, event in enumerate(events) if isinstance(event, e.CriterionJudged))
    verdict = replace(
        events[place].verdict, outcome=Outcome.FAIL, why=Why.MISSED, detail="the whole interval misses | it"
    )
    judged = [replace(one, event=e.CriterionJudged(verdict)) if n == place else one for n, one in enumerate(journal)]
    return build_report(plan, graph, judged)


def test_the_first_screen_is_the_golden_one(report):
    assert render_short(report) == GOLDEN.read_text(encoding="utf-8")


def test_what_did_not_pass_stands_before_what_passed_and_says_what_to_do(missed):
    lines = render_short(missed).splitlines()
    place = {line: n for n, line in enumerate(lines)}
    (told,) = [line for line in lines if line.startswith("- ❌ FAIL **`A.peak-memory`**")]
    assert place[told] < place["<summary>1 passed</summary>"]
    assert "the whole interval misses \\| it" in told
    after = "\n".join(lines[place[told] :][:2])
    assert f"mend: {MENDS[Why.MISSED]}" in after
    assert "again: `orchestrate resume demo-20251213T042640Z-abcd --force A.measure`" in after
    assert "log: `orchestrate logs demo-20251213T042640Z-abcd A.measure`" in after
    assert "worst sample" in after


def test_every_reason_but_met_has_a_mend():
    assert set(MENDS) == set(Why)
    assert [why for why, mend in MENDS.items() if not mend] == [Why.MET]


def test_the_worst_sample_is_the_one_farthest_on_the_wrong_side(report):
    row = replace(report.criteria[-1], values=(3.0, 1.0, float("nan"), 2.0), goal=1.5)
    assert worst_sample(replace(row, operator=">=")) == (1.0, 2)
    assert worst_sample(replace(row, operator="<")) == (3.0, 1)
    assert worst_sample(replace(row, operator="==")) == (3.0, 1)
    assert worst_sample(replace(row, values=(1.0,))) is None


def test_commands_name_the_state_folder_that_the_run_has(report):
    elsewhere = replace(report, command=("orchestrate", "run", "p.yaml", "--state", "my state"))
    assert all("--state 'my state'" in one.again for one in obstacles_of(elsewhere))


def test_no_line_of_the_whole_report_that_shows_a_figure_is_missing_in_the_parts(missed):
    told = render_short(missed) + "".join(text for _, text in render_parts(missed))
    for number in range(1, len(missed.figures) + 1):
        assert told.count(f'<a id="evidence-{number}"></a>') == 1
    whole = {line for line in render_markdown(missed).splitlines() if line.startswith(("- ", "| `"))}
    linked = re.compile(r"\]\([^)]*?(#[a-z0-9-]+)\)")
    parts = {linked.sub(r"](\1)", line) for line in told.splitlines()}
    assert {line for line in whole if line not in parts} == set()


def test_every_link_leads_to_an_anchor_of_the_file_that_it_names(missed):
    folder = f"{missed.run}/"
    files = {f"{folder}{name}": text for name, text in render_parts(missed)} | {
        f"{missed.run}.md": render_short(missed)
    }
    anchors = {name: set(re.findall(r'<a id="([a-z0-9-]+)">', text)) for name, text in files.items()}
    found = 0
    for name, text in files.items():
        for file, anchor in re.findall(r"\]\(([^)#]*)#?([a-z0-9-]*)\)", text):
            place = (folder if name.startswith(folder) and not file.startswith("../") else "") + file.removeprefix(
                "../"
            )
            target = place if file else name
            assert target in files
            assert not anchor or anchor in anchors[target]
            found += 1
    assert found > 10


def test_an_audit_reads_what_passed_and_what_did_not_from_the_first_screen(missed):
    run, figures = measured_in(render_short(missed))
    assert run == missed.run
    assert {one.words.strip() for one in figures} == {"Peak memory falls", "Nothing leaks"}


def test_a_part_of_a_group_without_criteria_does_not_say_that_nothing_is_to_prove(report):
    parts = dict(render_parts(report))
    assert set(parts) == {"A.md", "B.md", "final.md", "_run.md"}
    assert not any("nothing to prove" in text for text in parts.values())


def test_text_of_the_plan_and_of_agents_cannot_become_markup_anywhere(report):
    for text in (render_short(report), *(text for _, text in render_parts(report))):
        assert "<b>" not in text
        assert "<marks>" not in text


def test_with_many_obstacles_each_takes_a_line_and_only_the_first_are_told_in_words(missed):
    row = next(row for row in missed.criteria if row.verdict.outcome is not Outcome.PASS)
    many = replace(missed, criteria=tuple(replace(row, id=f"A.c{n}") for n in range(20)))
    lines = render_short(many).splitlines()
    assert sum("mend: " in line for line in lines) == 8
    assert all(line.startswith("- ❌") for line in lines if "mend: " in line)
    assert "- 12 more criteria, below" in lines
    assert sum(line.startswith("| `A.c") for line in lines) == 20


@pytest.mark.parametrize(("bad", "good"), [(0, 200), (70, 0), (30, 200), (3, 40), (12, 12), (200, 200)])
def test_the_first_screen_has_at_most_sixty_lines_and_counts_what_does_not_fit(missed, bad, good):
    no = next(row for row in missed.criteria if row.verdict.outcome is not Outcome.PASS)
    yes = next(row for row in missed.criteria if row.verdict.outcome is Outcome.PASS)
    rows = [replace(no, id=f"A.n{n}") for n in range(bad)] + [replace(yes, id=f"B.y{n}") for n in range(good)]
    failing = replace(
        missed.groups[0].tasks[0], status="failed", reason="exit: no", printed=("a", "b"), stream="stderr"
    )
    tasks = tuple(replace(failing, id=f"A.t{n}") for n in range(9))
    groups = (replace(missed.groups[0], tasks=tasks), *missed.groups[1:])
    text = render_short(replace(missed, criteria=tuple(rows), groups=groups))
    listed = {kind: len(re.findall(rf"^\| `{kind}", text, re.MULTILINE)) for kind in ("A.n", "B.y")}
    assert len(text.splitlines()) <= 60
    left = dict(re.findall(r"\[(A|B)\]\(\S+\) (\d+)", text))
    assert listed["A.n"] + int(left.get("A", 0)) == bad
    assert listed["B.y"] + int(left.get("B", 0)) == good
    assert not listed["B.y"] or listed["A.n"] == bad
    assert listed["A.n"] + listed["B.y"] > 5


def test_what_no_event_has_judged_is_told_in_one_line(plan, graph, journal):
    report = build_report(plan, graph, journal[:5])
    (line,) = [each for each in render_short(report).splitlines() if "not judged" in each]
    assert line.startswith("- 3 criteria are not judged: the run is not finished")
    assert "`orchestrate resume demo-20251213T042640Z-abcd`" in line

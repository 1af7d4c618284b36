"""What changed since the run before, and the figures of earlier runs beside each figure: from the run's own journal."""

from dataclasses import replace

import pytest

from orchestrator.evidence.history import Earlier
from orchestrator.report import build_report, render_parts, render_short
from orchestrator.report.since import series_of, sparkline
from orchestrator.state.before import Before

PEAK = "A.peak-memory"


@pytest.fixture
def second(plan, graph, events, journal):
    """The run as one that knows of two before it, on another machine and of another plan."""
    earlier = tuple(Earlier(PEAK, f"demo-{n}", value, "%") for n, value in enumerate((30.0, 20.0)))
    environment = {**events[0].environment, "cpu": "one <b>core</b>", "load": "9", "git": "a" * 40}
    outcomes = {PEAK: "FAIL", "A.leaks": "PASS", "A.gone": "PASS"}
    before = Before("demo-1", "ef" * 32, {"corpus": "other"}, environment, outcomes)
    begun = replace(journal[0], event=replace(events[0], earlier=earlier, before=before))
    return build_report(plan, graph, [begun, *journal[1:]])


def test_what_differs_is_plan_settings_machine_and_verdicts_but_not_the_load(second):
    since = second.since
    assert (since.run, since.plan) == ("demo-1", ("ef" * 32, "cd" * 32))
    assert since.settings == (("corpus", "other", "a b"),)
    assert [name for name, _, _ in since.machine] == ["cpu", "git"]
    assert since.verdicts == ((PEAK, "FAIL", "PASS"), ("B.constant", "", "UNPROVEN"), ("A.gone", "PASS", ""))


def test_a_figure_has_those_of_earlier_runs_beside_it_in_its_own_unit(second):
    row = next(row for row in second.criteria if row.id == PEAK)
    assert row.past == (("demo-0", 30.0), ("demo-1", 20.0))
    assert series_of(row)[:2] == (30.0, 20.0)
    (told,) = [line for line in render_short(second).splitlines() if line.startswith(f"| `{PEAK}`")]
    assert "▅▁█ 20 %" in told


def test_the_first_screen_says_what_changed_and_escapes_it(second):
    (told,) = [line for line in render_short(second).splitlines() if line.startswith("| Since")]
    assert "`A.peak-memory` FAIL → PASS" in told
    assert "git `aaaaaaaaaaaa` → none" in told
    assert "`one <b>core</b>`" in told  # code, in which nothing is markup
    assert "| `A.gone` | PASS | not there |" in dict(render_parts(second))["_run.md"]


def test_a_run_without_one_before_has_no_word_of_it(plan, graph, journal):
    report = build_report(plan, graph, journal)
    assert report.since is None
    assert "Since" not in render_short(report)


@pytest.mark.parametrize(
    ("values", "blocks"),
    [
        ((), ""),
        ((5.0,), "▄"),
        ((1.0, 1.0), "▄▄"),
        ((0.0, 1.0), "▁█"),
        ((-1.7e308, 0.0, 1.7e308), "▁▅█"),
        ((5e-324, 0.0), "█▁"),
    ],
)
def test_a_line_of_blocks_holds_any_finite_figures(values, blocks):
    assert sparkline(values) == blocks

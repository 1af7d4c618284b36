import json
import math

import pytest
from rich.console import Console

from orchestrator.cli.figures import figures
from orchestrator.cli.live import remark, render
from orchestrator.cli.run_view import RunView
from orchestrator.evidence.measurement import Comparison, Evidence, Measurement, Samples, Trend, Usage
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.graph.load import load_text
from orchestrator.state import events as e
from orchestrator.state.failure import Cause, Failure

METRICS = {
    "m.count": Metric("m.count", "cases", Better.HIGHER),
    "m.less": Metric("m.less", "%", Better.HIGHER, Form.REDUCTION),
    "m.slope": Metric("m.slope", "MiB/GiB", Better.LOWER, Form.SLOPE),
}


@pytest.fixture
def standing(kit):
    tasks = [{"id": name, "command": ["true"], "estimate": "1m"} for name in ("a", "b", "c")]
    return RunView(load_text(json.dumps(kit.plan_data(tasks)), "plan.yaml"), METRICS)


def done(task, seconds, *measurements):
    return e.TaskSucceeded(task, 1, Evidence(measurements), Usage(seconds, 0, 0, 1))


def drawn(standing, now):
    console = Console(width=100, color_system=None)
    with console.capture() as capture:
        console.print(render(standing, 0.0, now))
    return capture.get()


def test_what_is_left_is_reckoned_at_the_pace_so_far(standing):
    assert standing.remaining(0.0) is None
    standing.take(e.TaskStarted("A.a", 1), 0.0)
    standing.take(done("A.a", 6.0), 6.0)
    assert standing.remaining(6.0) == pytest.approx(12.0)
    standing.take(e.TaskStarted("A.b", 1), 6.0)
    assert standing.remaining(10.0) == pytest.approx(8.0)
    assert standing.remaining(100.0) == pytest.approx(6.0)


def test_what_is_left_is_known_from_the_start_where_earlier_runs_tell(standing):
    standing.take(e.RunExpected(60.0, "1 earlier run", 0.002, (("A.a", 10.0), ("A.b", 20.0), ("A.c", 30.0))), 0.0)
    assert standing.critical_rest(0.0) == pytest.approx(60.0)
    standing.take(e.TaskStarted("A.a", 1), 0.0)
    standing.take(done("A.a", 5.0), 5.0)
    assert standing.critical_rest(5.0) == pytest.approx(25.0)
    assert "critical path 25s to go" in drawn(standing, 5.0)


def test_a_task_without_an_estimate_says_nothing_of_the_pace(kit):
    tasks = [{"id": "a", "command": ["true"]}, *({"id": n, "command": ["true"], "estimate": "1m"} for n in "bc")]
    standing = RunView(load_text(json.dumps(kit.plan_data(tasks)), "plan.yaml"), METRICS)
    standing.take(done("A.a", 40.0), 40.0)
    assert standing.remaining(40.0) is None
    standing.take(done("A.b", 60.0), 100.0)
    assert standing.remaining(100.0) == pytest.approx(60.0)


def test_what_is_left_holds_the_wait_for_a_further_attempt(standing):
    standing.take(done("A.a", 6.0), 6.0)
    standing.take(e.TaskStarted("A.b", 1), 6.0)
    standing.take(e.AttemptFailed("A.b", 1, Failure(Cause.EXIT, "no luck", 1), Usage(1, 0, 0, 1), 30.0), 10.0)
    assert standing.critical_rest(20.0) == pytest.approx(20.0 + 6.0 + 6.0)
    assert standing.remaining(20.0) == pytest.approx(32.0)


def test_a_failed_and_a_skipped_task_are_settled_and_only_the_failed_one_is_bad(standing):
    standing.take(e.TaskStarted("A.a", 1), 0.0)
    standing.take(e.TaskFailed("A.a", 1, Failure(Cause.EXIT, "no", 1), Usage(1, 0, 0, 1)), 1.0)
    standing.take(e.TaskSkipped("A.b", "A.a failed"), 1.0)
    assert standing.groups() == {"A": (3, 2, 1)}
    assert standing.working == {}


def test_an_invalidated_task_is_not_settled_any_more(standing):
    standing.take(done("A.a", 1.0), 1.0)
    standing.take(e.TaskInvalidated("A.a", "its code changed"), 2.0)
    assert standing.groups() == {"A": (3, 0, 0)}


def test_the_display_shows_groups_running_tasks_and_what_they_say_without_control_characters(standing):
    standing.take(e.TaskStarted("A.a", 1), 10.0)
    standing.take(e.TaskNoted("A.a", 1, "half\x1b[2J way [bold]"), 11.0)
    standing.take(e.TaskStarted("A.b", 1), 10.0)
    standing.take(done("A.b", 3.0, Measurement("m.count", "cases", Samples((2.0, 4.0)), "counted")), 13.0)
    told = drawn(standing, 15.0)
    assert "Work" in told
    assert "1/3" in told
    assert "ONE  A.a 5.0s  half\\x1b[2J way [bold]" in told
    assert "A.b: m.count 3 cases" in told
    assert "1 of 3 tasks, 15s" in told


def test_failures_stay_on_the_screen_and_starts_do_not():
    failed = remark(e.AttemptFailed("A.a", 1, Failure(Cause.TIMEOUT, "took 5s"), Usage(5, 0, 0, 9), 1.0))
    assert failed is not None
    assert failed.plain == "retry    A.a in 1.0s: attempt 1 failed: timeout: took 5s"
    assert remark(e.TaskStarted("A.a", 1)) is None


def test_figures_are_medians_and_what_has_none_is_named_only():
    pairs = Comparison((50.0, 60.0, 50.0), (100.0, 100.0, 100.0), "MiB")
    measurements = [
        Measurement("m.less", "%", pairs, "how"),
        Measurement("m.count", "cases", Samples((math.nan,)), "how"),
        Measurement("m.slope", "MiB/GiB", Trend((1.0,), (1.0,), "GiB", "MiB"), "how"),
        Measurement("unknown", "s", Samples((1.0,)), "how"),
    ]
    assert figures(METRICS, measurements) == "m.less 50 %, m.count, m.slope, and 1 more"


def test_a_failed_group_is_never_green_and_its_failures_are_counted(standing):
    for task in "abc":
        standing.take(e.TaskFailed(f"A.{task}", 1, Failure(Cause.EXIT, "no", 1), Usage(1, 0, 0, 1)), 1.0)
    console = Console(width=100, color_system="standard", force_terminal=True)
    with console.capture() as capture:
        console.print(render(standing, 0.0, 2.0))
    assert "\x1b[32m" not in capture.get()
    assert "3/3, 3 failed" in drawn(standing, 2.0)


def test_the_wait_for_a_retry_counts_down(standing):
    standing.take(e.TaskStarted("A.a", 1), 0.0)
    standing.take(e.AttemptFailed("A.a", 1, Failure(Cause.EXIT, "no luck", 1), Usage(1, 0, 0, 1), 30.0), 10.0)
    assert "A.a attempt 2 in 25s: no luck" in drawn(standing, 15.0)
    assert "in 10s: no luck" in drawn(standing, 30.0)
    standing.take(e.TaskStarted("A.a", 2), 40.0)
    assert "A.a 2.0s, attempt 2" in drawn(standing, 42.0)


def test_skipped_tasks_take_one_line_and_the_slowest_task_is_named(standing):
    standing.take(done("A.a", 6.0), 6.0)
    standing.take(e.TaskSkipped("A.b", "A.x failed"), 7.0)
    standing.take(e.TaskSkipped("A.c", "A.x failed"), 7.0)
    shown = drawn(standing, 9.0)
    assert shown.count("A.x failed") == 1
    assert "2 tasks skipped: A.x failed" in shown
    assert "slowest A.a 6.0s" in shown
    assert remark(e.TaskSkipped("A.b", "A.x failed")) is None


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_of_the_display_is_wider_than_the_terminal(standing, width):
    standing.take(e.TaskStarted("A.a", 1), 0.0)
    standing.take(e.TaskNoted("A.a", 1, "much to say " * 20), 0.0)
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(render(standing, 0.0, 2.0, width))
    lines = capture.get().splitlines()
    assert len(lines) == 4, lines
    assert max(map(len, lines)) <= width


def test_what_is_decided_what_is_next_and_who_works_are_shown_while_it_runs(kit):
    tasks = [
        {"id": "count", "command": ["true"], "metrics": [{"name": "m.count", "unit": "cases", "better": "higher"}]},
        {"id": "long", "command": ["true"]},
        {"id": "last", "command": ["true"]},
    ]
    tasks = [{**task, "estimate": "1m"} for task in tasks]
    loaded = load_text(json.dumps(kit.plan_data(tasks, [kit.criterion(">= 5 cases")])), "plan.yaml")
    standing = RunView(loaded, METRICS)
    begun = e.RunStarted(
        "r", "small", "d", loaded.text, "plan.yaml", {}, {}, (), dict.fromkeys(loaded.graph.nodes, "f")
    )
    few = done("A.count", 1.0, Measurement("m.count", "cases", Samples((3.0,)), "counted"))
    events = [begun, e.TaskStarted("A.count", 1), few, e.TaskStarted("A.long", 1)]
    for seq, event in enumerate(events, 1):
        standing.follow(e.Envelope(seq, float(seq), float(seq), 1, event), float(seq))
    told = drawn(standing, 5.0)
    assert "ONE  A.long 1.0s" in told
    assert "next A.last (ONE) after A.long (ONE)" in told
    assert "FAIL A.enough: " in told
    assert "criteria: 1 FAIL, 0 open" in told
    assert "critical path" in told


def test_a_display_that_missed_events_leaves_out_what_rests_on_them(standing):
    standing.follow(e.Envelope(7, 0.0, 0.0, 1, e.TaskStarted("A.a", 1)), 0.0)
    assert standing.state is None
    assert (standing.waits(4), standing.budgets()) == ([], [])
    assert "A.a" in drawn(standing, 1.0)

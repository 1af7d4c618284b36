from orchestrator.cli.metric_history import plotted
from orchestrator.report.history import MetricPoint


def point(number, value):
    return MetricPoint(f"demo-{number}", None, "A.x", value, value - 1, value + 1, "ms", 5, ("PASS",))


def test_the_plot_is_plain_text_with_a_mark_for_every_run():
    text = plotted([point(1, 5.0), point(2, 7.0), point(3, 4.0)], "m.time")
    assert text.count("o") >= 3
    assert "m.time, ms, by run" in text
    assert "\x1b" not in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_many_runs_have_few_ticks_and_one_run_is_a_plot_too():
    assert "43" in plotted([point(n, float(n)) for n in range(1, 51)], "m.time").splitlines()[-1]
    assert plotted([point(1, 5.0)], "m.time")

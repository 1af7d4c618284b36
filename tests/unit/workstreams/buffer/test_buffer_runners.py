import csv
import json

import pytest

from encoder.profile import parse_profile
from orchestrator.evidence.metric import Form
from workstreams.buffer import RUNNERS

SMALL = {"size": "3MiB", "rounds": 1, "repeat_size": "64KiB", "repeats": 20}


def run_all(context):
    inputs = {}
    for runner in RUNNERS:
        sizes = {"buffer.sweep": [8, 16], "buffer.tune": [3, 4]}.get(runner.name)
        ctx = context(
            "A." + runner.name.removeprefix("buffer."), SMALL | ({"pool_sizes": sizes} if sizes else {}), inputs
        )
        runner.run(ctx)
        assert {metric.name for metric in ctx.recorded} == {metric.name for metric in runner.metrics}
        inputs[ctx.task] = ctx.as_input()
    return inputs


@pytest.mark.usefixtures("in_process")
def test_the_six_tasks_pass_their_results_on_and_record_all_that_they_promise(context):
    done = run_all(context)
    assert list(done) == ["A.analyze", "A.profile", "A.sweep", "A.tune", "A.adapt", "A.benchmark"]
    for task in done.values():
        assert task.artifacts
        assert all(path.is_file() for path in task.artifacts.values())

    with done["A.sweep"].artifacts["sweep.csv"].open() as file:
        assert [row["capacity"] for row in csv.DictReader(file)] == ["8", "16"]
    chosen = json.loads(done["A.tune"].artifacts["pool.json"].read_text())["pool"]["capacity"]
    profile = parse_profile(done["A.adapt"].artifacts["buffer-profile.json"].read_text(), "derived")
    assert profile.pool.capacity == chosen
    assert profile.pool.adaptive
    report = json.loads(done["A.benchmark"].artifacts["benchmark.json"].read_text())
    assert len({arm["sha256"] for arm in report["arms"].values()}) == 1
    assert [path.name for path in done["A.benchmark"].artifacts["report.md"].parent.glob("*.log")] == []


def test_what_the_criteria_need_is_a_comparison_with_a_control_and_a_trend():
    forms = {metric.name: metric.form for runner in RUNNERS for metric in runner.metrics}
    assert forms["buffer.peak_memory_reduction"] is Form.REDUCTION
    assert forms["buffer.rss_growth"] is Form.SLOPE

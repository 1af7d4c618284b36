import json
from dataclasses import replace

import pytest

from encoder import PoolSettings, load_profile
from orchestrator.runner import TaskInput
from workstreams.integration import RUNNERS
from workstreams.upstream import MissingInputError

SMALL = {"size": "64KiB", "rounds": 1}


def run(context, name, inputs):
    given = context(f"INTEGRATION.{name}", SMALL, inputs)
    next(it for it in RUNNERS if it.name == f"integration.{name}").run(given)
    return given


def left(folder, task, name, text):
    path = folder / name
    path.write_text(text)
    return TaskInput(task, task.split(".")[0], "", "", {name: path}, (), None, None)


def test_four_results_become_one_profile_and_conflicts_are_said(context, tmp_path):
    baseline, tuned = load_profile("baseline"), load_profile("tuned")
    pool = PoolSettings(6, adaptive=True, minimum=3, maximum=32)
    inputs = {"A.adapt": left(tmp_path, "A.adapt", "buffer-profile.json", replace(baseline, pool=pool).to_json())}
    buffer = run(context, "merge_buffer", inputs)
    assert buffer.of("integration.output_differences") == {"values": [0], "cases": 9}

    inputs["INTEGRATION.merge-buffer"] = buffer.as_input()
    streaming = run(context, "streaming_api", inputs)
    assert streaming.of("integration.output_differences") == {"values": [0], "cases": 36}

    inputs["INTEGRATION.streaming-api"] = streaming.as_input()
    inputs["D.integrate"] = left(tmp_path, "D.integrate", "adaptive-profile.json", tuned.to_json())
    adaptive = run(context, "adaptive", inputs)
    merged = load_profile(adaptive.artifacts["tuned.json"])
    assert merged.pool == pool
    assert merged.strategies == tuned.strategies
    assert adaptive.of("integration.conflicts")["values"] == [1]
    assert json.loads(adaptive.artifacts["conflicts.json"].read_text())[0]["path"] == "pool.capacity"

    inputs["INTEGRATION.adaptive"] = adaptive.as_input()
    profiled = run(context, "profiling", inputs)
    assert profiled.of("integration.profiling_differences")["values"] == [0]
    assert profiled.artifacts["encode-series.csv"].read_text().startswith("seconds,")


def test_a_merge_without_its_workstreams_profile_says_what_it_needs(context):
    with pytest.raises(MissingInputError, match=r"adaptive-profile\.json"):
        run(context, "adaptive", {})

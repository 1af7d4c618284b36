import json

import pytest

from encoder import load_profile
from orchestrator.runner import TaskInput
from workstreams import corpus
from workstreams.validation import RUNNERS
from workstreams.validation.pairs import Pairs, finding
from workstreams.validation.regression import Clock, leave, longer_waits


@pytest.mark.parametrize(
    ("merged", "verdict"),
    [
        ([1.2] * 9, "regression"),
        ([0.8] * 9, "no regression"),
        ([1.04] * 9, "no regression"),
        ([0.9, 1.2] * 5, "undecided"),
    ],
)
def test_a_regression_is_a_whole_interval_beyond_five_percent(merged, verdict):
    assert finding("speed", "a log", merged, [1.0] * len(merged)).verdict == verdict


def test_an_undecided_comparison_is_no_examined_case(context):
    given = context("VALIDATION.regression", {})
    planted = [finding("speed", "slower", [1.2] * 9, [1.0] * 9)]
    doubtful = finding("speed", "x", [0.9, 1.2] * 5, [1.0] * 10)
    leave(
        given, [doubtful, finding("ratio", "x", [1.3], [1.0])], planted, ["speed on x is undecided; machine noise: 9 %"]
    )
    assert given.negatives["validation.regressions"] == [1]

    assert given.of("validation.regressions") == {"values": [1], "cases": 1}
    assert "speed on x is undecided; machine noise: 9 %" in given.notes


def compared(walls):
    """One kind whose processor times are even, and whose encodes took these wall times."""
    pairs = Pairs("speed", "a log", float, {arm: [1.0] * 9 for arm in walls}, looks=1)
    return longer_waits([pairs], [Clock({}, b"", walls)])


def test_an_encode_that_only_waits_longer_is_a_regression_too():
    found = compared({"baseline": [1.0] * 9, "merged": [1.2] * 9, "control": [1.0] * 9})

    assert [(it.quantity, it.verdict) for it in found] == [("wall time", "regression")]


def test_wall_times_that_decide_nothing_are_no_case():
    assert compared({"baseline": [1.0] * 9, "merged": [0.8, 1.3, 1.1] * 3, "control": [1.0] * 9}) == []


def test_a_clock_keeps_the_wall_time_beside_the_processor_time():
    clock = Clock({"merged": load_profile("fast")}, b"import os\n" * 9000)
    size = clock.warm_up("merged")
    spent = clock.take("merged")

    assert size == clock.size > 0
    assert spent > 0
    assert len(clock.walls["merged"]) == 1


@pytest.mark.usefixtures("in_process")
def test_the_profile_held_against_itself_has_every_comparison_on_record(context, tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "real", lambda _size: {"Python sources": b"import os\n" * 9000})
    path = tmp_path / "tuned.json"
    path.write_text(load_profile("baseline").to_json())
    above = {"I.a": TaskInput("I.a", "INTEGRATION", "", "", {"tuned.json": path}, (), None, None)}
    params = {"size": "64KiB", "rounds": 2, "budget": 1, "memory_size": "100KB", "memory_rounds": 1, "memory_budget": 1}
    given = context("VALIDATION.regression", params, above)
    next(it for it in RUNNERS if it.name == "validation.regression").run(given)

    rows = json.loads(given.artifacts["regressions.json"].read_text())
    assert len(rows) == 9
    assert [row["worse"] for row in rows if row["quantity"] == "ratio"] == [0] * 4

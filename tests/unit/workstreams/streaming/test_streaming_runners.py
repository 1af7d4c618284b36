import json

import pytest

from encoder.strategy import BackEnd, Strategy, TreeType
from workstreams.sampling import SampleResult
from workstreams.sampling.slow import SlowSink, SlowSource
from workstreams.streaming import RUNNERS, api, boundaries
from workstreams.streaming.boundaries import every_cut, examine, small_blocks
from workstreams.streaming.chunk import ratio_difference

BY_NAME = {runner.name: runner for runner in RUNNERS}


def run(name, context, **params):
    ctx = context("B." + name, params)
    BY_NAME["streaming." + name].run(ctx)
    assert {metric.name for metric in ctx.recorded} == {metric.name for metric in BY_NAME["streaming." + name].metrics}
    return ctx


def test_there_is_a_runner_for_each_of_the_six_tasks():
    assert [name.removeprefix("streaming.") for name in BY_NAME] == [
        "design", "chunk", "buffering", "boundaries", "api", "integration-tests",
    ]  # fmt: skip


def test_the_architecture_note_states_the_real_configuration(context):
    text = run("design", context).artifacts["architecture.md"].read_text()
    assert "| tuned | 1048576 bytes | 2 | 4 (3 to 32), adaptive | 4 MiB | 32 MiB |" in text


@pytest.mark.usefixtures("in_process")
def test_chunking_compares_interleaved_with_a_control(context):
    ctx = run("chunk", context, size="2MiB", rounds=2, chunk_input="2MiB", chunk_sizes=[5000])
    speedup = ctx.of("streaming.speedup")
    assert len(speedup["treatment"]) == len(speedup["baseline"]) == len(speedup["control"]) == 2
    assert ctx.of("streaming.ratio_difference")["values"] == [0.0] * 4


@pytest.mark.usefixtures("in_process")
def test_buffering_has_a_point_for_each_size_and_stays_within_the_pool(context):
    ctx = run("buffering", context, stream_size="2MiB", scenario_size="3MiB")
    assert ctx.of("streaming.bound_violations")["values"] == [0, 0, 0]
    assert json.loads(ctx.artifacts["buffering.json"].read_text())["scenarios"][0]["name"] == "both fast"
    sizes = ctx.of("streaming.memory_slope")["x"]
    assert sizes[0] == max(sizes) == 2 / 1024
    assert len(sizes) >= 6
    assert len(set(sizes)) >= 3  # fewer make no line
    assert ctx.of("streaming.large_file_size")["values"] == [2 / 1024]


def test_a_ratio_difference_has_no_sign():
    small, large = (SampleResult(1.0, 1.0, 1, 1, 1, 100, size, "") for size in (99, 100))
    assert ratio_difference(small, large) == pytest.approx(100 / 99)
    assert ratio_difference(large, small) == pytest.approx(1.0)


def test_every_cut_of_a_text_is_examined():
    profile = small_blocks(Strategy(TreeType.TEXT, BackEnd.STORE, 0))
    assert list(every_cut(2)) == [[0], [1], [2]]
    assert examine(b"a\nbc\n", every_cut(5), profile) == (7, 0)


def test_boundaries_count_their_cases(context, monkeypatch):
    monkeypatch.setattr(boundaries, "texts", lambda _: {"short": b"one\r\ntwo\x00\xff" * 120})
    ctx = run("boundaries", context, seeded_cuts=3)
    recorded = ctx.of("streaming.boundary_mismatches")
    assert recorded["values"] == [0, 0]
    assert recorded["cases"] == 120 * 10 + 2 + 4


def test_the_api_is_documented_from_the_code(context):
    ctx = run("api", context)
    text = ctx.artifacts["api.md"].read_text()
    assert "## `encoder.StreamingEncoder`" in text
    assert "0x" not in text
    assert "**failed**" not in text
    assert ctx.of("streaming.api_failures") == {"values": [0], "cases": 7}


def test_a_use_of_the_api_that_fails_is_counted_and_told(context, monkeypatch):
    monkeypatch.setitem(api.CHECKS, "Two is three.", lambda _data, _target: False)
    ctx = run("api", context)
    assert ctx.of("streaming.api_failures") == {"values": [1], "cases": 8}
    assert "- Two is three. **failed**" in ctx.artifacts["api.md"].read_text()


def test_slow_ends_pass_every_byte_on(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    with (tmp_path / "a").open("rb", buffering=0) as raw:
        assert SlowSource(raw, 0.0).readall() == b"12345"
    sink = SlowSink(0.0)
    assert (sink.write(b"123"), sink.write(b"45"), sink.taken) == (3, 2, 5)


def test_the_comparison_of_cuts_sees_a_byte_that_was_changed(context, monkeypatch):
    monkeypatch.setattr(boundaries, "texts", lambda _: {"short": b"one\r\ntwo\x00\xff" * 120})
    ctx = run("boundaries", context, seeded_cuts=1)
    assert ctx.negatives["streaming.boundary_mismatches"][0] > 0

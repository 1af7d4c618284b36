import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from workstreams.profiling import RUNNERS, suite
from workstreams.profiling.bottlenecks import BUSY, rank_stages
from workstreams.profiling.inputs import input_file
from workstreams.profiling.suite import plan_of
from workstreams.sampling import SampleResult


def run(context, name, params, inputs=None):
    runner = next(it for it in RUNNERS if it.name == f"profiling.{name}")
    given = context(f"C.{name}", params, inputs)
    runner.run(given)
    return given


def test_the_workstream_has_its_six_tasks():
    assert len({runner.name for runner in RUNNERS}) == 6


def test_the_log_is_measured_in_every_size_and_each_other_kind_in_the_largest_small_one():
    assert plan_of((1, 2, 100))[:3] == [("server log", 1), ("server log", 2), ("server log", 100)]
    assert plan_of((1, 2, 100))[3:] == [("JSON lines", 2), ("CSV table", 2)]
    assert plan_of((50,)) == [("server log", 50), ("JSON lines", 50), ("CSV table", 50)]


def test_each_size_counts_its_fastest_encode_wherever_in_the_rounds_it_fell(tmp_path, monkeypatch):
    passes = []

    def slow_first(specs, _folder):
        passes.append([Path(spec.source).name for spec in specs])
        return [
            SampleResult(
                (1 if at in (2, 3) else 3) * float(Path(spec.source).stat().st_size), 7 - at, 2, 1, 2, 3, 1, ""
            )
            for at, spec in enumerate(specs)
        ]

    monkeypatch.setattr(suite, "sample_together", slow_first)
    points = suite.measure(tmp_path, [("server log", 1), ("server log", 2)], rounds=2)

    one, two = "server-log-1000000", "server-log-2000000"
    assert passes == [[one], [two], [one, two, two, one]]
    assert [point.seconds for point in points] == [1e6, 2e6]
    assert [point.times for point in points] == [(3e6, 3e6, 1e6), (6e6, 6e6, 2e6)]
    assert [point.cpu for point in points] == [4, 5]


@pytest.mark.parametrize("kind", ["server log", "JSON lines", "CSV table"])
def test_an_input_has_exactly_the_size_and_is_gone_afterwards(tmp_path, kind):
    with input_file(tmp_path, kind, 5_000_000) as path:
        assert path.stat().st_size == 5_000_000
    assert not path.exists()


def test_stages_are_ranked_by_the_median_of_their_seconds():
    pipelines = [
        {f"{name}_seconds": value for name, value in zip((*BUSY, "lease_wait", "idle", "turn_wait"), row, strict=True)}
        for row in ((1, 1, 5, 1, 0, 0, 0), (1, 2, 6, 1, 0, 0, 0), (9, 1, 7, 1, 0, 0, 0))
    ]

    ranked = rank_stages(pipelines, BUSY)

    assert ranked[0].name == "encode"
    assert sum(stage.share for stage in ranked) == pytest.approx(100)


def test_from_calibration_to_a_dashboard_that_asks_no_network(context, in_process, monkeypatch):
    monkeypatch.setattr(suite, "sample_together", lambda specs, folder: [in_process(spec, folder) for spec in specs])
    monkeypatch.setattr(suite, "LARGEST_OTHER", 1)
    inputs = {}
    for name, params in (
        ("framework", {}),
        ("suite", {"sizes": [1, 2], "rounds": 1}),
        ("before_after", {"size": "2MB", "rounds": 1, "tuned_rounds": 2}),
        ("reports", {}),
        ("bottlenecks", {"size": "1MiB", "top": 3}),
        ("dashboard", {}),
    ):
        given = run(context, name, params, inputs)
        inputs[given.task] = given.as_input()
        if name == "before_after":
            assert len(given.of("profiling.retained")["values"]) == 2
        if name == "bottlenecks":
            assert any(note.startswith("bottleneck: ") for note in given.notes)
            assert json.loads(given.artifacts["bottlenecks.json"].read_text())["busy"]
    page = given.artifacts["dashboard.html"].read_text()

    assert page.count("<svg") == 6
    assert "<script" not in page
    assert not [link for link in ('src="http', 'href="http', "@import", "url(http") if link in page]
    assert "prefers-color-scheme: dark" in page
    first = page[page.index("<svg") : page.index("</svg>") + 6]
    assert ET.fromstring(first).tag.endswith("svg")

import subprocess
from pathlib import Path

import pytest

from orchestrator.evidence.measurement import Measurement, Samples
from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import TaskInput
from workstreams import corpus
from workstreams.streaming.suite import NoTestsError
from workstreams.validation import RUNNERS, success
from workstreams.validation.inputs import edges
from workstreams.validation.roundtrip import failure_of
from workstreams.validation.suite import FOLDERS, command_of

PASSING = "def test_it_holds():\n    assert 1 + 1 == 2\n"
MIXED = PASSING + "def test_it_fails():\n    assert 1 + 1 == 3\n"


def run(context, name, params, inputs=None, **more):
    given = context(f"VALIDATION.{name}", params, inputs, **more)
    next(it for it in RUNNERS if it.name == f"validation.{name}").run(given)
    return given


def test_every_edge_comes_back_under_both_profiles(context, monkeypatch):
    monkeypatch.setattr(corpus, "real", lambda _size: {})
    given = run(context, "roundtrip", {"size": "16KiB"})

    cases = (len(edges(1)) + len(corpus.GENERATED)) * 2 * 3
    assert given.of("validation.roundtrip_failures") == {"values": [0], "cases": cases}


def test_an_error_of_the_decoder_is_a_failure_with_its_name():
    assert failure_of(b"not a stream", b"x").split(":")[0].endswith("Error")


def test_the_encoders_own_tests_need_nothing_of_a_checkout_but_what_is_installed(tmp_path):
    project = Path(__file__).parents[4]
    command = command_of([project / name for name in FOLDERS], project, tmp_path / "report.xml", tmp_path)
    done = subprocess.run([*command, "--collect-only"], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_tests_are_counted_and_a_failing_one_lowers_the_share(context, tmp_path):
    for folder, text in (("unit/encoder", PASSING), ("golden", MIXED)):
        place = tmp_path / "tests" / folder
        place.mkdir(parents=True)
        (place / f"test_{folder[0]}.py").write_text(text)
    given = run(context, "encoder_tests", {}, project=tmp_path)

    assert given.of("validation.tests_passing") == {"values": [pytest.approx(200 / 3)], "cases": 3}
    assert not (tmp_path / ".hypothesis").exists()


def test_a_project_without_tests_is_a_clear_failure(context):
    with pytest.raises(NoTestsError, match="tests/golden"):
        run(context, "encoder_tests", {})


def test_a_metric_that_nobody_measured_is_a_line_of_the_table_and_counted(context, monkeypatch):
    speed = Metric("a.speed", "MB/s", Better.HIGHER)
    monkeypatch.setattr(success, "known_metrics", lambda: {"a.speed": speed})
    measured = Measurement("a.speed", "MB/s", Samples((5.0, 6.0, 7.0)), "by hand")
    above = {"A.x": TaskInput("A.x", "A", "", "", {}, (measured,), None, None)}
    given = run(context, "success_metrics", {"metrics": ["a.speed", "a.memory"]}, above)

    assert given.of("validation.metrics_without_evidence") == {"values": [1], "cases": 2}
    text = given.artifacts["success-metrics.md"].read_text()
    assert "| a.speed | 6 |" in text
    assert "| a.memory | not measured |" in text

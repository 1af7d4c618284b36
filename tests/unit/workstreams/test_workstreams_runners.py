import subprocess
import sys

import pytest

from orchestrator.evidence.units import parse_unit
from workstreams import RUNNERS


def test_every_runner_has_a_name_and_a_summary_of_its_own():
    names = [runner.name for runner in RUNNERS]
    assert len(names) == len(set(names))
    assert all(runner.summary for runner in RUNNERS)


@pytest.mark.parametrize("runner", RUNNERS, ids=lambda runner: runner.name)
def test_a_runner_declares_metrics_in_known_units_and_says_what_they_are(runner):
    for metric in runner.metrics:
        assert parse_unit(metric.unit).dimension
        assert metric.name.count(".") == 1


def test_registering_the_runners_loads_nothing_heavy():
    code = (
        "import sys, workstreams; workstreams.RUNNERS; print(*({'numba', 'jinja2', 'pytest', 'sklearn'} & "
        "set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

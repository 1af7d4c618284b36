import importlib
from pathlib import Path

import pytest

from orchestrator.runner import TaskInput
from workstreams.sampling import child, outside

SAMPLING_MODULES = ("buffer.analyze", "buffer.benchmark", "streaming.buffering", "validation.regression")


class RecordingContext:
    """A TaskContext that keeps what it is told, by metric."""

    attempt = 1
    seed = 7

    def __init__(self, folder, task, params, inputs, project):
        self.task, self.params, self.inputs, self.project = task, params, inputs, project
        self.folder = folder / task
        (self.folder / "tmp").mkdir(parents=True)
        self.artifacts, self.notes, self.recorded, self.negatives = {}, [], {}, {}

    def note(self, text):
        self.notes.append(text)

    def claim(self, metric, value, text=""):
        self.notes.append(text or f"{metric.name} {value}")

    def artifact(self, name, *, title=""):
        assert title
        self.artifacts[name] = self.folder / name
        return self.artifacts[name]

    def samples(self, metric, values, *, method, cases=None, artifacts=(), negative=(), negative_of=""):  # noqa: PLR0913 - the protocol's
        self._keep(metric, method, artifacts, values=list(values), cases=cases)
        self.negatives[metric.name] = list(negative)
        assert bool(negative_of) == bool(len(negative))

    def compare(self, metric, *, treatment, baseline, control=(), arm_unit, method, artifacts=(), **_said):  # noqa: PLR0913 - the protocol's
        assert len(treatment) == len(baseline)
        self._keep(metric, method, artifacts, treatment=treatment, baseline=baseline, control=control, unit=arm_unit)

    def trend(self, metric, *, x, y, x_unit, y_unit, method, artifacts=()):  # noqa: PLR0913 - the protocol's
        assert metric.unit in {f"{y_unit}/{x_unit}", "1"}
        self._keep(metric, method, artifacts, x=list(x), y=list(y))

    def _keep(self, metric, method, artifacts, **data):
        assert method
        assert set(artifacts) <= set(self.artifacts)
        self.recorded[metric] = data

    def of(self, name):
        return next(data for metric, data in self.recorded.items() if metric.name == name)

    def as_input(self):
        return TaskInput(self.task, self.task.split(".")[0], "", "", self.artifacts, (), None, None)


@pytest.fixture
def context(tmp_path):
    """A maker of contexts, each with a folder of its own below tmp_path."""
    return lambda task, params, inputs=None, project=tmp_path: RecordingContext(
        Path(tmp_path), task, params, inputs or {}, project
    )


@pytest.fixture
def in_process(monkeypatch):
    """Samples are taken in this process: their memory means nothing then, and everything else is as in a child."""

    def sample(spec, _folder):
        return child.take_sample(spec)

    def sample_together(specs, _folder):
        return [child.take_sample(spec) for spec in specs]

    monkeypatch.setattr(outside, "sample", sample)
    monkeypatch.setattr(outside, "sample_together", sample_together)
    for name in SAMPLING_MODULES:
        monkeypatch.setattr(importlib.import_module(f"workstreams.{name}"), "sample", sample)
    return sample

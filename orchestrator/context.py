"""The task context that a runner is given: every call appends one line to the attempt's evidence.jsonl."""

import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol

from orchestrator.evidence.forms import RULES
from orchestrator.evidence.measurement import Comparison, Measurement, Negative, Samples, Trend
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.packed import numbers
from orchestrator.runner import TaskInput
from orchestrator.wire import LONGEST_TEXT, WireError, check_data, measurement_to_json

CHECKOUT: Final = "ORCHESTRATE_CHECKOUT"
"""The variable by which an instrument is told of its checkout."""


def check_measurement(measurement: Measurement, metrics: Mapping[str, Metric]) -> None:
    """Raise WireError unless the metric is declared and its form is the data's. Units are the collector's to check."""
    metric = metrics.get(measurement.metric)
    if metric is None:
        declared = ", ".join(sorted(metrics)) or "none"
        raise WireError(
            f"metric {measurement.metric!r} is not declared by this task; declare it in the runner's `metrics` "
            f"(for a command: in the task's `metrics`). Declared: {declared}"
        )
    if RULES[metric.form].data is not type(measurement.data):
        raise WireError(
            f"metric {metric.name!r} has the form '{metric.form}', but was given {measurement.data.kind}; "
            "record it with the method for its form, or declare another form"
        )
    check_data(measurement.data)


class EvidenceSink(Protocol):
    """Where lines of evidence go."""

    def append(self, kind: str, plain: Mapping[str, Any]) -> None:
        """Keep one line."""

    def close(self) -> None:
        """No line follows."""


class EvidenceFile:
    """Appends lines to an evidence file, each by one write, so that lines of several processes do not mix."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def append(self, kind: str, plain: Mapping[str, Any]) -> None:
        """Write one line: the object with its kind in front. Raises OSError where the disk refuses it."""
        line = json.dumps({"kind": kind, **plain}).encode() + b"\n"
        while line:
            line = line[os.write(self._descriptor, line) :]

    def close(self) -> None:
        """Put the lines on the disk and let go of the file."""
        if stat.S_ISREG(os.fstat(self._descriptor).st_mode):  # who measures a hand-in writes to a FIFO
            os.fsync(self._descriptor)
        os.close(self._descriptor)


class FileContext:
    """A TaskContext (see `orchestrator.runner`) whose evidence goes to a file."""

    def __init__(  # noqa: PLR0913 - the parts of the window, all by keyword
        self,
        *,
        task: str,
        attempt: int,
        params: Mapping[str, Any],
        folder: Path,
        project: Path,
        inputs: Sequence[TaskInput],
        seed: int,
        metrics: Sequence[Metric],
        evidence: EvidenceSink,
    ) -> None:
        self._task = task
        self._attempt = attempt
        self._params = params
        self._folder = folder
        self._project = project
        self._given = inputs
        self._inputs: dict[str, TaskInput] | None = None
        self._seed = seed
        self._metrics = {metric.name: metric for metric in metrics}
        self._evidence = evidence

    @property
    def task(self) -> str:
        """The task's id, "A.sweep"."""
        return self._task

    @property
    def attempt(self) -> int:
        """Counts from 1."""
        return self._attempt

    @property
    def params(self) -> Mapping[str, Any]:
        """The task's `with`, after substitution."""
        return self._params

    @property
    def folder(self) -> Path:
        """The attempt's own folder."""
        return self._folder

    @property
    def project(self) -> Path:
        """The folder that the run was started in; read only."""
        return self._project

    @property
    def checkout(self) -> Path | None:
        """The clean checkout of the hand-in that the task `measures`; None where it measures none."""
        given = os.environ.get(CHECKOUT)
        return Path(given) if given else None

    @property
    def inputs(self) -> Mapping[str, TaskInput]:
        """Every task above this one in the graph that succeeded, by id."""
        if self._inputs is None:
            self._inputs = {given.task: self._watched(given) for given in self._given}
        return self._inputs

    @property
    def seed(self) -> int:
        """A seed that is equal for equal plan, task and attempt."""
        return self._seed

    def note(self, text: str) -> None:
        """Say something for people. What is beyond 4,000 characters is cut off."""
        self._evidence.append("note", {"text": str(text)[:LONGEST_TEXT]})

    def claim(self, metric: Metric, value: float, text: str = "") -> None:
        """Say what the figure is taken to be, in the metric's unit. Raises WireError for a metric that is not
        declared.
        """
        if metric.name not in self._metrics:
            raise WireError(f"metric {metric.name!r} is not declared by this task; claim only what it may measure")
        said = text or f"{metric.name} is {value:g} {metric.unit}"
        claim = {"metric": metric.name, "value": float(value), "unit": metric.unit}
        self._evidence.append("note", {"text": said[:LONGEST_TEXT], "claim": claim})

    def samples(  # noqa: PLR0913 - as the protocol TaskContext has it
        self,
        metric: Metric,
        values: Sequence[float],
        *,
        method: str,
        cases: int | None = None,
        artifacts: Sequence[str] = (),
        negative: Sequence[float] = (),
        negative_of: str = "",
    ) -> None:
        """Record values in the metric's unit. Raises WireError for a metric that is not declared or of another form."""
        bad = Negative(_floats(negative), negative_of or "what must not pass") if len(negative) else None
        self._record(metric, Samples(_floats(values)), method, cases=cases, artifacts=artifacts, negative=bad)

    def _watched(self, given: TaskInput) -> TaskInput:
        """The same input, whose files are noted as used when they are looked up."""
        return replace(given, artifacts=Watched(given.task, given.artifacts, self._evidence))

    def compare(  # noqa: PLR0913 - as the protocol TaskContext has it
        self,
        metric: Metric,
        *,
        treatment: Sequence[float],
        baseline: Sequence[float],
        control: Sequence[float] = (),
        arm_unit: str,
        method: str,
        exact: bool = False,
        labels: Sequence[str] = (),
        order: Sequence[str] = (),
        cases: int | None = None,
        artifacts: Sequence[str] = (),
    ) -> None:
        """Record both arms of a comparison, paired by position. Raises WireError also for arms of unequal length."""
        arms = Comparison(
            _floats(treatment), _floats(baseline), arm_unit, _floats(control), bool(exact), tuple(map(str, labels)),
            order=tuple(map(str, order)),
        )  # fmt: skip
        self._record(metric, arms, method, cases=cases, artifacts=artifacts)

    def trend(  # noqa: PLR0913 - as the protocol TaskContext has it
        self,
        metric: Metric,
        *,
        x: Sequence[float],
        y: Sequence[float],
        x_unit: str,
        y_unit: str,
        method: str,
        artifacts: Sequence[str] = (),
    ) -> None:
        """Record the points of a slope or R². Raises WireError also where x and y differ in length."""
        self._record(metric, Trend(_floats(x), _floats(y), x_unit, y_unit), method, cases=None, artifacts=artifacts)

    def artifact(self, name: str, *, title: str = "") -> Path:
        """Declare `folder / name` as an artifact and return the path; its folder is made where it is missing."""
        path = self.folder / name
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise WireError(f"artifact {name!r} is not inside the attempt's folder; name a file below it")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._evidence.append("artifact", {"name": str(name), "title": title})
        return path

    def _record(  # noqa: PLR0913 - the parts of a measurement
        self,
        metric: Metric,
        data: Samples | Comparison | Trend,
        method: str,
        *,
        cases: int | None,
        artifacts: Sequence[str],
        negative: Negative | None = None,
    ) -> None:
        measurement = Measurement(
            metric=metric.name,
            unit=metric.unit,
            data=data,
            method=method,
            cases=None if cases is None else int(cases),
            artifacts=tuple(map(str, artifacts)),
            negative=negative,
        )
        check_measurement(measurement, self._metrics)
        self._evidence.append("measurement", measurement_to_json(measurement))


class Watched(Mapping[str, Path]):
    """Files of a task above, each noted in the evidence when it is first looked up."""

    def __init__(self, task: str, files: Mapping[str, Path], evidence: EvidenceSink) -> None:
        self._task = task
        self._files = files
        self._evidence = evidence
        self._noted: set[str] = set()

    def __getitem__(self, name: str) -> Path:
        path = self._files[name]
        if name not in self._noted:
            self._noted.add(name)
            self._evidence.append("used", {"task": self._task, "name": name})
        return path

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, name: object) -> bool:
        return name in self._files


def _floats(values: Sequence[float]) -> tuple[float, ...]:
    return numbers([float(value) for value in values])

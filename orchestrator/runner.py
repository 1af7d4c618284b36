"""What a runner is, and what it sees of the run: the public face for anyone who writes one.

    SWEEP = Runner("buffer.sweep", metrics=(HIT_RATE, PEAK_RSS), run=sweep)

A package offers its runners by an entry point in the group `orchestrator.runners` that names a tuple of them. A runner
works in its attempt's own folder, which is its current directory. It records what it measured through its context.
Nothing else is evidence.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from orchestrator.evidence.measurement import Measurement, Usage
from orchestrator.evidence.metric import Metric
from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class TaskInput:
    """What a task above this one left behind: artifacts by name (absolute paths) and its measurements.

    usage: what its process tree used. series: the CSV of the samples taken of it
    (`seconds,rss_bytes,cpu_seconds,processes`).
    """

    task: str
    group: str
    title: str
    agent: str
    artifacts: Mapping[str, Path]
    measurements: tuple[Measurement, ...]
    usage: Usage | None
    series: Path | None


class TaskContext(Protocol):
    """A runner's window on the run. The methods write evidence durably, in the order of the calls."""

    @property
    def task(self) -> str:
        """The task's id, "A.sweep"."""

    @property
    def attempt(self) -> int:
        """Counts from 1."""

    @property
    def params(self) -> Mapping[str, Any]:
        """The task's `with`, after substitution. Quantities such as "1GiB" stay text; `size(text)` reads them."""

    @property
    def folder(self) -> Path:
        """The attempt's own folder: write here, and only here. Temporary files go below `folder / "tmp"` (TMPDIR)."""

    @property
    def project(self) -> Path:
        """The folder that the run was started in; read only."""

    @property
    def checkout(self) -> Path | None:
        """The clean checkout of the hand-in that the task `measures`; None where it measures none."""

    @property
    def inputs(self) -> Mapping[str, TaskInput]:
        """Every task above this one in the graph that succeeded, by id."""

    @property
    def seed(self) -> int:
        """For every random choice: the same plan, task and attempt get the same one."""

    def note(self, text: str) -> None:
        """Say something for people: progress or a claim. It is shown beside the evidence and never counts as any."""

    def claim(self, metric: Metric, value: float, text: str = "") -> None:
        """Say what a metric's figure is taken to be, in its unit: a note that the report holds against what is
        measured.
        """

    def samples(  # noqa: PLR0913 - as compare
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
        """Record values of a metric of form SAMPLES, in the metric's unit.

        negative: what the same check gives for something known to be bad, which `negative_of` names; where that meets a
        criterion's target as well, the check cannot tell, and the criterion is UNPROVEN.
        """

    def compare(  # noqa: PLR0913 - every one is a keyword, and a fact of the comparison
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
        """Record both arms of a metric of form REDUCTION, INCREASE or SPEEDUP, paired by position.

        order: "treatment", "baseline" and "control" in the order in which their samples were taken.
        """

    def trend(  # noqa: PLR0913 - as compare
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
        """Record the points of a metric of form SLOPE or R_SQUARED."""

    def artifact(self, name: str, *, title: str = "") -> Path:
        """Declare the file `folder / name` as an artifact and return that path; it must exist when the attempt ends."""


@dataclass(frozen=True, slots=True)
class Runner:
    """A registered way to do a task. metrics: all that it may record; recording another is an error.

    code: what its result depends on beside the modules that its module imports: dotted modules, or folders ("data/")
    beside its top-level package.
    """

    name: str
    run: Callable[[TaskContext], None]
    metrics: tuple[Metric, ...] = ()
    summary: str = ""
    code: tuple[str, ...] = ()

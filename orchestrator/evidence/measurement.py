"""Measurements and artifacts of one attempt, as plain data that round-trips through JSON."""

from dataclasses import field
from typing import Literal

from orchestrator.evidence.packed import Numbers
from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Samples:
    """Values of the metric itself, in the measurement's unit, in the order in which they were taken."""

    values: Numbers
    kind: Literal["samples"] = "samples"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two arms, paired by position and measured interleaved, in `arm_unit`.

    control: a second run of the baseline arm, paired with the first (an A/A control). Its derived interval must
    hold "no difference", or the comparison proves nothing. Empty where the arms are exact (byte counts of
    deterministic output), which `exact` then says.
    labels: what each pair is (an input's name), empty or one per pair.
    order: the arms in the order in which their samples were taken ("baseline", "treatment", "control"), empty where it
    was not recorded.
    """

    treatment: Numbers
    baseline: Numbers
    arm_unit: str
    control: Numbers = ()
    exact: bool = False
    labels: tuple[str, ...] = ()
    kind: Literal["comparison"] = "comparison"
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trend:
    """Points of a quantity `y` measured at settings `x`, for a slope or a coefficient of determination."""

    x: Numbers
    y: Numbers
    x_unit: str
    y_unit: str
    kind: Literal["trend"] = "trend"


@dataclass(frozen=True, slots=True)
class Negative:
    """What the same check gives for a deliverable that must not pass.

    values: in the measurement's unit. of: what was checked, e.g. "the output with one bit flipped".
    """

    values: Numbers
    of: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """Samples of one metric with what a reader needs to trust them.

    metric, unit: as declared by the runner; another unit of the same dimension is converted by the judge.
    method: one sentence on how it was measured. command: argv that repeats it, where there is one.
    cases: how many cases were examined, for a criterion that pins its denominator.
    artifacts: names of the attempt's artifacts that the figure was computed from; if one changes, it is stale.
    batches: how many samples each attempt contributed, in order, where more than one did; empty for a single attempt.
    negative: the same check on what must not pass, where the runner made that too.
    """

    metric: str
    unit: str
    data: Samples | Comparison | Trend
    method: str
    cases: int | None = None
    command: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    batches: tuple[int, ...] = ()
    negative: Negative | None = None

    @property
    def size(self) -> int:
        """How many samples (pairs, points) there are."""
        match self.data:
            case Samples(values=values):
                return len(values)
            case Comparison(treatment=treatment, baseline=baseline):
                return min(len(treatment), len(baseline))
            case Trend(x=x, y=y):
                return min(len(x), len(y))


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that an agent says: never evidence, and shown beside what was measured. value: in `unit`."""

    metric: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that an attempt produced. path: relative to the run's folder; sha256: lower-case hex; size: bytes."""

    name: str
    path: str
    sha256: str
    size: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What an attempt's whole process tree used, sampled from outside. seconds: monotonic, start to end.

    peak_rss: bytes, the largest sum of resident sets over the tree in any sample; cpu_seconds: user + system;
    samples: how many times the tree was looked at (0: too short to be seen, so peak_rss is 0 and means nothing).
    """

    seconds: float
    cpu_seconds: float
    peak_rss: int
    samples: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Under which circumstances an attempt measured.

    argv: the process that was started. load_before, load_during: the machine's load average over one minute when it
    started and the largest seen while it ran (getloadavg(3)). seconds: how long it took, by a monotonic clock.
    """

    attempt: int
    argv: tuple[str, ...]
    load_before: float
    load_during: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The measurements and artifacts of one attempt, or of several whose samples were put together.

    used: files of tasks above that the attempt read, named "A.tune/pool.json". origins: of each attempt, in order.
    """

    measurements: tuple[Measurement, ...] = field(default=())
    artifacts: tuple[Artifact, ...] = field(default=())
    used: tuple[Artifact, ...] = field(default=())
    origins: tuple[Origin, ...] = field(default=())

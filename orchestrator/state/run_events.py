"""What happens to a run as a whole, as plain data."""

from dataclasses import field
from typing import Literal

from orchestrator.evidence.history import Earlier
from orchestrator.evidence.metric import LATE, Metric
from orchestrator.evidence.verdict import Verdict
from orchestrator.records import dataclass
from orchestrator.state.before import Before
from orchestrator.state.loosened import Loosened


@dataclass(frozen=True, slots=True)
class RunStarted:
    """plan_text: the YAML as read. settings: what `--set` gave. environment: a description of the machine.

    plan_file: the plan's absolute path, empty for one that is in no file, and in journals of older versions. earlier:
    what earlier runs came to by criterion, in the order of the runs: as many as a target rests on, else the last few.
    before: the run of the plan before this one, None if there is none.
    """

    run: str
    plan_id: str
    plan_digest: str
    plan_text: str
    plan_source: str
    settings: dict[str, str]
    environment: dict[str, str]
    command: tuple[str, ...]
    fingerprints: dict[str, str]
    plan_file: str = ""
    earlier: tuple[Earlier, ...] = field(default=(), metadata=LATE)
    before: Before | None = field(default=None, metadata=LATE)
    kind: Literal["run_started"] = "run_started"


@dataclass(frozen=True, slots=True)
class RunResumed:
    """The plan may have been edited meanwhile, so it is stored again.

    accept_loosened: whether it was accepted that the plan asks for less.
    """

    plan_digest: str
    plan_text: str
    settings: dict[str, str]
    environment: dict[str, str]
    fingerprints: dict[str, str]
    accept_loosened: bool = field(default=False, metadata=LATE)
    plan_file: str = field(default="", metadata=LATE)
    kind: Literal["run_resumed"] = "run_resumed"


@dataclass(frozen=True, slots=True)
class ProgressReported:
    """A regular report of progress: how many tasks are settled, and what is running."""

    settled: int
    total: int
    running: tuple[str, ...]
    kind: Literal["progress_reported"] = "progress_reported"


@dataclass(frozen=True, slots=True)
class RunExpected:
    """The expected duration of the rest of the run, when this owner took it.

    seconds: of the wall clock. basis: what that is based on. pace: seconds that a short calculation took on this
    machine. Figures of other machines are scaled by it. each: tasks with their expected seconds. It is empty for a
    plan with many tasks, and in journals of older versions.
    """

    seconds: float
    basis: str
    pace: float
    each: tuple[tuple[str, float], ...] = field(default=(), metadata=LATE)
    kind: Literal["run_expected"] = "run_expected"


@dataclass(frozen=True, slots=True)
class CriterionJudged:
    """One criterion's verdict. metric: as declared when it was judged; None in journals of older versions."""

    verdict: Verdict
    metric: Metric | None = None
    kind: Literal["criterion_judged"] = "criterion_judged"


@dataclass(frozen=True, slots=True)
class RunInterrupted:
    """The run stopped early and can be resumed."""

    reason: str
    kind: Literal["run_interrupted"] = "run_interrupted"


@dataclass(frozen=True, slots=True)
class RunWaits:
    """Nothing is left to do but what people have to answer: the run ends here, and goes on once they have. tasks:
    that wait for them.
    """

    tasks: tuple[str, ...]
    kind: Literal["run_waits"] = "run_waits"


@dataclass(frozen=True, slots=True)
class RunFinished:
    """exit_code: 0 all PASS, 1 a task failed or a criterion FAILed, 3 something UNPROVEN or loosened.

    loosened: what the contract asks less than earlier in the run.
    """

    exit_code: int
    loosened: tuple[Loosened, ...] = field(default=(), metadata=LATE)
    kind: Literal["run_finished"] = "run_finished"

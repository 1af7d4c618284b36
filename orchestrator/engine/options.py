"""What a user can choose for a run: the options of `orchestrate run` and of `orchestrator.run`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Final

from orchestrator.engine.reuse import Asked
from orchestrator.journal.opening import Durability
from orchestrator.records import dataclass
from orchestrator.state.events import Envelope

STATE: Final = Path(".orchestrate")
REPORTS: Final = Path("reports")
USUAL_EXECUTOR: Final = "processes"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run is to be done.

    state, reports: folders, made when missing. jobs: tasks at once, None for as many as the plan's `cpu` allows, or the
    processors. keep_going: after a failure, go on with what does not need it. executor: by name; `processes`,
    `threads`, `inline` and `dask` are ours, and packages bring others (docs/guides/executors.md). executor_settings:
    what that executor alone takes, by name. only, until: tasks or groups; see `orchestrator.engine.selection`. force:
    tasks or groups that run again whatever they came to, "*" for all. reuse: whether what earlier runs of the plan did
    may stand (`orchestrator.engine.reuse`). accept_loosened: where a run is taken up again, that its plan asks for less
    than it did before is accepted; otherwise the exit code is 3 at best. command: argv to show as what repeats the run.
    page: beside the report, write it as an HTML page. told: called with a sentence for people about how the run is
    done, before it begins. listener: told of every event once it is durable. announce: told the summary once everything
    is judged, before the report is written and the page drawn. notice: told what its user should know and no report
    says, in a sentence. notify: variables with the addresses of those who are told of the run, beside those of the
    plan; "NOTIFIER:VARIABLE" names a notifier too. otlp: send the run's spans over OTLP once it has finished; None:
    where OTEL_EXPORTER_OTLP_ENDPOINT is set.
    """

    state: Path = STATE
    reports: Path = REPORTS
    jobs: int | None = None
    keep_going: bool = True
    durability: Durability = "process"
    executor: str = USUAL_EXECUTOR
    executor_settings: Mapping[str, str] = field(default_factory=dict)
    only: Sequence[str] = ()
    until: Sequence[str] = ()
    force: Sequence[str] = ()
    reuse: Asked = "auto"
    accept_loosened: bool = False
    command: tuple[str, ...] = ()
    page: bool = True
    notify: Sequence[str] = ()
    otlp: bool | None = None
    listener: Callable[[Envelope], None] = field(default=lambda _envelope: None)
    told: Callable[[str], None] = field(default=lambda _text: None)
    announce: Callable[[str], None] = field(default=lambda _summary: None)
    notice: Callable[[str], None] = field(default=lambda _text: None)


DEFAULT: Final = RunOptions()

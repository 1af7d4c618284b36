"""The options that several verbs share, each described once."""

from pathlib import Path
from typing import Annotated, Final

from orchestrator.cli import completion
from orchestrator.cli.declared import Argument, Option

STATE: Final = Path(".orchestrate")
REPORTS: Final = Path("reports")


def _state(given: Path | None) -> Path | None:
    from orchestrator.cli.home import found_state  # noqa: PLC0415 - it needs these options

    return None if given is None else found_state(given)


PlanFile = Annotated[Path, Argument(metavar="PLAN", help="The plan, a YAML file.", show_default=False)]
RunName = Annotated[
    str | None,
    Argument(
        metavar="RUN",
        help="A run's id, or its beginning. Default: the latest run.",
        show_default=False,
        autocompletion=completion.runs,
    ),
]
RunOrBundle = Annotated[
    str | None,
    Argument(
        metavar="RUN|BUNDLE",
        help="A run's id, its beginning, or the path of a bundle. Default: the latest run.",
        show_default=False,
        autocompletion=completion.runs,
    ),
]
Junit = Annotated[
    Path | None,
    Option("--junit", metavar="FILE", help="Also write the verdicts to this file, as JUnit XML.", show_default=False),
]
State = Annotated[
    Path,
    Option(
        "--state",
        metavar="DIR",
        readable=False,
        callback=_state,
        help="The folder of journal, logs and artifacts. By default, also that of the project around this folder.",
    ),
]  # whether it can be read is said by who opens it, with the mend
Reports = Annotated[
    Path,
    Option("--reports", metavar="DIR", readable=False, help="The folder for the report."),
]
Settings = Annotated[
    list[str] | None,
    Option("--set", metavar="NAME=VALUE", help="Set one of the plan's params. Repeatable.", show_default=False),
]
Json = Annotated[bool, Option("--json", help="Print JSON.")]
JsonFormat = Annotated[bool, Option("--json", help="The same as -f json.")]
Output = Annotated[
    Path | None, Option("-o", "--output", metavar="FILE", help="Write to this file instead.", show_default=False)
]

Jobs = Annotated[
    int | None,
    Option(
        "-j",
        "--jobs",
        min=1,
        max=1024,
        help="Run at most this many tasks at once. Default: one per processor.",
        show_default=False,
    ),
]
KeepGoing = Annotated[
    bool,
    Option(
        "-k/ ",
        "--keep-going/--fail-fast",
        help="After a failure, continue with tasks that do not need the failed one (default), or start no more tasks.",
        show_default=False,
    ),
]
Durability = Annotated[
    str,
    Option(
        "--durability",
        metavar="LEVEL",
        autocompletion=completion.among("process", "power"),
        help="What finished tasks survive: process, a crash; power, a power cut.",
    ),
]
ExecutorName = Annotated[
    str,
    Option(
        "--executor",
        metavar="NAME",
        autocompletion=completion.offered("orchestrator.executors"),
        help="What carries out the tasks: [orchestrator.executors].",
    ),
]
Page = Annotated[
    bool,
    Option("--page/--no-page", help="Write an HTML page beside the report."),
]
JsonStream = Annotated[bool, Option("--json", help="Print every event as a line of JSON, and no summary or progress.")]
Quiet = Annotated[bool, Option("-q", "--quiet", help="Print the summary only, and no progress.")]
NoColor = Annotated[bool, Option("--no-color", help="Print without colours, as the variable NO_COLOR does.")]
Only = Annotated[
    list[str] | None,
    Option(
        "--only",
        metavar="NAME",
        autocompletion=completion.parts,
        help="Run only this task or group, and what it needs. Repeatable.",
        show_default=False,
    ),
]
Until = Annotated[
    list[str] | None,
    Option(
        "--until",
        metavar="NAME",
        autocompletion=completion.parts,
        help="Run nothing below this task or group. Repeatable.",
        show_default=False,
    ),
]
Force = Annotated[
    list[str] | None,
    Option(
        "--force",
        metavar="[NAME]",
        show_default=False,
        autocompletion=completion.parts,
        help="Run this task or group again, and all below it; without a name, everything. Repeatable.",
    ),
]
AcceptLoosened = Annotated[
    bool,
    Option(
        "--accept-loosened",
        help="Accept that the plan now asks for less than before. Without this, the exit code is then 3 at best.",
    ),
]
Explain = Annotated[
    bool, Option("--explain", help="First say whether each task will run, and why. With -n, say only that.")
]
Reuse = Annotated[
    str | None,
    Option(
        "--reuse",
        metavar="WHAT",
        show_default=False,
        autocompletion=completion.among("auto", "all", "none"),
        help="Reuse results of earlier runs with the same code, inputs and parameters. auto: of tasks that recorded no "
        "measurements; all: also measurements; none. Default: auto; with --new, none.",
    ),
]
ExecutorSettings = Annotated[
    list[str] | None,
    Option(
        "--executor-set",
        metavar="NAME=VALUE",
        show_default=False,
        help="Set an option of the executor. Repeatable.",
    ),
]
Scheduler = Annotated[
    str | None,
    Option(
        "--scheduler",
        metavar="ADDRESS",
        show_default=False,
        help="For dask: the scheduler's address, as tcp://host:8786. Default: a cluster on this machine.",
    ),
]
Store = Annotated[
    str | None,
    Option(
        "--store",
        metavar="URL",
        show_default=False,
        help="For dask: the folder or URL through which artifacts travel. Default: `store` in the state folder.",
    ),
]
ClusterWait = Annotated[
    str | None,
    Option(
        "--cluster-wait",
        metavar="DURATION",
        show_default=False,
        help="For dask: how long to wait for a cluster that went away, before the run ends with exit code 4 and can be "
        "resumed. Default: 60s.",
    ),
]
Notify = Annotated[
    list[str] | None,
    Option(
        "--notify",
        metavar="VARIABLE",
        show_default=False,
        help="Notify the address in this variable of the run (slack://, mailto://, json://). NOTIFIER:VARIABLE uses "
        "another package's notifier. Repeatable.",
    ),
]
Otlp = Annotated[
    bool | None,
    Option(
        "--otlp/--no-otlp",
        show_default=False,
        help="Send the run's spans over OTLP when it has finished. Default: if OTEL_EXPORTER_OTLP_ENDPOINT is set.",
    ),
]

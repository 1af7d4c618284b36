"""The options that several verbs share, each described once."""

from pathlib import Path
from typing import Annotated, Final

import typer

from orchestrator.cli import completion

STATE: Final = Path(".orchestrate")
REPORTS: Final = Path("reports")


def _state(given: Path | None) -> Path | None:
    from orchestrator.cli.home import found_state  # noqa: PLC0415 - it needs these options

    return None if given is None else found_state(given)


PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="The plan, a YAML file.", show_default=False)]
RunName = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN",
        help="A run's id or the beginning of one; the latest run unless given.",
        show_default=False,
        autocompletion=completion.runs,
    ),
]
RunOrBundle = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN|BUNDLE",
        help="A run's id or the beginning of one, or the path of a bundle; the latest run unless given.",
        show_default=False,
        autocompletion=completion.runs,
    ),
]
Junit = Annotated[
    Path | None,
    typer.Option("--junit", metavar="FILE", help="Write the verdicts there as JUnit XML too.", show_default=False),
]
State = Annotated[
    Path,
    typer.Option(
        "--state",
        metavar="DIR",
        readable=False,
        callback=_state,
        help="The folder of journal, logs and artifacts; unless given, also that of the project around this folder.",
    ),
]  # whether it can be read is said by who opens it, with the mend
Reports = Annotated[
    Path,
    typer.Option("--reports", metavar="DIR", readable=False, help="The folder that the report is written to."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set one of the plan's params; repeatable.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
JsonFormat = Annotated[bool, typer.Option("--json", help="The same as -f json.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file instead.", show_default=False)
]

Jobs = Annotated[
    int | None,
    typer.Option(
        "-j",
        "--jobs",
        min=1,
        max=1024,
        help="At most this many tasks at once; one per processor unless given.",
        show_default=False,
    ),
]
KeepGoing = Annotated[
    bool,
    typer.Option(
        "-k/ ",
        "--keep-going/--fail-fast",
        help="After a failure, go on with what does not need it (as unless told), or start nothing more.",
        show_default=False,
    ),
]
Durability = Annotated[
    str,
    typer.Option(
        "--durability",
        metavar="LEVEL",
        autocompletion=completion.among("process", "power"),
        help="process: what is finished survives a crash; power: a power cut.",
    ),
]
ExecutorName = Annotated[
    str,
    typer.Option(
        "--executor",
        metavar="NAME",
        autocompletion=completion.offered("orchestrator.executors"),
        help="By what tasks are carried out: [orchestrator.executors].",
    ),
]
Page = Annotated[
    bool,
    typer.Option("--page/--no-page", help="Write an HTML page beside the report."),
]
JsonStream = Annotated[
    bool, typer.Option("--json", help="Print every event as a line of JSON, and no summary or progress.")
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress; the summary only.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours; the variable NO_COLOR does the same.")]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="NAME",
        autocompletion=completion.parts,
        help="Only this task or group and what it needs; repeatable.",
        show_default=False,
    ),
]
Until = Annotated[
    list[str] | None,
    typer.Option(
        "--until",
        metavar="NAME",
        autocompletion=completion.parts,
        help="Nothing that lies below this task or group; repeatable.",
        show_default=False,
    ),
]
Force = Annotated[
    list[str] | None,
    typer.Option(
        "--force",
        metavar="[NAME]",
        show_default=False,
        autocompletion=completion.parts,
        help="Run this task or group again, and what lies below it; all where none is named; repeatable.",
    ),
]
AcceptLoosened = Annotated[
    bool,
    typer.Option(
        "--accept-loosened",
        help="Going on with a plan that asks for less than before is meant; unless given, that ends with 3 at best.",
    ),
]
Explain = Annotated[
    bool, typer.Option("--explain", help="Say first what is done with each task, and why; with -n, only that.")
]
Reuse = Annotated[
    str | None,
    typer.Option(
        "--reuse",
        metavar="WHAT",
        show_default=False,
        autocompletion=completion.among("auto", "all", "none"),
        help="Of earlier runs with the same code, inputs and parameters: auto, what measured nothing (unless told, or "
        "--new); all, measurements too; none.",
    ),
]
ExecutorSettings = Annotated[
    list[str] | None,
    typer.Option(
        "--executor-set",
        metavar="NAME=VALUE",
        show_default=False,
        help="Set what the executor alone takes; repeatable.",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        show_default=False,
        help="As --executor-set scheduler=ADDRESS, for dask: tcp://host:8786; a cluster on this machine unless given.",
    ),
]
Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        show_default=False,
        help="As --executor-set store=URL, for dask: the folder or URL that artifacts travel by; `store` in the state "
        "folder unless given.",
    ),
]
ClusterWait = Annotated[
    str | None,
    typer.Option(
        "--cluster-wait",
        metavar="DURATION",
        show_default=False,
        help="As --executor-set cluster-wait=DURATION, for dask: wait so long (60s unless given) for a cluster that "
        "went away, then end with exit code 4; the run can be resumed.",
    ),
]
Notify = Annotated[
    list[str] | None,
    typer.Option(
        "--notify",
        metavar="VARIABLE",
        show_default=False,
        help="Tell of the run at the address that this variable holds (slack://, mailto://, json://); "
        "NOTIFIER:VARIABLE by another package's; repeatable.",
    ),
]
Otlp = Annotated[
    bool | None,
    typer.Option(
        "--otlp/--no-otlp",
        show_default=False,
        help="Send the run's spans over OTLP once it has finished; unless told, where OTEL_EXPORTER_OTLP_ENDPOINT is "
        "set.",
    ),
]

"""Parameters of the verbs about past and running runs. Their implementations are imported on use."""

# ruff: noqa: PLC0415 - see above

from pathlib import Path
from typing import Annotated

from orchestrator.cli import completion
from orchestrator.cli.declared import Argument, Option
from orchestrator.cli.options import (
    STATE,
    Json,
    JsonStream,
    Junit,
    NoColor,
    Output,
    RunName,
    RunOrBundle,
    State,
)


def status(
    run: RunName = None,
    *,
    everything: Annotated[
        bool, Option("-a", "--all", help="Print a line for each task, even if they do not fit on the screen.")
    ] = False,
    json: Json = False,
    state: State = STATE,
) -> None:
    """Show the state of a run: first what failed, and why.

    It then shows running tasks, the workstreams, and the criteria with figures and targets.
    """
    from orchestrator.cli.status import show_status

    show_status(state, run, as_data=json, everything=everything)


def logs(  # noqa: PLR0913 - one parameter for each option
    names: Annotated[
        list[str] | None,
        Argument(
            metavar="RUN|TASK",
            help="A run, a task as GROUP.task, or both.",
            show_default=False,
            autocompletion=completion.runs_and_tasks,
        ),
    ] = None,
    *,
    attempt: Annotated[
        int | None, Option("--attempt", min=1, help="Which attempt. Default: the latest.", show_default=False)
    ] = None,
    tail: Annotated[
        int | None,
        Option(
            "-n", "--tail", min=1, max=1_000_000, help="Print only this many lines from the end.", show_default=False
        ),
    ] = None,
    follow: Annotated[
        bool, Option("-f", "--follow", help="Print more as it comes, until the task or run has ended.")
    ] = False,
    json: Json = False,
    state: State = STATE,
) -> None:
    """Show what a task printed, or all that happened in a run."""
    from orchestrator.cli.logs import follow_logs, show_logs

    if follow:
        follow_logs(state, names or [], attempt, as_data=json)
        return
    show_logs(state, names or [], attempt, tail, as_data=json)


def watch(
    run: RunName = None,
    *,
    json: JsonStream = False,
    no_color: NoColor = False,
    state: State = STATE,
) -> int:
    """Follow a live run, as in the terminal that started it.

    It ends with the run, and with its exit code: 130 if the run was interrupted.
    """
    from orchestrator.cli.progress import Telling
    from orchestrator.cli.watch import watch_run

    return watch_run(state, run, Telling(as_json=json, color=not no_color))


def history(
    *,
    metric: Annotated[
        str | None,
        Option(
            "--metric",
            metavar="NAME",
            help="Show this metric over the runs, with a plot.",
            show_default=False,
            autocompletion=completion.metrics,
        ),
    ] = None,
    task: Annotated[
        str | None,
        Option(
            "--task",
            metavar="GROUP.TASK",
            help="With --metric: only as this task measured it.",
            show_default=False,
            autocompletion=completion.tasks,
        ),
    ] = None,
    json: Json = False,
    state: State = STATE,
) -> None:
    """List the runs, the oldest first, or one metric over the runs."""
    from orchestrator.cli.history import show_history
    from orchestrator.cli.metric_history import show_metric

    if metric is None:
        show_history(state, as_data=json)
    else:
        show_metric(state, metric, task, as_data=json)


def compare(
    before: Annotated[
        str,
        Argument(metavar="RUN", help="The run to compare with.", show_default=False, autocompletion=completion.runs),
    ],
    after: RunName = None,
    *,
    level: Annotated[
        float, Option("--level", min=0.5, max=0.9999, help="Confidence of each difference's interval.")
    ] = 0.99,
    json: Json = False,
    state: State = STATE,
) -> int:
    """Show what got worse and what got better between runs.

    It compares metric by metric, with intervals.

    The exit code is 1 if a verdict or a metric got worse.
    """
    from orchestrator.cli.compare import compare_named

    return compare_named(state, before, after, level, as_data=json)


def report(  # noqa: PLR0913 - one parameter for each option
    run: RunName = None,
    *,
    style: Annotated[
        str,
        Option(
            "-f",
            "--format",
            metavar="FORMAT",
            help="One of [orchestrator.report_formats]. times: how long the tasks took; github: a job's summary.",
            autocompletion=completion.offered("orchestrator.report_formats"),
        ),
    ] = "markdown",
    group: Annotated[
        str | None,
        Option(
            "--group",
            metavar="NAME",
            help="Only this workstream or stage, in a format that can do that (markdown, json).",
            show_default=False,
            autocompletion=completion.groups,
        ),
    ] = None,
    full: Annotated[
        bool, Option("--full", help="Print everything in one Markdown text, not only the first screen.")
    ] = False,
    reports: Annotated[
        Path | None,
        Option(
            "--reports",
            metavar="DIR",
            readable=False,
            help="Write every file that the run wrote to this folder: the report, its parts and its page.",
            show_default=False,
        ),
    ] = None,
    output: Output = None,
    junit: Junit = None,
    json: Json = False,
    state: State = STATE,
) -> None:
    """Render a run's report again from its journal.

    It prints the first screen: what failed or is unproven, what to do about it, and all criteria. Its links lead to
    the parts that the run wrote. --full prints everything in one text, and --group one part.
    """
    from orchestrator.cli.report import Wanted, show_report

    show_report(state, run, Wanted("json" if json else style, group, full, reports, output, junit))


def serve(
    *,
    port: Annotated[int, Option("--port", min=0, max=65535, help="The port; 0 takes any free one.")] = 8765,
    state: State = STATE,
    agent: Annotated[
        list[str] | None,
        Option(
            "--agent",
            metavar="NAME",
            help="Also let this agent of a plan take tasks over MCP; its token is shown once.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[bool, Option("--json", help="Print the address as one line of JSON.")] = False,
) -> None:
    """Show running and past runs in the browser, live.

    The server listens on 127.0.0.1 and answers to local names, so only this machine can reach it.
    """
    from orchestrator.cli.serve import serve as serve_pages

    serve_pages(state, port, agent or [], as_data=json)


def export(  # noqa: PLR0913 - one parameter for each option
    run: RunName = None,
    *,
    output: Output = None,
    junit: Junit = None,
    key: Annotated[
        Path | None,
        Option("--key", metavar="FILE", help="Sign it with this private Ed25519 key (PEM).", show_default=False),
    ] = None,
    otlp: Annotated[
        bool,
        Option("--otlp", help="Send it as spans to OTEL_EXPORTER_OTLP_ENDPOINT, and write no file."),
    ] = False,
    json: Json = False,
    state: State = STATE,
) -> None:
    """Write a run with all its evidence as one file.

    Anybody can check it anywhere, offline.

    It is a tar file of plan, events, evidence, artifacts, in-toto statements and report. Default name: the run's.
    """
    from orchestrator.cli.export import export_otlp, export_run

    if otlp:
        export_otlp(state, run, {"--output": output, "--junit": junit, "--key": key}, as_data=json)
        return
    export_run(state, run, output, junit, key, as_data=json)


def verify(
    run: RunOrBundle = None,
    *,
    key: Annotated[
        Path | None,
        Option(
            "--key", metavar="FILE", help="A bundle must be signed with this Ed25519 key (PEM).", show_default=False
        ),
    ] = None,
    json: Json = False,
    state: State = STATE,
) -> int:
    """Judge again from the stored evidence, and check every file.

    In a run, it checks every artifact by its sha256; in a bundle, every byte.
    """
    from orchestrator.cli.verify import verify_named

    return verify_named(state, run, key, as_data=json)

"""What the verbs about runs take. What they do is imported when they are used, so that `--help` stays fast."""

# ruff: noqa: PLC0415 - see above

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.cli import completion
from orchestrator.cli.options import (
    REPORTS,
    STATE,
    AcceptLoosened,
    ClusterWait,
    Durability,
    ExecutorName,
    ExecutorSettings,
    Explain,
    Force,
    Jobs,
    Json,
    JsonStream,
    Junit,
    KeepGoing,
    NoColor,
    Notify,
    Only,
    Otlp,
    Output,
    Page,
    PlanFile,
    Quiet,
    Reports,
    Reuse,
    RunName,
    RunOrBundle,
    Scheduler,
    Settings,
    State,
    Store,
    Until,
)

if TYPE_CHECKING:
    from orchestrator.engine.options import RunOptions


def run(  # noqa: PLR0913 - one parameter for each option
    plan: PlanFile,
    *,
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Show what would run, and start nothing.")] = False,
    jobs: Jobs = None,
    keep_going: KeepGoing = True,
    only: Only = None,
    until: Until = None,
    force: Force = None,
    accept_loosened: AcceptLoosened = False,
    explain: Explain = False,
    reuse: Reuse = None,
    new: Annotated[bool, typer.Option("--new", help="Start a new run, even if an earlier one did not finish.")] = False,
    settings: Settings = None,
    state: State = STATE,
    reports: Reports = REPORTS,
    durability: Durability = "process",
    executor: ExecutorName = "processes",
    executor_settings: ExecutorSettings = None,
    scheduler: Scheduler = None,
    store: Store = None,
    cluster_wait: ClusterWait = None,
    page: Page = True,
    notify: Notify = None,
    otlp: Otlp = None,
    json: JsonStream = False,
    quiet: Quiet = False,
    no_color: NoColor = False,
    junit: Junit = None,
) -> int:
    """Run a plan, judge its criteria and write the report.

    The same command continues an interrupted run. Finished tasks do not run again.
    """
    from orchestrator.cli.home import go_to_project
    from orchestrator.cli.progress import Telling
    from orchestrator.cli.run import run_plan
    from orchestrator.cli.settings import parse_executor_settings

    junit = junit and junit.absolute()
    plan, state, reports = go_to_project(plan, state, reports)
    options = _options(
        state=state, reports=reports, jobs=jobs, keep_going=keep_going, durability=durability, executor=executor,
        page=page,
        only=tuple(only or ()), until=tuple(until or ()), reuse=reuse or ("none" if new else "auto"),
        force=tuple(force or ()), accept_loosened=accept_loosened,
        executor_settings=parse_executor_settings(executor_settings or [], {"scheduler": scheduler, "store": store,
        "cluster-wait": cluster_wait}),
        notify=tuple(notify or ()), otlp=otlp,
    )  # fmt: skip
    if dry_run:
        from orchestrator.cli.foretell import foretell

        foretell(plan, settings or [], options, Telling(as_json=json, explain=explain), new=new)
        return 0
    telling = Telling(as_json=json, quiet=quiet, color=not no_color, explain=explain)
    return run_plan(plan, settings or [], options, telling, new=new, junit=junit)


def resume(  # noqa: PLR0913 - one parameter for each option
    run: RunName = None,
    *,
    jobs: Jobs = None,
    keep_going: KeepGoing = True,
    force: Force = None,
    accept_loosened: AcceptLoosened = False,
    explain: Explain = False,
    state: State = STATE,
    reports: Reports = REPORTS,
    durability: Durability = "process",
    executor: ExecutorName = "processes",
    executor_settings: ExecutorSettings = None,
    scheduler: Scheduler = None,
    store: Store = None,
    cluster_wait: ClusterWait = None,
    page: Page = True,
    notify: Notify = None,
    otlp: Otlp = None,
    json: JsonStream = False,
    quiet: Quiet = False,
    no_color: NoColor = False,
    junit: Junit = None,
) -> int:
    """Resume the latest unfinished run, or the one named.

    Finished tasks do not run again, unless the plan or their code changed. In a finished run, the failed tasks run
    again.
    """
    from orchestrator.cli.home import go_to_project
    from orchestrator.cli.progress import Telling
    from orchestrator.cli.resume import resume as carry_on
    from orchestrator.cli.settings import parse_executor_settings

    junit = junit and junit.absolute()
    _, state, reports = go_to_project(Path(), state, reports)
    options = _options(
        state=state, reports=reports, jobs=jobs, keep_going=keep_going, durability=durability, executor=executor,
        page=page,
        force=tuple(force or ()), accept_loosened=accept_loosened,
        executor_settings=parse_executor_settings(executor_settings or [], {"scheduler": scheduler, "store": store,
        "cluster-wait": cluster_wait}),
        notify=tuple(notify or ()), otlp=otlp,
    )  # fmt: skip
    telling = Telling(as_json=json, quiet=quiet, color=not no_color, explain=explain)
    return carry_on(run, options, telling, junit=junit)


def cancel(
    run: RunName = None,
    *,
    wait: Annotated[
        float, typer.Option("--wait", min=0, max=86400, metavar="SECONDS", help="How long to wait for its end.")
    ] = 30,
    json: Json = False,
    state: State = STATE,
) -> None:
    """Stop a run. It can be resumed."""
    from orchestrator.cli.cancel import cancel_run

    cancel_run(state, run, wait, as_data=json)


def status(
    run: RunName = None,
    *,
    everything: Annotated[
        bool, typer.Option("-a", "--all", help="Print a line for each task, even if they do not fit on the screen.")
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
        typer.Argument(
            metavar="RUN|TASK",
            help="A run, a task as GROUP.task, or both.",
            show_default=False,
            autocompletion=completion.runs_and_tasks,
        ),
    ] = None,
    *,
    attempt: Annotated[
        int | None, typer.Option("--attempt", min=1, help="Which attempt. Default: the latest.", show_default=False)
    ] = None,
    tail: Annotated[
        int | None,
        typer.Option(
            "-n", "--tail", min=1, max=1_000_000, help="Print only this many lines from the end.", show_default=False
        ),
    ] = None,
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="Print more as it comes, until the task or run has ended.")
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
        typer.Option(
            "--metric",
            metavar="NAME",
            help="Show this metric over the runs, with a plot.",
            show_default=False,
            autocompletion=completion.metrics,
        ),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(
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
        typer.Argument(
            metavar="RUN", help="The run to compare with.", show_default=False, autocompletion=completion.runs
        ),
    ],
    after: RunName = None,
    *,
    level: Annotated[
        float, typer.Option("--level", min=0.5, max=0.9999, help="Confidence of each difference's interval.")
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
        typer.Option(
            "-f",
            "--format",
            metavar="FORMAT",
            help="One of [orchestrator.report_formats]. times: how long the tasks took; github: a job's summary.",
            autocompletion=completion.offered("orchestrator.report_formats"),
        ),
    ] = "markdown",
    group: Annotated[
        str | None,
        typer.Option(
            "--group",
            metavar="NAME",
            help="Only this workstream or stage, in a format that can do that (markdown, json).",
            show_default=False,
            autocompletion=completion.groups,
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Print everything in one Markdown text, not only the first screen.")
    ] = False,
    reports: Annotated[
        Path | None,
        typer.Option(
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
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes any free one.")] = 8765,
    state: State = STATE,
    agent: Annotated[
        list[str] | None,
        typer.Option(
            "--agent",
            metavar="NAME",
            help="Also let this agent of a plan take tasks over MCP; its token is shown once.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the address as one line of JSON.")] = False,
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
        typer.Option("--key", metavar="FILE", help="Sign it with this private Ed25519 key (PEM).", show_default=False),
    ] = None,
    otlp: Annotated[
        bool,
        typer.Option("--otlp", help="Send it as spans to OTEL_EXPORTER_OTLP_ENDPOINT, and write no file."),
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
        typer.Option(
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


def _options(**chosen: Any) -> "RunOptions":  # noqa: ANN401 - the fields of RunOptions, checked there
    from orchestrator.engine.options import RunOptions

    return RunOptions(**chosen)

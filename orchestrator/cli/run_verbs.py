"""Parameters of the verbs that start, continue and stop a run. Their implementations are imported on use."""

# ruff: noqa: PLC0415 - see above

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from orchestrator.cli.declared import Option
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
    Page,
    PlanFile,
    Quiet,
    Reports,
    Reuse,
    RunName,
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
    dry_run: Annotated[bool, Option("-n", "--dry-run", help="Show what would run, and start nothing.")] = False,
    jobs: Jobs = None,
    keep_going: KeepGoing = True,
    only: Only = None,
    until: Until = None,
    force: Force = None,
    accept_loosened: AcceptLoosened = False,
    explain: Explain = False,
    reuse: Reuse = None,
    new: Annotated[bool, Option("--new", help="Start a new run, even if an earlier one did not finish.")] = False,
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

    junit = junit and junit.absolute()
    plan, state, reports = go_to_project(plan, state, reports)
    if executor == "processes" and not dry_run:
        from orchestrator.executors.launch import have_ready

        have_ready()  # it starts while what follows is loaded
    from orchestrator.cli.progress import Telling
    from orchestrator.cli.run import run_plan
    from orchestrator.cli.settings import parse_executor_settings

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
        float, Option("--wait", min=0, max=86400, metavar="SECONDS", help="How long to wait for its end.")
    ] = 30.0,
    json: Json = False,
    state: State = STATE,
) -> None:
    """Stop a run. It can be resumed."""
    from orchestrator.cli.cancel import cancel_run

    cancel_run(state, run, wait, as_data=json)


def _options(**chosen: Any) -> "RunOptions":  # noqa: ANN401 - the fields of RunOptions, checked there
    from orchestrator.engine.options import RunOptions

    return RunOptions(**chosen)

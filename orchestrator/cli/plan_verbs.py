"""Parameters of the verbs about a plan. Their implementations are imported on use, so `--help` stays fast."""

# ruff: noqa: PLC0415 - see above

from pathlib import Path
from typing import Annotated

from orchestrator.cli import completion
from orchestrator.cli.declared import Argument, Option
from orchestrator.cli.options import STATE, Json, JsonFormat, Output, PlanFile, Settings, State


def init(
    path: Annotated[
        Path, Argument(metavar="FOLDER|PLAN", help="A folder for a project, or a .yaml file for a plan alone.")
    ] = Path("my-plan"),
    *,
    json: Json = False,
) -> None:
    """Write a first plan with a runner of its own and a test.

    The project runs as it is. Given the name of a .yaml file, it writes a plan of shell commands alone.
    """
    from orchestrator.cli.init import scaffold

    scaffold(path, as_data=json)


def import_(  # noqa: PLR0913 - one parameter for each option
    file: Annotated[
        Path | None,
        Argument(
            metavar="FILE",
            help="A Markdown document, task-master's tasks.json, a WfCommons instance (.json), a PSPLIB problem "
            "(.sm), or what a package reads. With --agents, a plan.",
            show_default=False,
        ),
    ] = None,
    *,
    agents: Annotated[
        Path | None,
        Option(
            "--agents",
            metavar="DIR",
            help="Fill the plan's agents from the agent files of a folder, such as .github/agents or .claude/agents.",
            show_default=False,
        ),
    ] = None,
    importer: Annotated[
        str | None,
        Option(
            "--from",
            metavar="NAME",
            help="Use this importer, whatever the file looks like: [orchestrator.importers].",
            show_default=False,
            autocompletion=completion.offered("orchestrator.importers"),
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        Option("--set", metavar="NAME=VALUE", help="Set an option of the importer. Repeatable.", show_default=False),
    ] = None,
    tag: Annotated[
        str | None,
        Option("--tag", metavar="TAG", help="For a task-master file: read only the list with this tag."),
    ] = None,
    driver: Annotated[
        str | None,
        Option(
            "--driver",
            metavar="NAME",
            show_default=False,
            help="Let agents do the tasks, by this driver (acp, command): each task becomes a brief.",
        ),
    ] = None,
    program: Annotated[
        str | None,
        Option("--program", metavar="COMMAND", help="With --driver: the agents' program.", show_default=False),
    ] = None,
    writes: Annotated[
        list[str] | None,
        Option(
            "--writes",
            metavar="PATTERN",
            show_default=False,
            help="With --driver: files that a hand-in may change. Default: all files. Repeatable.",
        ),
    ] = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Make a plan from a work breakdown in another format.

    It reports what it did not understand, what it had to interpret, and contradictions, each with its line. The last
    line says how many lines are in the plan, in notes, and prose. Only the plan's runners are missing. With --driver,
    its tasks are briefs for agents, and it lists the criteria that nothing measures yet.
    """
    if agents is not None:
        from orchestrator.cli.importing_agents import import_agents

        import_agents(agents, file, output, as_data=json)
        return
    if file is None:
        from orchestrator.cli.faults import UsageError

        raise UsageError("nothing to import\n  mend: name a file, or a folder of agent files with --agents")
    from orchestrator.cli.importing import Reading, import_plan, workers_of
    from orchestrator.cli.settings import parse_settings

    given = parse_settings(settings or []) | ({} if tag is None else {"tag": tag})
    reading = Reading(importer, given, workers_of(driver, program, writes or ()))
    import_plan(file, output, reading, as_data=json)


def validate(
    plan: PlanFile,
    *,
    settings: Settings = None,
    beside: Annotated[
        bool, Option("--beside", help="Use the runners of the project that holds the plan, installed or not.")
    ] = False,
    json: Json = False,
) -> int:
    """Check a plan. Report every problem, with its place and mend."""
    from orchestrator.cli.validate import check_plan_file

    return check_plan_file(plan, settings or [], as_data=json, beside=beside)


def graph(
    plan: PlanFile,
    *,
    style: Annotated[
        str,
        Option(
            "-f",
            "--format",
            metavar="FORMAT",
            help="mermaid, dot, svg or json.",
            autocompletion=completion.among("mermaid", "dot", "svg", "json"),
        ),
    ] = "mermaid",
    output: Output = None,
    settings: Settings = None,
    json: JsonFormat = False,
) -> None:
    """Draw the plan's graph, with the critical path marked."""
    from orchestrator.cli.graph import draw_graph

    draw_graph(plan, settings or [], "json" if json else style, output)


def schedule(  # noqa: PLR0913 - one parameter for each option
    plan: PlanFile,
    *,
    optimize: Annotated[
        bool, Option("--optimize", help="Look for a shorter schedule, and print a lower bound.")
    ] = False,
    time_limit: Annotated[
        str, Option("--time-limit", metavar="DURATION", help="How long to look for one, such as 10s.")
    ] = "10s",
    settings: Settings = None,
    state: State = STATE,
    json: Json = False,
) -> None:
    """Forecast a run: times, slack, critical path, load.

    It uses estimates and capacities. One line says what earlier runs in the state folder took. It starts nothing. With
    --optimize, a genetic search levels agents and resources. If the extra `schedule` is installed, OR-tools CP-SAT
    searches too.
    """
    from orchestrator.cli.schedule import show_schedule

    show_schedule(plan, settings or [], state, as_data=json, optimize=optimize, limit=time_limit)


def diff(
    old: Annotated[
        str,
        Argument(
            metavar="OLD",
            help="A plan file, REVISION:PATH, or a revision of NEW. Alone: a file to compare with HEAD.",
            show_default=False,
        ),
    ],
    new: Annotated[
        str | None, Argument(metavar="NEW", help="A plan file or REVISION:PATH.", show_default=False)
    ] = None,
    *,
    style: Annotated[
        str,
        Option(
            "-f",
            "--format",
            metavar="FORMAT",
            help="text, markdown or json.",
            autocompletion=completion.among("text", "markdown", "json"),
        ),
    ] = "text",
    output: Output = None,
    json: JsonFormat = False,
) -> int:
    """Show what a change of a plan means, loosened parts first.

    Loosened targets, removed criteria and removed dependencies come first. Then come all other changes, and the
    critical path before and after. The exit code is 1 if the new plan asks for less than the old one, else 0.
    """  # fmt: skip
    from orchestrator.cli.diff import show_diff

    return show_diff(old, new, "json" if json else style, output)


def schema(
    *,
    output: Output = None,
    json: Annotated[bool, Option("--json", help="The output is always JSON.")] = False,  # noqa: ARG001 - every verb takes it
) -> None:
    """Print the JSON Schema of plans, for editors."""
    from orchestrator.cli.schema import show_schema

    show_schema(output)


def doctor(*, state: State = STATE, json: Json = False) -> int:
    """Check this machine: what would fail here, and the mend.

    It checks Python, git, cores, disk, limits, the clock, a sandbox, Chromium and the extras. It asks each agent on
    PATH which version of ACP it speaks. It installs, changes and spends nothing. The exit code is 4 if runs would fail
    here.
    """
    from orchestrator.cli.doctor import show_doctor

    return show_doctor(state, as_data=json)

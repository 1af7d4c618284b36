"""A verb for `orchestrate`: the tasks of a run that took longest."""

from typing import Annotated

import typer


def longest(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="Default: the latest run.")] = None,
    *,
    most: Annotated[int, typer.Option("--most", min=1, help="How many tasks.")] = 3,
    state: Annotated[str, typer.Option("--state", metavar="DIR", help="The state folder.")] = ".orchestrate",
) -> int:
    """Show the tasks that took longest."""
    from orchestrator import Runs  # imported here, so that `orchestrate --help` stays quick

    runs = Runs(state)
    tasks = runs.state(run or runs.latest).tasks.values()
    for task in sorted(tasks, key=lambda task: -(task.seconds or 0.0))[:most]:
        print(f"{task.seconds or 0.0:8.2f} s  {task.id}")
    return 0

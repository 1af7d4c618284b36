"""What a shell completes: executors and formats, runs of the state folder, and tasks, groups and metrics of a plan.
Never fails.

The plan is the one on the command line, or else that of the latest run. After an error, nothing is completed.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typer import Context

    from orchestrator.plan.model import Plan  # pydantic, which takes longer than all the rest of `--help`

Complete = Callable[["Context", str], list[str]]


def among(*words: str) -> Complete:
    """Completes one of the words."""

    def complete(ctx: "Context", incomplete: str) -> list[str]:  # noqa: ARG001 - typer's signature
        return _begin(words, incomplete)

    return complete


def offered(group: str) -> Complete:
    """Completes what packages offer by entry points of the group."""

    def complete(ctx: "Context", incomplete: str) -> list[str]:  # noqa: ARG001 - typer's signature
        from orchestrator.extensions import names  # noqa: PLC0415 - only here

        return _begin(names(group), incomplete)

    return complete


def runs(ctx: "Context", incomplete: str) -> list[str]:
    """Runs of the state folder, the latest first."""
    return _begin(reversed(list(_runs(ctx))), incomplete)


def tasks(ctx: "Context", incomplete: str) -> list[str]:
    """Tasks as GROUP.task."""
    return _begin(_tasks(ctx), incomplete)


def groups(ctx: "Context", incomplete: str) -> list[str]:
    """Workstreams and stages."""
    plan = _plan(ctx)
    return _begin(plan.groups if plan else (), incomplete)


def parts(ctx: "Context", incomplete: str) -> list[str]:
    """Groups, and tasks once a group is written: what `--only`, `--until` and `--force` take."""
    return groups(ctx, incomplete) + tasks(ctx, incomplete)


def runs_and_tasks(ctx: "Context", incomplete: str) -> list[str]:
    """What `logs` takes."""
    return tasks(ctx, incomplete) + runs(ctx, incomplete)


def metrics(ctx: "Context", incomplete: str) -> list[str]:
    """Metrics that criteria of the plan ask for, or its tasks declare."""
    plan = _plan(ctx)
    return _begin(sorted(set(_metrics(plan))) if plan else (), incomplete)


def _begin(words: Iterable[str], incomplete: str) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]


def _metrics(plan: "Plan") -> Iterator[str]:
    for group in plan.groups.values():
        yield from (each.metric for each in group.success_criteria)
        yield from (metric.name for task in group.tasks for metric in task.metrics)


def _tasks(ctx: "Context") -> Iterator[str]:
    plan = _plan(ctx)
    for name, group in plan.groups.items() if plan else ():
        yield from (f"{name}.{task.id}" for task in group.tasks)


def _runs(ctx: "Context") -> Iterator[str]:
    with suppress(Exception), _journal(ctx) as journal:
        yield from [run.run for run in journal.runs()]


def _plan(ctx: "Context") -> "Plan | None":
    """The plan of the file on the line, else of the run on it, else of the latest run."""
    from orchestrator.plan.load import parse_plan  # noqa: PLC0415 - only here

    given = ctx.params.get("plan")
    with suppress(Exception):
        if given:
            return parse_plan(Path(given).read_text(encoding="utf-8"), str(given))
    with suppress(Exception), _journal(ctx) as journal:
        from orchestrator.api.stored import plan_of  # noqa: PLC0415 - as above
        from orchestrator.cli.places import find_run  # noqa: PLC0415 - as above

        named = ctx.params.get("run")
        return plan_of(journal, find_run(journal, named if isinstance(named, str) else None).run).plan
    return None


def _journal(ctx: "Context") -> Any:  # noqa: ANN401 - a context manager of a journal
    from orchestrator.cli.home import found_state  # noqa: PLC0415 - as above
    from orchestrator.cli.options import STATE  # noqa: PLC0415 - options need this module
    from orchestrator.cli.places import opened_journal  # noqa: PLC0415 - as above

    return opened_journal(found_state(Path(ctx.params.get("state") or STATE)))

"""`orchestrate schedule`: the forecast of a run from estimates and capacities."""

from collections.abc import Callable
from pathlib import Path

from orchestrator.api.explaining import expectation
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import duration, say, table, tell
from orchestrator.cli.places import as_json
from orchestrator.cli.settings import parse_settings
from orchestrator.engine.options import RunOptions
from orchestrator.environment import install_extra
from orchestrator.graph.load import load_plan
from orchestrator.graph.schedule import AgentLoad, Schedule, TaskForecast, forecast
from orchestrator.graph.view import schedule_view
from orchestrator.levelling import Levelled, level, solver_installed
from orchestrator.plan.values import ValueTextError, parse_duration
from orchestrator.state.events import RunExpected

TASK_COLUMNS = ("task", "agent", "start", "finish", "earliest", "latest", "slack", "")
LOAD_COLUMNS = ("agent", "tasks", "busy", "capacity", "load")


def show_schedule(  # noqa: PLR0913 - one for each option
    path: Path, settings: list[str], state: Path, *, as_data: bool, optimize: bool, limit: str
) -> None:
    """Print the forecast. Runners need not be installed. Raises PlanError, UsageError."""
    loaded = load_plan(path, parse_settings(settings))
    levelled = (
        level(loaded.plan, loaded.graph, _seconds(limit), _progress(limit, as_data=as_data)) if optimize else None
    )
    schedule = forecast(loaded.plan, loaded.graph) if levelled is None else levelled.schedule
    told = expectation(loaded, RunOptions(state=state))
    if as_data:
        say(
            as_json(
                schedule_view(schedule)
                | {"expected": expected_view(told)}
                | (_level_view(levelled) if levelled else {})
            )
        )
    else:
        say("\n".join([schedule_text(schedule), expected_text(told), *(_level_lines(levelled) if levelled else [])]))


def expected_text(told: RunExpected | None) -> str:
    """What a run would take on this machine, in a line."""
    if told is None:
        return "on this machine: neither an estimate nor an earlier run tells how long it takes"
    return f"on this machine: about {duration(told.seconds)} (by {told.basis})"


def expected_view(told: RunExpected | None) -> dict[str, object] | None:
    """The same as plain data."""
    return None if told is None else {"seconds": told.seconds, "basis": told.basis}


def _progress(limit: str, *, as_data: bool) -> Callable[[float], None]:
    """A function that reports each schedule that the search finds, the first one at once."""
    found: list[float] = []

    def told(makespan: float) -> None:
        found.append(makespan)
        more = f"; a shorter one is looked for, for at most {limit}" if len(found) == 1 else ""
        tell(f"found    a schedule of {duration(makespan)}{more}")

    return (lambda _: None) if as_data else told


def _seconds(limit: str) -> float:
    try:
        return parse_duration(limit)
    except ValueTextError as error:
        raise UsageError(f"--time-limit: {error}\n  mend: {error.mend}") from error


def _level_view(levelled: Levelled) -> dict[str, object]:
    return {"method": levelled.method, "lower_bound": levelled.bound, "gap": levelled.gap}


def _level_lines(levelled: Levelled) -> list[str]:
    gap = "proven shortest" if levelled.gap == 0 else f"at most {100 * levelled.gap:.1f} % longer than the shortest"
    hint = "" if solver_installed() else f"; a proof needs the extra: {install_extra('schedule')}"
    return [f"levelled by {levelled.method}: lower bound {duration(levelled.bound)}, {gap}{hint}"]


def schedule_text(schedule: Schedule) -> str:
    """When each task would run, the critical path, and who is how busy."""
    blocks = [
        table(TASK_COLUMNS, map(_task_row, schedule.tasks.values())),
        table(LOAD_COLUMNS, map(_load_row, schedule.load.values())),
        f"critical path, {duration(schedule.length)}: {' → '.join(schedule.critical_path)}",
        f"forecast, with capacities: {duration(schedule.makespan)}",
    ]
    return "\n\n".join(blocks)


def _task_row(one: TaskForecast) -> tuple[str, ...]:
    times = (one.start, one.finish, one.earliest_start, one.latest_start, one.slack)
    return one.task, one.agent, *map(duration, times), "critical" if one.critical else ""


def _load_row(one: AgentLoad) -> tuple[str, ...]:
    return one.agent, str(one.tasks), duration(one.busy), str(one.capacity), f"{100 * one.share:.0f} %"

"""`orchestrate schedule`: the forecast of a run from estimates and capacities."""

from pathlib import Path

from orchestrator.cli.output import duration, say, table
from orchestrator.cli.places import as_json
from orchestrator.cli.settings import parse_settings
from orchestrator.graph.load import load_plan
from orchestrator.graph.schedule import AgentLoad, Schedule, TaskForecast, forecast
from orchestrator.graph.view import schedule_view

TASK_COLUMNS = ("task", "agent", "start", "finish", "earliest", "latest", "slack", "")
LOAD_COLUMNS = ("agent", "tasks", "busy", "capacity", "load")


def show_schedule(path: Path, settings: list[str], *, as_data: bool) -> None:
    """Print the forecast. Runners need not be installed. Raises PlanError, UsageError."""
    loaded = load_plan(path, parse_settings(settings))
    schedule = forecast(loaded.plan, loaded.graph)
    say(as_json(schedule_view(schedule)) if as_data else schedule_text(schedule))


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

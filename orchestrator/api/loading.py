"""Plans in files and in memory, checked against what the runners promise."""

from collections.abc import Mapping
from pathlib import Path

from orchestrator.graph.load import LoadedPlan, load_plan, load_text
from orchestrator.missing import explained
from orchestrator.plan.model import Plan
from orchestrator.plan.offered import Offered
from orchestrator.plan.problem import PlanError
from orchestrator.registry import Promises, Registry, driver_names
from orchestrator.runner import Runner


def _offered() -> Offered:
    """What there is here: our own, and that of installed packages."""
    return Offered(driver_names(), _notifiers)


def _notifiers() -> tuple[str, ...]:
    from orchestrator.telling.notifier import OFFERED  # noqa: PLC0415 - most plans tell nobody

    return OFFERED.names()


def load(path: Path, settings: Mapping[str, str], runners: Mapping[str, Runner]) -> LoadedPlan:
    """The plan in the file, checked against what the runners promise. Raises PlanError."""
    try:
        return load_plan(path, settings, Promises(runners), _offered())
    except PlanError as error:
        raise explained(error, path, lambda: runners.broken if isinstance(runners, Registry) else ()) from None


def load_any(
    plan: str | Path | Plan | LoadedPlan, settings: Mapping[str, str] | None, runners: Mapping[str, Runner]
) -> LoadedPlan:
    """A plan in memory as one from a file. Raises PlanError."""
    if isinstance(plan, str | Path):
        return load(Path(plan), settings or {}, runners)
    if isinstance(plan, Plan):
        from orchestrator.plan.text import plan_text  # noqa: PLC0415 - YAML's writer is slow to load

        return load_text(plan_text(plan), f"plan {plan.id}", settings or {}, Promises(runners), _offered())
    return load_text(plan.text, plan.source, settings or plan.settings, Promises(runners), _offered())

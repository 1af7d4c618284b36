"""A plan ready to run: text, plan and graph together, checked against the registered runners."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.evidence.metric import Metric
from orchestrator.graph.build import build_graph
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.cache import PlanCache
from orchestrator.plan.load import NO_SETTINGS, parse_plan, plan_digest, plan_from, read_plan_text, source_of
from orchestrator.plan.model import Plan


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """text: the YAML as read. digest: sha256 of text and settings. source: the file's name as given."""

    plan: Plan
    graph: TaskGraph
    text: str
    digest: str
    source: str
    settings: Mapping[str, str]


def load_text(
    text: str,
    source: str,
    settings: Mapping[str, str] = NO_SETTINGS,
    runners: Mapping[str, tuple[Metric, ...]] | None = None,
) -> LoadedPlan:
    """Everything about a plan's text; without runners the preflight is left out. Pure. Raises PlanError."""
    plan = parse_plan(text, source, settings, runners)
    return LoadedPlan(plan, build_graph(plan), text, plan_digest(text, settings), source, dict(settings))


def load_plan(
    path: Path,
    settings: Mapping[str, str] = NO_SETTINGS,
    runners: Mapping[str, tuple[Metric, ...]] | None = None,
    cache: PlanCache | None = None,
) -> LoadedPlan:
    """As `load_text`, from a file. cache: readings of earlier times, which this one is added to. Raises PlanError."""
    text = read_plan_text(path)
    told = cache.told(text) if cache else None
    read = source_of(text, str(path), told)
    plan = plan_from(read, settings, runners)
    if cache and told is None and not read.quick:
        cache.keep(text, read.data)
    return LoadedPlan(plan, build_graph(plan), text, plan_digest(text, settings), str(path), dict(settings))

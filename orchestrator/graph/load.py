"""A plan ready to run: text, plan and graph together, checked against the registered runners."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from orchestrator.evidence.metric import Metric
from orchestrator.graph.build import build_graph
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.load import NO_SETTINGS, parse_plan, plan_digest, read_plan_text
from orchestrator.plan.model import Plan
from orchestrator.plan.offered import Offered
from orchestrator.plan.problem import PlanError, Problem
from orchestrator.records import dataclass

DOCUMENTS: Final = frozenset({".md", ".markdown", ".txt", ".sm"})
"""Endings of files that are no plans, but that `orchestrate import` turns into plans."""


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
    offered: Offered | None = None,
) -> LoadedPlan:
    """Everything about a plan's text. Without runners the preflight is left out. Pure. Raises PlanError."""
    plan = parse_plan(text, source, settings, runners, offered)
    return LoadedPlan(plan, build_graph(plan), text, plan_digest(text, settings), source, dict(settings))


def load_plan(
    path: Path,
    settings: Mapping[str, str] = NO_SETTINGS,
    runners: Mapping[str, tuple[Metric, ...]] | None = None,
    offered: Offered | None = None,
) -> LoadedPlan:
    """As `load_text`, from a file. Its text is read and judged each time. Raises PlanError."""
    text = read_plan_text(path)
    try:
        return load_text(text, str(path), settings, runners, offered)
    except PlanError as error:
        raise (_to_import(path, text) or error) from error


def _to_import(path: Path, text: str) -> PlanError | None:
    """The error for a file that is not a plan, but which `orchestrate import` can read; None for any other file."""
    is_tasks = path.suffix.lower() == ".json" and '"tasks"' in text and '"workstreams"' not in text
    if path.suffix.lower() not in DOCUMENTS and not is_tasks:
        return None
    kind = "a list of tasks" if is_tasks else f"a document ({path.suffix})"
    mend = f"make a plan of it: orchestrate import -o plan.yaml {path}"
    return PlanError([Problem(str(path), 0, 0, f"{kind}, and no plan", mend)])

"""`orchestrate validate`: every problem of a plan at once, and nothing started."""

from pathlib import Path
from typing import Final

from orchestrator.api.loading import load
from orchestrator.cli.output import plain, say, tell
from orchestrator.cli.places import as_json
from orchestrator.cli.settings import parse_settings
from orchestrator.graph.load import LoadedPlan
from orchestrator.missing import offers_beside
from orchestrator.plan.problem import PlanError
from orchestrator.registry import Offer, find_offers, load_registry

NOUNS: Final = {
    "workstreams": "workstream",
    "stages": "stage",
    "tasks": "task",
    "criteria": "criterion",
    "agents": "agent",
}
"""What a plan is counted by, and the word for one of it."""


def check_plan_file(path: Path, settings: list[str], *, as_data: bool, beside: bool = False) -> int:
    """Load and check; the exit code. Problems go to standard error, or as data to standard output. beside: with the
    runners of the project that the plan lies in, installed or not.
    """
    registry = load_registry(_with_those_beside(path) if beside else None)
    warnings = [str(broken) for broken in registry.broken]
    for warning in [] if as_data else warnings:
        tell(plain(f"warning: {warning}"))
    try:
        loaded = load(path, parse_settings(settings), registry)
    except PlanError as error:
        if not as_data:
            raise
        say(as_json({"valid": False, "problems": _problems_of(error), "warnings": warnings}))
        return error.exit_code
    facts = _facts_of(loaded)
    if as_data:
        say(as_json({"valid": True, "problems": [], "warnings": warnings, **facts}))
    else:
        counts = ", ".join(f"{facts[noun]} {one if facts[noun] == 1 else noun}" for noun, one in NOUNS.items())
        say(plain(f"{path}: valid: {counts}"))
    return 0


def _problems_of(error: PlanError) -> list[dict[str, object]]:
    return [
        {"file": p.file, "line": p.line, "column": p.column, "what": p.what, "mend": p.mend} for p in error.problems
    ]


def _facts_of(loaded: LoadedPlan) -> dict[str, str | int]:
    """What the plan is called, and how many there are of each of `NOUNS`."""
    plan = loaded.plan
    return {
        "plan": plan.id,
        "digest": loaded.digest,
        "workstreams": len(plan.workstreams),
        "stages": len(plan.stages),
        "tasks": len(loaded.graph.nodes),
        "criteria": sum(len(group.success_criteria) for group in plan.groups.values()),
        "agents": len(plan.agents),
    }


def _with_those_beside(path: Path) -> tuple[Offer, ...]:
    """Each offer once: an installed project is found both ways."""
    return tuple({offer.value: offer for offer in (*offers_beside(path), *find_offers())}.values())

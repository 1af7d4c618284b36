"""Turn text into a `Plan`: read, fill in parameters, check. One `PlanError` reports all problems."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Final

from orchestrator.evidence.metric import Metric
from orchestrator.plan.border import build_model, require_plan
from orchestrator.plan.checks import check_plan, task_places
from orchestrator.plan.matrix import expand_matrices, matrix_letters, matrix_size
from orchestrator.plan.model import Plan
from orchestrator.plan.offered import Offered, offered_problems
from orchestrator.plan.params import apply_settings, substitute
from orchestrator.plan.preflight import preflight
from orchestrator.plan.problem import PlanError, Problem
from orchestrator.plan.quick import quick_source
from orchestrator.plan.source import Source
from orchestrator.plan.textfile import SIZE_LIMIT, read_plan_text, too_large

TASK_LIMIT: Final = 100_000
MATRIX_LIMIT: Final = 32 * 2**20  # characters of texts that name a matrix, in all instances
NO_SETTINGS: Final[Mapping[str, str]] = {}

__all__ = ["PlanError", "Problem", "parse_plan", "plan_digest", "read_plan", "read_plan_text"]


def parse_plan(
    text: str,
    source: str,
    settings: Mapping[str, str] = NO_SETTINGS,
    runners: Mapping[str, tuple[Metric, ...]] | None = None,
    offered: Offered | None = None,
) -> Plan:
    """The plan that a text holds, its parameters filled in and its matrices expanded. Pure.

    source: the name of the file, for messages. settings: what `--set` gave, by parameter. runners: the metrics of each
    registered runner; with them the plan is checked against what they promise. offered: the names of what
    packages can bring, unless nobody knows. Raises PlanError with every problem.
    """
    return plan_from(source_of(text, source), settings, runners, offered)


def source_of(text: str, name: str) -> Source:
    """What a text says, as data. Raises PlanError."""
    if len(text) > SIZE_LIMIT:
        raise PlanError([too_large(name)])
    return quick_source(text, name)


def plan_from(
    read: Source,
    settings: Mapping[str, str],
    runners: Mapping[str, tuple[Metric, ...]] | None,
    offered: Offered | None = None,
) -> Plan:
    """As `parse_plan`, from what was read."""
    require_plan(read.data, read)
    params, problems = apply_settings(read, settings)
    data, unknown = substitute(read, params)
    plan, invalid = build_model(data, read)
    noted = _values_at(read.problems)
    problems += [*read.problems, *unknown, *(one for one in invalid if (one.line, one.column) not in noted)]
    if plan is None:
        raise PlanError(problems)
    if (large := _too_large_expanded(plan, read.name)) is not None:
        raise PlanError([*problems, large])
    expanded, origins = expand_matrices(plan)
    found = check_plan(plan, read)
    if runners is not None:
        found += preflight(expanded, runners, read, task_places(plan, origins))
    if offered is not None:
        found += offered_problems(expanded, offered, read)
    noted |= _values_at(invalid)
    problems += [one for one in found if (one.line, one.column) not in noted]
    if problems:
        raise PlanError(problems)
    return expanded


def _too_large_expanded(plan: Plan, source: str) -> Problem | None:
    """The problem of a plan that would be too large with its matrices expanded."""
    tasks = [task for group in plan.groups.values() for task in group.tasks]
    if (count := sum(map(matrix_size, tasks))) > TASK_LIMIT:
        what = f"the plan has {count:,} tasks, its matrices expanded"
        return Problem(source, 1, 1, what, f"stay within {TASK_LIMIT:,}: use smaller matrices")
    if sum(map(matrix_letters, tasks)) > MATRIX_LIMIT:
        what = "the plan is too large with its matrices expanded"
        return Problem(source, 1, 1, what, "put long texts into a file that the tasks read")
    return None


def _values_at(problems: list[Problem]) -> set[tuple[int, int]]:
    """Positions of values that cannot be read: what else is said of them follows from that."""
    return {(one.line, one.column) for one in problems if not one.what.endswith(("unknown key", "is missing"))}


def plan_digest(text: str, settings: Mapping[str, str] = NO_SETTINGS) -> str:
    """sha256, lower-case hex, of the text and the settings: what makes two runs runs of the same plan."""
    told = json.dumps([text, sorted(settings.items())], ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def read_plan(path: FilePath, settings: Mapping[str, str] = NO_SETTINGS) -> Plan:
    """The plan in a file. Raises PlanError."""
    return parse_plan(read_plan_text(path), str(path), settings)

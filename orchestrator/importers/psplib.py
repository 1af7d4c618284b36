"""PSPLIB's single-mode scheduling problems (.sm; Kolisch and Sprecher 1997) as plans.

https://www.om-db.wi.tum.de/psplib/: a task per job, a counter per renewable resource, a second per period.
"""

import re
from typing import Any, Final

import yaml

from orchestrator.importers.format import Importer, Source
from orchestrator.plan.dumper import PlanDumper
from orchestrator.plan.problem import PlanError, Problem

LARGEST: Final = 10_000
PRECEDENCE: Final = "PRECEDENCE RELATIONS:"
REQUESTS: Final = "REQUESTS/DURATIONS:"
AVAILABLE: Final = "RESOURCEAVAILABILITIES:"


class Psplib(Importer):
    """A single-mode problem."""

    suffixes = (".sm",)
    for_agents = False

    def read(self, source: Source) -> dict[str, Any]:
        """The plan. Raises PlanError for what is no single-mode problem."""
        return _plan(source.text, source.name)


def read_psplib(text: str, source: str) -> str:
    """The plan's text. Raises PlanError if it is not a single-mode problem."""
    return yaml.dump(_plan(text, source), Dumper=PlanDumper, sort_keys=False, allow_unicode=True)


def _plan(text: str, source: str) -> dict[str, Any]:
    jobs, requests, available = (_section(text, title, source) for title in (PRECEDENCE, REQUESTS, AVAILABLE))
    if not jobs or len(jobs) != len(requests) or len(jobs) > LARGEST or not available:
        raise _unusable(source, f"{len(jobs)} jobs and {len(requests)} requests")
    resources = {f"r{index}": int(amount) for index, amount in enumerate(available[0], start=1) if int(amount)}
    needs: dict[str, list[str]] = {row[0]: [] for row in jobs}
    for number, _modes, _count, *successors in (row for row in jobs if len(row) >= 3):
        for one in successors:
            needs.setdefault(one, []).append(f"j{number}")
    tasks = [_task(row, needs, len(available[0]), source) for row in requests]
    agent = {"specialty": "Everything", "driver": "command", "capacity": min(len(tasks), 1024)}
    plan = {"schema": 1, "id": "psplib", "title": source, "resources": resources, "agents": {"ALL": agent}}
    group = {"title": source, "lead": "ALL", "tasks": tasks}
    return plan | {"workstreams": {"P": group}}


def _task(row: list[str], needs: dict[str, list[str]], resources: int, source: str) -> dict[str, object]:
    if len(row) != 3 + resources or row[1] != "1":
        raise _unusable(source, f"job {row[0]} does not have one mode and {resources} demands")
    number, _mode, length, *demands = row
    return {
        "id": f"j{number}",
        "title": f"Job {number}",
        "command": ["sleep", length],
        "estimate": f"{length}s",
        "needs": needs.get(number, []),
        "resources": {f"r{index}": int(amount) for index, amount in enumerate(demands, start=1) if int(amount)},
    }


def _section(text: str, title: str, source: str) -> list[list[str]]:
    """The rows of numbers below a title, up to the line of stars."""
    if title not in text:
        raise _unusable(source, f"there is no {title}")
    body = text[text.index(title) + len(title) :].split("****", maxsplit=1)[0]
    rows = [line.split() for line in body.splitlines()]
    return [row for row in rows if row and all(re.fullmatch(r"[0-9]{1,6}", cell) for cell in row)]


def _unusable(source: str, what: str) -> PlanError:
    return PlanError([Problem(source, 0, 0, f"no single-mode PSPLIB problem: {what}", "name a .sm file of PSPLIB")])

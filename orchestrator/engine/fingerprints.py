"""What a task's result depends on, in one digest each: on resume, a task whose digest changed runs again.

A digest covers what the task runs (runner or command), its parameters, environment, needs, promised files and metrics,
and the source files of the package folder that its runner lives in. It does not cover title, estimate, timeout, retries or
resources, which do not change a result, nor what a command's program is made of.
"""

import hashlib
import inspect
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.model import Plan
from orchestrator.runner import Runner

DECIDING = {"run", "command", "with_", "env", "artifacts", "metrics"}


def fingerprints(plan: Plan, graph: TaskGraph, runners: Mapping[str, Runner]) -> dict[str, str]:
    """A digest (sha256, hex) for every task, in the graph's order."""
    return {task: _fingerprint(plan, graph, node, runners) for task, node in graph.nodes.items()}


def _fingerprint(plan: Plan, graph: TaskGraph, node: TaskNode, runners: Mapping[str, Runner]) -> str:
    runner = runners.get(node.task.run or "")
    said = {
        "task": node.task.model_dump(mode="json", include=DECIDING),
        "env": plan.env,
        "needs": graph.needs[node.id],
        "code": "" if runner is None else code_digest(source_folder(runner)),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def source_folder(runner: Runner) -> Path | None:
    """The folder of the source file that holds the runner's function, None for one without a source."""
    try:
        return Path(inspect.getsourcefile(inspect.unwrap(runner.run)) or "").absolute().parent
    except TypeError:
        return None


@cache
def code_digest(folder: Path | None) -> str:
    """sha256 over the names and bytes of the folder's own Python files; "" where there are none to read."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")) if folder is not None else ():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.name} {content}\n".encode())
    return digest.hexdigest()

"""What a task's result depends on, in one line each: on resume, a task whose line changed runs again.

A fingerprint is some of "run=… with=… env=… needs=… when=… leaves=… code=… files=…", each a digest of 16 hex digits, so that two of them tell
what changed; `files` is a list of such digests, "name:content,name:content", for what its parameters name. It covers what the task runs (runner or command), its parameters, environment, needs, condition, trigger rule,
promised files and metrics, the code of its runner (`orchestrator.sourcecode`), and the content of the files and folders that its parameters name
(`orchestrator.engine.named_files`). It does not cover title, estimate, timeout, retries or
resources, which do not change a result, nor what a command's program is made of.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from orchestrator.engine.briefs import NO_AGENTS, Agents
from orchestrator.engine.named_files import NamedFiles
from orchestrator.engine.orders import promised
from orchestrator.graph.model import TaskGraph, TaskNode
from orchestrator.plan.handins import by_person
from orchestrator.plan.model import Plan, Task, TriggerRule
from orchestrator.runner import Runner
from orchestrator.sourcecode import Code

WORDS: Final = {
    "run": "what it runs",
    "with": "its parameters",
    "env": "its environment",
    "needs": "what it needs",
    "when": "its condition or trigger rule",
    "leaves": "the files or metrics that it promises",
    "code": "its runner's code",
    "hand_in": "its brief, its agent, or what a hand-in is held against",
    "files": "a file that its parameters name",
}
"""The parts of a fingerprint, in their order, and what to call them."""


def fingerprints(
    plan: Plan,
    graph: TaskGraph,
    runners: Mapping[str, Runner],
    files: NamedFiles | None = None,
    agents: Agents = NO_AGENTS,
) -> dict[str, str]:
    """A fingerprint for every task, in the graph's order. files: looks at what parameters name; without it nobody does."""
    code = Code()
    found = {}
    for task, node in graph.nodes.items():
        named = {} if files is None else files.digests(node.task.with_)
        said = _fingerprint(plan, graph, node, runners, code, agents)
        found[task] = f"{said} files={_listed(named)}" if named else said
    return found


def named_files(plan: Plan, project: Path, state: Path) -> NamedFiles:
    """What looks at the files that parameters of this plan name."""
    writes = {path for group in plan.groups.values() for task in group.tasks for path in task.writes}
    return NamedFiles(project, state, writes)


def differences(was: str, now: str) -> tuple[str, ...]:
    """What changed from one fingerprint to another, in words; () where they are equal."""
    if was == now:
        return ()
    before, after = _parts(was), _parts(now)
    if _same_files(before.get("files", ""), after.get("files", "")):
        after["files"] = before["files"] = ""
    changed = tuple(word for part, word in WORDS.items() if before.get(part) != after.get(part))
    if not changed and before.keys() == after.keys():
        return ()
    return changed or ("what it runs",)  # written by a version with other parts


def _fingerprint(  # noqa: PLR0913, PLR0917 - all that a result depends on
    plan: Plan, graph: TaskGraph, node: TaskNode, runners: Mapping[str, Runner], code: Code, agents: Agents
) -> str:
    task = node.task
    runner = runners.get(task.run) if task.run else None
    said = {
        "run": task.run or task.command,
        "with": task.with_,
        "env": _environment(plan, task),
        "needs": graph.needs[node.id],
        "when": ()
        if task.if_ and task.trigger_rule is TriggerRule.ALL_SUCCESS
        else (task.if_, task.trigger_rule.value),
        "leaves": (*promised(plan, node), *(metric.model_dump(mode="json") for metric in task.metrics)),
        "code": "" if runner is None else code.digest(runner),
        "hand_in": _hand_in(plan, node, agents),
    }
    return " ".join([f"{part}={_digest(part, value)}" for part, value in said.items() if value])


def _hand_in(plan: Plan, node: TaskNode, agents: Agents) -> object:
    """What an agent's work depends on: who does it, from what, within which bounds, and what accepts it."""
    task, agent = node.task, plan.agents[node.agent]
    if task.merge is not None or task.measures is not None:
        return (task.merge, task.into, task.measures)
    if by_person(plan, node.group, task):
        return (task.brief, task.approve.model_dump() if task.approve else None, node.agent)
    if task.brief is None:
        return ()
    who = (
        str(agent.driver),
        agent.program,
        agent.mode,
        agents.digest(node.agent),
        agent.sandbox.value,
        agent.may.model_dump(),
        *(sorted(agent.home.items()),) * bool(agent.home),
    )
    bounds = (task.writes, task.pinned, task.until, task.rounds, task.workspace.model_dump())
    return (task.brief, who, bounds)


def _environment(plan: Plan, task: Task) -> dict[str, object]:
    """Of a value that is named by reference the name alone."""
    values, references = plan.variables(task)
    return {**values, **{name: {"from": source} for name, source in references.items()}}


def _digest(part: str, value: Any) -> str:  # noqa: ANN401 - whatever a part says
    return _shared(value) if part in {"run", "needs", "code"} else _short(value)


def _listed(named: Mapping[str, str]) -> str:
    return ",".join(f"{_short(text)}:{digest}" for text, digest in sorted(named.items()))


def _same_files(was: str, now: str) -> bool:
    """Whether everything that was there is as it was. What is there only now was not there when the task looked."""
    before, after = (dict(each.partition(":")[::2] for each in said.split(",") if said) for said in (was, now))
    return all(after.get(name) == content for name, content in before.items())


def _short(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


@lru_cache(maxsize=1024)
def _shared(value: str | tuple[str, ...]) -> str:
    """As `_short`, for what many tasks may have alike: a runner's name, its code, what they wait for."""
    return _short(value)


def _parts(fingerprint: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in fingerprint.split(" "))

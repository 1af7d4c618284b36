"""Runs a work breakdown written as YAML, and judges every success criterion only from measured evidence.

    >>> import orchestrator
    >>> outcome = orchestrator.run("plans/phase4a3.yaml")
    >>> outcome.exit_code
    0

Who writes runners needs `Runner`, `Metric`, `Form`, `Better` and `TaskContext`. Everything here is loaded on first use,
so that `import orchestrator` costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as `typing` has it, which takes ten milliseconds to load: nothing here does, so that signals are heeded at once

if TYPE_CHECKING:
    from typing import Any, Final

    from orchestrator.agents.script import read_script
    from orchestrator.api.ending import RunOutcome
    from orchestrator.api.running import run
    from orchestrator.auditing import audit_text
    from orchestrator.bundle.check import check_bundle
    from orchestrator.doctor.examine import examine
    from orchestrator.doctor.findings import findings
    from orchestrator.engine.options import RunOptions
    from orchestrator.engine.stop import NotStopped
    from orchestrator.errors import OrchestratorError
    from orchestrator.evidence.measurement import Artifact, Comparison, Evidence, Measurement, Samples, Trend, Usage
    from orchestrator.evidence.metric import Better, Form, Metric
    from orchestrator.evidence.verdict import Outcome, Verdict, Why
    from orchestrator.graph.dot import to_dot
    from orchestrator.graph.drawing import draw
    from orchestrator.graph.load import LoadedPlan, load_plan
    from orchestrator.graph.mermaid import to_mermaid
    from orchestrator.graph.schedule import forecast
    from orchestrator.graph.svg import to_svg
    from orchestrator.graph.view import graph_view, schedule_view
    from orchestrator.importers.breakdown import read_breakdown
    from orchestrator.importers.psplib import read_psplib
    from orchestrator.importers.taskmaster import read_taskmaster
    from orchestrator.importers.write import write_plan
    from orchestrator.levelling import level
    from orchestrator.mcpserver.streams import serve_streams
    from orchestrator.plan.load import parse_plan
    from orchestrator.plan.model import Plan
    from orchestrator.plan.problem import PlanError
    from orchestrator.plan.schema import plan_schema
    from orchestrator.plan.text import plan_text
    from orchestrator.registry import load_registry
    from orchestrator.report.agentwork import agent_tasks, spent_rows
    from orchestrator.review.compare import review_plans
    from orchestrator.review.render import to_markdown
    from orchestrator.runner import Runner, TaskContext, TaskInput
    from orchestrator.runs import Runs
    from orchestrator.scaffold import project_files
    from orchestrator.server import make_server
    from orchestrator.state.people import Word
    from orchestrator.tasklogs import NoSuchAttempt, TaskLog

_HOMES: Final = {
    "audit_text": "auditing",
    "NoSuchAttempt": "tasklogs",
    "NotStopped": "engine.stop",
    "to_markdown": "review.render",
    "schedule_view": "graph.view",
    "graph_view": "graph.view",
    "check_bundle": "bundle.check",
    "RunOptions": "engine.options",
    "RunOutcome": "api.ending",
    "run": "api.running",
    "Runs": "runs",
    "agent_tasks": "report.agentwork",
    "spent_rows": "report.agentwork",
    "read_script": "agents.script",
    "draw": "graph.drawing",
    "examine": "doctor.examine",
    "findings": "doctor.findings",
    "forecast": "graph.schedule",
    "level": "levelling",
    "load_registry": "registry",
    "make_server": "server",
    "serve_streams": "mcpserver.streams",
    "plan_schema": "plan.schema",
    "plan_text": "plan.text",
    "project_files": "scaffold",
    "read_breakdown": "importers.breakdown",
    "read_psplib": "importers.psplib",
    "read_taskmaster": "importers.taskmaster",
    "review_plans": "review.compare",
    "to_dot": "graph.dot",
    "to_mermaid": "graph.mermaid",
    "to_svg": "graph.svg",
    "write_plan": "importers.write",
    "OrchestratorError": "errors",
    "Artifact": "evidence.measurement",
    "Comparison": "evidence.measurement",
    "Evidence": "evidence.measurement",
    "Measurement": "evidence.measurement",
    "Samples": "evidence.measurement",
    "Trend": "evidence.measurement",
    "Usage": "evidence.measurement",
    "Better": "evidence.metric",
    "Form": "evidence.metric",
    "Metric": "evidence.metric",
    "Outcome": "evidence.verdict",
    "Verdict": "evidence.verdict",
    "Why": "evidence.verdict",
    "LoadedPlan": "graph.load",
    "PlanError": "plan.problem",
    "load_plan": "graph.load",
    "parse_plan": "plan.load",
    "Plan": "plan.model",
    "Runner": "runner",
    "TaskContext": "runner",
    "TaskInput": "runner",
    "TaskLog": "tasklogs",
    "Word": "state.people",
}

__all__ = [
    "Artifact",
    "Better",
    "Comparison",
    "Evidence",
    "Form",
    "LoadedPlan",
    "Measurement",
    "Metric",
    "NoSuchAttempt",
    "NotStopped",
    "OrchestratorError",
    "Outcome",
    "Plan",
    "PlanError",
    "RunOptions",
    "RunOutcome",
    "Runner",
    "Runs",
    "Samples",
    "TaskContext",
    "TaskInput",
    "TaskLog",
    "Trend",
    "Usage",
    "Verdict",
    "Why",
    "Word",
    "agent_tasks",
    "audit_text",
    "check_bundle",
    "draw",
    "examine",
    "findings",
    "forecast",
    "graph_view",
    "level",
    "load_plan",
    "load_registry",
    "make_server",
    "parse_plan",
    "plan_schema",
    "plan_text",
    "project_files",
    "read_breakdown",
    "read_psplib",
    "read_script",
    "read_taskmaster",
    "review_plans",
    "run",
    "schedule_view",
    "serve_streams",
    "spent_rows",
    "to_dot",
    "to_markdown",
    "to_mermaid",
    "to_svg",
    "write_plan",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562
    if name not in _HOMES:
        raise AttributeError(f"module 'orchestrator' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - as above

    value = getattr(import_module(f"orchestrator.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

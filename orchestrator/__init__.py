"""Runs a work breakdown written as YAML, and judges every success criterion only from measured evidence.

    >>> import orchestrator
    >>> outcome = orchestrator.run("plans/phase4a3.yaml")
    >>> outcome.exit_code
    0

Who writes runners needs `Runner`, `Metric`, `Form`, `Better` and `TaskContext`. Everything here is loaded on first use,
so that `import orchestrator` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from orchestrator.api import Manner, RunOutcome, run
    from orchestrator.errors import OrchestratorError
    from orchestrator.evidence.measurement import Artifact, Comparison, Evidence, Measurement, Samples, Trend, Usage
    from orchestrator.evidence.metric import Better, Form, Metric
    from orchestrator.evidence.verdict import Outcome, Verdict, Why
    from orchestrator.graph.load import LoadedPlan, load_plan
    from orchestrator.plan.load import parse_plan
    from orchestrator.plan.model import Plan
    from orchestrator.plan.problem import PlanError
    from orchestrator.runner import Runner, TaskContext, TaskInput

_HOMES: Final = {
    "Manner": "api",
    "RunOutcome": "api",
    "run": "api",
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
}

__all__ = [
    "Artifact",
    "Better",
    "Comparison",
    "Evidence",
    "Form",
    "LoadedPlan",
    "Manner",
    "Measurement",
    "Metric",
    "OrchestratorError",
    "Outcome",
    "Plan",
    "PlanError",
    "RunOutcome",
    "Runner",
    "Samples",
    "TaskContext",
    "TaskInput",
    "Trend",
    "Usage",
    "Verdict",
    "Why",
    "load_plan",
    "parse_plan",
    "run",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562
    if name not in _HOMES:
        raise AttributeError(f"module 'orchestrator' has no attribute {name!r}")
    value = getattr(import_module(f"orchestrator.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

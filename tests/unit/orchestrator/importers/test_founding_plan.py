"""The founding document, imported, against plans/phase4a3.yaml: equal but for the runners and what is listed here.

Compared is the contract: every field of the two loaded plans, but for how a task is carried out and how a metric is
measured (`WIRING`). The document names neither tasks nor criteria, so the plan's short ids are its own: both sides go
by titles.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.importers.breakdown import read_breakdown
from orchestrator.importers.draft import Concern, Draft
from orchestrator.importers.write import write_plan
from orchestrator.plan.agent_model import Agent
from orchestrator.plan.load import parse_plan
from orchestrator.plan.model import Criterion, Deliverable, Group, Milestone, Plan, SuccessMetric, Task

PLANS = Path(__file__).parents[4] / "plans"
DOCUMENT = (PLANS / "phase4a3.md").read_text(encoding="utf-8")

WIRING = {
    Plan: {"schema_", "params", "resources", "env"},
    Agent: {"capacity", "driver"},
    Task: {"id", "estimate", "run", "command", "with_", "resources", "timeout", "retries", "env", "artifacts", "writes",
    "metrics", "reuse"},
    Deliverable: {"artifact", "from_"},
    Criterion: {"id", "metric", "samples", "expect", "max_samples", "level", "from_"},
}  # fmt: skip
"""What runners need to know, by part of the plan; the estimates of tasks have a test of their own."""

LISTED = ("tasks", "deliverables", "success_criteria")

DIFFERENT = {
    "the document says three, and lists, draws and launches four (line 12)": ["summary"],
    "a goal in one sentence for the report; the document has none": [
        f"{group}.goal" for group in ("A", "B", "C", "D", "INTEGRATION", "VALIDATION", "REPORT")
    ],
    "the supporting agent of the workstream does the task of its own field": [
        "C.tasks.Create performance dashboard.agent",
        "D.tasks.Analyze compression ratio by tree type.agent",
    ],
    "memory_profiler is no longer maintained, and something else does its work": [
        "C.tasks.Set up memory profiling framework (memory_profiler)",
        "C.tasks.Set up memory profiling framework",
    ],
    "two things that can be measured say what one that cannot be counted means": [
        "A.success_criteria.Zero memory leaks, == 0 leaks",
        "A.success_criteria.Zero memory leaks: no lease outstanding, == 0 leases",
        "A.success_criteria.Zero memory leaks: no growth over repeated encodes, < 1 KiB/run",
    ],
    "one line asks for two figures: the second has a title of its own": [
        "B.success_criteria.Process 1GB+ files in <2GB peak memory, >= 1 GB",
        "B.success_criteria.The file it was measured on is 1 GB or more, >= 1 GB",
    ],
    "a figure where the document says 'constant'": [
        "B.success_criteria.Constant memory usage (streaming), == 0 MiB/GiB.tolerance"
    ],
    "a file of that size proves something only together with its memory": ["success_metrics.Stream file size.criteria"],
    "deliverables of the document that it demands no file of": [
        "B.success_criteria.The same bytes wherever the input is cut, == 0 mismatches",
        "B.success_criteria.Integration tests pass, == 0 failures",
    ],
    "what the last task of C and the fourth of D leave behind": [
        "C.deliverables.Performance dashboard",
        "D.deliverables.Decision tree as data",
    ],
    "supporting roles that the document names and gives no workstream": [
        "INTEGRATION.supporting",
        "INTEGRATION.tasks.Architecture review",
        "VALIDATION.supporting",
        "REPORT.supporting",
        "REPORT.tasks.Recommendations for Phase 4A.4",
    ],
    "the full validation suite in five parts": [
        "VALIDATION.tasks.Run full validation suite",
        "VALIDATION.tasks.Round-trip suite over kinds, profiles and edges",
        "VALIDATION.tasks.The encoder's own tests",
        "VALIDATION.tasks.Regression against the baseline profile",
        "VALIDATION.tasks.Observe the resources of every workstream",
        "VALIDATION.tasks.Check the evidence for the success metrics",
    ],
    "it comes after the task that was put before it": ["REPORT.tasks.Generate final performance report.needs"],
    "the document demands nothing of its stages; a contract has to": [
        "INTEGRATION.deliverables.Tuned profile",
        "INTEGRATION.deliverables.Conflicts between workstreams",
        "INTEGRATION.deliverables.Memory over an encode of the final build",
        "INTEGRATION.deliverables.Architecture review",
        "INTEGRATION.success_criteria.Merging the pool changes no output, == 0 differences",
        "INTEGRATION.success_criteria.The stream API gives the same bytes however it is fed, == 0 differences",
        "INTEGRATION.success_criteria.The tuned profile is lossless, == 0 mismatches",
        "INTEGRATION.success_criteria.Memory profiling changes no output, == 0 differences",
        "INTEGRATION.success_criteria.Nobody imports whom they must not know, == 0 violations",
        "INTEGRATION.success_criteria.The public interface is there and documented, == 0 problems",
        "VALIDATION.deliverables.Round trips",
        "VALIDATION.deliverables.Encoder tests",
        "VALIDATION.deliverables.Regression report",
        "VALIDATION.deliverables.Resources by workstream",
        "VALIDATION.deliverables.Memory over time",
        "VALIDATION.deliverables.Success metrics",
        "VALIDATION.success_criteria.Every round trip comes back, == 0 failures",
        "VALIDATION.success_criteria.Every success metric has evidence, == 0 metrics",
        "REPORT.deliverables.Recommendations for Phase 4A.4",
        "REPORT.deliverables.Final performance report",
    ],
}
"""Everything in which the plan is not what the importer makes of the document, by the reason for it."""


@pytest.fixture(scope="module")
def draft() -> Draft:
    return read_breakdown(DOCUMENT, "phase4a3.md")


@pytest.fixture(scope="module")
def imported(draft) -> Plan:
    return parse_plan(write_plan(draft), "imported")


@pytest.fixture(scope="module")
def kept() -> Plan:
    return parse_plan((PLANS / "phase4a3.yaml").read_text(encoding="utf-8"), "phase4a3.yaml")


def contract(plan: Plan) -> dict[str, Any]:
    """Every field that is not wiring, by its path; a task, deliverable or criterion is there under its title."""
    names = {
        **{f"{group}.{task.id}": f"{group}.{task.title}" for group, one in plan.groups.items() for task in one.tasks},
        **{path: f"{path.partition('.')[0]}.{one.title}" for path, one in plan.criteria.items()},
    }
    found = dict(_fields(plan, "", names))
    for group, one in plan.groups.items():
        found |= _listed(group, one, names)
    return found


def _fields(part: Any, path: str, names: dict[str, str], group: str = "") -> Iterator[tuple[str, Any]]:
    for name in type(part).model_fields.keys() - WIRING.get(type(part), set()):
        value = getattr(part, name)
        where = f"{path}{name}"
        match value:
            case tuple() if name in LISTED:
                continue
            case tuple() if value and isinstance(value[0], Milestone | SuccessMetric):
                for place, each in enumerate(value):
                    key = each.metric if isinstance(each, SuccessMetric) else place
                    yield from _fields(each, f"{where}.{key}.", names)
            case dict():
                for key, each in value.items():
                    inside = "" if isinstance(each, Group) else f"{where}."
                    yield from _fields(each, f"{inside}{key}.", names)
            case _ if name in {"needs", "criteria"} and value is not None:
                yield where, tuple(names.get(one, names.get(f"{group}.{one}", one)) for one in value)
            case _:
                yield where, str(value) if name == "target" else value


def _listed(group: str, one: Group, names: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in LISTED:
        for each in getattr(one, kind):
            path = f"{group}.{kind}.{each.title}" + (f", {each.target}" if isinstance(each, Criterion) else "")
            found[path] = "here"
            found |= _fields(each, f"{path}.", names, group)
    return found


def differing(imported: Plan, kept: Plan) -> set[str]:
    """The paths at which the two contracts are not alike; of what only one of them has, its own path alone."""
    ours, theirs = contract(imported), contract(kept)
    unlike = {path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path)}
    alone = tuple(f"{path}." for path in unlike if "here" in {ours.get(path), theirs.get(path)})
    return {path for path in unlike if not path.startswith(alone)}


def told(draft: Draft, concern: Concern) -> list[tuple[int, str]]:
    return [(note.line, note.text) for note in draft.notes if note.concern is concern]


def test_the_document_yields_the_plan_but_for_its_runners_and_what_is_listed_here(imported, kept):
    assert differing(imported, kept) == {path for paths in DIFFERENT.values() for path in paths}


def test_the_comparison_sees_every_kind_of_difference(kept):
    group = kept.workstreams["A"]
    task, criterion = group.tasks[0], group.success_criteria[0]
    changes = {
        "title": {"title": "x"},
        "timeline.0.event": {"timeline": (kept.timeline[0].model_copy(update={"event": "x"}), *kept.timeline[1:])},
        "agents.APEX.duty": {"agents": kept.agents | {"APEX": kept.agents["APEX"].model_copy(update={"duty": "x"})}},
    }
    inner = {
        f"A.tasks.{task.title}.needs": {"tasks": (task.model_copy(update={"needs": ("B",)}), *group.tasks[1:])},
        f"A.success_criteria.{criterion.title}, {criterion.target}": {"success_criteria": group.success_criteria[1:]},
        "A.lead": {"lead": "APEX"},
    }
    for path, change in inner.items():
        changes[path] = {"workstreams": kept.workstreams | {"A": group.model_copy(update=change)}}
    for path, change in changes.items():
        assert path in differing(kept.model_copy(update=change), kept)
    assert differing(kept, kept) == set()


def test_the_tasks_come_in_the_order_of_the_document(imported, kept):
    for name, group in imported.workstreams.items():
        titles = [task.title.removesuffix(" (memory_profiler)") for task in group.tasks]
        assert titles == [task.title for task in kept.workstreams[name].tasks]


def test_the_estimates_of_the_tasks_share_out_what_the_document_estimates_for_the_group(imported, kept):
    beside = {"INTEGRATION": 180.0}  # the architecture review runs beside the merges
    for name, group in kept.groups.items():
        spent = sum(task.estimate or 0 for task in group.tasks) - beside.get(name, 0)
        assert spent == group.estimate == imported.groups[name].estimate


def test_the_document_contradicts_itself_in_four_places_and_each_is_told_with_both_lines(draft):
    found = told(draft, Concern.CONTRADICTION)
    assert [line for line, _ in found] == [12, 237, 233, 224]
    for text, other in zip(
        [text for _, text in found], ("18, 48, 80, 110", "line 6", "line 164", "line 4"), strict=True
    ):
        assert other in text


def test_every_promise_of_the_document_is_a_criterion_and_what_had_no_figure_is_told(imported, draft):
    promised = [line.removeprefix("- \u2705 ") for line in DOCUMENT.splitlines() if line.startswith("- \u2705 ")]
    assert len(promised) == 13
    assert set(promised) <= {one.title for one in imported.criteria.values()}
    guessed = [text for _, text in told(draft, Concern.READ_AS) if "no figure" in text]
    assert len(guessed) == 6


def test_every_agent_of_the_document_has_work_or_is_told_to_have_none(draft):
    assert told(draft, Concern.MISSING) == [
        (158, "Final Report: no lead; ARCHITECT, who has no other work, stands for it"),
        (209, "MENTOR: nothing here is led, supported or done by it"),
    ]

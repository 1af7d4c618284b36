from pathlib import Path

import pytest

from orchestrator.plan.load import parse_plan
from orchestrator.plan.model import Plan
from orchestrator.plan.text import plan_text

PLANS = Path(__file__).parents[4] / "plans"
TASK = {"id": "a", "title": "A", "command": ["echo", "${project}", "${state}"]}


def built(**task: object) -> Plan:
    group = {"title": "Work", "lead": "ONE", "tasks": [TASK | task]}
    return Plan(schema=1, id="p", title="P", agents={"ONE": {"specialty": "x"}}, workstreams={"A": group})


@pytest.mark.parametrize(
    "path", [PLANS / "phase4a3.yaml", PLANS / "examples" / "hello.yaml"], ids=lambda path: path.stem
)
def test_a_plan_written_as_text_is_read_as_the_same_plan(path):
    plan = parse_plan(path.read_text(encoding="utf-8"), path.name)
    assert parse_plan(plan_text(plan), "written") == plan


@pytest.mark.parametrize(
    "task",
    [
        {"title": "costs ${price} and ${project}"},
        {"timeout": "90s", "estimate": "250ms", "retries": {"max": 2, "delay": "0.000400s"}},
        {"needs": ()},
        {"with": {"deep": ["${name}", 1, 2.5, True], "none": "no", "time": "1:30"}},
    ],
    ids=["reference", "durations", "no needs", "values"],
)
def test_what_was_built_in_python_is_read_as_the_same_plan(task):
    plan = built(**task)
    assert parse_plan(plan_text(plan), "written") == plan


@pytest.mark.parametrize("target", [">= 0.000001 %", "< 12345678.5 ms", "== 0 leaks", ">= -5 %", "< 1000000 ms"])
def test_a_target_keeps_its_figure(target):
    criterion = {"id": "c", "title": "C", "metric": "m", "target": target}
    metric = {"name": "m", "unit": target.split()[-1], "better": "lower"}
    group = {"title": "Work", "lead": "ONE", "tasks": [TASK | {"metrics": [metric]}], "success_criteria": [criterion]}
    plan = Plan(schema=1, id="p", title="P", agents={"ONE": {"specialty": "x"}}, workstreams={"A": group})
    assert parse_plan(plan_text(plan), "written").criteria["A.c"].target == plan.criteria["A.c"].target

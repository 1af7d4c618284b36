"""Targets that rest on earlier runs, as a plan writes them and as a review holds them against each other."""

import pytest

from orchestrator.plan.load import parse_plan
from orchestrator.plan.model import Criterion
from orchestrator.plan.problem import PlanError
from orchestrator.plan.values import ValueTextError, parse_target
from orchestrator.review.acceptance import loosened_target

PLAN = """\
schema: 1
id: past
title: Past
agents: {{ME: {{specialty: x, driver: command, program: [x]}}}}
workstreams:
  A:
    title: A
    lead: ME
    tasks:
      - {{id: w, title: W, brief: Do it., writes: ["src/**"], until: [{until}]}}
      - {{id: t, title: T, measures: w, command: ["true"], metrics: [{{name: a.n, unit: MB/s, better: higher}}]}}
    success_criteria:
      - {{id: c, title: C, metric: a.n, target: ">= 0.97 x median(last 20)"{more}}}
"""


def criterion(target):
    return Criterion.model_validate({"id": "c", "title": "C", "metric": "a.n", "target": target})


@pytest.mark.parametrize("text", [">= 0.97 x median(last 20)", "< 1.05 x median(last 10)"])
def test_a_target_is_written_as_it_was_read(text):
    assert str(parse_target(text)) == text
    assert criterion(text).model_dump(mode="json")["target"] == text


@pytest.mark.parametrize(
    "text", [">= 0.97 x median(last 9)", ">= 0 x median(last 20)", "== 1 x median(last 20)", ">= 0.97 x mean(last 20)"]
)
def test_too_few_runs_and_other_figures_are_refused(text):
    with pytest.raises(ValueTextError):
        parse_target(text)


@pytest.mark.parametrize(
    ("until", "more", "told"),
    [
        ("", ", max_samples: 30, samples: 10", "judged once"),
        ("A.c", "", "rests on earlier runs, and a round wants a figure"),
    ],
)
def test_looks_and_rounds_want_a_figure(until, more, told):
    with pytest.raises(PlanError, match=told):
        parse_plan(PLAN.format(until=until, more=more), "plan.yaml")


def test_a_plan_with_one_is_valid():
    assert (
        parse_plan(PLAN.format(until="", more=""), "plan.yaml", runners={}).criteria["A.c"].target.relative.last == 20
    )


@pytest.mark.parametrize(
    ("old", "new", "loosens"),
    [
        (">= 0.97 x median(last 20)", ">= 0.98 x median(last 20)", False),
        (">= 0.97 x median(last 20)", ">= 0.9 x median(last 20)", True),
        ("<= 1.05 x median(last 20)", "<= 1.1 x median(last 20)", True),
        ("> 0.97 x median(last 20)", ">= 0.97 x median(last 20)", True),
        (">= 0.97 x median(last 20)", ">= 0.97 x median(last 10)", True),
        (">= 90 MB/s", ">= 0.97 x median(last 20)", True),
        (">= 0.97 x median(last 20)", ">= 90 MB/s", True),
    ],
)
def test_only_a_larger_share_of_the_same_runs_is_as_strict(old, new, loosens):
    assert bool(loosened_target(criterion(old), criterion(new))) is loosens

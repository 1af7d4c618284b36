"""What a change of a plan means for its contract."""

import pytest

from orchestrator.graph.load import LoadedPlan, load_text
from orchestrator.plan.model import Criterion
from orchestrator.review.acceptance import loosened_target
from orchestrator.review.change import Action, Part
from orchestrator.review.compare import Review, review_plans
from orchestrator.review.render import headline, to_data, to_markdown, to_text

PLAN = """\
schema: 1
id: tiny
title: Tiny
agents: {ME: {specialty: Trying, driver: command}, YOU: {specialty: Helping, driver: command}}
workstreams:
  A:
    title: Alpha
    lead: ME
    tasks:
      - {id: one, title: One, command: ["true"], estimate: 10s}
      - {id: two, title: Two, command: ["true"], estimate: 20s, metrics: [{name: m.n, unit: cases, better: higher}]}
      - {id: three, title: Three, command: ["true"], estimate: 5s, artifacts: [a.txt]}
    deliverables:
      - {title: A file, artifact: a.txt, from: three}
    success_criteria:
      - {id: enough, title: Enough, metric: m.n, target: ">= 10 cases", samples: 3, expect: 5}
success_metrics:
  - {metric: Cases, target: "9", criteria: [A.enough]}
"""


def loaded(text: str) -> LoadedPlan:
    return load_text(text, "tiny.yaml")


def reviewed(*edits: tuple[str, str]) -> Review:
    text = PLAN
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return review_plans(loaded(PLAN), loaded(text))


def criterion(target: str, tolerance: float | None = None) -> Criterion:
    fields = {"id": "c", "title": "C", "metric": "m", "target": target, "tolerance": tolerance}
    return Criterion.model_validate(fields)


@pytest.mark.parametrize(
    ("old", "new", "loose"),
    [
        (">= 25 %", ">= 20 %", True),
        (">= 25 %", ">= 30 %", False),
        (">= 25 %", "> 25 %", False),
        ("> 25 %", ">= 25 %", True),
        ("< 500 MB", "< 500 MiB", True),
        ("< 500 MB", "< 0.4 GB", False),
        ("< 1 ms", "< 1 s", True),
        ("<= 1 %", "<= 0.01 1", False),
        ("== 0 leaks", "<= 0 leaks", True),
        ("<= 5 leaks", "== 0 leaks", False),
        (">= 2 x", ">= 2 %", True),
        (">= 2 x", "<= 2 x", True),
    ],
)
def test_a_target_is_loosened_when_it_accepts_what_was_refused(old: str, new: str, loose: bool) -> None:
    assert bool(loosened_target(criterion(old), criterion(new))) is loose


def test_a_wider_tolerance_loosens_and_a_narrower_one_does_not() -> None:
    narrow, wide = criterion("== 0 MiB/GiB", 8), criterion("== 0 MiB/GiB", 24)
    assert loosened_target(narrow, wide)
    assert not loosened_target(wide, narrow)


def test_the_same_plan_has_no_changes() -> None:
    assert reviewed().changes == ()
    assert headline(reviewed()) == "No change to the plan."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('">= 10 cases"', '">= 9 cases"'),
        ("samples: 3", "samples: 2"),
        (", expect: 5", ""),
        ("expect: 5", "expect: 4"),
        ("expect: 5", "expect: 5, level: 0.9"),
        (
            'id: two, title: Two, command: ["true"]',
            'id: two, title: Two, command: ["true"], continue_on_error: true',
        ),
        ('id: two, title: Two, command: ["true"]', 'id: two, title: Two, command: ["true"], if: false'),
        (
            'id: two, title: Two, command: ["true"]',
            'id: two, title: Two, command: ["true"], trigger_rule: all_done',
        ),
        ('success_metrics:\n  - {metric: Cases, target: "9", criteria: [A.enough]}\n', ""),
        ("    deliverables:\n      - {title: A file, artifact: a.txt, from: three}\n", ""),
    ],
)
def test_each_way_to_ask_for_less_is_named(old: str, new: str) -> None:
    found = reviewed((old, new))
    assert len(found.loosened) == 1
    assert found.loosened[0].loosens


def test_a_tightened_target_and_a_longer_estimate_are_told_and_loosen_nothing() -> None:
    found = reviewed(('">= 10 cases"', '">= 11 cases"'), ("estimate: 20s", "estimate: 40s"))
    assert {(one.part, one.name) for one in found.changes} == {
        (Part.CRITERION, "A.enough"),
        (Part.ESTIMATE, "A.two"),
    }
    assert found.loosened == ()
    assert (found.before.length, found.after.length) == (35.0, 55.0)


def test_a_removed_criterion_comes_first_and_a_removed_order_next() -> None:
    found = reviewed(
        ("title: Tiny", "title: Smaller"),
        ("estimate: 5s, artifacts", "estimate: 5s, needs: [one], artifacts"),
        (
            PLAN[PLAN.index("    success_criteria") : PLAN.index("success_metrics")],
            "",
        ),
        ('success_metrics:\n  - {metric: Cases, target: "9", criteria: [A.enough]}\n', ""),
    )
    assert [one.part for one in found.changes] == [Part.CRITERION, Part.EDGE, Part.SUCCESS_METRIC, Part.PLAN]
    assert found.changes[1].name == "A.two -> A.three"


def test_an_edge_that_follows_from_others_is_no_change() -> None:
    text = PLAN.replace("estimate: 5s, artifacts", "estimate: 5s, needs: [one, two], artifacts")
    assert review_plans(loaded(text), loaded(PLAN)).changes == ()


def test_a_task_and_a_criterion_under_another_id_are_renamed() -> None:
    found = reviewed(("id: one", "id: first"), ("{id: enough", "{id: plenty"), ("A.enough", "A.plenty"))
    renamed = [(one.part, one.name, one.after) for one in found.changes if one.action is Action.RENAMED]
    assert renamed == [(Part.CRITERION, "A.enough", "A.plenty"), (Part.TASK, "A.one", "A.first")]
    assert found.loosened == ()


def test_a_removed_task_loosens_and_the_order_around_it_stays() -> None:
    found = reviewed(('      - {id: one, title: One, command: ["true"], estimate: 10s}\n', ""))
    assert [(one.part, one.action, one.name) for one in found.changes] == [(Part.TASK, Action.REMOVED, "A.one")]


def test_the_markdown_escapes_what_a_plan_says_and_draws_the_neighbourhood() -> None:
    found = reviewed(
        ("title: Two", "title: 'Two | <b>`x`'"), ("estimate: 5s, artifacts", "estimate: 5s, needs: [one], artifacts")
    )
    page = to_markdown(found)
    assert "Two \\| \\<b\\>\\`x\\`" in page
    assert "n_A_two -.-> n_A_three" in page


def test_text_and_data_tell_the_same_changes() -> None:
    found = reviewed(("samples: 3", "samples: 2"), ("title: Alpha", "title: Beta"))
    data = to_data(found)
    assert data["loosened"] is True
    assert [one["name"] for one in data["changes"]] == ["A.enough", "A"]
    assert "criterion A.enough, samples: 3 → 2: it demands less evidence" in to_text(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("artifacts: [a.txt]", "artifacts: [b.txt]"),
        ("unit: cases, better: higher}", "unit: cases, better: higher, form: slope}"),
        ('command: ["true"], estimate: 5s', 'command: ["true"], estimate: 5s, reuse: always'),
        ('target: "9", criteria: [A.enough]', 'target: "9", criteria: [A.other]'),
    ],
)  # fmt: skip
def test_what_asks_for_less_around_a_criterion_loosens(old: str, new: str) -> None:
    other = '      - {id: other, title: Other, metric: m.n, target: ">= 9 cases"}\nsuccess_metrics:'
    before = PLAN.replace("success_metrics:", other).replace(
        "artifact: a.txt, from: three", "artifact: c.txt, from: two"
    )
    assert old in before
    found = review_plans(loaded(before), loaded(before.replace(old, new)))
    assert len(found.loosened) == 1
    assert not review_plans(loaded(before), loaded(before)).loosened

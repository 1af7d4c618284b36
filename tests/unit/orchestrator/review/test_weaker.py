"""What a changed value of a plan says, and whether it asks for less."""

import pytest

from orchestrator.graph.load import load_text
from orchestrator.review.compare import review_plans
from orchestrator.review.render import sentence, to_data, to_text
from orchestrator.review.weaker import FEWER, LESS, SMALLER, WIDER, weakened, weakened_command

PLAN = """\
schema: 1
id: tiny
title: Tiny
params: {size: 1GiB, n: 20}
agents: {VELOCITY: {specialty: A, driver: command}, PRISM: {specialty: B, driver: command}}
workstreams:
  A:
    title: Alpha
    lead: VELOCITY
    tasks:
      - id: measure
        title: Measure
        command: [bench, --samples, "${n}"]
        with: {size: "${size}", mode: full}
        timeout: 5m
        retries: {max: 1, delay: 1s}
        env: {API_TOKEN: abcdefgh12345, LEVEL: "3"}
        metrics: [{name: m.n, unit: cases, better: higher}]
      - {id: tune, title: Tune, command: [make, tune]}
    success_criteria:
      - {id: enough, title: Enough, metric: m.n, target: ">= 10 cases", samples: 3}
  B:
    title: Beta
    lead: PRISM
    tasks:
      - {id: other, title: Other, command: ["true"]}
"""


def review(*edits):
    text = PLAN
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return review_plans(load_text(PLAN, "plan.yaml"), load_text(text, "plan.yaml"))


def told(*edits):
    return {sentence(one): one.loosens for one in review(*edits).changes}


@pytest.mark.parametrize(
    ("name", "was", "now", "why"),
    [
        ("samples", 20, 2, FEWER),
        ("samples", 2, 20, ""),
        ("stream_size", "1GiB", "1MiB", SMALLER),
        ("stream_size", "1MiB", "1GiB", ""),
        ("length", "10m", "30s", SMALLER),
        ("sizes", [16, 32, 64], [16], LESS),
        ("sizes", [16, 32], [8, 16], SMALLER),
        ("tolerance", 0.1, 0.5, WIDER),
        ("tolerance", 0.5, 0.1, ""),
        ("verify", True, False, LESS),
        ("skip_slow", False, True, WIDER),
        ("seed", 5, 3, ""),
        ("mode", "full", "quick", ""),
        ("size", "1GiB", "3 minutes", ""),
    ],
)
def test_a_parameter_is_weakened_by_what_its_name_and_number_say(name, was, now, why):
    assert weakened(name, was, now) == why


def test_an_option_of_a_command_is_a_parameter_too():
    assert weakened_command(["b", "--samples", "20"], ["b", "--samples", "5"]) == FEWER
    assert weakened_command(["b", "--size=1GiB"], ["b", "--size=2GiB"]) == ""


def test_an_option_in_a_shells_text_is_a_parameter_too():
    assert weakened_command(["sh", "-c", "b --samples 20 --out x"], ["sh", "-c", "b --samples 5 --out x"]) == FEWER
    assert weakened_command(["sh", "-c", "b --size=1GiB; true"], ["sh", "-c", "b --size=1MiB; true"]) == SMALLER


def test_a_parameter_of_the_plan_says_what_a_bare_word_of_a_command_is():
    was, now = ["sh", "-c", "b 20 x"], ["sh", "-c", "b 5 x"]
    assert weakened_command(was, now) == ""
    assert weakened_command(was, now, {"rounds": (20, 5)}) == FEWER
    assert weakened_command(was, now, {"rounds": (30, 5)}) == ""


def test_a_parameter_that_a_command_holds_is_felt_where_it_stands():
    text = PLAN.replace('[bench, --samples, "${n}"]', "[sh, -c, 'bench ${n} > out']")
    found = review_plans(load_text(text, "plan.yaml"), load_text(text.replace("n: 20", "n: 5"), "plan.yaml"))
    assert {sentence(one): one.loosens for one in found.changes}["plan params.n: 20 → 5"] == FEWER


def test_before_and_after_are_spelled_as_in_the_plan():
    found = told(("5m", "50m"), ("delay: 1s", "delay: 2m"), ("mode: full", "mode: quick"), ("max: 1", "max: 3"))
    assert found == {
        "task A.measure, timeout: 5m → 50m": "it may take longer",
        "task A.measure, retries.max: 1 → 3": "",
        "task A.measure, retries.delay: 1s → 2m": "",
        "task A.measure, with.mode: full → quick": "",
    }


def test_a_weakened_parameter_of_a_plan_is_seen_with_its_values_and_where_it_is_felt():
    found = told(("size: 1GiB", "size: 1MiB"), ("n: 20", "n: 5"))
    assert found["plan params.size: 1GiB → 1MiB"] == SMALLER
    assert found["task A.measure, with.size: 1GiB → 1MiB"] == SMALLER
    assert found["plan params.n: 20 → 5"] == FEWER
    data = to_data(review(("size: 1GiB", "size: 1MiB")))["changes"]
    assert [(one["before"], one["after"]) for one in data] == [("1GiB", "1MiB")] * 2


def test_an_inherited_agent_is_named_and_a_new_lead_told_once():
    assert told(("title: Measure", "title: Measure\n        agent: PRISM")) == {
        "task A.measure, agent: VELOCITY → PRISM": ""
    }
    assert told(("title: Measure", "title: Measure\n        agent: VELOCITY")) == {}
    assert list(told(("lead: VELOCITY", "lead: PRISM"))) == ["group A, lead: VELOCITY → PRISM"]


def test_values_of_the_environment_are_never_shown():
    text = to_text(review(("abcdefgh12345", "zyxwvuts98765"), ('"3"', '"4"')))
    assert "env.API_TOKEN: (masked) → (masked)" in text
    assert not any(value in text for value in ("abcdefgh", "zyxw", "LEVEL: 3"))


def test_a_task_that_goes_to_another_group_is_moved_and_what_changed_on_the_way_is_told():
    line = "      - {id: tune, title: Tune, command: [make, tune]}\n"
    other = '      - {id: other, title: Other, command: ["true"]}\n'
    found = told((line, ""), (other, other + line.replace("tune]}", "tune], timeout: 1m}")))
    assert "task A.tune moved to B.tune" in found
    assert found["task B.tune, timeout: no limit → 1m"] == ""
    assert not any("removed" in one or "added" in one for one in found if one.startswith("task"))


def test_a_criterion_under_another_id_with_another_target_is_renamed_and_loosened():
    found = told(("id: enough", "id: plenty"), (">= 10 cases", ">= 5 cases"))
    assert found["criterion A.enough renamed to A.plenty"] == ""
    assert found["criterion A.plenty, target: >= 10 cases → >= 5 cases"]


def test_a_group_under_another_id_is_renamed_and_its_tasks_are_not_told_one_by_one():
    found = told(("  A:\n", "  ALPHA:\n"))
    assert list(found) == ["group A renamed to ALPHA"]


def test_more_time_and_room_are_for_a_reviewer_and_not_held_against_a_resumed_run():
    found = review(("5m", "50m"), ("specialty: A,", "specialty: A, capacity: 4,")).loosened
    assert [(one.field, one.leeway) for one in found] == [("timeout", True), ("capacity", True)]

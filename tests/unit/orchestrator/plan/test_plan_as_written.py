"""What a plan says is what it means: ids, escapes, durations, names, sizes and promises."""

import tracemalloc

import pytest

from orchestrator.engine.orders import filled
from orchestrator.plan.load import parse_plan
from orchestrator.plan.problem import PlanError
from orchestrator.plan.text import plan_text

HEAD = """schema: 1
id: p
title: P
agents: {ME: {specialty: Trying, driver: command}}
"""
KNOWN = {"folder": "/f", "state": "/s", "project": "/p"}


def plan_of(tasks, head="", tail=""):
    group = f"workstreams:\n  A:\n    title: Work\n    lead: ME\n    tasks:\n{tasks}"
    return parse_plan(f"{HEAD}{head}{group}\n{tail}", "p.yaml")


def problems_of(tasks, head="", tail=""):
    with pytest.raises(PlanError) as caught:
        plan_of(tasks, head, tail)
    return caught.value.problems


def task(rest, name="a"):
    return f"      - {{id: {name}, title: one, command: ['true'], needs: []{', ' if rest else ''}{rest}}}\n"


@pytest.mark.parametrize(
    "tasks",
    [
        task("matrix: {size: [16]}", "sweep") + task("", "sweep-16"),
        task("", "sweep-16") + task("matrix: {size: [16]}", "sweep"),
        task("matrix: {os: [linux], py: [3]}", "test") + task("matrix: {py: [3]}", "test-linux"),
        task("matrix: {v: ['3.1', 3_1x]}", "t") + task("", "t-3_1"),
    ],
)
def test_an_instance_with_the_id_of_another_task_is_told_at_both(tasks):
    first, second = problems_of(tasks)
    assert (first.line, second.line) == (10, 11)
    assert "line 11" in first.what
    assert "line 10" in second.what


def test_values_that_give_one_id_give_several_tasks():
    plan = plan_of(
        task("matrix: {v: [a.b, a_b, 'a b']}", "t") + task("matrix: {v: [" + "x" * 70 + ", " + "x" * 71 + "]}", "u")
    )
    ids = [one.id for one in plan.workstreams["A"].tasks]
    assert len(set(ids)) == len(ids) == 5


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("$${folder}", "${folder}"),
        ("${folder}", "/f"),
        ("$${matrix.size}", "${matrix.size}"),
        ("${matrix.size}", "16"),
        ("$${other}", "${other}"),
        ("a $${state} b ${state} $${matrix.size}${matrix.size}", "a ${state} b /s ${matrix.size}16"),
        ("$$${folder}", "$${folder}"),
        ("${name} $${name}", "${folder} ${name}"),
    ],
)
def test_a_doubled_dollar_stands_for_the_text_itself(written, meant):
    tasks = (
        f"      - {{id: b, title: t, matrix: {{size: [16]}}, command: [echo, '{written}'], with: {{w: '{written}'}}, "
        f"env: {{E: '{written}'}}}}\n"
    )
    (one,) = plan_of(tasks, head="params: {name: '$${folder}'}\n").workstreams["A"].tasks
    if "${name}" not in written:
        assert filled(one.command, KNOWN)[1] == meant
        assert str(filled(one.with_, KNOWN)["w"]) == meant
        assert str(filled(one.env, KNOWN)["E"]) == meant
    again = parse_plan(plan_text(plan_of(tasks, head="params: {name: x}\n")), "again").workstreams["A"].tasks[0]
    assert filled(again.command, KNOWN) == filled(
        plan_of(tasks, head="params: {name: x}\n").workstreams["A"].tasks[0].command, KNOWN
    )


def test_escapes_are_undone_where_nothing_is_filled_in_later():
    plan = plan_of(
        "      - {id: a, title: 'costs $${folder} and $${matrix.x}', command: [echo, '$${matrix.x}'], artifacts: "
        "['$${state}']}\n"
    )
    (one,) = plan.workstreams["A"].tasks
    assert one.title == "costs ${folder} and ${matrix.x}"
    assert one.command == ("echo", "${matrix.x}")
    assert one.artifacts == ("${state}",)
    assert parse_plan(plan_text(plan), "again") == plan


def test_what_a_place_is_called_is_not_looked_at_again():
    assert filled("${state}", {"state": "/a/${folder}", "folder": "/f"}) == "/a/${folder}"


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("progress_reports: {every: 0s}\n", ""),
        ("progress_reports: {every: 1ms}\n", ""),
        ("progress_reports: {every: 0}\n", ""),
        ("progress_reports: {every: 1m, at_most: 0s}\n", ""),
        ("", "timeout: 0s"),
        ("", "timeout: 0.000001s"),
    ],
)
def test_a_time_too_short_to_make_sense_is_a_problem(head, rest):
    (problem,) = problems_of(task(rest), head)
    assert "is too short" in problem.what
    assert "or more" in problem.mend


def test_no_wait_and_no_time_make_sense_where_something_is_waited_for_or_estimated():
    plan = plan_of(
        task("retries: {max: 1, delay: 0s}, estimate: 0s, timeout: 50ms"), head="progress_reports: {every: 100ms}\n"
    )
    assert plan.workstreams["A"].tasks[0].retries.delay == 0


@pytest.mark.parametrize("name", ["folder", "state", "project", "matrix.size"])
def test_a_parameter_that_could_never_be_used_is_a_problem(name):
    (problem,) = problems_of(task(""), head=f"params: {{{name}: x}}\n")
    assert "meaning of its own" in problem.what


def test_a_name_that_is_a_task_and_a_group_is_a_problem_where_it_is_needed():
    tail = "  B:\n    title: Work\n    lead: ME\n    tasks: [{id: x, title: x, command: ['true']}]\n"
    tasks = task("", "B") + "      - {id: c, title: c, command: ['true'], needs: [B]}\n"
    (problem,) = problems_of(tasks, tail=tail)
    assert "'A.B'" in problem.mend
    assert plan_of(tasks.replace("needs: [B]", "needs: [A.B]"), tail=tail)


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("params:\n  p: '" + "x" * 500_000 + "'\nsummary: '" + "${p}" * 5000 + "'\n", ""),
        ("params:\n  p: '" + "x" * 500_000 + "'\n", "with: {v: [" + "'${p}', " * 5000 + "]}"),
        ("summary: &p '" + "x" * 500_000 + "'\nnext_steps: [" + "*p, " * 5000 + "]\n", ""),
    ],
    ids=["in one text", "as values", "as aliases"],
)
def test_a_plan_that_grows_by_its_parameters_is_refused_before_it_has_grown(head, rest):
    tracemalloc.start()
    try:
        (problem,) = problems_of(task(rest), head)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "too large with its parameters filled in" in problem.what
    assert peak < 8 * 500_000


def test_a_matrix_that_would_multiply_a_long_text_is_refused():
    values = ", ".join(map(str, range(1000)))
    (problem,) = problems_of(task(f"matrix: {{n: [{values}]}}, env: {{E: '{'x' * 100_000}${{matrix.n}}'}}"))
    assert "matrices expanded" in problem.what


CRITERION = (
    "    success_criteria: [{id: c, title: c, metric: m, target: '%s'}]\nsuccess_metrics: [{metric: Saved, target: "
    "'%s', criteria: [A.c]}]\n"
)
METRIC = "metrics: [{name: m, unit: '%s', better: neither}]"


@pytest.mark.parametrize(
    ("row", "target"),
    [
        (">= 90 %", ">= 1 %"),
        (">= 90 %", ">= 0.89 1"),
        ("at least 90%", ">= 89.99 %"),
        ("≥ 90 %", "> 89 %"),
        ("> 90 %", ">= 90 %"),
        ("<= 0.009 s", "<= 9.1 ms"),
        ("< 9 ms", "<= 0.009 s"),
        ("at most 5 ms", "< 5.01 ms"),
        ("1GB+", ">= 0.9 GB"),
        ("== 0 leaks", "<= 1 leaks"),
        (">= 90", ">= 1 %"),
        (">= 90 %", "<= 95 %"),
        ("< 5 ms", ">= 1 %"),
        ("10", ">= 1 %"),
        ("25%", ">= 1 %"),
        ("10-15%", ">= 9 %"),
        ("90 percent or more", ">= 1 %"),
        ("not less than 90 %", ">= 1 %"),
        ("min. 90 %", ">= 1 %"),
        ("saves over 90 % of it", ">= 1 %"),
        ("< 5 ms (p99)", "<= 100 ms"),
        ("5 ms or less", "<= 100 ms"),
    ],
)
def test_a_row_that_promises_more_than_its_criterion_asks_for_is_a_problem(row, target):
    unit = target.split()[-1]
    (problem,) = problems_of(task(METRIC % unit), tail=CRITERION % (target, row))
    assert f"'{row}'" in problem.what


@pytest.mark.parametrize(
    ("row", "target"),
    [
        (">= 90 %", ">= 90 %"),
        (">= 90 %", ">= 0.9 1"),
        (">= 90 %", "> 90 %"),
        ("<= 9 ms", "<= 0.009 s"),
        ("< 1 leaks", "== 0 leaks"),
        ("1GB+", ">= 1 GiB"),
        ("1", ">= 1 %"),
        ("25%", ">= 25 %"),
        ("25%", "> 25 %"),
        ("10-15%", ">= 10 %"),
        ("10 to 15 ms", "<= 15 ms"),
        ("100%", "== 0 failures"),
        ("p99 < 10 ms, p50 < 2 ms", "<= 20 ms"),
        ("as fast as before", ">= 1 %"),
        ("x" * 5000, ">= 1 %"),
    ],
)
def test_a_row_that_promises_no_more_or_says_it_in_words_is_none(row, target):
    unit = target.split()[-1]
    assert plan_of(task(METRIC % unit), tail=CRITERION % (target, row))


@pytest.mark.parametrize("target", ["<= 1234567890123456789 B", "> 0.12345678901234567 s"])
def test_a_target_of_more_digits_than_can_be_told_apart_is_a_problem(target):
    (problem,) = problems_of(task(METRIC % target.split()[-1]), tail=CRITERION % (target, "x"))
    assert "15 digits" in problem.mend


@pytest.mark.parametrize(("default", "given"), [("3.9", "3.10"), ("[3.9]", "3.9,3.10"), ("1", "+5"), ("0.5", "1e-3")])
def test_a_setting_that_would_be_spelled_another_way_is_a_problem(default, given):
    text = f"{HEAD}params: {{v: {default}}}\nworkstreams:\n  A:\n    title: W\n    lead: ME\n    tasks:\n{task('')}"
    with pytest.raises(PlanError, match="not text here but a number"):
        parse_plan(text, "p.yaml", {"v": given})


@pytest.mark.parametrize(
    ("default", "given"), [("'3.9'", "3.10"), ("['3.9']", "3.9,3.10"), ("0.5", "0.00001"), ("0.5", "2")]
)
def test_a_setting_is_spelled_as_it_was_given(default, given):
    text = (
        f"{HEAD}params: {{v: {default}}}\nworkstreams:\n  A:\n    title: W\n    lead: ME\n    tasks:\n      - {{id: "
        f"a, title: t, command: [echo, '${{v}}']}}\n"
    )
    assert parse_plan(text, "p.yaml", {"v": given}).workstreams["A"].tasks[0].command == ("echo", given)


def test_a_variable_may_be_named_by_reference_and_its_value_is_no_part_of_the_plan():
    text = (
        HEAD + "env: {TOKEN: {from: DEPLOY}, MODE: fast}\nworkstreams:\n  A:\n    title: W\n    lead: ME\n    tasks:\n"
    )
    plan = parse_plan(
        text + "      - {id: a, title: t, matrix: {n: [1]}, command: [x], env: {MODE: {from: MODE_HERE}}}\n", "p.yaml"
    )
    (one,) = plan.workstreams["A"].tasks
    assert plan.variables(one) == ({}, {"TOKEN": "DEPLOY", "MODE": "MODE_HERE"})
    assert parse_plan(plan_text(plan), "again") == plan


@pytest.mark.parametrize(
    "env", ["{A: {form: B}}", "{A: {from: B, to: C}}", "{A: {from: 'x=y'}}", "{A: {}}", "{'a=b': c}"]
)
def test_a_reference_that_is_none_is_a_problem(env):
    assert problems_of(task(f"env: {env}"))

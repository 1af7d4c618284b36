import hashlib
from pathlib import Path

import pytest

from orchestrator.evidence.metric import Better, Metric
from orchestrator.plan.load import SIZE_LIMIT, PlanError, parse_plan, plan_digest, read_plan, read_plan_text
from orchestrator.plan.schema import plan_schema

RUNNERS = {"pool.sweep": (Metric("pool.memory", "MiB", Better.LOWER),)}
GOOD = """\
schema: 1
id: good
title: Good
params: {size: 1GiB, count: 3, deep: true, sizes: [1, 2]}
resources: {cpu: 2}
agents: {ONE: {specialty: x}}
workstreams:
  A:
    title: First
    lead: ONE
    tasks:
      - {id: a, title: a, command: [echo, "${size}", "n=${count}"], with: {n: "${count}"}, estimate: 1m30s}
      - {id: b, title: b, run: pool.sweep, if: "${deep}", env: {HOME: "${state}/home", L: "${sizes}", X: "$${size}"}}
    success_criteria:
      - {id: memory, title: Memory, metric: pool.memory, target: "< 500 MB", from: b}
"""
TEN = """\
schema: 1
id: bad
title: Ten mistakes
agents: {ONE: {specialty: x}}
resources: {cpu: 2}
workstreams:
  A:
    title: First
    lead: TWO
    estimate: 1:30
    title: Again
    tasks:
      - {id: a, title: a, command: [sleep], neds: [b]}
      - {id: b, title: b, command: [sleep], needs: [a]}
      - {id: c, title: c, command: [sleep], needs: [bb]}
      - {id: d, title: d, command: [sleep], timeout: 5x}
      - {id: e, title: e, run: pool.swep}
    success_criteria:
      - {id: c1, title: c, metric: pool.memry, target: "< 3 MiB"}
      - {id: c2, title: c, metric: pool.memory, target: "< 3 seconds"}
"""


def problems_of(text, settings=None, runners=None):
    with pytest.raises(PlanError) as caught:
        parse_plan(text, "p.yaml", settings or {}, runners)
    return caught.value.problems


def test_a_good_plan_loads_with_its_parameters_filled_in():
    plan = parse_plan(GOOD, "p.yaml", {"count": "7"}, RUNNERS)
    first, second = plan.workstreams["A"].tasks
    assert first.command == ("echo", "1GiB", "n=7")
    assert first.with_ == {"n": 7}
    assert first.estimate == 90.0
    assert second.if_ is True
    assert second.env == {"HOME": "${state}/home", "L": "1,2", "X": "${size}"}


def test_ten_mistakes_are_ten_problems_at_their_lines():
    problems = problems_of(TEN, runners=RUNNERS)
    expected = [
        (9, "'TWO' is not an agent"),
        (10, "base 60"),
        (11, "stands here again"),
        (13, "neds: unknown key"),
        (13, "A.a → A.b → A.a"),
        (15, "'bb' is neither"),
        (16, "'5x' is not a duration"),
        (17, "no runner 'pool.swep'"),
        (19, "no task declares the metric 'pool.memry'"),
        (20, "the target is in seconds"),
    ]
    assert [one.line for one in problems] == [line for line, _ in expected]
    for problem, (_, said) in zip(problems, expected, strict=True):
        assert said in problem.what


def test_every_problem_is_a_line_with_a_position_and_a_line_with_a_mend():
    for problem in problems_of(TEN, runners=RUNNERS):
        place, mend = str(problem).split("\n")
        assert place.startswith(f"p.yaml:{problem.line}:{problem.column}: ")
        assert mend.startswith("  mend: ")


@pytest.mark.parametrize(
    ("old", "new", "said", "mend"),
    [
        ("lead: ONE", "led: ONE", "workstreams.A.led: unknown key", "did you mean 'lead'?"),
        ("title: First", "titel: First", "titel: unknown key", "did you mean 'title'?"),
        ("schema: 1", "schema: 2", "schema: 2", "write"),
        ("id: good", "", "`id` is missing", "add `id:` here"),
        ("id: good", "id: 3x", "id: '3x'", "begin with a letter"),
        ("estimate: 1m30s", "estimate: 90", "90 is not a duration", "45s"),
        ('"< 500 MB"', '"< 500 MBit"', "MBit", "known units"),
        ('"< 500 MB"', '"fast"', "'fast' is not a target", "'>= 25 %'"),
        ("command: [echo", "command: [5", "5 is not text", "quotes"),
        ('${size}", "n', '${sise}", "n', "names no parameter", "did you mean 'size'?"),
        ('${size}", "n', '${params.size}", "n', "names no parameter", "write ${size};"),
        ('${size}", "n', '${zzzzzz}", "n', "names no parameter", "state; or write $${zzzzzz} for"),
        ("from: b", "from: bc", "'bc' is not a task", "did you mean 'b'?"),
        ("run: pool.sweep", "run: pool.sweep, command: [x]", "both `run` and `command`", "exactly one"),
        ('command: [echo, "${size}", "n=${count}"], ', "", "neither `run` nor `command`", "exactly one"),
        ("id: a, title: a", "id: b, title: a", "'b' is the id of another", "of its own"),
        ("title: b,", "title: b, needs: [A],", "group that it stands in", "another group"),
        ("title: b,", "title: b, trigger_rule: all_succes,", "'all_succes' is unknown", "did you mean 'all_success'?"),
        ("title: b,", "title: b, resources: {cpu: 3},", "3 is more than the plan has (2)", "at most 2"),
        ("title: b,", "title: b, resources: {gpu: 1},", "is not a resource", "cpu"),
        ("title: b,", "title: b, with: {x: {y: 1}},", "does not fit here", "text, a number"),
        ("title: b,", "title: b, retries: {max: -1},", "retries.max: -1", "write"),
        ("title: b,", "title: b, matrix: {x: []},", "has no values", "at least one"),
        ("title: b,", "title: 'b ${matrix.x}',", "names no key of the task's matrix", "remove"),
        ("resources: {cpu: 2}", "timeline: [{at: 1m, event: e, done: [B]}]", "'B' is not a workstream", "A"),
        (
            "resources: {cpu: 2}",
            "success_metrics: [{metric: m, target: t, criteria: [A.memry]}]",
            "is not a criterion",
            "A.memory",
        ),
    ],
)
def test_one_mistake_is_one_problem_with_its_mend(old, new, said, mend):
    assert old in GOOD
    problems = problems_of(GOOD.replace(old, new, 1), runners=RUNNERS)
    assert len(problems) == 1, [str(one) for one in problems]
    assert said in problems[0].what
    assert mend in problems[0].mend


def test_a_setting_of_an_unknown_parameter_is_a_problem():
    (problem,) = problems_of(GOOD, {"siz": "2GiB"})
    assert "--set siz" in problem.what
    assert problem.mend == "did you mean 'size'?"


def test_a_setting_must_fit_its_default():
    assert "does not fit" in problems_of(GOOD, {"count": "many"})[0].what
    assert "does not fit" in problems_of(GOOD, {"deep": "1"})[0].what


def test_a_settings_text_is_kept_where_the_default_is_text():
    assert parse_plan(GOOD, "p.yaml", {"size": "010"}).workstreams["A"].tasks[0].command[1] == "010"


@pytest.mark.parametrize(
    "text",
    [
        "schema: 1\nworkstreams: 3\nagents: []\n",
        "schema: 1\nid: x\ntitle: x\nagents: {A: 3}\nworkstreams: {W: [1]}\n",
        "workstreams: {W: {tasks: [1, null, [], {}]}}\nstages: {S: {tasks: {}}}\n",
        "schema: [1]\nid: {}\nparams: 5\nresources: {cpu: x}\nworkstreams: {'3': {}}\nagents: {'': {}}\n",
        "params: {a: {b: c}}\nid: ${a}\n",
    ],
)
def test_misshapen_plans_are_problems_and_never_a_crash(text):
    problems = problems_of(text, runners=RUNNERS)
    assert problems
    assert "unreadable-part" not in "".join(str(one) for one in problems)


def test_two_unordered_writers_of_one_path_are_a_problem():
    text = GOOD.replace("title: a,", "title: a, writes: [out.json],").replace(
        "title: b,", "title: b, writes: [out.json],"
    )
    assert parse_plan(text, "p.yaml", {}, RUNNERS).title == "Good"
    (problem,) = problems_of(text.replace("title: b,", "title: b, needs: [],"), runners=RUNNERS)
    assert "A.a writes 'out.json' too" in problem.what


def test_a_matrix_becomes_one_task_for_each_combination():
    text = GOOD.replace("{id: a, title: a,", "{id: a, title: 'a of ${matrix.n}', matrix: {n: [1, 2], m: [x]},")
    one, two, last = parse_plan(text, "p.yaml", {}, RUNNERS).workstreams["A"].tasks
    assert (one.id, two.id) == ("a-1-x", "a-2-x")
    assert one.title == "a of 1"
    assert two.with_ == {"n": 3, "m": "x"}
    assert last.needs == ("a-1-x", "a-2-x")


def test_a_large_plan_full_of_mistakes_is_refused_without_a_search_for_each():
    task = '      - {id: t%d, titel: t, run: pool.swep, needs: [zz%d], with: {a: "${b}"}, agent: NO}'
    text = GOOD.split("    tasks:", maxsplit=1)[0] + "    tasks:\n" + "\n".join(task % (n, n) for n in range(10_000))
    assert len(problems_of(text, runners=RUNNERS)) == 200


def test_matrices_that_would_make_too_many_tasks_are_refused():
    values = ", ".join(str(n) for n in range(40))
    text = GOOD.replace(
        "title: a,", f"title: a, matrix: {{x: [{values}], y: [{values}], z: [{values}], w: [{values}]}},"
    )
    assert "2,560,001 tasks" in problems_of(text, runners=RUNNERS)[0].what


def test_needs_of_all_with_all_in_two_large_groups_are_refused():
    tasks = "\n".join(f"      - {{id: t{n}, title: t, command: [x], needs: []}}" for n in range(1_500))
    group = "    title: t\n    lead: ONE\n    tasks:\n" + tasks
    text = GOOD.split("workstreams:", maxsplit=1)[0] + f"workstreams:\n  A:\n{group}\n  B:\n    needs: [A]\n{group}\n"
    assert "pairs" in problems_of(text)[0].what


def test_a_cycle_through_groups_is_shown_by_its_tasks():
    groups = "".join(
        f"  {a}: {{title: t, lead: ONE, needs: [{b}], tasks: [{{id: t, title: t, command: [x]}}]}}\n"
        for a, b in ("AB", "BA")
    )
    (problem,) = problems_of(GOOD.split("workstreams:", maxsplit=1)[0] + "workstreams:\n" + groups)
    assert "A.t → B.t → A.t" in problem.what


def test_the_schema_knows_every_key_and_the_form_of_durations():
    schema = plan_schema()
    assert {"schema", "agents", "workstreams"} <= set(schema["required"])
    assert schema["additionalProperties"] is False
    assert "from" in schema["$defs"]["Deliverable"]["required"]
    assert "pattern" in schema["$defs"]["Milestone"]["properties"]["at"]


def test_the_digest_depends_on_text_and_settings():
    assert len(plan_digest(GOOD)) == len(hashlib.sha256().hexdigest())
    assert len({plan_digest(GOOD), plan_digest(GOOD + " "), plan_digest(GOOD, {"size": "1"})}) == 3
    assert plan_digest(GOOD, {"a": "1", "b": "2"}) == plan_digest(GOOD, {"b": "2", "a": "1"})


def test_files_that_are_no_plans_are_told_apart(tmp_path):
    (tmp_path / "latin.yaml").write_bytes(b"schema: 1\ntitle: \xe9t\xe9\n")
    (tmp_path / "large.yaml").write_bytes(b"#" * (SIZE_LIMIT + 1))
    told = {}
    for name in ("missing.yaml", "latin.yaml", "large.yaml", "."):
        with pytest.raises(PlanError) as caught:
            read_plan_text(tmp_path / name)
        (told[name],) = caught.value.problems
    assert told["missing.yaml"].what == "there is no such file"
    assert (told["latin.yaml"].line, told["latin.yaml"].column) == (2, 8)
    assert told["large.yaml"].what == "is larger than 8 MiB"
    assert told["."].what == "is a directory"


def test_a_plan_in_a_file_is_read(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD)
    assert read_plan(tmp_path / "good.yaml").id == "good"
    assert PlanError.exit_code == 2


def test_the_example_plans_load():
    examples = sorted(Path(__file__).parents[4].joinpath("plans/examples").glob("*.yaml"))
    assert "hello.yaml" in {path.name for path in examples}
    assert read_plan(Path(__file__).parents[4].joinpath("plans/examples/hello.yaml")).id == "hello"


@pytest.mark.parametrize(
    ("samples", "most", "what"), [(5, 15, "at least 6"), (8, 4, "less than"), (6, 121, "too many")]
)
def test_a_limit_of_samples_that_cannot_decide_is_a_problem(samples, most, what):
    said = f'"< 500 MB", samples: {samples}, max_samples: {most}'
    with pytest.raises(PlanError, match=what):
        parse_plan(GOOD.replace('"< 500 MB"', said), "plan.yaml")


def test_a_file_that_is_something_else_is_said_to_be_so_once():
    text = "\n".join(f"user{number}: x" for number in range(300))
    with pytest.raises(PlanError) as raised:
        parse_plan(text, "passwords")
    assert [problem.what for problem in raised.value.problems] == ["no key of a plan is in this file"]
    assert "user" not in str(raised.value)

"""The verbs about plans, through the real command line."""

import json

import pytest

TEN_MISTAKES = """\
schema: 1
id: wrong
title: Ten mistakes
colour: red
agents:
  ONE: {specialty: Work, capacity: 0}
workstreams:
  A:
    title: Work
    lead: TWO
    estimate: 5 parsecs
    tasks:
      - {id: first, title: First, run: no.such.runner, needs: [third]}
      - {id: second, title: Second, command: [echo], timeout: soon, nedes: [first]}
      - {id: second, title: Again, command: [echo], needs: [nowhere]}
      - {id: third, title: Third, command: [echo], command: [true]}
    success_criteria:
      - {id: fast, title: Fast, metric: no.metric, target: "quick"}
  B:
    title: More
    tasks: []
"""


def test_a_plan_with_ten_mistakes_tells_them_all_with_places_and_mends_and_starts_nothing(shell):
    (shell.folder / "plan.yaml").write_text(TEN_MISTAKES)
    done = shell("run", "plan.yaml")
    assert done.returncode == 2
    assert done.stdout == ""
    problems = [line for line in done.stderr.splitlines() if line.startswith("plan.yaml:")]
    assert len(problems) >= 10
    assert done.stderr.count("  mend: ") == len(problems)
    assert "did you mean 'needs'?" in done.stderr
    assert sorted(path.name for path in shell.folder.iterdir()) == ["plan.yaml"]


def test_a_cycle_is_told_as_its_path(shell):
    shell.plan(
        [{"id": "a", "command": ["true"], "needs": ["b"]}, {"id": "b", "command": ["true"], "needs": ["a"]}],
    )
    done = shell("validate", "plan.yaml")
    assert done.returncode == 2
    assert "A.a" in done.stderr
    assert "A.b" in done.stderr


def test_a_runner_that_does_not_exist_is_a_problem_of_the_plan(shell):
    shell.plan([{"id": "a", "run": "no.such.runner", "agent": "PY"}])
    done = shell("run", "plan.yaml")
    assert done.returncode == 2
    assert "no.such.runner" in done.stderr
    assert not (shell.folder / ".orchestrate").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{]", "not YAML"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"", "empty"),
        (b"a: " + b"x" * 50_000_000, "larger than"),
        (b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
            b"%c: &%c [%s]\n" % (c, c, b", ".join([b"*%c" % (c - 1)] * 9)) for c in range(ord("b"), ord("k"))
        ), "aliases"),
    ],
    ids=["not YAML", "not UTF-8", "empty", "50 MB", "alias bomb"],
)  # fmt: skip
def test_a_file_that_is_no_plan_ends_with_two_and_says_why(shell, content, said):
    (shell.folder / "plan.yaml").write_bytes(content)
    done = shell("run", "plan.yaml", timeout=10)
    assert done.returncode == 2
    assert said in done.stderr
    assert "mend: " in done.stderr
    assert not (shell.folder / ".orchestrate").exists()


def test_a_directory_is_no_plan(shell):
    done = shell("validate", ".")
    assert done.returncode == 2
    assert "is a directory" in done.stderr


def test_problems_as_data_name_place_and_mend(shell):
    (shell.folder / "plan.yaml").write_text(TEN_MISTAKES)
    done = shell("validate", "--json", "plan.yaml")
    told = json.loads(done.stdout)
    assert done.returncode == 2
    assert told["valid"] is False
    assert all(problem["mend"] and problem["line"] >= 1 for problem in told["problems"])


def test_a_good_plan_is_valid_and_counted(shell, kit):
    shell.plan([kit.measuring("a", "5")], [kit.criterion(">= 5 cases")])
    done = shell("validate", "--json", "plan.yaml")
    told = json.loads(done.stdout)
    assert (done.returncode, told["valid"], told["tasks"], told["criteria"]) == (0, True, 1, 1)


def test_the_graph_comes_in_four_formats_and_into_a_file(shell):
    shell.plan([{"id": "a", "command": ["true"]}, {"id": "b", "command": ["true"]}])
    mermaid = shell("graph", "plan.yaml").stdout
    assert mermaid.startswith("flowchart")
    assert shell("graph", "-f", "dot", "plan.yaml").stdout.startswith("digraph")
    assert shell("graph", "-f", "svg", "plan.yaml").stdout.startswith('<svg class="graph" xmlns=')
    assert "A.b" in json.dumps(json.loads(shell("graph", "-f", "json", "plan.yaml").stdout))
    assert shell("graph", "-o", "plan.mmd", "plan.yaml").stdout == ""
    assert (shell.folder / "plan.mmd").read_text() == mermaid
    wrong = shell("graph", "-f", "png", "plan.yaml")
    assert (wrong.returncode, "mermaid, dot, svg, json" in wrong.stderr) == (2, True)


def test_the_schedule_names_the_critical_path(shell):
    shell.plan([{"id": "a", "command": ["true"], "estimate": "2m"}, {"id": "b", "command": ["true"], "estimate": "1m"}])
    assert "critical path, 3m00s: A.a → A.b" in shell("schedule", "plan.yaml").stdout
    assert json.loads(shell("schedule", "--json", "plan.yaml").stdout)["critical_path"] == ["A.a", "A.b"]


def test_the_schema_is_json_schema_that_knows_the_plans_keys(shell):
    schema = json.loads(shell("schema").stdout)
    assert {"workstreams", "agents", "stages"} <= set(schema["properties"])


def test_a_dry_run_says_what_would_run_and_writes_nothing(shell):
    shell.plan([{"id": "a", "command": ["touch", "${project}/ran"]}])
    done = shell("run", "-n", "plan.yaml")
    assert done.returncode == 0
    assert "A.a" in done.stdout
    assert sorted(path.name for path in shell.folder.iterdir()) == ["plan.yaml"]


def test_the_first_plan_runs_as_it_is_and_is_not_written_over(shell):
    assert shell("init", "plan.yaml").returncode == 0
    assert shell("init", "plan.yaml").returncode == 2
    done = shell("run", "plan.yaml")
    assert done.returncode == 0, done.stderr
    assert "measured A.count: words.count 2 words" in done.stderr


def test_help_is_quick_and_every_verb_has_examples(shell):
    listed = shell("--help").stdout
    for verb in (
        "init",
        "validate",
        "graph",
        "schedule",
        "schema",
        "run",
        "resume",
        "cancel",
        "status",
        "logs",
        "history",
        "report",
        "verify",
    ):
        assert f"  {verb} " in listed
        told = shell(verb, "--help")
        assert told.returncode == 0
        assert f"orchestrate {verb}" in told.stdout.partition("Examples:")[2]


def test_the_version_is_told_without_a_verb(shell):
    done = shell("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("orchestrate ")

"""`orchestrate diff` through the real command line, over a real git repository, and the script of the GitHub Action."""

import json
import os
import shlex
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml

SCRIPT = Path(__file__).parents[2] / ".ci" / "review-plans"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((SCRIPT.parents[1] / ".pre-commit-hooks.yaml").read_text())}
IDENTITY = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
NAMES = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")


@pytest.fixture
def committed(shell) -> Path:
    shell.plan([{"id": "a", "command": ["true"]}, {"id": "b", "command": ["true"]}])
    for argv in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "plan"]):
        identity = IDENTITY | {f"GIT_{name}": "somebody@example.org" for name in NAMES}
        subprocess.run(["git", *argv], cwd=shell.folder, check=True, env=os.environ | identity)
    return shell.folder / "plan.yaml"


def switch_off(plan: Path) -> None:
    text = plan.read_text()
    assert '"id": "b"' in text
    plan.write_text(text.replace('"id": "b"', '"id": "b", "if": false'))


@pytest.mark.usefixtures("committed")
def test_an_untouched_plan_is_not_loosened(shell):
    done = shell("diff", "plan.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No change to the plan.")


def test_a_loosened_plan_exits_with_one_and_says_by_what(shell, committed):
    switch_off(committed)
    done = shell("diff", "--format", "json", "HEAD", "plan.yaml")
    assert done.returncode == 1
    changes = json.loads(done.stdout)["changes"]
    assert [(one["name"], one["field"], one["loosens"]) for one in changes] == [
        ("A.b", "if", "the task is switched off")
    ]


@pytest.mark.parametrize("style", ["text", "markdown", "json"])
def test_a_secret_that_stands_in_the_plan_is_masked_in_what_a_review_tells(shell, committed, style):
    text = committed.read_text()
    committed.write_text(text.replace('"id": "b"', '"id": "b", "env": {"API_TOKEN": "first-one", "LEVEL": "loud"}'))
    (shell.folder / "new.yaml").write_text(committed.read_text().replace("first-one", "other-one"))
    for argv in (("plan.yaml", "new.yaml"), ("HEAD", "plan.yaml")):
        done = shell("diff", "--format", style, *argv)
        assert "(masked)" in done.stdout
        assert "loud" not in done.stdout
        assert "first-one" not in done.stdout
        assert "other-one" not in done.stdout


def test_any_two_of_file_and_revision_can_be_held_against_each_other(shell, committed):
    switch_off(committed)
    done = shell("diff", "plan.yaml", "HEAD:plan.yaml")
    assert done.returncode == 0
    assert "1 change; the contract is not loosened" in done.stdout


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("argv", [("nowhere.yaml",), ("nosuch", "plan.yaml"), ("HEAD:no.yaml", "plan.yaml")])
def test_what_stands_for_nothing_is_said_with_a_mend(shell, argv):
    done = shell("diff", *argv)
    assert done.returncode == 2
    assert "mend:" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_action_refuses_a_loosened_contract_unless_told_otherwise(shell, committed, tmp_path):
    switch_off(committed)
    page = tmp_path / "page.md"
    installed = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PLANS": "*.yaml", "BASE": "HEAD", "PATH": installed}
    argv = ["bash", str(SCRIPT), str(page)]
    refused = subprocess.run(argv, cwd=shell.folder, env=environment, capture_output=True, check=False)
    allowed = environment | {"ALLOW_LOOSENED": "true"}
    passed = subprocess.run(argv, cwd=shell.folder, env=allowed, capture_output=True, check=False)
    assert (refused.returncode, passed.returncode) == (1, 0)
    assert "LOOSENED" in page.read_text()
    assert "```mermaid\nflowchart LR" in page.read_text()


def test_the_action_refuses_a_plan_that_is_gone(shell, committed, tmp_path):
    committed.unlink()
    page = tmp_path / "page.md"
    installed = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PLANS": "*.yaml", "BASE": "HEAD", "PATH": installed}
    done = subprocess.run(
        ["bash", str(SCRIPT), str(page)], cwd=shell.folder, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert "plan.yaml is removed" in page.read_text()


def hooked(shell, *change):
    """What the hook against loosened plans says of a commit of this change: its exit code and output."""
    for argv in change:
        subprocess.run(["git", *argv], cwd=shell.folder, check=True)
    hook = HOOKS["orchestrate-diff"]
    assert (hook["always_run"], hook["pass_filenames"]) == (True, False)
    argv = [*shlex.split(hook["entry"]), "*.yaml", "*.yml"]
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        argv, cwd=shell.folder, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(
    "change",
    [("rm", "-q", "plan.yaml"), ("mv", "plan.yaml", "another plan.yaml"), ("mv", "plan.yaml", "plan.txt")],
    ids=["removed", "renamed", "no plan any more"],
)
def test_the_commit_hook_refuses_a_plan_that_is_gone(shell, change):
    code, said = hooked(shell, change)
    assert code == 1
    assert "LOOSENED: plan.yaml is removed" in said


def test_the_commit_hook_refuses_a_loosened_plan_and_lets_another_pass(shell, committed):
    assert hooked(shell) == (0, "")
    switch_off(committed)
    code, said = hooked(shell, ("add", "."))
    assert code == 1
    assert "the task is switched off" in said


@pytest.mark.usefixtures("committed")
def test_the_commit_hook_lets_a_new_plan_pass(shell):
    shell.plan([{"id": "a", "command": ["true"]}], name="second.yaml")
    assert hooked(shell, ("add", ".")) == (0, "")


def test_the_action_runs_a_plan_and_writes_its_report_to_the_jobs_summary(shell, kit, tmp_path):
    shell.plan([kit.measuring("count", "4")], [kit.criterion(">= 5 cases")], name="nightly.yaml")
    summary = tmp_path / "summary.md"
    installed = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    environment = shell.env | {"PLAN": "nightly.yaml", "GITHUB_STEP_SUMMARY": str(summary), "PATH": installed}
    script = SCRIPT.with_name("run-plan")
    done = subprocess.run(
        ["bash", str(script)], cwd=shell.folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "::error file=nightly.yaml" in done.stdout
    assert summary.read_text().startswith("## A small plan: ❌ FAIL")

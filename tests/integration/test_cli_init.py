"""`orchestrate init`: what it writes runs as it is. `.ci/run` also installs the project as a package of its own."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def project(shell):
    done = shell("init", "first-plan")
    assert done.returncode == 0, done.stderr
    folder = shell.folder / "first-plan"
    shell.folder = folder
    shell.env |= {
        "ORCHESTRATE_RUNNERS": "first_plan:RUNNERS",
        "PYTHONPATH": os.pathsep.join((str(folder), shell.env["PYTHONPATH"])),
    }
    return shell


def test_the_project_runs_green_with_its_own_runner(project):
    done = project("run", "plan.yaml")
    assert done.returncode == 0, done.stderr
    assert "PASS: 2 PASS" in done.stdout


def test_the_projects_own_test_passes_and_can_fail(project):
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(argv, cwd=project.folder, env=project.env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    plan = project.folder / "plan.yaml"
    plan.write_text(plan.read_text().replace(">= 2 words", ">= 3 words"))
    done = subprocess.run(argv, cwd=project.folder, env=project.env, capture_output=True, text=True, check=False)
    assert done.returncode == 1


@pytest.mark.parametrize(
    "name", ["1st", "a b", "class", "ü", "x" * 50, "test", "json", "numpy", "Encoder", "tests", "pyyaml"]
)
def test_a_name_that_no_package_can_have_is_refused_with_a_mend(shell, name):
    done = shell("init", name)
    assert done.returncode == 2
    assert "mend:" in done.stderr
    assert not (shell.folder / name).exists()


def test_nothing_is_written_over_what_is_there(shell):
    (shell.folder / "mine").mkdir()
    (shell.folder / "mine" / "file").write_text("kept")
    assert shell("init", "mine").returncode == 2
    assert [path.name for path in (shell.folder / "mine").iterdir()] == ["file"]

"""Where a command looks: the project above, the runners that are not installed, the folders that a resume has to
name again.
"""

import pytest

RUNNERS = """
from orchestrator.runner import Runner
def hello(context):
    import acme_checks.inner
    print("hello from", acme_checks.inner.__name__)
RUNNERS = (Runner("acme.hello", hello, ()),)
"""
PLAN = """
schema: 1
id: acme
title: Acme
agents: {ME: {specialty: All}}
workstreams:
  A: {title: A, lead: ME, tasks: [{id: hello, title: Hello, run: acme.hello}]}
"""


@pytest.fixture
def acme(shell):
    """A project whose runners are not installed, as docs/guides/runners.md has it."""
    package = shell.folder / "acme_checks"
    package.mkdir()
    (package / "__init__.py").write_text(RUNNERS)
    (package / "inner.py").write_text("")
    (shell.folder / "plan.yaml").write_text(PLAN)
    shell.env["ORCHESTRATE_RUNNERS"] = "acme_checks:RUNNERS"
    return shell


def test_a_relative_python_path_means_the_project_also_in_attempts(acme):
    acme.env["PYTHONPATH"] = f".:{acme.env['PYTHONPATH']}"
    done = acme("run", "plan.yaml")
    assert done.returncode in {0, 3}, done.stderr
    assert "hello from acme_checks.inner" in acme("logs", "A.hello").stdout


def test_a_missing_module_is_told_as_that_and_how_to_install_the_project_beside_the_plan(acme):
    (acme.folder / "pyproject.toml").write_text("[project]\nname = 'acme-checks'\nversion = '1'\n")
    (acme.folder / "plans").mkdir()
    (acme.folder / "plan.yaml").rename(acme.folder / "plans" / "plan.yaml")
    done = acme("validate", "plans/plan.yaml")
    assert done.returncode == 2
    assert (
        "no runner 'acme.hello' is registered; there is no module 'acme_checks', which ORCHESTRATE_RUNNERS needs"
        in done.stderr
    )
    assert "pip install -e ." in done.stderr


def test_a_subfolder_belongs_to_the_project_above(shell):
    shell.plan([{"id": "one", "command": ["true"]}])
    assert shell("run", "plan.yaml").returncode in {0, 3}
    root, below = shell.folder, shell.folder / "plans" / "deep"
    below.mkdir(parents=True)
    shell.folder = below
    assert "A.one" in shell("status").stdout
    assert shell("logs", "A.one").returncode == 0
    done = shell("run", "--new", "../../plan.yaml", "--junit", "out.xml")
    assert done.returncode in {0, 3}, done.stderr
    assert f"project: {root}" in done.stderr
    assert {path.name for path in below.iterdir()} == {"out.xml"}
    assert len(shell.runs()) == 2


def test_a_project_of_somebody_else_s_repository_is_not_found(shell):
    shell.plan([{"id": "one", "command": ["true"]}])
    shell("run", "plan.yaml")
    (shell.folder / "vendor" / ".git").mkdir(parents=True)
    (shell.folder / "vendor" / "src").mkdir()
    shell.folder = shell.folder / "vendor" / "src"
    assert "nothing has run" in shell("status").stderr


def test_the_hint_to_resume_names_the_folders_again(shell, kit):
    shell.plan([{"id": "one", "command": ["sleep", "60"]}])
    process = shell.start("run", "plan.yaml", "--reports", "my reports", "--state", "st")
    kit.wait_until(lambda: shell("status", "--state", "st").stdout.count("running   A.one") == 1)
    process.terminate()
    assert "--state st --reports 'my reports'" in process.communicate()[1]


def test_beside_checks_a_plan_with_the_runners_of_its_project_that_is_not_installed(acme):
    del acme.env["ORCHESTRATE_RUNNERS"]
    (acme.folder / "pyproject.toml").write_text(
        '[project]\nname = "acme"\nversion = "1"\n[project.entry-points."orchestrator.runners"]\nacme = '
        '"acme_checks:RUNNERS"\n'
    )
    assert acme("validate", "plan.yaml").returncode == 2
    done = acme("validate", "--beside", "plan.yaml")
    assert done.returncode == 0, done.stderr

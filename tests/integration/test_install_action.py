"""What the GitHub Action installs."""

import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.scaffold import project_files

SCRIPT = Path(__file__).parents[2] / ".ci" / "install-action"


def installed(folder, install=""):
    """The words that pip is given in the folder."""
    (folder / "bin").mkdir()
    (folder / "bin/python").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (folder / "bin/python").chmod(0o755)
    env = os.environ | {
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "GITHUB_ACTION_PATH": "/action",
        "INSTALL": install,
    }
    done = subprocess.run(["bash", SCRIPT], cwd=folder, env=env, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_action_installs_the_orchestrator_alone(tmp_path):
    assert installed(tmp_path)[-1] == "/action/orchestrator"


@pytest.mark.parametrize(
    "needs", ["workstream-orchestrator", "workstream-orchestrator[dask]", "workstream-orchestrator>=0.1"]
)
def test_a_project_that_needs_the_encoder_too_gets_that_one_alone(tmp_path, needs):
    (tmp_path / "pyproject.toml").write_text(f'[project]\ndependencies = ["{needs}"]\n')
    assert installed(tmp_path, "-e .")[-3:] == ["/action/.", "-e", "."]


def test_a_project_that_needs_the_orchestrator_alone_gets_that(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["workstream-orchestrator-core"]\n')
    assert installed(tmp_path, "-e .")[-3:] == ["/action/orchestrator", "-e", "."]


def test_a_new_project_names_what_the_action_can_install(tmp_path):
    (tmp_path / "pyproject.toml").write_text(project_files("words")["pyproject.toml"])
    assert installed(tmp_path)[-1] in {"/action/.", "/action/orchestrator"}

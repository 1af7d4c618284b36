"""Agents through the real command line: what they must never see, and what is told before anything starts."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import orchestrator
from orchestrator.agents import script as script_module
from orchestrator.agents.trees import remove

pytest.importorskip("acp")
PACKAGE = Path(orchestrator.__file__).parent
CANARY = "canary-4711-never-to-be-seen"
LOOK = (
    'env; cat /proc/*/environ "$HOME"/.netrc {home}/.netrc {project}/.env {project}/.orchestrate/journal.sqlite; ls '
    '-a {home} {project}; cat "$(dirname $(git rev-parse --git-common-dir))"/.env'
)


def write_plan(folder, program, *rounds, task=None, **agent):
    """A plan with one agent that works in the folder's own repository. rounds: its script."""
    for words in (
        ("init", "-q", "-b", "main", "."),
        ("add", "src"),
        ("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "one"),
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    (folder / "script.yaml").write_text(yaml.safe_dump({"rounds": list(rounds)}), "utf-8")
    said = {
        "id": "it",
        "title": "It",
        "brief": "Do it.",
        "workspace": {"repo": ".", "base": "main"},
        "writes": ["src/**"],
        **(task or {}),
    }
    plan = {
        "schema": 1, "id": "seen", "title": "Seen",
        "agents": {"X": {"specialty": "looking", "driver": "acp", "program": program, **agent}},
        "workstreams": {"A": {"title": "A", "lead": "X", "tasks": [said]}},
    }  # fmt: skip
    (folder / "plan.yaml").write_text(yaml.safe_dump(plan, sort_keys=False), "utf-8")


@pytest.fixture
def project(shell, tmp_path):
    """A project with secrets in it, in our environment and in our home."""
    home = tmp_path / "home"
    for folder in (home, tmp_path / "src"):
        folder.mkdir()
    (tmp_path / "src/a.txt").write_text("a\n")
    (home / ".netrc").write_text(CANARY)
    (tmp_path / ".env").write_text(f"KEY={CANARY}")
    shell.env |= {"HOME": str(home), "CANARY": CANARY}
    return tmp_path


def everywhere(folder, *, beside):
    """The files below the folder that hold the canary."""
    found = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in found if path not in beside and CANARY.encode() in path.read_bytes()]


@pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
def test_a_secret_of_ours_is_in_nothing_that_a_run_leaves_or_an_agent_sees(shell, project):
    home = project / "home"
    look = LOOK.format(home=home, project=project)
    steps = [{"run": f"({look}) > src/seen.txt 2>&1; cat src/seen.txt"}, {"say": "done"}]
    write_plan(project, [sys.executable, script_module.__file__, str(project / "script.yaml")], steps)
    done = shell("run", "-q", "plan.yaml")
    assert "A.it" in shell("status").stdout
    shell("export", "-o", "run.tar")
    (project / "report.json").write_text(shell("report", "--json").stdout)
    subprocess.run(["tar", "xf", "run.tar", "--one-top-level=bundle"], cwd=project, check=True)
    report = json.loads((project / "report.json").read_text())
    assert report["rounds"][0]["round"]["hand_in"]["files"] == ["src/seen.txt"], done.stderr
    seen = subprocess.run(["git", "log", "--all", "-p", "--text"], cwd=project, capture_output=True, check=True).stdout
    assert b"ORCHESTRATE_ATTEMPT" in seen
    assert CANARY.encode() not in seen
    assert everywhere(project, beside={project / ".env", home / ".netrc"}) == []
    remove(project / "bundle")


def test_what_an_agent_lacks_is_told_before_anything_starts(shell, project):
    write_plan(project, ["no-such-agent"], [])
    done = shell("run", "-q", "plan.yaml")
    assert (done.returncode, "mend: install it" in done.stderr) == (2, True), done.stderr
    assert not list((project / ".orchestrate").glob("runs/*"))


@pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
def test_an_agent_finds_its_workspace_at_the_same_place_in_every_round(shell, project):
    """By that place some find their session again."""
    look = {"run": "pwd >> $HOME/places; git rev-parse --show-toplevel >> $HOME/places"}
    program = [sys.executable, script_module.__file__, str(project / "script.yaml")]
    done_at_last = [look, {"write": {"src/a.txt": "b\n"}}]
    write_plan(project, program, [look], done_at_last, task={"rounds": 2})
    done = shell("run", "-q", "plan.yaml")
    assert done.returncode == 0, done.stderr
    (places,) = project.glob(".orchestrate/work/*/A.it/0/home/places")
    assert set(places.read_text().split()) == {str(places.parents[1] / "workspace")}
    assert len(places.read_text().split()) == 4
    assert not os.path.lexists(places.parents[1] / "workspace")

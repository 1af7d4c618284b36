"""The example of docs/guides/notifiers.md: installed as a package of its own, it is told of a run."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from orchestrator.telling.notifier import NotifierError, find_notifier

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "plans" / "examples" / "notifier"


def install(target, module, text, points):
    """Put a module into a folder as an installer would, without one: the code, and metadata with its entry points."""
    about = target / f"{module}-0.1.dist-info"
    about.mkdir(parents=True)
    (target / f"{module}.py").write_text(text, "utf-8")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 0.1\n")
    (about / "entry_points.txt").write_text(
        "[orchestrator.notifiers]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
    )


def test_the_package_is_found_and_told_of_its_plans_run(tmp_path):
    points = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    target, project = tmp_path / "site", tmp_path / "project"
    install(
        target, "file_notifier", (EXAMPLE / "file_notifier.py").read_text("utf-8"), points["orchestrator.notifiers"]
    )
    project.mkdir()
    env = {**os.environ, "PYTHONPATH": str(target), "TOLD_FILE": str(project / "told.txt")}
    argv = [sys.executable, "-m", "orchestrator", "run", "-q", "--no-page", str(EXAMPLE / "plan.yaml")]
    done = subprocess.run(argv, cwd=project, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    told = (project / "told.txt").read_text()
    assert told == "verdict warns: A run that is told to a file: UNPROVEN\n"
    assert told.strip() in (ROOT / "docs" / "guides" / "notifiers.md").read_text("utf-8")


def found(name, *target):
    code = f"from orchestrator.telling.notifier import find_notifier; find_notifier({name!r})"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, target))}
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, check=False).stderr


def test_a_notifier_that_cannot_be_used_is_told_with_its_package(tmp_path):
    install(tmp_path, "broken_notifier", "NOTIFIER = object()", {"broken": "broken_notifier:NOTIFIER"})
    said = found("broken", tmp_path)
    assert "it is not a valid notifier" in said
    assert "mend: mend or uninstall the package that brings it, broken_notifier (broken_notifier:NOTIFIER)" in said


def test_two_packages_with_one_notifier_are_both_named(tmp_path):
    for name in ("one_notifier", "two_notifier"):
        install(tmp_path / name, name, "NOTIFIER = None", {"same": f"{name}:NOTIFIER"})
    said = found("same", tmp_path / "one_notifier", tmp_path / "two_notifier")
    assert "one_notifier (one_notifier:NOTIFIER)" in said
    assert "two_notifier (two_notifier:NOTIFIER)" in said


def test_an_unknown_notifier_is_told_with_those_that_there_are():
    with pytest.raises(NotifierError, match=r"there is no notifier 'nobody'\n  mend: .*apprise"):
        find_notifier("nobody")

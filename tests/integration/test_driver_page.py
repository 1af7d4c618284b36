"""The example of docs/guides/drivers.md: installed as a package of its own, it runs a plan."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from orchestrator.agents.driver import DriverError, find_driver

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "plans" / "examples" / "driver"


def install(target, module, text, points):
    """Put a module into a folder as an installer would, without one: the code, and metadata with its entry points."""
    about = target / f"{module}-0.1.dist-info"
    about.mkdir(parents=True)
    (target / f"{module}.py").write_text(text, "utf-8")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 0.1\n")
    (about / "entry_points.txt").write_text(
        "[orchestrator.drivers]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
    )


def run(folder, target, *words):
    env = {**os.environ, "PYTHONPATH": str(target)}
    argv = [sys.executable, "-m", "orchestrator", *words]
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)


def test_the_package_is_found_and_its_plan_passes(tmp_path):
    points = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    target, project = tmp_path / "site", tmp_path / "project"
    install(target, "shell_driver", (EXAMPLE / "shell_driver.py").read_text("utf-8"), points["orchestrator.drivers"])
    project.mkdir()
    (project / "work.sh").write_text("echo writing; echo done > said.txt\n")
    (project / "plan.yaml").write_text((EXAMPLE / "plan.yaml").read_text("utf-8"))
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "work.sh"),
        ("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"),
    ):
        subprocess.run(["git", *words], cwd=project, check=True)
    unknown = subprocess.run(
        [sys.executable, "-m", "orchestrator", "validate", "plan.yaml"], cwd=project, capture_output=True, text=True,
        check=False
    )  # fmt: skip
    assert unknown.returncode == 2
    assert "there is no driver 'shell'" in unknown.stderr
    assert "acp, command, human, pull, python" in unknown.stderr
    done = run(project, target, "run", "-q", "--no-page", "plan.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    report = run(project, target, "report", "--full").stdout
    assert "| shell |" in report
    assert "exit code 0" in report


def found(target, name):
    code = f"from orchestrator.agents.driver import find_driver; find_driver({name!r})"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, target))}
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [("import nowhere_to_be_found", "ModuleNotFoundError"), ("DRIVER = object()", "it is not a valid driver"), ("",
    "AttributeError")],
)  # fmt: skip
def test_a_driver_that_cannot_be_used_is_told_with_its_package(tmp_path, text, told):
    install(tmp_path, "broken_driver", text, {"broken": "broken_driver:DRIVER"})
    said = found([tmp_path], "broken")
    assert told in said
    assert "mend: mend or uninstall the package that brings it, broken_driver (broken_driver:DRIVER)" in said


def test_two_packages_with_one_driver_are_both_named(tmp_path):
    for name in ("one_driver", "two_driver"):
        install(tmp_path / name, name, "DRIVER = None", {"same": f"{name}:DRIVER"})
    said = found([tmp_path / "one_driver", tmp_path / "two_driver"], "same")
    assert "one_driver (one_driver:DRIVER)" in said
    assert "two_driver (two_driver:DRIVER)" in said


def test_an_unknown_driver_is_told_with_those_that_there_are():
    with pytest.raises(DriverError, match="acp, command, pull"):
        find_driver("nobody")

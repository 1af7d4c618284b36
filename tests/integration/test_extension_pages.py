"""The examples of docs/guides/executors.md, importers.md, report-formats.md and verbs.md, each installed and used."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "plans" / "examples"
PAGES = {
    "executor": ("executors.md", "polite_executor"),
    "importer": ("importers.md", "csv_importer"),
    "report-format": ("report-formats.md", "lines_format"),
    "verb": ("verbs.md", "longest_verb"),
}
PLAN = """\
schema: 1
id: one
title: One task
agents: {ANY: {specialty: Any, driver: command}}
workstreams:
  A:
    title: One
    lead: ANY
    tasks:
      - {id: say, title: Say it, command: [echo, hello], metrics: [{name: m, unit: ms, better: lower}]}
    success_criteria: [{id: fast, title: Nobody measures it, metric: m, target: "<= 1 ms"}]
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with all four packages as an installer leaves them, without one: the code, and metadata with entry
    points.
    """
    target = tmp_path_factory.mktemp("site")
    for name, (_, module) in PAGES.items():
        told = tomllib.loads((EXAMPLES / name / "pyproject.toml").read_text("utf-8"))["project"]
        assert told["name"].replace("-", "_") == module
        about = target / f"{module}-{told['version']}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n")
        points = [
            f"[{group}]\n" + "".join(f"{one} = {value}\n" for one, value in offered.items())
            for group, offered in told["entry-points"].items()
        ]
        (about / "entry_points.txt").write_text("\n".join(points))
        shutil.copy(EXAMPLES / name / f"{module}.py", target)
    return target


@pytest.fixture(scope="module")
def project(tmp_path_factory, site):
    folder = tmp_path_factory.mktemp("project")
    (folder / "plan.yaml").write_text(PLAN)
    assert orchestrate(site, folder, "run", "-q", "--no-page", "--executor", "polite", "plan.yaml").returncode == 3
    return folder


def orchestrate(site, folder, *words):
    env = {**os.environ, "PYTHONPATH": str(site)}
    argv = [sys.executable, "-m", "orchestrator", *words]
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)


def test_an_executor_carries_out_a_plan_and_is_listed_where_its_name_is_asked_for(site, project):
    report = next((project / "reports").glob("one-*.md")).read_text("utf-8")
    assert "Tasks: 1 succeeded" in report
    assert "polite" in orchestrate(site, project, "run", "--help").stdout
    unknown = orchestrate(site, project, "run", "--executor", "rude", "plan.yaml")
    assert (unknown.returncode, "dask, inline, polite, processes, threads" in unknown.stderr) == (2, True)


def test_an_executor_takes_its_own_settings_and_no_others(site, project):
    wrong = orchestrate(site, project, "run", "--executor", "polite", "--executor-set", "most-load=x", "plan.yaml")
    assert (wrong.returncode, "mend: write a figure" in wrong.stderr) == (2, True)
    other = orchestrate(site, project, "run", "--executor-set", "most-load=2", "plan.yaml")
    assert (other.returncode, "it means something only with --executor polite" in other.stderr) == (2, True)


def test_an_importer_reads_its_files_by_their_ending_or_by_its_name(site, project):
    (project / "work.csv").write_text("task,hours\nDig,2\nFill,\n")
    made = orchestrate(site, project, "import", "work.csv")
    assert made.returncode == 0, made.stderr
    assert "title: Dig" in made.stdout
    assert "work.csv:3: missing: Fill: no hours" in made.stderr
    (project / "work.tab").write_text("task,effort\nDig,2\n")
    named = orchestrate(site, project, "import", "--from", "csv", "--set", "hours=effort", "work.tab")
    assert (named.returncode, "estimate: 2h" in named.stdout) == (0, True)
    assert "--from" in orchestrate(site, project, "import", "work.tab").stderr


def test_a_report_format_renders_a_run(site, project):
    told = orchestrate(site, project, "report", "-f", "lines")
    assert told.stdout.splitlines()[1] == "UNPROVEN A.fast: Nobody measures it (<= 1 ms)"
    assert "lines" in orchestrate(site, project, "report", "--help").stdout


def test_a_verb_is_listed_and_does_its_work(site, project):
    assert "Show the tasks that took longest." in orchestrate(site, project, "--help").stdout
    told = orchestrate(site, project, "longest", "--most", "1")
    assert (told.returncode, told.stdout.split()[-1]) == (0, "A.say")


@pytest.mark.parametrize("name", sorted(path.parent.name for path in EXAMPLES.glob("*/pyproject.toml")))
def test_an_example_installs_beside_the_whole_and_beside_the_orchestrator_alone(name):
    """The two are different distributions, so an example names neither."""
    project = tomllib.loads((EXAMPLES / name / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["dependencies"] == []

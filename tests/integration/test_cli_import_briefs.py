"""From a work breakdown to agents at work: `orchestrate import --driver`, `validate`, `run` with agents that play
scripts.
"""

import subprocess
import sys

import pytest
import yaml

pytest.importorskip("acp")
WORK = """\
# Small work

## Workstream A: Writing
**Lead Agent:** @ADA (Writing)
- [x] Choose a place
- [ ] Write the note
- [ ] Write another note

**Deliverables:**
- A note

**Success Criteria:**
- Latency < 5 ms
- Coverage >= 90 %
"""
SCRIPT = {"rounds": [[{"say": "Done. Latency: 3 ms ✅"}, {"write": {"note.txt": "a note\n"}}]]}


@pytest.fixture
def project(shell):
    """A repository with a work breakdown and an agent's script."""
    (shell.folder / "work.md").write_text(WORK, "utf-8")
    (shell.folder / "script.yaml").write_text(yaml.safe_dump(SCRIPT), "utf-8")
    (shell.folder / ".gitignore").write_text(".orchestrate\nreports\n", "utf-8")
    commit = ("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "one")
    for words in (("init", "-q", "-b", "main", "."), ("add", "."), commit):
        subprocess.run(["git", *words], cwd=shell.folder, check=True)
    return shell


def imported(shell, *more):
    program = f"{sys.executable} -m orchestrator agent-script {shell.folder}/script.yaml"
    return shell("import", "work.md", "--driver", "acp", "--program", program, "-o", "plan.yaml", *more)


def test_criteria_that_nothing_measures_are_told_and_the_plan_of_briefs_validates(project):
    done = imported(project, "--writes", "*.txt")
    assert done.returncode == 0, done.stderr
    assert (
        "work.md:13: to be measured: A.latency-5-ms: Latency < 5 ms (< 5 ms): add a task with `measures:`"
        in done.stderr
    )
    assert "work.md:14: to be measured: A.coverage-90: Coverage >= 90 % (>= 90 %)" in done.stderr
    plan = yaml.safe_load((project.folder / "plan.yaml").read_text("utf-8"))
    chosen, note, _ = plan["workstreams"]["A"]["tasks"]
    assert chosen["command"] == ["true"]
    assert note["writes"] == ["*.txt"]
    assert note["brief"].startswith("Write the note.")
    assert "Latency < 5 ms" in note["brief"]
    checked = project("validate", "plan.yaml")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_agents_that_play_scripts_do_an_imported_plan(project):
    assert imported(project).returncode == 0
    text = (project.folder / "plan.yaml").read_text("utf-8")
    sandbox = text.replace("    driver: acp\n", "    driver: acp\n    sandbox: none\n")  # not every machine has one
    (project.folder / "plan.yaml").write_text(sandbox, "utf-8")
    done = project("run", "plan.yaml", "--no-page")
    told = project("report", "--full").stdout
    assert done.returncode in {0, 3}, done.stderr
    assert told.count("| accepted |") == 2
    assert "Latency: 3 ms" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["work.md", "--driver", "acp"], "no program to start"),
        (["work.md", "--program", "x"], "name their driver"),
        (["work.md", "--driver", "acp", "--program", "'x"], "close what is quoted"),
        (["work.sm", "--driver", "acp", "--program", "x"], "nothing that an agent could be asked to do"),
    ],
)
def test_options_that_do_not_fit_each_other_are_told_with_exit_code_2(project, arguments, told):
    (project.folder / "work.sm").write_text("", "utf-8")
    done = project("import", *arguments)
    assert done.returncode == 2
    assert told in done.stderr

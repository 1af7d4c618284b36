"""Whole runs through the real command line, of small plans whose tasks are commands."""

import json
import signal
import subprocess
import sys

import pytest


def test_a_run_that_meets_its_criteria_ends_with_zero_and_leaves_a_report(shell, kit):
    shell.plan([kit.measuring("count", "5")], [kit.criterion(">= 5 cases")])
    done = shell("run", "plan.yaml")
    assert done.returncode == 0, done.stderr
    run = shell.runs()[-1]["run"]
    assert f"report: reports/{run}.md" in done.stdout
    assert "PASS" in (shell.folder / "reports" / f"{run}.md").read_text()
    assert "start    A.count" in done.stderr
    assert "PASS     A.enough" in done.stderr
    assert {path.name for path in shell.folder.iterdir()} == {"plan.yaml", ".orchestrate", "reports"}
    assert {path.name for path in (shell.folder / "reports").iterdir()} == {run, f"{run}.html", f"{run}.md"}


@pytest.mark.parametrize(
    ("value", "ending"),
    [
        ("4", (1, "FAIL", "missed")),
        ("NaN", (3, "UNPROVEN", "not a number")),
        (None, (3, "UNPROVEN", "no evidence")),
    ],
)
def test_what_is_missed_or_not_proven_has_an_exit_code_of_its_own(shell, kit, value, ending):
    task = kit.measuring("count", value or "0")
    if value is None:
        task["command"] = ["true"]
    shell.plan([task], [kit.criterion(">= 5 cases")])
    done = shell("run", "-q", "plan.yaml")
    verdict = shell.status()["verdicts"][0]
    assert (done.returncode, verdict["outcome"], verdict["why"]) == ending


@pytest.mark.parametrize(
    ("task", "cause"),
    [
        ({"command": ["sh", "-c", "echo no luck >&2; exit 3"]}, "exit"),
        ({"command": ["sleep", "60"], "timeout": "300ms"}, "timeout"),
        ({"command": ["sh", "-c", "kill -9 $$"]}, "signal"),
        ({"command": ["no-such-program-anywhere"]}, "spawn"),
    ],
    ids=["fails", "hangs", "is killed", "is not there"],
)
def test_a_command_that_ends_badly_fails_its_task_and_skips_what_needs_it(shell, task, cause):
    shell.plan([{"id": "bad", **task}, {"id": "after", "command": ["true"]}])
    done = shell("run", "plan.yaml")
    tasks = {one["id"]: one for one in shell.status()["tasks"]}
    assert done.returncode == 1
    assert tasks["A.bad"]["failures"][0]["cause"] == cause
    assert tasks["A.after"]["status"] == "skipped"
    assert f"FAILED   A.bad: {cause}: " in done.stderr


def test_the_events_come_as_lines_of_json(shell):
    shell.plan([{"id": "a", "command": ["true"]}])
    done = shell("run", "--json", "plan.yaml")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["seq"] for one in events] == list(range(1, len(events) + 1))
    assert [events[0]["event"]["kind"], events[-1]["event"]["kind"]] == ["run_started", "run_finished"]
    assert done.stderr == ""


def test_settings_reach_the_tasks_and_a_malformed_one_is_usage(shell, kit):
    plan = kit.plan_data([{"id": "a", "command": ["echo", "${word}"]}]) | {"params": {"word": "plain"}}
    (shell.folder / "plan.yaml").write_text(json.dumps(plan))
    assert shell("run", "-q", "--set", "word=fancy", "plan.yaml").returncode == 0
    assert "fancy" in shell("logs", "A.a").stdout
    assert shell("run", "--set", "word", "plan.yaml").returncode == 2


def test_the_same_journal_gives_the_same_report(shell, kit):
    shell.plan([kit.measuring("count", "5")], [kit.criterion(">= 5 cases")])
    shell("run", "-q", "plan.yaml")
    (path,) = (shell.folder / "reports").glob("*.md")
    written = path.read_text()
    assert shell("report").stdout == written
    shell("report", "-o", "again.md")
    assert (shell.folder / "again.md").read_text() == written
    full = shell("report", "--full").stdout
    assert "## Appendix: evidence" in full
    assert full != written
    assert shell("report", "--reports", "again").returncode == 0
    assert (shell.folder / "again" / path.name).read_text() == written
    assert {one.name for one in (shell.folder / "again" / path.stem).iterdir()} == {"A.md", "_run.md"}
    refused = shell("report", "--full", "--group", "A")
    assert (refused.returncode, "do not go together" in refused.stderr) == (2, True)


def test_verify_agrees_until_an_artifact_changes(shell, kit):
    task = kit.measuring("count", "5")
    task["command"][-1] = (
        task["command"][-1].replace('"method"', '"artifacts": ["out.txt"], "method"') + "; echo data > out.txt"
    )
    task["artifacts"] = ["out.txt"]
    shell.plan([task], [kit.criterion(">= 5 cases")])
    assert shell("run", "-q", "plan.yaml").returncode == 0
    assert shell("verify").returncode == 0
    artifact = next((shell.folder / ".orchestrate" / "runs").rglob("out.txt"))
    artifact.write_text("dAta\n")
    changed = shell("verify")
    assert changed.returncode == 3
    assert "stale" in changed.stdout.lower()


def test_ctrl_c_leaves_a_run_that_resume_finishes_without_repeating_work(shell, kit):
    shell.plan(
        [
            {"id": "first", "command": ["sh", "-c", "echo first >> ${project}/ran"]},
            {
                "id": "second",
                "command": ["sh", "-c", "echo second >> ${project}/ran; test -e ${project}/go || sleep 60"],
            },
        ]
    )
    running = shell.start("run", "plan.yaml")
    kit.wait_until(lambda: shell.lines("ran") == ["first", "second"])
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=120)
    run = shell.runs()[-1]
    assert running.returncode == 130
    assert f"resume with: orchestrate resume {run['run']}" in said
    assert run["condition"] == "interrupted"
    (shell.folder / "go").touch()
    assert shell("resume").returncode == 0
    assert shell.lines("ran") == ["first", "second", "second"]
    assert len(shell.runs()) == 1


def test_a_second_run_names_the_owner_and_refuses_and_cancel_stops_the_first(shell, kit):
    shell.plan([{"id": "long", "command": ["sh", "-c", "echo x >> ${project}/ran; sleep 60"]}])
    running = shell.start("run", "plan.yaml")
    kit.wait_until(lambda: shell.lines("ran") == ["x"])
    second = shell("run", "plan.yaml")
    assert second.returncode == 4
    assert f"process {running.pid}" in second.stderr
    assert shell.status()["owner_pid"] == running.pid
    assert shell("cancel").returncode == 0
    assert running.wait(timeout=120) == 130
    assert shell("cancel").returncode == 2
    assert shell.lines("ran") == ["x"]


def test_only_what_is_asked_for_runs(shell):
    shell.plan([{"id": "a", "command": ["true"]}, {"id": "b", "command": ["true"]}])
    assert shell("run", "-q", "--until", "A.a", "plan.yaml").returncode == 0
    assert [one["status"] for one in shell.status()["tasks"]] == ["succeeded", "skipped"]
    refused = shell("run", "--only", "A.ab", "plan.yaml")
    assert refused.returncode == 2
    assert "did you mean 'A." in refused.stderr


def test_a_run_without_criteria_is_never_said_to_have_passed(shell):
    shell.plan([{"id": "a", "command": ["true"]}])
    assert shell("run", "-q", "plan.yaml").returncode == 0
    assert shell.status()["condition"] == "no criteria"
    told = shell("history").stdout
    assert "no criteria" in told
    assert "PASS" not in told


def test_the_runs_are_listed_no_wider_than_the_screen(shell):
    shell.plan([{"id": "a", "command": ["true"]}])
    shell("run", "-q", "--no-page", "plan.yaml")
    shell.env["COLUMNS"] = "66"
    narrow = shell("history").stdout.splitlines()
    assert narrow[0].split() == ["run", "started", "condition"]
    assert max(map(len, narrow)) <= 66
    shell.env["COLUMNS"] = "200"
    assert shell("history").stdout.split()[:4] == ["run", "plan", "started", "condition"]


def test_logs_show_one_tasks_output_and_hide_what_would_drive_a_terminal(shell):
    shell.plan(
        [
            {"id": "a", "command": ["sh", "-c", "printf 'one\\ntwo\\033[2J\\n'; echo oops >&2"]},
            {"id": "b", "command": ["false"]},
        ]
    )
    told = shell("run", "-q", "plan.yaml").stdout
    assert "failed  A.b: " in told
    told = shell("logs", "A.a", "-n", "1").stdout
    assert "two\\x1b[2J" in told
    assert "oops" in told
    assert "one" not in told.splitlines()
    assert "done     A.a" in shell("logs").stdout
    assert "A.b printed nothing" in shell("logs", "A.b").stdout
    assert shell("logs", "A.z").returncode == 2


def test_a_run_in_the_background_which_ignores_ctrl_c_is_cancelled_all_the_same(shell, kit):
    shell.plan([{"id": "a", "command": ["sleep", "60"]}])
    argv = f"{sys.executable} -m orchestrator run plan.yaml"
    process = subprocess.Popen(["sh", "-c", f"trap '' INT; exec {argv}"], cwd=shell.folder, env=shell.env)
    shell.started.append(process)
    kit.wait_until(lambda: shell("status").returncode == 0 and shell.status()["tasks"][0]["status"] == "running")
    assert shell("cancel").returncode == 0
    assert process.wait(20) == 130

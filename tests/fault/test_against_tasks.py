"""What a task may do to another's figures and to the state folder, and what answers it."""

import json
import os
import sys

import pytest

MEASURED = '{"kind": "measurement", "metric": "m.count", "unit": "cases", "values": [1], "method": "counted"}'


def attempt_of(shell, task):
    (found,) = (shell.folder / ".orchestrate" / "runs").glob(f"*/{task}/1")
    return found


def doing(task, script, **more):
    return {"id": task, "needs": [], "command": ["sh", "-c", script], **more}


METRIC = {"metrics": [{"name": "m.count", "unit": "cases", "better": "higher"}]}


def test_what_a_sibling_writes_in_the_place_of_anothers_evidence_is_never_counted(shell, kit):
    evil = f"""
        until [ -e ../../../../../begun ]; do sleep 0.05; done
        run=$(echo ../../../../runs/*); mkdir -p "$run/A.good/1"; echo '{MEASURED}' >> "$run/A.good/1/evidence.jsonl"
        for file in ../../*/evidence.jsonl ../../*/*/evidence.jsonl; do echo '{MEASURED}' >> "$file"; done; touch ../../../../../done
    """  # noqa: E501
    good = "touch ../../../../../begun; until [ -e ../../../../../done ]; do sleep 0.05; done"
    plan = shell.plan(
        [doing("good", good, **METRIC), doing("evil", evil)], [kit.criterion(">= 1 cases") | {"from": "good"}]
    )
    ended = shell("run", "-q", "--no-page", "-j", "2", plan)
    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert (attempt_of(shell, "A.good") / "evidence.jsonl").read_text() == ""
    assert "is not this attempt's" in shell("logs").stdout
    assert list(attempt_of(shell, "A.good").parent.glob("1.set-aside-*/evidence.jsonl"))


def test_a_planted_artifact_is_not_the_other_tasks(shell):
    plant = "mkdir -p ../../A.good/1; echo planted > ../../A.good/1/out.txt"
    plan = shell.plan([doing("evil", plant), doing("good", "true", needs=["evil"], artifacts=["out.txt"])])
    ended = shell("run", "-q", "--no-page", plan)
    assert ended.returncode == 1
    assert "was not left behind" in ended.stdout + ended.stderr + shell("logs").stdout


def test_evidence_reaches_us_from_any_process_of_the_attempt(shell, kit):
    opened = f"open(os.environ['ORCHESTRATE_EVIDENCE'], 'a').write({json.dumps(MEASURED)})"
    ways = {
        "shell": ["sh", "-c", f"echo '{MEASURED}' >> \"$ORCHESTRATE_EVIDENCE\""],
        "below": ["sh", "-c", f"(sh -c 'sh -c \"cat >> $ORCHESTRATE_EVIDENCE\"') <<'E'\n{MEASURED}\nE"],
        "append": [sys.executable, "-c", f"import os; {opened}"],
        "closed": [
            sys.executable, "-c",
            (f"import subprocess, sys; subprocess.run([sys.executable, '-c', {f'import os; {opened}'!r}], "
            f"close_fds=True, check=True)"),
        ],
    }  # fmt: skip
    plan = shell.plan(
        [{"id": way, "command": command, **METRIC} for way, command in ways.items()],
        [kit.criterion(">= 1 cases") | {"id": way, "from": way} for way in ways],
    )
    ended = shell("run", "-q", "--no-page", plan)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for way in ways:
        assert (attempt_of(shell, f"A.{way}") / "evidence.jsonl").read_text().strip() == MEASURED
    assert shell("verify").returncode == 0


@pytest.mark.parametrize("harm", ["rm -f {0}/journal.sqlite*", "rm -rf {0}", "mv {0} {0}.away; mkdir {0}"])
def test_a_run_whose_journal_goes_away_ends_with_4(shell, kit, harm):
    evil = harm.format("../../../../../.orchestrate")
    plan = shell.plan(
        [kit.measuring("t", "1"), {"id": "evil", "command": ["sh", "-c", f"{evil}; true"]}],
        [kit.criterion(">= 1 cases")],
    )
    ended = shell("run", "-q", "--no-page", plan)
    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert "mend: " in ended.stderr
    assert "PASS" not in ended.stdout


def test_what_is_put_in_the_place_of_a_log_or_artifact_is_read_nowhere(shell):
    (shell.folder / "secret").write_text("TOPSECRET")
    script = ["sh", "-c", "echo said; echo kept > out.txt"]
    kinds = {"soft": os.symlink, "hard": os.link, "pipe": lambda _, path: os.mkfifo(path)}
    plan = shell.plan([{"id": kind, "command": script, "artifacts": ["out.txt"]} for kind in kinds])
    assert shell("run", "-q", "--no-page", plan).returncode == 0
    for kind, put in kinds.items():
        for name in ("stdout.log", "out.txt"):
            path = attempt_of(shell, f"A.{kind}") / name
            path.unlink()
            put(shell.folder / "secret", path)
    verbs = [("logs", f"A.{kind}") for kind in kinds] + [("logs", "--json", "A.soft"), ("report", "-f", "html")]
    assert "TOPSECRET" not in "".join(shell(*verb).stdout for verb in verbs)
    shell("export", "-o", "b.tar")
    assert b"TOPSECRET" not in (shell.folder / "b.tar").read_bytes()
    assert (shell.folder / "b.tar").stat().st_mode & 0o777 == 0o600
    assert shell("verify").returncode == 3


def test_the_attempts_own_file_is_held_against_the_journal(shell, kit):
    plan = shell.plan([kit.measuring("t", "900")], [kit.criterion(">= 1 cases")])
    assert shell("run", "-q", "--no-page", plan).returncode == 0
    path = attempt_of(shell, "A.t") / "evidence.jsonl"
    path.write_text(path.read_text().replace("900", "901"))
    checked = shell("verify")
    assert checked.returncode == 3
    assert "A.t/1/evidence.jsonl" in checked.stdout
    refused = shell("export", "-o", "b.tar")
    assert refused.returncode == 4
    assert "A.t/1/evidence.jsonl" in refused.stderr


def test_the_state_folder_is_its_owners_alone_whatever_the_umask(shell):
    before = os.umask(0)
    try:
        plan = shell.plan([{"id": "t", "command": ["sh", "-c", "umask 077; echo said; echo bad >&2; sleep 0.2"]}])
        shell("run", "-q", "--no-page", plan)
    finally:
        os.umask(before)
    state = shell.folder / ".orchestrate"
    open_ones = [str(path) for path in (state, *state.rglob("*")) if path.lstat().st_mode & 0o077]
    assert open_ones == []


def test_another_plan_of_the_same_id_gets_a_run_of_its_own_and_a_moved_plan_goes_on(shell):
    slow = {"id": "slow", "command": ["sh", "-c", "echo ran >> ../../../../../ran; kill -9 $${ORCHESTRATE_OWNER%%-*}"]}
    first = shell.plan([slow], name="one.yaml")
    assert shell("run", "-q", "--no-page", first).returncode == -9
    other = shell.plan([{"id": "quick", "command": ["true"]}], name="two.yaml")
    ended = shell("run", "-q", "--no-page", other)
    assert ended.returncode == 0, ended.stderr
    assert "one.yaml did not finish" in ended.stderr
    assert "orchestrate resume" in ended.stderr
    interrupted = shell.runs()[0]["run"]
    moved = shell.folder / "moved.yaml"
    first.rename(moved)
    moved.write_text(moved.read_text().replace("kill -9", ": "))
    ended = shell("run", "-q", "--no-page", moved)
    assert ended.returncode == 0, ended.stderr
    assert len(shell.runs()) == 2
    assert interrupted in ended.stdout + ended.stderr

"""Secrets through the real command line: named by reference they stand nowhere, and what a task prints of them is
masked.
"""

import yaml

WORDS = (b"zebra-crossing-42", b"plain-in-the-plan", b"from-dotenv-77", b"ghp_" + b"ab12" * 9)
SCRIPT = """
printf 'zebra-cross'; sleep 0.05; printf 'ing-42 and %s\\n' "$API_KEY"
echo "$TOKEN $NAMED" >&2
printf '%s ' "$TOKEN"; cut -d= -f2 '${project}/.env'
echo '{"kind": "note", "text": "used '$TOKEN'"}' >> "$ORCHESTRATE_EVIDENCE"
echo '{"kind": "measurement", "metric": "t", "unit": "ms", "values": [1], "method": "with '$NAMED'"}' >> "$ORCHESTRATE_EVIDENCE"
"""  # noqa: E501


def secret_plan(shell, env):
    task = {
        "id": "a",
        "title": "A",
        "command": ["sh", "-c", SCRIPT],
        "metrics": [{"name": "t", "unit": "ms", "better": "lower"}],
    }
    criterion = {"id": "c", "title": "C", "metric": "t", "target": "< 10 ms"}
    group = {"title": "W", "lead": "ME", "tasks": [task], "success_criteria": [criterion]}
    plan = {
        "schema": 1,
        "id": "p",
        "title": "P",
        "agents": {"ME": {"specialty": "x", "driver": "command"}},
        "workstreams": {"A": group},
    }
    (shell.folder / "plan.yaml").write_text(yaml.safe_dump({**plan, "env": env}), encoding="utf-8")


def test_secrets_stand_neither_in_logs_nor_in_the_journal_nor_in_what_is_made_from_it(shell):
    env = {"TOKEN": {"from": "DEPLOY"}, "API_KEY": WORDS[1].decode(), "NAMED": WORDS[3].decode()}
    secret_plan(shell, env)
    (shell.folder / ".env").write_text("DB_PASSWORD=from-dotenv-77\n", encoding="utf-8")
    shell.env |= {"DEPLOY": WORDS[0].decode()}
    done = shell("run", "-q", "plan.yaml")
    assert done.returncode == 0, done.stderr
    assert shell("export", "-o", "run.tar").returncode == 0
    (attempt,) = shell.folder.glob(".orchestrate/runs/*/A.a/1")
    assert (attempt / "stdout.log").read_text().splitlines() == ["(masked) and (masked)", "(masked) (masked)"]
    assert (attempt / "stderr.log").read_text() == "(masked) (masked)\n"
    theirs = {shell.folder / "plan.yaml", shell.folder / ".env", attempt / "evidence.jsonl"}
    written = [path for path in shell.folder.rglob("*") if path.is_file() and path not in theirs]
    made = {path.name: word for path in written for word in WORDS[:3] if word in path.read_bytes()}
    assert not made
    assert shell("verify", "run.tar").returncode == 0
    assert shell("verify").returncode == 0
    assert "used (masked)" in shell("report", "--full").stdout


def test_a_variable_that_is_not_set_is_an_error_before_anything_starts(shell):
    secret_plan(shell, {"TOKEN": {"from": "NEVER_SET_BY_ANYONE"}})
    done = shell("run", "-q", "plan.yaml")
    assert done.returncode == 4
    assert "NEVER_SET_BY_ANYONE, which is not set" in done.stderr
    assert "mend:" in done.stderr
    assert not list(shell.folder.glob(".orchestrate/runs/*/*"))

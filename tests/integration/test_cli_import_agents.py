"""`orchestrate import --agents`, from the command line."""

import json

PLAN = """\
schema: 1
id: p
title: P
agents:
  FAST: {driver: command}
workstreams:
  A: {title: Alpha, lead: FAST, tasks: [{id: one, title: One, command: ["true"]}]}
"""


def test_a_plan_filled_from_a_folder_validates_and_unknown_keys_are_told(shell):
    home = shell.folder / ".claude" / "agents"
    home.mkdir(parents=True)
    body = "Measure first.\n" * 2500
    (home / "FAST.md").write_text(f"---\nname: FAST\ndescription: Making things fast\nid: 05\n---\n{body}")
    (home / "README.md").write_text("About these.\n")
    (home / "BROKEN.md").write_text("---\nname: BROKEN\n")
    (shell.folder / "plan.yaml").write_text(PLAN)
    done = shell("import", "--agents", ".claude/agents", "plan.yaml", "-o", "filled.yaml")
    assert done.returncode == 0, done.stderr
    for told in ("`id`", "no front matter", "the front matter has no end"):
        assert told in done.stderr
    assert "from: .claude/agents/FAST.md" in (shell.folder / "filled.yaml").read_text()
    assert shell("validate", "filled.yaml").returncode == 0
    assert shell("import", "--agents", ".claude/agents", "plan.yaml", "-o", "filled.yaml").returncode == 2
    data = json.loads(shell("import", "--json", "--agents", ".").stdout)
    assert data["plan"]["agents"]["FAST"]["specialty"] == "Making things fast"


def test_a_folder_without_agents_and_nothing_at_all_are_usage_errors(shell):
    for words in (("import", "--agents", "."), ("import",)):
        done = shell(*words)
        assert done.returncode == 2
        assert "mend:" in done.stderr

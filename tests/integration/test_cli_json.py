"""Every verb with `--json`: what it prints parses, and has the keys that docs/reference/cli.md lists."""

import json
import re
from pathlib import Path

import pytest

from orchestrator.cli.app import VERBS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## JSON")[2].partition("\n## ")[0]
ROWS = [[cell.strip() for cell in line.split("|")[1:4]] for line in SECTION.splitlines() if line.startswith("| `")]
WORK = "# Work\n## Workstream A: One\n- [ ] Do it (2h)\n"

ONCE = (
    ("init", ["init", "first.yaml"]),
    ("import", ["import", "work.md", "-o", "work.yaml"]),
    ("validate", ["validate", "plan.yaml"]),
    ("graph", ["graph", "plan.yaml"]),
    ("schedule", ["schedule", "plan.yaml"]),
    ("diff", ["diff", "plan.yaml", "plan.yaml"]),
    ("schema", ["schema"]),
    ("doctor", ["doctor"]),
    ("run --dry-run", ["run", "--dry-run", "plan.yaml"]),
    ("run", ["run", "plan.yaml"]),
    ("status", ["status"]),
    ("logs", ["logs"]),
    ("logs TASK", ["logs", "A.count"]),
    ("watch", ["watch"]),
    ("history", ["history"]),
    ("history --metric", ["history", "--metric", "m.count"]),
    ("compare", ["compare", "small"]),
    ("report", ["report"]),
    ("report --group", ["report", "--group", "A"]),
    ("audit", ["audit", "work.md"]),
    ("export", ["export", "-o", "run.tar"]),
    ("verify", ["verify", "run.tar"]),
    ("resume", ["resume", "small"]),
    ("workspaces", ["workspaces"]),
)
"""In this order, in one folder. `cancel` and `serve` need something under way and have tests of their own."""


def keys_of(verb):
    """The keys that the page lists for it; what stands in brackets are keys further in."""
    listed = next(keys for names, _, keys in ROWS if f"`{verb}`" in names.split(", "))
    own = re.findall(
        r"`(\w+)`", re.sub(r"\([^)]*\)", "", listed.partition("with `--")[0].partition("; with agents")[0])
    )
    return set(own) | (keys_of("schedule") if "keys of `schedule`" in listed else set()) - {"schedule"}


def documents(verb, text):
    """What was printed, as a list of objects."""
    if verb in {"run", "resume", "watch"}:
        return [json.loads(line) for line in text.splitlines()]
    found = json.loads(text)
    return found if isinstance(found, list) else [found]


def test_every_verb_prints_json_with_the_documented_keys(shell, kit):
    shell.plan([kit.measuring("count", "5")], [kit.criterion(">= 5 cases")])
    (shell.folder / "work.md").write_text(WORK)
    for verb, argv in ONCE:
        done = shell(*argv, "--json")
        assert (done.returncode, done.stderr) == (0, ""), verb
        found = documents(verb, done.stdout)
        assert found or verb == "workspaces", verb  # there are none where no agent works
        for each in found:
            assert each.keys() == keys_of(verb) - {"schedule"} or verb == "schema", verb


def test_a_run_is_cancelled_with_json_and_watched_at_a_printed_address(shell):
    shell.plan([{"id": "wait", "command": ["sleep", "600"]}])
    running = shell.start("run", "--json", "plan.yaml")
    while '"task_started"' not in running.stdout.readline():
        assert running.poll() is None
    serving = shell.start("serve", "--port", "0", "--json")
    address = json.loads(serving.stdout.readline())
    assert address.keys() == keys_of("serve")
    assert address["url"].startswith("http://127.0.0.1:")
    serving.terminate()
    done = shell("cancel", "--json")
    assert json.loads(done.stdout).keys() == keys_of("cancel")
    _, said = running.communicate(timeout=120)
    assert (running.returncode, said) == (130, "")


def test_what_waits_for_people_and_their_answers_are_the_listed_keys(shell, kit):
    gates = [{"id": name, "agent": "ONE", "approve": {"ask": "Go on?"}, "needs": []} for name in ("yes", "no")]
    plan = kit.plan_data([*gates, {"id": "do", "agent": "PERSON", "brief": "Do it.", "needs": []}])
    plan["agents"]["PERSON"] = {"specialty": "Judgement", "driver": "human", "capacity": 4}
    (shell.folder / "plan.yaml").write_text(json.dumps(plan))
    assert shell("run", "plan.yaml").returncode == 5
    found = documents("inbox", shell("inbox", "--json").stdout)
    assert all(each.keys() == keys_of("inbox") for each in found)
    for verb, task in (("approve", "A.yes"), ("reject", "A.no"), ("done", "A.do")):
        done = shell(verb, found[0]["run"], task, "--json")
        assert (done.returncode, done.stderr) == (0, ""), verb
        assert json.loads(done.stdout).keys() == keys_of(verb)


def test_every_verb_is_in_the_table():
    verbs = set(VERBS) - {"agent-script"}  # it speaks a protocol of its own
    tried = {verb.split()[0] for verb, _ in ONCE} | {"cancel", "serve", "inbox", "approve", "reject", "done", "answer"}
    tried |= {"mcp"}  # it speaks a protocol of its own, too, and has tests of its own
    listed = {name.strip("`").split()[0] for names, _, _ in ROWS for name in names.split(", ")}
    assert verbs == tried == listed


@pytest.mark.parametrize(
    ("argv", "code", "where"),
    [
        (["frobnicate"], 2, ""),
        (["graph", "good.yaml", "--colour"], 2, ""),
        (["status", "--state", "nowhere"], 4, "nowhere/journal.sqlite"),
    ],
    ids=["verb", "option", "place"],
)
def test_an_error_is_one_object_on_standard_error(shell, argv, code, where):
    done = shell(*argv, "--json")
    assert (done.returncode, done.stdout) == (code, "")
    told = json.loads(done.stderr)
    assert (told["exit_code"], told["where"]) == (code, where)
    assert told["what"]
    assert told["mend"]
    assert told["problems"] == [{key: told[key] for key in ("what", "where", "mend")}]


def test_every_problem_of_a_plan_is_in_the_object(shell):
    (shell.folder / "plan.yaml").write_text("schema: 1\nid: x\ntitel: X\nworkstream: {}\n")
    done = shell("run", "--json", "plan.yaml")
    told = json.loads(done.stderr)
    assert (done.returncode, done.stdout, told["exit_code"]) == (2, "", 2)
    assert len(told["problems"]) >= 3
    assert {problem["where"].split(":")[0] for problem in told["problems"]} == {"plan.yaml"}

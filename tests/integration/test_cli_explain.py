"""What `--explain`, `--force` and an edited plan come to, through the real command line."""

import json


def test_an_edited_plan_says_what_runs_again_and_why_and_then_does_just_that(shell, kit):
    def task(name, needs, word="x"):
        return {"id": name, "needs": needs, "command": ["sh", "-c", f"echo {name} {word} >> ${{project}}/ran"]}

    stuck = {"id": "stuck", "needs": ["two"], "command": ["sleep", "30"]}
    tasks = [task("one", []), task("two", ["one"]), task("side", [])]
    shell.plan([*tasks, stuck])
    running = shell.start("run", "-q", "plan.yaml")
    kit.wait_until(lambda: len(shell.lines("ran")) == 3)
    assert shell("cancel").returncode == 0
    running.wait(timeout=120)
    edited = [task("one", []), task("two", ["one"], "y"), task("side", [])]
    (shell.folder / "plan.yaml").write_text(json.dumps(kit.plan_data([*edited, task("stuck", ["two"])])))
    told = shell("run", "-n", "--explain", "plan.yaml").stdout
    fates = {line.split()[1]: line.split(maxsplit=2) for line in told.splitlines() if " A." in line}
    assert {name: (fate, why) for name, (fate, _, why) in sorted(fates.items())} == {
        "A.one": ("keep", "attempt 1 succeeded, and nothing of it changed"),
        "A.side": ("keep", "attempt 1 succeeded, and nothing of it changed"),
        "A.stuck": ("run", "what it runs changed"),
        "A.two": ("run", "what it runs changed"),
    }
    assert len(shell.lines("ran")) == 3, "a dry run starts nothing"
    assert shell("run", "-q", "--force", "A.side", "plan.yaml").returncode == 0
    assert sorted(shell.lines("ran")[3:]) == ["side x", "stuck x", "two y"]

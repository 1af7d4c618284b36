"""Others are told of a run by the real command line, over real HTTP, and a run does not depend on it."""

import json
import os
import subprocess

import pytest
import yaml
from web_receiver import WebReceiver

pytest.importorskip("apprise")
SECRET = "Th1s-Part-0f-the-address"
GATE = {"id": "look", "approve": {"ask": "Ship it?"}, "needs": []}
LEAK = {"id": "leak", "command": ["sh", "-c", "echo the address is $HOOK; exit 1"], "needs": []}


def write_plan(shell, kit, tasks, criteria=(), **more):
    data = kit.plan_data(tasks, criteria) | {"notify": [{"to": {"from": "HOOK"}}]} | more
    (shell.folder / "plan.yaml").write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")


@pytest.fixture
def web(shell):
    with WebReceiver() as receiver:
        shell.env["HOOK"] = f"json://{receiver.host}/{SECRET}"
        yield receiver


def titles(web):
    return [json.loads(each.body)["title"] for each in web.posted]


def test_a_question_and_the_verdict_are_told_once_each_over_a_run_and_its_resumes(shell, kit, web):
    write_plan(shell, kit, [kit.measuring("count", "3"), GATE], [kit.criterion(">= 1 cases")])
    assert shell("run", "-q", "plan.yaml").returncode == 5
    assert titles(web) == ["A small plan: A.look waits for ONE"]
    assert shell("resume", "-q").returncode == 5
    run = shell.status()["run"]
    assert f"orchestrate approve {run} A.look" in json.loads(web.posted[0].body)["message"]
    shell("approve", run, "A.look")
    assert shell("resume", "-q").returncode == 0
    assert titles(web) == ["A small plan: A.look waits for ONE", "A small plan: PASS"]
    assert shell.status()["untold"] == []


def test_the_address_stands_in_nothing_that_a_run_leaves_even_where_a_task_prints_it(shell, kit, web):
    write_plan(shell, kit, [LEAK])
    done = shell("run", "plan.yaml")
    assert titles(web) == ["A small plan: FAIL"]
    assert "the address is (masked)" in shell("logs", "A.leak").stdout
    shell("export", "-o", "run.tar")
    assert SECRET not in done.stdout + done.stderr + web.posted[0].body.decode()
    left = [path for path in shell.folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert left == []


@pytest.mark.parametrize("how", ["refused", pytest.param("silent", marks=pytest.mark.slow)])
def test_a_receiver_that_does_not_take_it_changes_no_verdict_and_is_told_once(shell, kit, web, how):
    web.status, web.silent = (500, False) if how == "refused" else (200, how == "silent")
    write_plan(shell, kit, [kit.measuring("count", "3")], [kit.criterion(">= 1 cases")])
    done = shell("run", "-q", "plan.yaml")
    assert done.returncode == 0
    assert done.stderr.count("apprise:HOOK could not be told (verdict)") == 1
    (left,) = shell.status()["untold"]
    assert (left["subject"], left["target"], SECRET in left["problem"]) == ("verdict", "apprise:HOOK", False)
    assert "untold   A small plan: PASS, to apprise:HOOK" in shell("status").stdout


def test_a_run_that_died_between_a_question_and_its_telling_tells_it_when_it_is_taken_up(shell, kit, web):
    write_plan(shell, kit, [GATE])
    address, shell.env["HOOK"] = shell.env["HOOK"], "json://127.0.0.1:9/x"
    assert shell("run", "-q", "plan.yaml").returncode == 5
    shell.env["HOOK"] = address
    assert shell("resume", "-q").returncode == 5
    assert titles(web) == ["A small plan: A.look waits for ONE"]
    assert shell("resume", "-q").returncode == 5
    assert len(web.posted) == 1


def test_who_is_named_on_the_command_line_is_told_of_any_plan(shell, web):
    shell.plan([{"id": "a", "command": ["true"]}])
    shell("run", "-q", "--notify", "HOOK", "plan.yaml")
    assert titles(web) == ["A small plan: UNPROVEN"]


def test_who_wants_only_some_of_it_is_told_that(shell, kit, web):
    write_plan(shell, kit, [GATE], notify=[{"to": {"from": "HOOK"}, "about": ["verdict"]}])
    shell("run", "-q", "plan.yaml")
    assert web.posted == []


def test_an_agent_that_is_silent_is_told_of_while_it_is(shell, kit, web):
    for words in (
        ("init", "-q", "-b", "main", "."),
        ("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "--allow-empty", "-m", "one"),
    ):
        subprocess.run(["git", *words], cwd=shell.folder, check=True)
    waits = "until [ -e ${project}/told ]; do sleep 0.1; done; echo said > said.txt"
    agent = {
        "specialty": "w",
        "driver": "command",
        "program": ["sh", "-c", waits],
        "silent": "200ms",
        "sandbox": "none",
    }
    task = {"id": "it", "brief": "Do it.", "workspace": {"base": "main"}, "writes": ["said.txt"], "agent": "QUIET"}
    plan = kit.plan_data([task])
    write_plan(shell, kit, [task], agents=plan["agents"] | {"QUIET": agent})
    process = shell.start("run", "-q", "plan.yaml")
    kit.wait_until(lambda: web.posted)
    (shell.folder / "told").touch()
    process.wait(timeout=120)
    assert titles(web)[0] == "A small plan: A.it is silent"


@pytest.mark.parametrize(
    ("notify", "says"),
    [
        ("json://127.0.0.1:1/Th1s-Part-0f-the-address", "an address may hold a secret"),
        ({"from": "NOT_SET"}, "NOT_SET is not set"),
        ({"from": "ODD"}, "apprise does not know this kind of address"),
    ],
)
def test_who_cannot_be_told_is_a_problem_before_anything_runs(shell, kit, notify, says):
    shell.env["ODD"] = f"nonsense {SECRET}"
    write_plan(shell, kit, [{"id": "a", "command": ["touch", "${project}/ran"]}], notify=[{"to": notify}])
    done = shell("run", "plan.yaml")
    assert done.returncode in {2, 4}
    assert says in done.stderr
    assert "mend: " in done.stderr
    assert SECRET not in done.stderr
    assert not (shell.folder / "ran").exists()


def test_an_address_in_place_of_a_variable_is_refused_and_not_repeated(shell):
    shell.plan([{"id": "a", "command": ["touch", "${project}/ran"]}])
    done = shell("run", "--notify", f"json://host/{SECRET}", "plan.yaml")
    assert (done.returncode, SECRET in done.stderr) == (2, False)
    foretold = shell("run", "--dry-run", "--notify", "NOT_SET", "plan.yaml")
    assert (foretold.returncode, "NOT_SET is not set" in foretold.stderr) == (4, True)
    assert not (shell.folder / "ran").exists()


@pytest.mark.usefixtures("web")
def test_without_the_extra_one_error_says_how_to_get_it_before_anything_runs(shell, kit):
    hidden = shell.folder / "hidden"
    hidden.mkdir()
    (hidden / "apprise.py").write_text("raise ModuleNotFoundError(\"No module named 'apprise'\")")
    shell.env["PYTHONPATH"] = os.pathsep.join([str(hidden), shell.env["PYTHONPATH"]])
    write_plan(shell, kit, [{"id": "a", "command": ["touch", "${project}/ran"]}])
    done = shell("run", "plan.yaml")
    assert done.returncode == 4
    assert "[notify]'" in done.stderr
    assert not (shell.folder / "ran").exists()

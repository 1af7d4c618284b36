"""What the system is short of, or does not allow, as the command line meets it; and what a task does to escape."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

LEAVES = "env -i setsid sleep 600 >/dev/null 2>&1 & echo $! >> {pids}"


def orders(shell):
    return [path.read_bytes() for path in shell.folder.glob(".orchestrate/runs/*/*/*/order.json")]


def test_a_chain_costs_what_its_edges_are(shell):
    sizes = []
    for tasks in (4, 16):
        shell.plan([{"id": f"t{n}", "command": ["true"]} for n in range(tasks)])
        assert shell("run", "-q", "--no-page", "--new", "plan.yaml").returncode == 0
        sizes.append(max(map(len, orders(shell))))
    assert max(sizes) < 2048
    assert sizes[1] - sizes[0] < 64


def test_a_log_that_is_an_artifact_is_as_it_was_hashed(shell):
    task = {"id": "big", "artifacts": ["stdout.log", "stderr.log"], "command": ["sh", "-c", "yes | head -c 17000000"]}
    shell.plan([task])
    assert shell("run", "-q", "--no-page", "plan.yaml").returncode == 0
    assert shell("verify").returncode == 0


def test_hashing_ends_with_the_timeout_and_with_a_signal(shell, kit):
    image = {"id": "image", "artifacts": ["disk.img"], "command": ["truncate", "-s", "512G", "disk.img"]}
    shell.plan([image | {"timeout": "2s"}])
    assert "before its evidence was read" in shell("run", "-q", "--no-page", "plan.yaml").stdout
    shell.plan([image | {"id": "second"}])
    running = shell.start("run", "--no-page", "--new", "plan.yaml")
    kit.wait_until(
        lambda: any(path.stat().st_size for path in shell.folder.glob(".orchestrate/under-way/*/A.second.*/1/disk.img"))
    )
    running.send_signal(signal.SIGTERM)
    assert running.wait(120) == 130
    assert "A.second: SIGTERM received" in running.stderr.read()


def test_a_socket_finds_room_below_a_deep_project(shell, tmp_path):
    shell.folder = tmp_path / ("deep" * 25)
    shell.folder.mkdir()
    code = (
        "import os, socket; path = os.environ['TMPDIR'] + '/' + 's' * 40; socket.socket(socket.AF_UNIX).bind(path); "
        "print(path)"
    )
    shell.plan([{"id": "listens", "command": [sys.executable, "-c", code]}])
    assert shell("run", "-q", "--no-page", "plan.yaml").returncode == 0
    (log,) = shell.folder.glob(".orchestrate/runs/*/A.listens/1/stdout.log")
    assert not os.path.exists(os.path.dirname(os.path.dirname(log.read_text().strip())))  # noqa: PTH110, PTH120 - a text


def test_a_killed_run_leaves_no_temporary_folder(shell, tmp_path, kit):
    shell.folder = tmp_path / ("deep" * 25)
    shell.folder.mkdir()
    shell.plan(
        [
            {
                "id": "waits",
                "command": ["sh", "-c", "touch $TMPDIR/x; echo $TMPDIR > ../../../where; test -e ../2 || sleep 600"],
            }
        ]
    )
    running = shell.start("run", "--no-page", "plan.yaml")
    where = []
    kit.wait_until(
        lambda: bool(
            where.extend(shell.folder.glob(".orchestrate/under-way/where")) or (where and where[-1].read_text())
        )
    )
    running.kill()
    running.wait()
    left = where[-1].read_text().strip()
    kit.wait_until(lambda: not os.path.exists(left))  # noqa: PTH110 - a text
    assert shell("run", "-q", "--no-page", "plan.yaml").returncode == 0
    assert not os.path.exists(os.path.dirname(left))  # noqa: PTH110, PTH120 - a text


@pytest.mark.parametrize("hard", [True, False])
def test_more_jobs_than_files_may_be_open_fail_no_task(shell, hard):
    shell.plan([{"id": f"t{n}", "needs": [], "command": ["sh", "-c", "ulimit -n; sleep 0.2"]} for n in range(60)])
    plan = json.loads((shell.folder / "plan.yaml").read_text())
    plan["agents"]["ONE"]["capacity"] = 60
    (shell.folder / "plan.yaml").write_text(json.dumps(plan))
    limits = "ulimit -n 256" if hard else "ulimit -Sn 256"
    done = subprocess.run(
        ["sh", "-c", f"{limits}; exec {sys.executable} -m orchestrator run -q --no-page -j 60 plan.yaml"],
        cwd=shell.folder, env=shell.env, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert ("tasks at once in place of 60: ulimit -n is 256" in done.stderr) is hard
    logs = shell.folder.glob(".orchestrate/runs/*/*/1/stdout.log")
    assert {log.read_text().strip() for log in logs} == {"256"}


def alive(pids):
    return [
        pid for pid in map(int, pids) if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    ]


@pytest.mark.parametrize(
    "script",
    [
        "( ( {leaves} ) ); kill -9 $PPID; sleep 60",
        "( ( {leaves} ) ); kill -9 $PPID",
        "( ( {leaves}; kill -9 $(cut -d' ' -f4 /proc/$PPID/stat); {leaves} ) ) & wait; sleep 60",
    ],
)
def test_a_stray_that_killed_its_launcher_ends_with_its_attempt(shell, script):
    pids = shell.folder / "pids"
    script = script.format(leaves=LEAVES.format(pids=pids))
    shell.plan(
        [
            {"id": "escapes", "needs": [], "command": ["bash", "-c", script]},
            {"id": "beside", "needs": [], "command": ["sleep", "1"]},
        ]
    )
    try:
        done = shell("run", "-q", "--no-page", "plan.yaml", timeout=60)
        assert "A.beside" not in done.stdout
        deadline = time.monotonic() + 5
        while alive(shell.lines("pids")) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert shell.lines("pids") != []
        assert alive(shell.lines("pids")) == []
    finally:
        for pid in alive(shell.lines("pids")):
            os.kill(pid, signal.SIGKILL)


def test_an_artifact_whose_name_is_no_text_is_refused_and_nothing_of_it_is_journalled(shell):
    script = 'printf x > $\'\\xff\'; echo \'{"kind":"artifact","name":"\\udcff"}\' >> $ORCHESTRATE_EVIDENCE'
    shell.plan([{"id": "names", "command": ["bash", "-c", script]}])
    done = shell("run", "-q", "--no-page", "plan.yaml")
    assert done.returncode == 1
    assert "the file's name is not UTF-8" in done.stdout

"""A real cluster of several processes on this machine, whose workers are killed, stopped and lost while tasks run
on them.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

import dask
import psutil
import pytest
import yaml
from distributed import Client, LocalCluster

from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import prepare_run
from orchestrator.engine.runs import start_run
from orchestrator.engine.session import Effects
from orchestrator.executors.cluster.address import ClusterFault
from orchestrator.executors.cluster.executor import DaskExecutor
from orchestrator.executors.cluster.store import Store
from orchestrator.executors.tree import find_attempt_processes
from orchestrator.graph.load import load_text
from orchestrator.journal.memory import MemoryJournal
from orchestrator.state import events as e

INPUT = "import json; print(json.load(open('order.json'))['inputs'][0]['artifacts']['out.txt'])"


def plan(*tasks):
    group = {"title": "A", "lead": "X", "tasks": [{"title": "t", "needs": [], **task} for task in tasks]}
    said = {
        "schema": 1, "id": "far", "title": "Far", "agents": {"X": {"specialty": "far away", "driver": "command",
        "capacity": 8}},
        "workstreams": {"A": group},
    }  # fmt: skip
    return load_text(yaml.safe_dump(said, sort_keys=False), "far.yaml")


def hanging_once(folder, task, rest="true"):
    """A command that hangs the first time it is begun."""
    return ["sh", "-c", f"test -e {folder}/{task} || {{ touch {folder}/{task}; sleep 60 & wait; }}; {rest}"]


@pytest.fixture(scope="module")
def cluster():
    patient = {
        "distributed.deploy.lost-worker-timeout": "10 minutes"
    }  # or a worker that starts slowly is given up for good
    with (
        dask.config.set(patient),
        LocalCluster(
            n_workers=2,
            threads_per_worker=4,
            dashboard_address=None,
            silence_logs=50,
            memory_limit=0,
            scheduler_port=0,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        ) as started,
    ):
        yield started


class Far:
    """Runs plans on the cluster; `events` holds what happened."""

    def __init__(self, cluster, folder):
        self.cluster, self.folder, self.events, self.result = cluster, folder, [], None

    def start(self, loaded, **more):
        self.executor = DaskExecutor(
            self.cluster.scheduler_address, (self.folder / "store").as_uri(), {}, [], **{"lease": 20, **more}
        )
        self.thread = threading.Thread(target=self._run, args=(loaded,))
        self.thread.start()

    def _run(self, loaded):
        with self.executor:
            listener = lambda envelope: self.events.append(envelope.event)  # noqa: E731
            options = RunOptions(state=self.folder / "state", jobs=6, listener=listener)
            prepared = prepare_run(loaded, {}, options, project=self.folder, environment={})
            self.result = start_run(prepared, Effects(self.executor), MemoryJournal())

    def finish(self, seconds=180):
        self.thread.join(seconds)
        assert not self.thread.is_alive(), "the run did not end"
        assert find_attempt_processes(f"{self.result.run}/") == ()
        return self.result

    def worker_of(self, marker_end):
        """The pid of the worker that the attempt runs on."""
        watched = self.executor.watch._watched
        until(lambda: any(marker.endswith(marker_end) and one.worker for marker, one in list(watched.items())))
        address = next(one.worker for marker, one in watched.items() if marker.endswith(marker_end))
        return self.executor.client.run(os.getpid, workers=[address])[address]

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def far(cluster, tmp_path):
    until(lambda: len(cluster.scheduler_info["workers"]) == 2)  # the test before may have killed one
    return Far(cluster, tmp_path)


def until(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def test_files_travel_by_content_and_notes_and_logs_come_back(far):
    say = 'echo \'{"kind": "note", "text": "on my way"}\' >> $ORCHESTRATE_EVIDENCE'
    far.start(
        plan(
            {"id": "one", "command": ["sh", "-c", f"echo content > ${{folder}}/out.txt; {say}; echo said"],
            "artifacts": ["out.txt"]},
            {"id": "two", "needs": ["one"], "command": ["sh", "-c", f'cat "$(python3 -c "{INPUT}")"']},
            {"id": "bad", "command": ["sh", "-c", "exit 3"]},
        )
    )  # fmt: skip
    result = far.finish()
    run = far.folder / "state" / "runs" / result.run
    assert {task: str(record.status) for task, record in result.state.tasks.items()} == {
        "A.one": "succeeded", "A.two": "succeeded", "A.bad": "failed",
    }  # fmt: skip
    assert result.state.tasks["A.one"].notes == ("on my way",)
    assert (run / "A.one" / "1" / "out.txt").read_text() == "content\n"
    assert (run / "A.one" / "1" / "stdout.log").read_text() == "said\n"
    assert (run / "A.two" / "1" / "stdout.log").read_text() == "content\n"
    order = json.loads((run / "A.one" / "1" / "order.json").read_text())
    assert not order["folder"].startswith(str(far.folder))


def test_a_killed_worker_costs_the_tasks_on_it_an_attempt_and_not_the_run(far):
    far.start(plan({"id": "hang", "command": hanging_once(far.folder, "h")}, {"id": "quick", "command": ["true"]}))
    until((far.folder / "h").exists)
    os.kill(far.worker_of("A.hang/1"), signal.SIGKILL)
    result = far.finish()
    assert result.exit_code == 0
    assert result.state.tasks["A.hang"].attempt == 2
    (lost,) = far.of(e.TaskInterrupted)
    assert "worker" in lost.reason
    assert len(far.of(e.TaskSucceeded)) == 2


def test_a_worker_that_was_silent_past_its_lease_delivers_too_late(far):
    command = ["sh", "-c", f"echo x >> {far.folder}/begun; sleep 6"]
    far.start(plan({"id": "slow", "command": command}), lease=5)
    until((far.folder / "begun").exists)
    stopped = psutil.Process(far.worker_of("A.slow/1"))
    stopped.suspend()
    until(lambda: far.of(e.TaskInterrupted))
    stopped.resume()
    until(lambda: far.executor.watch.refused > 0)
    result = far.finish()
    last = result.state.tasks["A.slow"].attempt  # more than 2 where the machine is so busy that others are silent, too
    assert "silent" in far.of(e.TaskInterrupted)[0].reason
    assert result.exit_code == 0
    assert last > 1
    assert [event.attempt for event in far.of(e.TaskSucceeded)] == [last]


@pytest.mark.slow
def test_what_runs_on_workers_ends_with_a_killed_or_interrupted_orchestrator_and_the_same_command_goes_on(
    cluster, shell, kit
):
    script = "echo second >> ${project}/ran; test -e ${project}/go || { sleep 60 & wait; }"
    shell.plan([{"id": "first", "command": ["sh", "-c", "echo first >> ${project}/ran"]},
                {"id": "second", "command": ["sh", "-c", script]}])  # fmt: skip
    command = ("run", "-q", "--executor", "dask", "--scheduler", cluster.scheduler_address, "plan.yaml")
    for number, code in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)):
        before = shell.lines("ran").count("second")
        running = shell.start(*command)
        kit.wait_until(lambda before=before: shell.lines("ran").count("second") > before)
        run = shell.runs()[-1]["run"]
        running.send_signal(number)
        assert running.wait(timeout=120) == code
        kit.wait_until(lambda run=run: find_attempt_processes(f"{run}/") == ())
    (shell.folder / "go").touch()
    assert shell(*command).returncode == 0
    assert shell.lines("ran") == ["first", "second", "second", "second"]
    assert len(shell.runs()) == 1


def test_a_scheduler_that_is_not_there_is_a_fault_with_a_mend(monkeypatch):
    monkeypatch.setattr("orchestrator.executors.cluster.address.PATIENCE", 0.3)
    with pytest.raises(ClusterFault, match="mend: check the address"):
        DaskExecutor("tcp://127.0.0.1:9", "memory://x", {}, [])


class OwnCluster:
    """A scheduler and a worker as processes of their own, at an address that stays."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.scheduler_address = f"tcp://127.0.0.1:{self.port}"
        self.start()
        until(self._ready)  # on a busy machine, that takes longer than the product waits for an address

    def _ready(self):
        try:
            with Client(self.scheduler_address, timeout=10, set_as_default=False) as client:
                return bool(client.scheduler_info()["workers"])
        except OSError:
            return False

    def start(self):
        quiet = {"cwd": self.folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        python = (sys.executable, "-m")
        self.processes = [
            subprocess.Popen((*python, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port",
            str(self.port),
                              "--no-dashboard", "--no-show"), **quiet),
            subprocess.Popen((*python, "distributed.cli.dask_worker", self.scheduler_address, "--nthreads", "4",
            "--no-dashboard",
                              "--no-nanny"), **quiet),
        ]  # fmt: skip

    def kill(self):
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_whole_cluster_that_is_lost_and_comes_back_finishes_the_run(tmp_path):
    cluster = OwnCluster(tmp_path)
    try:
        far = Far(cluster, tmp_path)
        far.start(
            plan(
                {"id": "first", "command": ["true"]},
                {"id": "hang", "needs": ["first"], "command": hanging_once(tmp_path, "h")},
            ),
            lease=10,
        )
        until((tmp_path / "h").exists)
        cluster.kill()
        until(lambda: far.of(e.TaskInterrupted))
        cluster.start()
        result = far.finish(120)
    finally:
        cluster.kill()
    assert result.exit_code == 0
    assert [event.task for event in far.of(e.TaskSucceeded)] == ["A.first", "A.hang"]
    assert result.state.tasks["A.first"].attempt == 1


@pytest.mark.slow
def test_a_scheduler_that_does_not_come_back_ends_the_run_as_a_fault_that_can_be_resumed(tmp_path, capfd):
    cluster = OwnCluster(tmp_path)
    try:
        far = Far(cluster, tmp_path)
        far.start(plan({"id": "hang", "command": ["sh", "-c", f"touch {tmp_path}/h; sleep 60"]}), lease=10, patience=3)
        until((tmp_path / "h").exists)
        cluster.kill()
        result = far.finish(120)
    finally:
        cluster.kill()
    assert result.exit_code == 4
    assert "did not come back within 3 s" in result.state.interrupted
    assert far.of(e.TaskFailed) == []
    assert far.of(e.TaskInterrupted)[0].reason.endswith("its lease is over")
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.slow
def test_after_kills_at_random_no_second_attempt_begins_while_the_first_one_lives():
    from benchmarks.engine.cluster_kills import trial

    told = trial(seed=11, what="workers", kills=2, tasks=8)
    assert (told.exit_code, told.overlaps, told.ran_again, told.unfinished, told.left, told.tracebacks) == (0,) * 6


def test_the_cluster_of_a_run_hears_only_who_has_its_certificate(tmp_path):
    from distributed import Client

    with DaskExecutor(None, str(tmp_path / "store"), {}, [], workers=1) as executor:
        address = executor.client.scheduler.address
        assert address.startswith("tls://127.0.0.1:")
        assert dask.config.get("distributed.deploy.lost-worker-timeout") == "10 minutes"  # a killed worker starts again
        for foreign in (address, address.replace("tls://", "tcp://")):
            with pytest.raises((OSError, TypeError, ValueError)):
                Client(foreign, timeout=1, set_as_default=False)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
def test_workers_killed_at_random_leave_the_run_that_nobody_disturbs(far, seed):
    rng = random.Random(seed)
    tasks = [{"id": f"t{number}", "command": ["sh", "-c",
    f"sleep {rng.uniform(0.1, 1.5):.2f}; echo {number} > out.txt"],
              "artifacts": ["out.txt"], "needs": [f"t{rng.randrange(number)}"] if number and rng.random() < 0.5 else [],
              "retries": {"max": 3, "delay": "10ms"}} for number in range(30)]  # fmt: skip
    far.start(plan(*tasks))
    for _ in range(4):
        time.sleep(rng.uniform(1, 4))
        if not far.thread.is_alive():
            break
        until(lambda: len(far.cluster.scheduler_info["workers"]) == 2)  # who was killed is started again
        pids = sorted(
            nanny.pid for nanny in far.cluster.workers.values() if nanny.pid
        )  # the run's client may close now
        os.kill(rng.choice(pids), signal.SIGKILL)
    result = far.finish(200)
    assert result.exit_code == 0
    for number in range(30):
        record = result.state.tasks[f"A.t{number}"]
        out = far.folder / "state" / "runs" / result.run / record.evidence.artifacts[0].path
        assert out.read_text() == f"{number}\n"
    assert len(far.of(e.TaskSucceeded)) == 30


def test_a_store_gives_back_what_was_put_and_refuses_what_is_something_else(tmp_path):
    from orchestrator.executors.cluster.store import StoreError

    (tmp_path / "a").write_bytes(b"content")
    for url in (str(tmp_path / "folder"), (tmp_path / "by-url").as_uri(), "memory://there"):
        store = Store(url)
        name = store.put(tmp_path / "a")
        assert store.put(tmp_path / "a") == name
        store.get(name, tmp_path / "deep" / "b")
        assert (tmp_path / "deep" / "b").read_bytes() == b"content"
        with pytest.raises(StoreError, match="mend"):
            store.get("0" * 64, tmp_path / "c")
        assert not (tmp_path / "c").exists()
    (tmp_path / "folder" / name[:2] / name).write_bytes(b"c0ntent")
    with pytest.raises(StoreError, match="something else"):
        Store(str(tmp_path / "folder")).get(name, tmp_path / "c")
    assert not (tmp_path / "c").exists()

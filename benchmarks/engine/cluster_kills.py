"""Kill workers, nannies or the scheduler of a Dask cluster at random while a plan runs on it, and count what must not
happen.

    python -m benchmarks.engine.cluster_kills [--trials 5] [--kills 4] [--tasks 24] [--seed 1] [--what
    workers|nannies|scheduler]

Each task holds a lock on a file of its own (flock) from its first moment to its last, in a process that outlives its
worker unless somebody ends it. Who finds it taken is a second attempt while the first one lives: an overlap. A finished
task that runs again is one that the journal has as started after it had as succeeded. One line of JSON for each trial,
and one for all. Everything stays on loopback; the seeds are `--seed`, `--seed` + 1 and so on.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import psutil
import yaml
from distributed import Client

from orchestrator.engine.runs import open_journal
from orchestrator.state.events import TaskStarted, TaskSucceeded

LONGEST: Final = 600.0
TASK: Final = """
import fcntl, os, sys, time
name, seconds = sys.argv[1], float(sys.argv[2])
lock = open(f"{name}.lock", "w")
log = os.open(f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    os.write(log, b"overlap\\n")
os.write(log, b"begin\\n")
time.sleep(seconds)
os.write(log, b"end\\n")
"""
PARTS: Final = {"workers": "spawn_main", "nannies": "dask_worker", "scheduler": "dask_scheduler"}


@dataclass(frozen=True, slots=True)
class Trial:
    """exit_code: of the run; ran_again: finished tasks that ran to their end again; left: processes of the run that
    outlived it.
    """

    seed: int
    killed: int
    exit_code: int
    overlaps: int
    ran_again: int
    unfinished: int
    left: int
    seconds: float
    tracebacks: int


class Cluster:
    """A scheduler and two workers with nannies, as processes of their own, at an address that stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._commands = {
            "dask_scheduler": ("--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"),
            "dask_worker": (
                self.address,
                "--nworkers",
                "2",
                "--nthreads",
                "4",
                "--no-dashboard",
                "--host",
                "127.0.0.1",
            ),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.keep_up()

    def keep_up(self) -> None:
        """Start what does not run."""
        for name, arguments in self._commands.items():
            if name not in self._running or self._running[name].poll() is not None:
                command = (sys.executable, "-m", f"distributed.cli.{name}", *arguments)
                self._running[name] = subprocess.Popen(
                    command,
                    cwd=self._folder,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )

    def of(self, part: str) -> list[psutil.Process]:
        """Its processes that play the part."""
        found = [psutil.Process(each.pid) for each in self._running.values() if each.poll() is None]
        found += [child for each in found for child in each.children(recursive=True)]
        return [each for each in found if PARTS[part] in _command(each)]

    def end(self) -> None:
        """Kill all of it."""
        for each in self._running.values():
            with contextlib.suppress(psutil.Error):
                for child in psutil.Process(each.pid).children(recursive=True):
                    child.kill()
            each.kill()
            each.wait()


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@contextmanager
def _cluster(folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(folder)
    try:
        with Client(cluster.address, timeout=LONGEST, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(2, timeout=LONGEST)
        yield cluster
    finally:
        cluster.end()


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where anything happened that must not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, least in (("trials", 5), ("kills", 4), ("tasks", 24), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=least)
    parser.add_argument("--what", choices=PARTS, default="workers")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the cluster ends with it
    trials = [trial(asked.seed + number, asked.what, asked.kills, asked.tasks) for number in range(asked.trials)]
    total = Counter[str]()
    for each in trials:
        total.update({key: value for key, value in asdict(each).items() if key not in {"seed", "seconds"}})
    print(json.dumps({"trials": len(trials), **total}))
    return int(any(total[key] for key in ("exit_code", "overlaps", "ran_again", "unfinished", "left", "tracebacks")))


def trial(seed: int, what: str, kills: int, tasks: int) -> Trial:
    """One run with so many kills at most."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="cluster-kills-") as name, _cluster(Path(name)) as cluster:
        folder = Path(name)
        (folder / "plan.yaml").write_text(yaml.safe_dump(_plan(rng, folder, tasks), sort_keys=False))
        began = time.monotonic()
        command = (
            sys.executable,
            "-m",
            "orchestrator",
            "run",
            "--executor",
            "dask",
            "--scheduler",
            cluster.address,
            "--no-page",
            "plan.yaml",
        )
        with (folder / "said").open("wb") as said:
            run = subprocess.Popen(command, cwd=folder, stdout=said, stderr=subprocess.STDOUT)
        while run.poll() is None and not any(folder.glob("*.log")):
            time.sleep(0.05)
        killed = _kill_at_random(rng, cluster, run, what, kills)
        code = run.wait(LONGEST)
        seconds = time.monotonic() - began
        lines = [line for log in folder.glob("*.log") for line in _counts(log)]
        output = (folder / "said").read_text(errors="replace")
        if code:
            crashes = (each.read_text(errors="replace") for each in folder.glob(".orchestrate/crash-*"))
            print(output, *crashes, sep="\n", file=sys.stderr)
        told = Trial(
            seed, killed, code, sum(each["overlap"] for each in lines), _ran_again(folder / ".orchestrate"),
            tasks - sum(each["end"] > 0 for each in lines), _left(folder), round(seconds, 1),
            output.count("Traceback"),
        )  # fmt: skip
        print(json.dumps(asdict(told)), flush=True)
    return told


def _ran_again(state: Path) -> int:
    journal = open_journal(state, readonly=True)
    try:
        events = [one.event for summary in journal.runs() for one in journal.read(summary.run)]
    finally:
        journal.close()
    done: set[str] = set()
    again = 0
    for event in events:
        again += isinstance(event, TaskStarted) and event.task in done
        done |= {event.task} if isinstance(event, TaskSucceeded) else set()
    return again


def _counts(log: Path) -> Iterator[Counter[str]]:
    yield Counter(log.read_text().split())


def _plan(rng: random.Random, folder: Path, tasks: int) -> dict[str, object]:
    (folder / "task.py").write_text(TASK)
    listed = [
        {"id": f"t{number}", "title": "t",
        "needs": [f"t{rng.randrange(number)}"] if number and rng.random() < 0.5 else [],
         "command": [sys.executable, "-S", str(folder / "task.py"), str(folder / f"t{number}"),
         f"{rng.uniform(0.5, 4):.2f}"]}
        for number in range(tasks)
    ]  # fmt: skip
    group = {"title": "A", "lead": "X", "tasks": listed}
    agents = {"X": {"specialty": "work", "driver": "command", "capacity": 8}}
    return {"schema": 1, "id": "kills", "title": "Kills", "agents": agents, "workstreams": {"A": group}}


def _kill_at_random(rng: random.Random, cluster: Cluster, run: "subprocess.Popen[bytes]", what: str, kills: int) -> int:
    killed = 0
    while run.poll() is None:
        time.sleep(rng.uniform(0.5, 4))
        there = sorted(cluster.of(what), key=lambda each: each.pid)
        if killed < kills and there:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(there).pid, signal.SIGKILL)
                killed += 1
        cluster.keep_up()
    return killed


def _left(folder: Path) -> int:
    return sum(str(folder / "task.py") in _command(each) for each in psutil.process_iter())


if __name__ == "__main__":
    sys.exit(main())

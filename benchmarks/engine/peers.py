"""Other orchestrators on the same shapes, in a virtual environment of their own.

    python -m venv .bench-peers && .bench-peers/bin/pip install -r benchmarks/engine/peers.txt
    python -m benchmarks.engine.bars --peers .bench-peers

Each adapter writes what its tool reads into a folder and names the command that runs it, which must end with 0 only
when every job is done. GNU make is taken from the system.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final

from benchmarks.engine.shapes import Shape

BODY: Final = """
import json, subprocess, time
JOBS = json.load(open("jobs.json"))
def act(kind, seconds):
    if kind == "sleep":
        time.sleep(seconds)
    elif kind == "true":
        subprocess.run(["true"], check=True)
    return True
"""
DOIT: Final = """
from body import JOBS, act
from doit.tools import run_once
DOIT_CONFIG = {"backend": "%s", "dep_file": "doit.db"}
def task_w():
    for name, kind, seconds, needs in JOBS:
        yield {"basename": name, "actions": [(act, (kind, seconds))], "task_dep": needs, "uptodate": [run_once]}
"""
DASK: Final = """
import dask, sys
from body import JOBS, act
def one(kind, seconds, *needs):
    return act(kind, seconds)
graph = {name: (one, kind, seconds, *needs) for name, kind, seconds, needs in JOBS}
dask.threaded.get(graph, [name for name, *_ in JOBS], num_workers=int(sys.argv[1]))
"""
DBOS: Final = """
import asyncio, sys
from body import JOBS, act
from dbos import DBOS, SetWorkflowID
SLOTS = int(sys.argv[1])
DBOS(config={"name": "bench", "system_database_url": "sqlite:///dbos.sqlite", "application_version": "1", "executor_id": "local"})
async def step(kind, seconds):
    if kind == "sleep":
        await asyncio.sleep(seconds)
        return True
    return act(kind, seconds)
@DBOS.workflow()
async def plan():
    free, done = asyncio.Semaphore(SLOTS), {}
    steps = {name: DBOS.reserve_step() for name, *_ in JOBS}
    async def node(name, kind, seconds, needs):
        for need in needs:
            await done[need]
        async with free:
            await steps[name].run_async({"name": name}, step, kind, seconds)
    for job in JOBS:
        done[job[0]] = asyncio.ensure_future(node(*job))
    await asyncio.gather(*done.values())
DBOS.launch()
async def main():
    handle = await DBOS.start_workflow_async(plan)
    await handle.get_result()
with SetWorkflowID("run-1"):
    asyncio.run(main())
DBOS.destroy()
"""  # noqa: E501


@dataclass(frozen=True, slots=True)
class Peer:
    """durable: what it keeps of finished work. prepare: writes into a folder; command: argv, given the
    environment's `bin`.
    """

    name: str
    durable: str
    program: str
    prepare: Callable[[Shape, Path], None]
    command: Callable[[Shape, Path], list[str]]

    def available(self, home: Path) -> bool:
        """Whether it is installed."""
        return (self.program == "make" and which("make") is not None) or (home / "bin" / self.program).exists()


def _jobs(shape: Shape, folder: Path) -> None:
    rows = [[job.name, job.kind, job.seconds, list(job.needs)] for job in shape.jobs]
    (folder / "jobs.json").write_text(json.dumps(rows), encoding="utf-8")
    (folder / "body.py").write_text(BODY, encoding="utf-8")


def _doit(backend: str) -> Callable[[Shape, Path], None]:
    def prepare(shape: Shape, folder: Path) -> None:
        _jobs(shape, folder)
        (folder / "dodo.py").write_text(DOIT % backend, encoding="utf-8")

    return prepare


def _script(text: str) -> Callable[[Shape, Path], None]:
    def prepare(shape: Shape, folder: Path) -> None:
        _jobs(shape, folder)
        (folder / "peer.py").write_text(text, encoding="utf-8")

    return prepare


def _make(shape: Shape, folder: Path) -> None:
    """A phony target for each job; a job that does nothing is the program `true`, as make runs nothing but programs."""
    names = " ".join(job.name for job in shape.jobs)
    rules = (f"{job.name}: {' '.join(job.needs)}\n\t@{_program(job.kind, job.seconds)}\n" for job in shape.jobs)
    (folder / "Makefile").write_text(f".PHONY: all {names}\nall: {names}\n{''.join(rules)}", encoding="utf-8")


def _program(kind: str, seconds: float) -> str:
    return f"sleep {seconds}" if kind in {"sleep", "program"} else "true"


def _python(shape: Shape, home: Path) -> list[str]:
    return [str(home / "bin" / "python"), "peer.py", str(shape.slots)]


def _doit_command(shape: Shape, home: Path) -> list[str]:
    return [str(home / "bin" / "doit"), "-n", str(shape.slots), "-P", "thread"]


PEERS: Final[Mapping[str, Peer]] = {
    peer.name: peer
    for peer in (
        Peer("doit", "what is done, at the end of the run (dbm)", "doit", _doit("dbm"), _doit_command),
        Peer("doit-sqlite", "what is done, at the end of the run (SQLite)", "doit", _doit("sqlite3"), _doit_command),
        Peer("make", "nothing", "make", _make, lambda shape, _home: ["make", "-s", "-j", str(shape.slots)]),
        Peer("dask", "nothing", "dask", _script(DASK), _python),
        Peer("dbos", "every step, synced (SQLite)", "dbos", _script(DBOS), _python),
    )
}
"""By name."""

if __name__ == "__main__":
    sys.exit(__doc__)

"""How this project runs a shape, and what its journal says about it."""

import json
import os
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from benchmarks.engine.measure import Cost, cost_of
from benchmarks.engine.plans import as_json, as_yaml
from benchmarks.engine.shapes import Shape

ROOT: Final = Path(__file__).resolve().parents[2]
ENV: Final = {
    "ORCHESTRATE_RUNNERS": "benchmarks.engine.runners:RUNNERS",
    "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
}


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of ours. cost: of the whole command; makespan: from the first task's start to the last one's end; p50,
    p95: seconds that a task was under way beyond its payload. durations in seconds.
    """

    cost: Cost
    makespan: float
    p50: float
    p95: float


def orchestrate(*arguments: str) -> list[str]:
    """The command line of the checkout that this file belongs to."""
    return [sys.executable, "-P", "-m", "orchestrator", *arguments]


def write_plan(shape: Shape, folder: Path, *, yaml: bool = False) -> Path:
    """The shape's plan in the folder."""
    path = folder / f"plan.{'yaml' if yaml else 'json'}"
    path.write_text(as_yaml(shape) if yaml else as_json(shape), encoding="utf-8")
    return path


def command(*, executor: str = "inline", durability: str = "process", jobs: int = 4) -> list[str]:
    """The command line that runs `plan.json` of the current folder as a new run."""
    flags = ("--new", "-q", "--no-page", "-j", str(jobs), "--executor", executor, "--durability", durability)
    return orchestrate("run", *flags, "plan.json")


def run(shape: Shape, folder: Path, *, executor: str = "inline", durability: str = "process", jobs: int = 4) -> Ran:
    """Run the shape as a new run by the command line. Raises CommandError."""
    plan = folder / "plan.json"
    if not plan.exists():
        write_plan(shape, folder)
    cost = cost_of(command(executor=executor, durability=durability, jobs=jobs), folder, ENV)
    return Ran(cost, *told(folder / ".orchestrate" / "journal.sqlite", shape))


def told(journal: Path, shape: Shape) -> tuple[float, float, float]:
    """Makespan, and the median and 95th percentile of the seconds beyond the payload, of the journal's latest run."""
    connection = sqlite3.connect(f"{journal.absolute().as_uri()}?mode=ro", uri=True)
    latest = connection.execute("SELECT run FROM event WHERE kind = 'run_started' ORDER BY at DESC LIMIT 1").fetchone()
    rows = connection.execute(
        "SELECT kind, mono, body FROM event WHERE run = ? AND kind IN ('task_started', 'task_succeeded')", latest
    ).fetchall()
    connection.close()
    payload = {f"W.{job.name}": job.seconds for job in shape.jobs if job.seconds}
    began: dict[str, float] = {}
    beyond: list[float] = []
    for kind, mono, body in rows:
        task = json.loads(body)["task"]
        if kind == "task_started":
            began[task] = mono
        else:
            beyond.append(mono - began[task] - payload.get(task, 0.0))
    assert len(beyond) == len(shape.jobs), "every task succeeded once"
    times = [mono for _, mono, _ in rows]
    p95 = quantiles(beyond, n=20)[-1] if len(beyond) > 1 else beyond[0]
    return max(times) - min(times), median(beyond), p95

"""How long a resumed run takes before its first task starts.

python -m benchmarks.engine.resuming half PLAN STATE    runs the plan, and dies by SIGKILL after half of its tasks
python -m benchmarks.engine.resuming rest PLAN STATE    prints the wall and processor seconds from taking the run up to
the first task's start
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.engine import ours
from benchmarks.engine.loading import seconds_in
from benchmarks.engine.measure import CommandError
from benchmarks.engine.shapes import Shape


def resume_seconds(shape: Shape, folder: Path) -> tuple[float, float]:
    """Run half of the shape, be killed, resume. Raises CommandError where that does not go as it should."""
    plan = ours.write_plan(shape, folder)
    killed = _child("half", plan, folder / "state")
    if killed.returncode != -signal.SIGKILL:
        raise CommandError(f"the first half ended with {killed.returncode}: {killed.stderr}")
    resumed = _child("rest", plan, folder / "state")
    if resumed.returncode:
        raise CommandError(f"the resumed half ended with {resumed.returncode}: {resumed.stderr}")
    return seconds_in(resumed.stdout)


def _child(part: str, plan: Path, state: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.engine.resuming", part, str(plan), str(state)]
    environment = {**os.environ, **ours.ENV}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=plan.parent)


def main() -> None:
    """One of the two parts."""
    from orchestrator.api.loading import load  # noqa: PLC0415 - imports are not counted
    from orchestrator.api.prepare import prepare  # noqa: PLC0415 - imports are not counted
    from orchestrator.api.running import run_prepared  # noqa: PLC0415 - imports are not counted
    from orchestrator.engine.options import RunOptions  # noqa: PLC0415 - imports are not counted
    from orchestrator.registry import load_registry  # noqa: PLC0415
    from orchestrator.state.events import Envelope, TaskStarted, TaskSucceeded  # noqa: PLC0415

    part, plan, state = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    registry = load_registry()
    loaded = load(plan, {}, registry)
    half = len(loaded.graph.nodes) // 2
    done = 0
    first: list[float] = []

    def listen(envelope: Envelope) -> None:
        nonlocal done
        done += isinstance(envelope.event, TaskSucceeded)
        if part == "half" and done == half:
            os.kill(os.getpid(), signal.SIGKILL)
        if isinstance(envelope.event, TaskStarted) and not first:
            first.extend((time.perf_counter(), time.process_time()))

    options = RunOptions(state=state, reports=state.parent / "reports", executor="inline", jobs=4, listener=listen)
    began, used = time.perf_counter(), time.process_time()
    run_prepared(prepare(loaded, registry, options), new=False)
    print(first[0] - began, first[1] - used)


if __name__ == "__main__":
    main()

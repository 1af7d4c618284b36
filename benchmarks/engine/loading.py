"""How long a fresh process takes to load a plan: read, parse, validate, build the graph, check it against the runners.

python -m benchmarks.engine.loading PLAN    prints wall and processor seconds, imports apart
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.engine import ours
from benchmarks.engine.shapes import Shape


def load_seconds(shape: Shape, folder: Path, form: str) -> tuple[float, float]:
    """form: "yaml" or "json". The plan is written once."""
    path = folder / f"plan.{'json' if form == 'json' else 'yaml'}"
    if not path.exists():
        ours.write_plan(shape, folder, yaml=form != "json")
    command = [sys.executable, "-m", "benchmarks.engine.loading", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **ours.ENV})
    return seconds_in(done.stdout)


def seconds_in(text: str) -> tuple[float, float]:
    """Wall and processor seconds, as a child printed them."""
    wall, cpu = map(float, text.split())
    return wall, cpu


def main() -> None:
    """Load it, and say how long that took."""
    from orchestrator.api.loading import load  # noqa: PLC0415 - imports are not counted
    from orchestrator.registry import load_registry  # noqa: PLC0415

    path = Path(sys.argv[1])
    registry = load_registry()
    began, used = time.perf_counter(), time.process_time()
    load(path, {}, registry)
    print(time.perf_counter() - began, time.process_time() - used)


if __name__ == "__main__":
    main()

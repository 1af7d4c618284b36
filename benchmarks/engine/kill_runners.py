"""The runner of the tasks in `benchmarks.engine.kills`, in a module that a worker imports quickly."""

import time
from typing import Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext

SPEED: Final = Metric("kill.speed", "MB/s", Better.HIGHER)


def work(context: TaskContext) -> None:
    """Says that it started, works a little, measures, and fails where it is told to."""
    with (context.project / "ran").open("a", encoding="utf-8") as file:
        file.write(f"{context.task}\n")
    time.sleep(context.params.get("seconds", 0.004))
    if context.params.get("fail"):
        raise RuntimeError("as told")
    context.samples(SPEED, [9.0, 9.5], method="a constant")
    context.artifact("left.txt").write_text(context.task)


RUNNERS: Final = (Runner("kill.work", work, (SPEED,)),)

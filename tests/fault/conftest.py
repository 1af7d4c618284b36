"""An attempt in a folder of its own, for the tests that make it go wrong."""

import os
import threading
from pathlib import Path

import pytest

from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.order import Note, WorkOrder
from orchestrator.executors.tree import find_attempt_processes

HERE = Path(__file__).parent


class Attempts:
    """Carries out attempts below one folder; `notes` holds what they said, `launches` their processes."""

    def __init__(self, base):
        self.base = base
        self.run = f"{base.name}-{os.getpid()}"  # folders of tests that run side by side are named alike
        self.stop = threading.Event()
        self.notes = []
        self.launches = []

    def order(self, task="A.task", **changes):
        places = {"folder": self.base / "runs" / "r-1" / task / "1", "project": self.base, "cache": self.base / "cache"}
        env = {"PYTHONPATH": str(HERE)} | changes.pop("env", {})
        return WorkOrder(**{"run": self.run, "task": task, "attempt": 1, "grace": 0.5, "env": env, **places, **changes})

    def runner(self, name, **changes):
        from attempt_runners import METRICS

        order = self.order(runner=name, offer="attempt_runners:RUNNERS", **({"metrics": METRICS} | changes))
        return self.carry_out(order)

    def shell(self, script, **changes):
        return self.carry_out(self.order(command=("sh", "-c", script), **changes))

    def carry_out(self, order, **options):
        result = carry_out(order, self.stop, self.listen, **options)
        assert find_attempt_processes(order.marker) == ()
        return result

    def listen(self, told):
        if isinstance(told, Note):
            self.notes.append(told.text)
        else:
            self.launches.append(told.launch)

    def file(self, name):
        return (self.base / "runs" / "r-1" / "A.task" / "1" / name).read_bytes()


@pytest.fixture
def attempts(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    return Attempts(tmp_path)

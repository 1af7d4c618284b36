"""Plans from a few words, and an executor that answers from a script: nothing is started."""

from collections import Counter
from concurrent.futures import Executor, Future
from dataclasses import fields
from pathlib import Path

import yaml

from orchestrator.engine.finding import find_interrupted
from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import prepare_run
from orchestrator.engine.runs import resume_run, start_run
from orchestrator.engine.session import Effects
from orchestrator.evidence.measurement import Evidence, Measurement, Samples, Usage
from orchestrator.evidence.metric import Better, Metric
from orchestrator.executors.order import AttemptResult, Note
from orchestrator.graph.load import load_text
from orchestrator.journal.memory import MemoryJournal
from orchestrator.runner import Runner
from orchestrator.state.failure import Cause, Failure

SPEED = Metric("try.speed", "MB/s", Better.HIGHER)
RUNNERS = {"try.it": Runner("try.it", run=lambda _context: None, metrics=(SPEED,))}
USED = Usage(0.5, 0.4, 1 << 20, 3)


def load(tasks, **more):
    """A plan of one group A, from task id to what is said of the task (needs nothing unless said)."""
    said = [{"id": task, "title": task, "run": "try.it", "needs": [], **rest} for task, rest in tasks.items()]
    group = {"title": "Group A", "lead": "X", "tasks": said, **more.pop("group", {})}
    plan = {
        "schema": 1, "id": "demo", "title": "Demo", "agents": {"X": {"specialty": "tests", "capacity": 8}},
        "workstreams": {"A": group}, **more,
    }  # fmt: skip
    return load_text(yaml.safe_dump(plan, sort_keys=False), "demo.yaml")


def measured(*values):
    """Evidence of the metric `try.speed`."""
    return Evidence((Measurement(SPEED.name, SPEED.unit, Samples(values), "a script"),))


class Scripted(Executor):
    """Answers each order at once. script: by task, a list of answers for its attempts, the last for all further ones.

    An answer is Evidence, a Failure or its message, or an exception that the executor itself ends with.
    """

    def __init__(self, script=None):
        self.script = script or {}
        self.orders = []
        self.count = Counter()
        self.on_order = lambda _order: None

    def submit(self, _fn, /, order, stop, listener):
        self.orders.append(order)
        self.on_order(order)
        answers = self.script.get(order.task, [measured(10.0, 11.0, 12.0)])
        answer = answers[min(self.count[order.task], len(answers) - 1)]
        self.count[order.task] += 1
        future = Future()
        if isinstance(answer, BaseException):
            future.set_exception(answer)
            return future
        listener(Note(order.task, order.attempt, f"at work on {order.task}"))
        failure = Failure(Cause.EXIT, answer, 3) if isinstance(answer, str) else None
        failure = answer if isinstance(answer, Failure) else failure
        evidence = Evidence() if failure else answer
        stopped = stop.is_set()
        future.set_result(AttemptResult(order.task, order.attempt, evidence, USED, failure, stopped))
        return future


class Ticking:
    """A clock that moves by a hundredth of a second whenever it is asked."""

    def __init__(self):
        self.time = 1000.0

    def __call__(self):
        self.time += 0.01
        return self.time


def go(loaded, executor=None, journal=None, *, resume=None, **more):
    """Start a run, or resume the one named by `resume` (True: the interrupted one), with nothing real about it."""
    journal = journal or MemoryJournal()
    effects = Effects(executor or Scripted(), **_taken(more, Effects))
    prepared = ready(loaded, **more)
    if resume is None:
        return start_run(prepared, effects, journal)
    return resume_run(
        find_interrupted(journal, loaded.plan.id) if resume is True else resume, prepared, effects, journal
    )


def ready(loaded, **more):
    """A plan made ready for a run with nothing real about it."""
    usual = {"state": Path("/nowhere/state"), "command": ("orchestrate", "run"), "jobs": 4, "reuse": "none"}
    options = RunOptions(**{**usual, **_taken(more, RunOptions)})
    facts = {"runners": RUNNERS, "project": Path("/nowhere/project"), "environment": {"cpu": "test"}, **more}
    return prepare_run(loaded, options=options, **facts)


def _taken(more, kind):
    """What of it are fields of that class."""
    return {each.name: more.pop(each.name) for each in fields(kind) if each.name in more}


def statuses(result):
    """Each task's status as text."""
    return {task: str(record.status) for task, record in result.state.tasks.items()}

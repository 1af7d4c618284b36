"""Agents, instruments and merges that answer from a script: the parts of plans with hand-ins, and an executor."""

from concurrent.futures import Future

import yaml
from scripted import USED, Scripted, measured

from orchestrator.evidence.measurement import Evidence
from orchestrator.executors.order import Asking, AttemptResult, Spent
from orchestrator.graph.load import load_text
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.rounds import HandIn, Joined, Talk
from orchestrator.state.spending import Reserved, Settled

GOOD, BAD = measured(10.0, 11.0, 12.0), measured(1.0, 1.1, 1.2)


def task(name="write", **more):
    return {
        "id": name,
        "title": name,
        "brief": "Make it fast.",
        "writes": ["src/**"],
        "until": ["A.fast"],
        "rounds": 3,
        "needs": [],
        **more,
    }


MEASURE = {"id": "measure", "title": "measure", "run": "try.it", "measures": "write"}


def plan(*tasks, agent=None, **more):
    agents = {"X": {"specialty": "tests", "capacity": 8, "driver": "acp", "program": ["agent"], **(agent or {})}}
    group = {
        "title": "Group A", "lead": "X", "tasks": list(tasks or (task(), MEASURE)),
        "success_criteria": [{"id": "fast", "title": "F", "metric": "try.speed", "target": ">= 5 MB/s",
        "from": "measure"}],
    }  # fmt: skip
    said = {"schema": 1, "id": "demo", "title": "Demo", "agents": agents, "workstreams": {"A": group}, **more}
    return load_text(yaml.safe_dump(said, sort_keys=False), "demo.yaml")


def given(order, files=("src/a.py",)):
    """A hand-in whose commit tells the round."""
    name = f"{order.task}/{order.attempt}"
    return HandIn(
        "/nowhere/project",
        name,
        "b" * 40,
        f"{order.turn.number:040x}",
        files,
        Talk("acp", session=f"s{order.attempt}", stop="end_turn"),
    )


class Agents(Scripted):
    """Turns answer with "hand in", "refused", "nothing" or a failure's message; merges with the tasks that clash.

    calls: of a model in each turn: 100 tokens are reserved for each, and 10 used. refusals: of calls, as they were
    answered.
    """

    def __init__(self, script=None, calls=0):
        super().__init__(script)
        self.calls = calls
        self.refusals = []

    def submit(self, fn, /, order, stop, listener):
        if order.turn is None and order.merge is None:
            return super().submit(fn, order, stop, listener)
        self.orders.append(order)
        self.on_order(order)
        for call in range(1, self.calls + 1) if order.turn else ():
            listener(Asking(order.task, order.attempt, Reserved(call, "openai", "m", 100), self.refusals.append))
            listener(Spent(order.task, order.attempt, Settled(call, 7, 3)))
        answers = self.script.get(order.task, ["hand in" if order.turn else ()])
        answer = answers[min(self.count[order.task], len(answers) - 1)]
        self.count[order.task] += 1
        future = Future()
        if isinstance(answer, BaseException):
            future.set_exception(answer)
            return future
        future.set_result(self.turned(order, answer) if order.turn else self.merged(order, answer))
        return future

    @staticmethod
    def turned(order, answer):
        if answer == "hand in":
            return AttemptResult(
                order.task, order.attempt, Evidence(), USED, hand_in=given(order), talk=given(order).talk
            )
        if answer == "refused":
            return AttemptResult(
                order.task,
                order.attempt,
                Evidence(),
                USED,
                hand_in=given(order),
                fruitless="it changes what is pinned",
                talk=given(order).talk,
            )
        if answer == "nothing":
            return AttemptResult(
                order.task, order.attempt, Evidence(), USED, fruitless="nothing was handed in", talk=given(order).talk
            )
        return AttemptResult(order.task, order.attempt, Evidence(), USED, Failure(Cause.SPAWN, answer))

    @staticmethod
    def merged(order, clashing):
        joined = tuple(
            Joined(each.task, each.hand_in.commit, "" if each.task in clashing else "c" * 40,
            "it clashes" if each.task in clashing else "")
            for each in order.merge.queue
        )  # fmt: skip
        return AttemptResult(order.task, order.attempt, Evidence(), USED, joined=joined)

    def turns(self, name="A.write"):
        return [order.turn for order in self.orders if order.task == name and order.turn]

"""The engine against a small model of what it promises, driven step by step: starts, ends of every kind, late results,
notes, interrupts, deaths of the owner and resumes, in any order that hypothesis can think of.

The model keeps its own account of every task, from the orders that reach the executor and the events that become
durable.
"""

from collections import Counter
from concurrent.futures import Executor, Future
from pathlib import Path

import yaml
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from orchestrator.engine.dispatch import Done
from orchestrator.engine.engine import Engine
from orchestrator.engine.fingerprints import fingerprints
from orchestrator.engine.orders import Orders
from orchestrator.engine.people import People
from orchestrator.engine.places import Places
from orchestrator.engine.reconcile import Change, reconcile
from orchestrator.engine.recorder import Recorder
from orchestrator.engine.rounds import rounds_of
from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.executors.order import AttemptResult, Launched, Note
from orchestrator.graph.load import load_text
from orchestrator.journal.lease import Owner
from orchestrator.journal.memory import MemoryJournal
from orchestrator.process import Launch, this_process
from orchestrator.runner import Runner
from orchestrator.state import events as e
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.fold import fold
from orchestrator.state.transitions import SETTLED

RUNNERS = {"try.it": Runner("try.it", run=lambda _context: None)}
RULES = ("all_success", "all_done", "any_success", "none_failed_min_one_success")
CAPS = {"cpu": 3, "bench": 1}
JOBS = 3
USED = Usage(0.0, 0.0, 0, 0)
RUN = "demo-1"


@st.composite
def plans(draw):
    tasks = []
    for number in range(draw(st.integers(1, 7))):
        tasks.append(
            {
                "id": f"t{number}", "title": "t", "run": "try.it", "if": draw(st.integers(0, 6)) > 0,
                "needs": [each["id"] for each in tasks if draw(st.integers(0, 2)) == 0],
                "trigger_rule": draw(st.sampled_from(RULES)),
                "continue_on_error": draw(st.integers(0, 4)) == 0,
                "retries": {"max": draw(st.integers(0, 2)), "delay": "0s"},
                "resources": {"cpu": draw(st.integers(0, 3)), "bench": draw(st.integers(0, 1))},
            }
        )  # fmt: skip
    group = {"title": "A", "lead": "X", "tasks": tasks}
    plan = {
        "schema": 1, "id": "demo", "title": "D", "agents": {"X": {"specialty": "s", "capacity": 8}},
        "resources": CAPS, "workstreams": {"A": group},
    }  # fmt: skip
    return load_text(yaml.safe_dump(plan, sort_keys=False), "demo.yaml")


class Held(Executor):
    """Keeps every order until the machine says how it ends."""

    def __init__(self):
        self.held = {}

    def submit(self, _carry, /, order, stop, listener):
        future = Future()
        self.held[order.task, order.attempt] = (future, stop, listener)
        return future


class EngineMachine(RuleBasedStateMachine):
    @initialize(loaded=plans(), keep_going=st.booleans())
    def begin(self, loaded, keep_going):
        self.loaded, self.keep_going = loaded, keep_going
        self.specs = {task: node.task for task, node in loaded.graph.nodes.items()}
        self.needs = {task: tuple(f"A.{need}" for need in spec.needs) for task, spec in self.specs.items()}
        self.dead = set()
        self.journal = MemoryJournal(Owner("boot", 1, 1.0), alive=lambda owner: owner not in self.dead)
        self.succeeded = set()  # in the journal: must never be started again
        self.starts = Counter()
        self.ended = []
        self.finished = False
        self.take(first=True)

    def take(self, *, first=False):
        """An owner takes the run, as `run_session` does."""
        fence = self.journal.acquire(RUN)
        digests = fingerprints(self.loaded.plan, self.loaded.graph, RUNNERS)
        state = fold(() if first else self.journal.read(RUN))
        ticks = iter(range(10**9))
        self.recorder = Recorder(
            self.journal, RUN, fence, state, lambda _: None, lambda: next(ticks) / 10, lambda: 0.0, 0.0
        )
        if first:
            self.recorder.record(e.RunStarted(RUN, "demo", "d", self.loaded.text, "demo.yaml", {}, {}, (), digests))
        else:
            change = Change(digests, (), (), lambda _path: None)
            kept = list(reconcile(self.loaded.graph, state, change))
            self.recorder.record(e.RunResumed("d", self.loaded.text, {}, {}, digests))
            for event in kept:
                self.recorder.record(event)
        self.recorder.commit()
        order = {task: place for place, task in enumerate(self.loaded.graph.nodes)}
        places = Places(Path("/nowhere/s"), Path("/nowhere/p"))
        self.executor = Held()
        self.engine = Engine(
            Orders(self.loaded.plan, self.loaded.graph, RUNNERS, places, order, b"secret"), self.recorder,
            self.executor,
            carry=None, jobs=JOBS, keep_going=self.keep_going, excluded=(), kill=lambda: None,
            rounds=rounds_of(self.loaded.plan, self.loaded.graph, RUNNERS, lambda _path: None),
            people=People(self.loaded.plan, self.loaded.graph, self.loaded.digest),
        )  # fmt: skip
        self.step()

    def step(self):
        """What the engine's loop does between two waits; every order that comes of it is checked against the model."""
        before = set(self.executor.held)
        self.engine.advance()
        for task, attempt in set(self.executor.held) - before:
            self.check_start(task, attempt)
        self.finished = self.engine.idle

    def feed(self):
        self.engine.take(self.engine.wait())
        self.step()

    def check_start(self, task, attempt):
        """No task before its needs, under its trigger rule, never after it succeeded, with attempts counting up by
        one.
        """
        state = self.recorder.state
        self.starts[task] += 1
        assert task not in self.succeeded
        assert attempt == self.starts[task]
        assert self.specs[task].if_
        assert all(state.tasks[need].settled for need in self.needs[task])
        assert self.model_runs(task)

    def model_runs(self, task):
        """The trigger rules again, in the words of their documentation."""
        ends = [self.model_end(need) for need in self.needs[task]]
        good, bad = ends.count("good"), ends.count("bad")
        rule = self.specs[task].trigger_rule.value
        if not ends or rule == "all_done":
            return True
        if rule == "all_success":
            return good == len(ends)
        return good > 0 and (rule == "any_success" or not bad)

    def model_end(self, task):
        record = self.recorder.state.tasks[task]
        if record.status == "succeeded" or (record.status == "failed" and self.specs[task].continue_on_error):
            return "good"
        if record.status == "skipped" and self.skip_is_innocent(task):
            return "neutral"
        return "bad"

    def skip_is_innocent(self, task):
        """No failure behind it: its own condition, or only skips of that kind above it."""
        if not self.specs[task].if_:
            return True
        return all(self.model_end(need) != "bad" for need in self.needs[task])

    def finish(self, data, result):
        held = sorted(self.executor.held)
        task, attempt = data.draw(st.sampled_from(held))
        future, stop, _ = self.executor.held.pop((task, attempt))
        self.ended.append((task, attempt))
        future.set_result(result(task, attempt, stop.is_set()))
        if result is won and not stop.is_set():
            self.succeeded.add(task)
        self.feed()

    busy = precondition(lambda self: bool(self.executor.held))
    under_way = precondition(lambda self: not self.finished)

    @rule()
    def time_passes(self):
        self.step()

    @busy
    @rule(data=st.data())
    def an_attempt_succeeds(self, data):
        self.finish(data, won)

    @busy
    @rule(data=st.data())
    def an_attempt_fails(self, data):
        self.finish(data, lost)

    @busy
    @rule(data=st.data())
    def the_executor_breaks(self, data):
        task, attempt = data.draw(st.sampled_from(sorted(self.executor.held)))
        future, _, _ = self.executor.held.pop((task, attempt))
        self.ended.append((task, attempt))
        future.set_exception(RuntimeError("the pool broke"))
        self.feed()

    @busy
    @rule(data=st.data(), text=st.text(max_size=5))
    def an_attempt_says_something(self, data, text):
        task, attempt = data.draw(st.sampled_from(sorted(self.executor.held)))
        self.engine.hear(Note(task, attempt, text))
        self.feed()
        assert self.recorder.state.tasks[task].notes[-1] == text

    @under_way
    @precondition(lambda self: bool(self.ended))
    @rule(data=st.data())
    def a_late_result_or_note_of_an_attempt_that_ended_changes_nothing(self, data):
        task, attempt = data.draw(st.sampled_from(self.ended))
        before = self.recorder.state.seq
        late = Future()
        late.set_result(won(task, attempt, False))
        self.engine.hear(Done(task, attempt, late))
        self.engine.hear(Note(task, attempt, "still here"))
        self.engine.hear(Launched(task, attempt, Launch(*[this_process()] * 3)))
        self.engine.take(self.engine.wait())
        assert self.recorder.state.seq == before

    @under_way
    @rule()
    def someone_interrupts(self):
        self.engine.interrupt("SIGINT")
        self.feed()
        assert all(stop.is_set() for _, stop, _ in self.executor.held.values())

    @under_way
    @rule()
    def the_owner_dies_and_the_run_is_resumed(self):
        """What was committed is all that is left of it. (It died between two steps; deaths within one are in
        tests/fault.)
        """
        self.journal.release(RUN, self.recorder.fence)
        for key in self.executor.held:
            self.ended.append(key)
        self.take()

    @invariant()
    def caps_hold(self):
        if not hasattr(self, "engine"):
            return
        running = [self.specs[task] for task, _ in self.executor.held]
        assert len(running) <= JOBS
        for name, cap in CAPS.items():
            assert sum(spec.resources.get(name, int(name == "cpu")) for spec in running) <= cap

    @invariant()
    def the_journal_tells_the_engines_story(self):
        if not hasattr(self, "engine"):
            return
        told = fold(self.journal.read(RUN))
        assert {task: (one.status, one.attempt) for task, one in told.tasks.items()} == {
            task: (one.status, one.attempt) for task, one in self.recorder.state.tasks.items()
        }
        assert {task for task, one in told.tasks.items() if one.status == "running"} == {
            task for task, _ in self.executor.held
        }
        assert self.succeeded == {task for task, one in told.tasks.items() if one.status == "succeeded"}

    def teardown(self):
        """Let everything end well; then every task has exactly one terminal state."""
        if not hasattr(self, "engine"):
            return
        while self.engine.interrupted is not None or not self.finished:
            if self.executor.held:
                (task, attempt), (future, stop, _) = self.executor.held.popitem()
                future.set_result(won(task, attempt, stop.is_set()))
                if not stop.is_set():
                    self.succeeded.add(task)
                self.feed()
            elif self.engine.interrupted is not None:
                self.the_owner_dies_and_the_run_is_resumed()
            else:
                self.feed()
        told = self.journal.read(RUN)
        assert all(one.status in SETTLED for one in fold(told).tasks.values())
        ends = Counter(
            each.event.task
            for each in told
            if isinstance(each.event, e.TaskSucceeded | e.TaskFailed | e.TaskSkipped | e.TaskCancelled)
        )
        assert ends == dict.fromkeys(self.specs, 1)
        cut_off = Counter(each.event.task for each in told if isinstance(each.event, e.TaskInterrupted))
        for task, spec in self.specs.items():
            assert self.starts[task] <= 1 + spec.retries.max + cut_off[task]


def won(task, attempt, stopped):
    return AttemptResult(task, attempt, Evidence(), USED, None, stopped)


def lost(task, attempt, stopped):
    failure = None if stopped else Failure(Cause.EXIT, "broke", 1)
    return AttemptResult(task, attempt, Evidence(), USED, failure, stopped)


TestEngineMachine = EngineMachine.TestCase
TestEngineMachine.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, report_multiple_bugs=False
)

import hashlib
import os
import signal
import threading
from dataclasses import replace
from queue import SimpleQueue

import pytest
from scripted import RUNNERS, SPEED, Scripted, go, load, measured

from orchestrator.engine.exit_code import exit_code
from orchestrator.engine.filling import filled
from orchestrator.engine.fingerprints import fingerprints
from orchestrator.engine.interrupts import interrupts
from orchestrator.engine.judging import file_digest, judge_run
from orchestrator.engine.orders import Orders, seed
from orchestrator.engine.places import Places
from orchestrator.engine.resources import Slots, capacities, demands
from orchestrator.engine.retry import Again, GiveUp, after_failure
from orchestrator.evidence.measurement import Artifact, Evidence, Measurement, Samples
from orchestrator.evidence.verdict import Outcome, Verdict, Why
from orchestrator.plan.model import Retries
from orchestrator.runner import Runner
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status


def test_retries_back_off_up_to_their_limit_and_then_give_up():
    rule = Retries(max=4, delay="1s", backoff=3.0, max_delay="5s")
    assert [after_failure(rule, count) for count in (1, 2, 3, 4)] == [Again(1.0), Again(3.0), Again(5.0), Again(5.0)]
    assert after_failure(rule, 5) == GiveUp()
    assert after_failure(Retries(max=100, delay="1s", backoff=10.0, max_delay="7s"), 100) == Again(7.0)


def test_a_demand_beyond_what_there_is_takes_all_of_it_and_so_can_run():
    loaded = load({"big": {"resources": {"cpu": 64}}}, resources={"cpu": 64})
    full = {**capacities(loaded.plan, 4), "cpu": 2}
    demand = demands(loaded.graph, full)["A.big"]
    assert dict(demand) == {"cpu": 2, "agent X": 1, "jobs": 1}
    slots = Slots(dict(full))
    slots.take(demand)
    assert not slots.fits(demand)
    slots.give(demand)
    assert slots.free == full


def test_without_jobs_the_plans_cpu_is_the_limit_or_else_the_processors():
    assert "jobs" not in capacities(load({"one": {}}, resources={"cpu": 2}).plan, None)
    assert capacities(load({"one": {}}).plan, None)["jobs"] == os.cpu_count()


@pytest.mark.parametrize(
    ("status", "tolerated", "outcomes", "code"),
    [
        (Status.SUCCEEDED, False, [Outcome.PASS], 0),
        (Status.SUCCEEDED, False, [], 0),
        (Status.SUCCEEDED, False, [Outcome.PASS, Outcome.UNPROVEN], 3),
        (Status.SUCCEEDED, False, [Outcome.UNPROVEN, Outcome.FAIL], 1),
        (Status.FAILED, False, [Outcome.PASS], 1),
        (Status.FAILED, True, [Outcome.PASS], 0),
        (Status.CANCELLED, False, [Outcome.PASS], 1),
        (Status.SKIPPED, False, [Outcome.PASS], 0),
    ],
)
def test_the_exit_code_follows_tasks_and_verdicts(status, tolerated, outcomes, code):
    verdicts = [Verdict("A.c", outcome, Why.MET, "", "%") for outcome in outcomes]
    assert exit_code([TaskRecord("A.x", status, tolerated=tolerated)], verdicts) == code


def test_a_fingerprint_changes_with_what_a_task_does_and_not_with_how_long_it_may_take():
    def of(**said):
        loaded = load({"one": said})
        return fingerprints(loaded.plan, loaded.graph, RUNNERS)["A.one"]

    assert of() == of(timeout="9m", retries={"max": 3}, estimate="1h", title="Other")
    assert len({of(), of(**{"with": {"n": 1}}), of(env={"A": "1"}), of(artifacts=["a.txt"])}) == 4


def test_a_fingerprint_changes_with_the_runners_code(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    loaded, found = load({"one": {}}), set()
    for number in (1, 2):
        folder = tmp_path / f"package{number}"
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        (folder / "work.py").write_text(f"def run(context):\n    return {number}\n")
        module = __import__(f"package{number}.work", fromlist=["run"])
        found.add(fingerprints(loaded.plan, loaded.graph, {"try.it": Runner("try.it", module.run)})["A.one"])
    assert len(found) == 2


def test_an_order_carries_everything_that_an_attempt_needs(tmp_path):
    tasks = {
        "one": {}, "two": {"needs": ["one"]},
        "three": {"needs": ["two"], "env": {"WHERE": "${project}/x $HOME $$"}, "artifacts": ["a.txt"], "timeout": "5s"},
    }  # fmt: skip
    deliverables = [
        {"title": "B", "artifact": "b.txt", "from": "three"},
        {"title": "A", "artifact": "a.txt", "from": "three"},
    ]
    loaded = load(tasks, env={"WHERE": "no", "ALSO": "${state}"}, group={"deliverables": deliverables})
    executor = Scripted()
    result = go(loaded, executor, state=tmp_path / "s", project=tmp_path / "p")
    order = executor.orders[-1]
    assert order.task == "A.three"
    assert order.home == tmp_path / "s" / "runs" / result.run / "A.three" / "1"
    assert order.folder.parent.parent == tmp_path / "s" / "under-way" / result.run
    assert order.folder.name == "1"
    assert order.folder.parent.name.startswith("A.three.1.")
    assert order.env == {"WHERE": f"{tmp_path}/p/x $HOME $$", "ALSO": f"{tmp_path}/s"}
    assert order.artifacts == ("a.txt", "b.txt")
    assert [given.task for given in order.inputs] == ["A.one", "A.two"]
    assert order.inputs[0].measurements == measured(10.0, 11.0, 12.0).measurements
    assert [metric.name for metric in order.metrics] == ["try.speed"]
    assert order.timeout == 5.0


def test_the_same_plan_task_and_attempt_get_the_same_seed():
    assert seed("d", "A.x", 1) == seed("d", "A.x", 1) < 2**63
    assert len({seed("d", "A.x", 1), seed("d", "A.x", 2), seed("d", "A.y", 1), seed("e", "A.x", 1)}) == 4


def test_texts_are_filled_in_wherever_they_stand():
    assert filled({"a": ["${state}/x", 3], "b": ("${folder}",)}, {"state": "/s", "folder": "/f"}) == {
        "a": ["/s/x", 3], "b": ("/f",),
    }  # fmt: skip


def test_a_file_that_changed_after_it_was_measured_leaves_its_criterion_unproven(tmp_path):
    criterion = {"id": "fast", "title": "Fast", "metric": "try.speed", "target": ">= 5 MB/s"}
    loaded = load({"one": {}}, group={"success_criteria": [criterion]})
    content = b"as it was measured"
    artifact = Artifact("raw.csv", "A.one/1/raw.csv", hashlib.sha256(content).hexdigest(), len(content))
    measurement = Measurement("try.speed", "MB/s", Samples((9.0, 9.0)), "a script", artifacts=("raw.csv",))
    state = go(loaded, Scripted({"A.one": [Evidence((measurement,), (artifact,))]})).state
    path = tmp_path / artifact.path
    path.parent.mkdir(parents=True)
    found = []
    for now in (content, b"as it was measureD", None):
        path.unlink(missing_ok=True)
        if now is not None:
            path.write_bytes(now)
        found += judge_run(loaded.plan, loaded.graph, state, {SPEED.name: SPEED}, file_digest(tmp_path))
    assert [(verdict.outcome, verdict.why) for verdict in found] == [
        (Outcome.PASS, Why.MET), (Outcome.UNPROVEN, Why.STALE), (Outcome.UNPROVEN, Why.STALE),
    ]  # fmt: skip


def test_a_criterion_is_judged_from_the_task_that_it_names():
    criterion = {"id": "fast", "title": "Fast", "metric": "try.speed", "target": ">= 5 MB/s", "from": "two"}
    loaded = load({"one": {}, "two": {}}, group={"success_criteria": [criterion]})
    executor = Scripted({"A.one": [measured(1.0)], "A.two": [measured(9.0)]})
    assert go(loaded, executor).state.verdicts["A.fast"].task == "A.two"


def test_signals_become_messages_and_the_former_handlers_come_back():
    queue, before = SimpleQueue(), signal.getsignal(signal.SIGTERM)
    with interrupts(queue.put):
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        assert {queue.get(timeout=120), queue.get(timeout=120)} == {"SIGTERM", "SIGINT"}
    assert signal.getsignal(signal.SIGTERM) is before


def test_beside_the_main_thread_signals_stay_as_they_are():
    seen = []

    def work():
        with interrupts(seen.append):
            seen.append("inside")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == ["inside"]


def test_orders_are_pure(tmp_path):
    loaded = load({"one": {}})
    state = go(loaded).state
    orders = Orders(loaded.plan, loaded.graph, RUNNERS, Places(tmp_path / "s", tmp_path), {"A.one": 0}, b"secret")
    other = replace(orders, secret=b"another")
    assert other.write(state, "A.one", 2).folder != orders.write(state, "A.one", 2).folder
    assert orders.write(state, "A.one", 2) == orders.write(state, "A.one", 2)
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("status", "outcome"), [(Status.SUCCEEDED, Outcome.PASS), (Status.FAILED, Outcome.UNPROVEN), (Status.SKIPPED,
    Outcome.UNPROVEN)]
)  # fmt: skip
def test_what_another_group_measured_does_not_stand_for_a_task_that_did_not_succeed(status, outcome):
    criterion = {"id": "fast", "title": "Fast", "metric": "try.speed", "target": ">= 5 MB/s"}
    task = {"id": "two", "title": "two", "run": "try.it"}
    stages = {"B": {"title": "B", "lead": "X", "tasks": [task]}}
    loaded = load({"one": {}}, group={"success_criteria": [criterion]}, stages=stages)
    state = RunState(
        tasks={
            "A.one": TaskRecord("A.one", status),
            "B.two": TaskRecord("B.two", Status.SUCCEEDED, 1, evidence=measured(9.0, 9.0)),
        }
    )
    found = judge_run(loaded.plan, loaded.graph, state, {SPEED.name: SPEED}, lambda _: None)
    assert [verdict.outcome for verdict in found] == [outcome]

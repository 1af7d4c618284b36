"""What every journal must do; each back end passes the same tests."""

import math

import pytest

from orchestrator.evidence.measurement import Evidence, Measurement, Samples, Usage
from orchestrator.journal.errors import DamagedJournal, LeaseLost, RunOwned, UnknownRun
from orchestrator.journal.lease import Owner
from orchestrator.journal.memory import MemoryJournal
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.events import (
    Envelope,
    RunFinished,
    RunResumed,
    RunStarted,
    TaskNoted,
    TaskStarted,
    TaskSucceeded,
)

ME = Owner("boot", 10, 1.0)
OTHER = Owner("boot", 20, 2.0)


def begun(run="demo-1", plan="demo"):
    return RunStarted(
        run, plan, "d" * 64, "schema: 1\n", "plan.yaml", {"a": "1"}, {"cpu": "x"}, ("go",), {"A.one": "f"}
    )


def sealed(*events, first=1, fence=1):
    return [Envelope(seq, 1000.5 + seq, seq / 7, fence, event) for seq, event in enumerate(events, first)]


@pytest.fixture(params=["memory", "process", "power"])
def journal(request, tmp_path):
    living = {ME}
    if request.param == "memory":
        made = MemoryJournal(ME, alive=living.__contains__)
    else:
        made = SqliteJournal(tmp_path / "state" / "journal.sqlite", request.param, owner=ME, alive=living.__contains__)
    made.living = living
    yield made
    made.close()


def test_what_was_appended_is_read_back_in_order(journal):
    fence = journal.acquire("demo-1")
    written = sealed(begun(), TaskStarted("A.one", 1), TaskNoted("A.one", 1, "ünïcode \x00 \n"), fence=fence)
    journal.append("demo-1", written[:2])
    journal.append("demo-1", written[2:])
    assert journal.read("demo-1") == tuple(written)
    assert journal.read("demo-1", after=2) == tuple(written[2:])


def test_a_measurement_that_is_not_a_number_comes_back_as_given(journal):
    fence = journal.acquire("demo-1")
    values = (math.inf, -math.inf, 0.1 + 0.2, 5e-324)
    evidence = Evidence((Measurement("m.x", "ms", Samples((math.nan, *values)), "timed"),))
    journal.append("demo-1", sealed(begun(), TaskSucceeded("A.one", 1, evidence, Usage(1.0, 1.0, 1, 1)), fence=fence))
    read = journal.read("demo-1")[-1].event.evidence.measurements[0].data.values
    assert math.isnan(read[0])
    assert read[1:] == values


def test_an_unknown_run_is_an_error(journal):
    with pytest.raises(UnknownRun, match="orchestrate history"):
        journal.read("nothing")


def test_runs_are_listed_with_how_they_stand(journal):
    for number, run in enumerate(("demo-1", "demo-2", "demo-3")):
        fence = journal.acquire(run)
        ends = ((), (RunFinished(3),), (RunFinished(1), RunResumed("d", "t", {}, {}, {})))[number]
        journal.append(run, sealed(begun(run), *ends, fence=fence))
    assert [(each.run, each.plan_id, each.exit_code, each.finished) for each in journal.runs()] == [
        ("demo-1", "demo", None, False),
        ("demo-2", "demo", 3, True),
        ("demo-3", "demo", None, False),
    ]
    assert [each.last for each in journal.runs()] == ["run_started", "run_finished", "run_resumed"]


def test_a_gap_in_the_sequence_is_refused_and_nothing_of_the_batch_is_kept(journal):
    fence = journal.acquire("demo-1")
    journal.append("demo-1", sealed(begun(), fence=fence))
    with pytest.raises(DamagedJournal, match="event 3 is missing"):
        journal.append("demo-1", [*sealed(TaskStarted("A.one", 1), first=2), *sealed(RunFinished(0), first=4)])
    assert len(journal.read("demo-1")) == 1


def test_nobody_appends_without_a_lease(journal):
    with pytest.raises(LeaseLost):
        journal.append("demo-1", sealed(begun()))


def test_a_run_that_a_living_owner_holds_is_refused_naming_its_process(journal):
    journal.acquire("demo-1")
    with pytest.raises(RunOwned, match="process 10") as caught:
        journal.acquire("demo-1")
    assert caught.value.exit_code == 4
    assert journal.owned("demo-1").owner == ME


def test_a_dead_owners_lease_is_taken_over_and_its_late_writes_are_refused(journal):
    old = journal.acquire("demo-1")
    journal.append("demo-1", sealed(begun(), fence=old))
    journal.living.clear()
    assert journal.owned("demo-1") is None
    new = journal.acquire("demo-1")
    assert new > old
    with pytest.raises(LeaseLost, match="refused"):
        journal.append("demo-1", sealed(TaskStarted("A.one", 1), first=2, fence=old))
    journal.append("demo-1", sealed(TaskStarted("A.one", 1), first=2, fence=new))
    assert len(journal.read("demo-1")) == 2


def test_a_lease_that_was_given_back_is_free_and_its_fence_is_never_used_again(journal):
    old = journal.acquire("demo-1")
    journal.release("demo-1", old)
    new = journal.acquire("demo-1")
    journal.release("demo-1", old)
    assert new > old
    assert journal.owned("demo-1").fence == new
    assert journal.lease("never") is None

"""What every journal must do, as tests that any back end can run.

    from orchestrator.journal.conformance import JournalConformance

    class TestMyJournal(JournalConformance):
        def make(self, tmp_path, owner, alive):
            return MyJournal(tmp_path / "journal", owner=owner, alive=alive)

pytest collects it; nothing of it is imported by the product.
"""

import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestrator.evidence.measurement import Evidence, Measurement, Samples, Usage
from orchestrator.evidence.verdict import Outcome, Verdict, Why
from orchestrator.journal.errors import DamagedJournal, JournalError, LeaseLost, RunOwned, UnknownRun
from orchestrator.journal.lease import Owner
from orchestrator.journal.port import JournalPort
from orchestrator.state.events import (
    CriterionJudged,
    Envelope,
    Event,
    RunFinished,
    RunResumed,
    RunStarted,
    TaskNoted,
    TaskStarted,
    TaskSucceeded,
)

ME = Owner("boot", 10, 1.0)
OTHER = Owner("boot", 20, 2.0)


def begun(run: str = "demo-1", plan: str = "demo") -> RunStarted:
    """A run's first event."""
    return RunStarted(
        run, plan, "d" * 64, "schema: 1\n", "plan.yaml", {"a": "1"}, {"cpu": "x"}, ("go",), {"A.one": "f"}
    )


def sealed(*events: Event, first: int = 1, fence: int = 1) -> list[Envelope]:
    """The events in envelopes, numbered from `first`."""
    return [Envelope(seq, 1000.5 + seq, seq / 7, fence, event) for seq, event in enumerate(events, first)]


class JournalConformance:
    """Derive from it and say how a journal is made. Each test gets an empty one, in `self.journal`.

    living: the owners that the journal considers alive.
    """

    journal: JournalPort
    living: set[Owner]

    def make(self, folder: Path, owner: Owner, alive: Callable[[Owner], bool]) -> JournalPort:
        """A journal with nothing in it, or (in the same folder) another handle on the same one.

        owner: acquires leases through it. alive: whether an owner still runs.
        """
        raise TypeError(f"{type(self).__name__} must say how its journal is made in {folder}, for {owner} and {alive}")

    @pytest.fixture(autouse=True)
    def _make(self, tmp_path: Path) -> Iterator[None]:
        self.living = {ME, OTHER}
        self.journal = self.make(tmp_path, ME, self.living.__contains__)
        yield
        self.journal.close()

    def taken(self, run: str = "demo-1", *events: Event) -> int:
        """Own the run and append these events; the fence."""
        fence = self.journal.acquire(run)
        if events:
            self.journal.append(run, sealed(*events, fence=fence))
        return fence

    def test_what_was_appended_is_read_back_in_order(self) -> None:
        """Over several appends, and from any place on."""
        fence = self.taken()
        written = sealed(begun(), TaskStarted("A.one", 1), TaskNoted("A.one", 1, "ünïcode \x00 \n"), fence=fence)
        self.journal.append("demo-1", written[:2])
        self.journal.append("demo-1", written[2:])
        assert self.journal.read("demo-1") == tuple(written)
        assert self.journal.read("demo-1", after=2) == tuple(written[2:])
        assert self.journal.read("demo-1", after=3) == ()

    def test_a_measurement_that_is_not_a_number_comes_back_as_given(self) -> None:
        """Also infinities, and the least and the longest figures."""
        values = (math.inf, -math.inf, 0.1 + 0.2, 5e-324)
        evidence = Evidence((Measurement("m.x", "ms", Samples((math.nan, *values)), "timed"),))
        self.taken("demo-1", begun(), TaskSucceeded("A.one", 1, evidence, Usage(1.0, 1.0, 1, 1)))
        last = self.journal.read("demo-1")[-1].event
        assert isinstance(last, TaskSucceeded)
        data = last.evidence.measurements[0].data
        assert isinstance(data, Samples)
        assert math.isnan(data.values[0])
        assert data.values[1:] == values

    def test_an_unknown_run_is_an_error(self) -> None:
        """With the way to the known ones."""
        with pytest.raises(UnknownRun, match="orchestrate history"):
            self.journal.read("nothing")
        with pytest.raises(UnknownRun, match="orchestrate history"):
            self.journal.check("nothing")

    def test_a_check_counts_the_runs_own_events(self) -> None:
        """And more of them as more come."""
        fence = self.taken("demo-1", begun())
        self.taken("demo-2", begun(), RunFinished(0))
        assert self.journal.check("demo-1") == 1
        self.journal.append("demo-1", sealed(TaskStarted("A.one", 1), first=2, fence=fence))
        assert self.journal.check("demo-1") == len(self.journal.read("demo-1")) == 2

    def test_runs_are_listed_with_how_they_stand(self) -> None:
        """Oldest first. A finished run that was resumed is not finished."""
        for number, run in enumerate(("demo-1", "demo-2", "demo-3")):
            ends: tuple[Event, ...] = (
                (), (RunFinished(3),), (RunFinished(1), RunResumed("d", "t", {}, {}, {})),
            )[number]  # fmt: skip
            self.taken(run, begun(run), *ends)
        assert [(each.run, each.plan_id, each.exit_code, each.finished) for each in self.journal.runs()] == [
            ("demo-1", "demo", None, False),
            ("demo-2", "demo", 3, True),
            ("demo-3", "demo", None, False),
        ]
        assert [each.last for each in self.journal.runs()] == ["run_started", "run_finished", "run_resumed"]

    def test_a_run_is_listed_as_judged_where_verdicts_stand_before_its_end(self) -> None:
        """It tells a run whose criteria passed from one that has none."""
        verdict = Verdict("A.c", Outcome.PASS, Why.MET, "met", "ms")
        self.taken("demo-1", begun("demo-1"), CriterionJudged(verdict, None), RunFinished(0))
        self.taken("demo-2", begun("demo-2"), RunFinished(0))
        assert [each.judged for each in self.journal.runs()] == [True, False]

    def test_a_run_is_listed_once_it_has_an_event_and_not_by_its_lease(self) -> None:
        """An owner can die before its run's first event."""
        self.taken()
        assert self.journal.runs() == ()
        with pytest.raises(UnknownRun):
            self.journal.read("demo-1")

    def test_runs_do_not_mix(self) -> None:
        """Each counts its own events."""
        one, two = self.taken("demo-1", begun()), self.taken("demo-2", begun("demo-2"))
        self.journal.append("demo-1", sealed(TaskStarted("A.one", 1), first=2, fence=one))
        self.journal.append("demo-2", sealed(RunFinished(0), first=2, fence=two))
        assert [each.event.kind for each in self.journal.read("demo-1")] == ["run_started", "task_started"]
        assert [each.event.kind for each in self.journal.read("demo-2")] == ["run_started", "run_finished"]

    def test_a_gap_in_the_sequence_is_refused_and_nothing_of_the_batch_is_kept(self) -> None:
        """All of a batch or none."""
        self.taken("demo-1", begun())
        with pytest.raises(DamagedJournal, match="event 3 is missing"):
            self.journal.append("demo-1", [*sealed(TaskStarted("A.one", 1), first=2), *sealed(RunFinished(0), first=4)])
        assert len(self.journal.read("demo-1")) == 1

    def test_an_event_is_not_written_twice(self) -> None:
        """A repeated append is refused, not doubled."""
        fence = self.taken("demo-1", begun())
        with pytest.raises(JournalError):
            self.journal.append("demo-1", sealed(begun(), fence=fence))
        assert len(self.journal.read("demo-1")) == 1

    def test_nobody_appends_without_a_lease(self) -> None:
        """Not even the first event."""
        with pytest.raises(LeaseLost):
            self.journal.append("demo-1", sealed(begun()))

    def test_a_run_that_a_living_owner_holds_is_refused_naming_its_process(self) -> None:
        """Also to the owner itself: a second engine in one process is a second engine."""
        self.journal.acquire("demo-1")
        with pytest.raises(RunOwned, match="process 10") as caught:
            self.journal.acquire("demo-1")
        assert caught.value.exit_code == 4
        owned = self.journal.owned("demo-1")
        assert owned is not None
        assert owned.owner == ME

    def test_a_dead_owners_lease_is_taken_over_and_its_late_writes_are_refused(self) -> None:
        """The fencing token decides, whoever claims to be alive."""
        old = self.taken("demo-1", begun())
        self.living.clear()
        assert self.journal.owned("demo-1") is None
        new = self.journal.acquire("demo-1")
        assert new > old
        with pytest.raises(LeaseLost, match="refused"):
            self.journal.append("demo-1", sealed(TaskStarted("A.one", 1), first=2, fence=old))
        self.journal.append("demo-1", sealed(TaskStarted("A.one", 1), first=2, fence=new))
        assert len(self.journal.read("demo-1")) == 2

    def test_a_batch_of_two_owners_is_refused_whole(self) -> None:
        """One stale envelope is enough."""
        old = self.taken("demo-1", begun())
        self.journal.release("demo-1", old)
        new = self.journal.acquire("demo-1")
        batch = [*sealed(TaskStarted("A.one", 1), first=2, fence=new), *sealed(RunFinished(0), first=3, fence=old)]
        with pytest.raises(LeaseLost):
            self.journal.append("demo-1", batch)
        assert len(self.journal.read("demo-1")) == 1

    def test_a_lease_that_was_given_back_is_free_and_its_fence_is_never_used_again(self) -> None:
        """Releasing a lease that another owner has by now changes nothing."""
        old = self.taken()
        self.journal.release("demo-1", old)
        new = self.journal.acquire("demo-1")
        self.journal.release("demo-1", old)
        assert new > old
        owned = self.journal.owned("demo-1")
        assert owned is not None
        assert owned.fence == new
        assert self.journal.lease("never") is None

    def test_after_giving_the_lease_back_nothing_can_be_appended(self) -> None:
        """A lease that is not held is no lease."""
        fence = self.taken("demo-1", begun())
        self.journal.release("demo-1", fence)
        with pytest.raises(LeaseLost):
            self.journal.append("demo-1", sealed(RunFinished(0), first=2, fence=fence))

    def test_threads_that_append_and_read_at_once_see_whole_batches(self) -> None:
        """Batches of two; a reader never sees half of one."""
        fence = self.taken("demo-1", begun())
        odd: list[int] = []
        done = threading.Event()

        def look() -> None:
            while not done.is_set():
                odd.extend(count for count in [len(self.journal.read("demo-1"))] if count % 2 == 0)

        reader = threading.Thread(target=look)
        reader.start()
        for seq in range(2, 102, 2):
            notes = (TaskNoted("A.one", 1, "a"), TaskNoted("A.one", 1, "b"))
            self.journal.append("demo-1", sealed(*notes, first=seq, fence=fence))
        done.set()
        reader.join()
        assert odd == []
        assert len(self.journal.read("demo-1")) == 101


class DurableJournalConformance(JournalConformance):
    """For journals that outlive the process: `make` on the same folder gives another handle on the same journal."""

    def test_what_was_appended_is_there_for_whoever_opens_it_next(self, tmp_path: Path) -> None:
        """Events, and the lease of a living owner."""
        self.taken("demo-1", begun(), TaskStarted("A.one", 1))
        other = self.make(tmp_path, OTHER, self.living.__contains__)
        try:
            assert other.read("demo-1") == self.journal.read("demo-1")
            with pytest.raises(RunOwned, match="process 10"):
                other.acquire("demo-1")
            self.living.discard(ME)
            fence = other.acquire("demo-1")
            other.append("demo-1", sealed(RunFinished(1), first=3, fence=fence))
        finally:
            other.close()
        with pytest.raises(LeaseLost):
            self.journal.append("demo-1", sealed(RunFinished(0), first=4, fence=fence - 1))
        assert self.journal.runs()[0].exit_code == 1

    def test_of_many_that_want_a_run_at_once_one_gets_it(self, tmp_path: Path) -> None:
        """Each through a handle of its own."""
        barrier, got, refused = threading.Barrier(6), [], []

        def want(number: int) -> None:
            owner = Owner("boot", 100 + number, 1.0)
            self.living.add(owner)
            handle = self.make(tmp_path, owner, self.living.__contains__)
            barrier.wait()
            try:
                got.append(handle.acquire("demo-1"))
            except RunOwned:
                refused.append(number)
            finally:
                handle.close()

        threads = [threading.Thread(target=want, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got == [1]
        assert len(refused) == 5

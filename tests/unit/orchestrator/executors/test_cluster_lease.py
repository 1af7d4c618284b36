"""Leases of executions on a cluster: by a clock of the test's own, and by real locks and launchers."""

import contextlib
import errno
import os
import time
from concurrent.futures import Future
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest

from orchestrator.executors.cluster.address import ClusterFault, require_listener
from orchestrator.executors.cluster.fence import Fence
from orchestrator.executors.cluster.lease import MARGIN, Lease, NotGranted, locked
from orchestrator.executors.cluster.tending import Tending
from orchestrator.executors.cluster.watch import Watch
from orchestrator.executors.launch import launched
from orchestrator.executors.order import WorkOrder

SECONDS = 10.0


class World:
    """A lease with a clock and a scheduler of the test's own. said: what the scheduler answers, an error to have it
    not answer.
    """

    def __init__(self):
        self.now, self.said, self.released = 100.0, None, Event()
        self.lease = Lease("x", "/nowhere", SECONDS, ask=self._ask, released=self.released, clock=lambda: self.now)

    def _ask(self):
        answer = Future()
        if isinstance(self.said, Exception):
            answer.set_exception(self.said)
        else:
            answer.set_result(self.said)
        return answer

    def over_after(self, seconds):
        """Whether it is over once so many seconds have passed, in steps."""
        for _ in range(round(seconds / 0.5)):
            self.now += 0.5
            self.lease.is_set()
        return self.lease.is_set()

    def pass_on(self, seconds):
        assert not self.over_after(seconds)


@pytest.fixture
def world():
    made = World()
    made.said = (1, {"x": "r/A.t/1"})
    made.lease.await_grant(lambda _: None)
    return made


def test_an_execution_that_nobody_grants_does_not_begin():
    world = World()
    world.said = (1, {"another": "r/A.t/1"})

    def sleep(_):
        world.now += 1

    with pytest.raises(NotGranted):
        world.lease.await_grant(sleep)
    assert world.now <= 100 + SECONDS


def test_a_lease_lasts_while_its_beat_goes_on(world):
    for beat in range(2, 40):
        world.said = (beat, {"x": "r/A.t/1"})
        world.pass_on(1.5)


@pytest.mark.parametrize("silence", [(1, {"x": "r/A.t/1"}), None, ConnectionError("gone")])
def test_a_lease_that_is_not_renewed_is_over_before_the_orchestrator_counts_on_it(world, silence):
    world.said = silence
    written = world.now  # no later beat was written
    assert world.over_after(SECONDS * MARGIN)
    assert world.lease.deadline() <= written + SECONDS * MARGIN


def test_a_lease_that_is_withdrawn_is_over_with_the_next_look(world):
    world.said = (2, {})
    assert world.over_after(1.5)


def test_what_dask_has_let_go_of_is_over_at_once(world):
    world.released.set()
    assert world.lease.is_set()


def test_a_late_answer_renews_only_from_when_it_was_asked_for(world):
    world.pass_on(2)
    slow = Future()
    world.lease._ask = lambda: slow
    world.pass_on(1.5)
    asked = world.now
    world.now += 4
    slow.set_result((2, {"x": "r/A.t/1"}))
    world.lease.is_set()
    assert world.lease.deadline() <= asked + SECONDS * MARGIN


def test_the_fence_is_shut_only_once_neither_worker_nor_launcher_lives(tmp_path):
    with contextlib.ExitStack() as worker:
        known = worker.enter_context(locked(tmp_path / "a" / "lease"))
        fence = Fence.found(known)
        program = _started(tmp_path, known[1], time.monotonic() + 60, "sleep 60")
        assert not fence.shut()
        worker.close()
        _until((tmp_path / "began").exists)
        assert not fence.shut()
    program.close()
    assert fence.shut()
    late = _started(tmp_path, known[1], time.monotonic() + 60, "touch late")
    _until(lambda: late.poll() is not None)
    assert late.poll().errno == errno.ESTALE
    assert not (tmp_path / "late").exists()
    late.close()
    fence.close()


def test_a_fence_of_another_machine_or_file_is_none(tmp_path):
    with locked(tmp_path / "a" / "lease") as known:
        boot, path, device, number = known
        assert Fence.found(["another boot", path, device, number]) is None
        assert Fence.found([boot, path, device, number + 1]) is None
        assert Fence.found([boot, path + "x", device, number]) is None


def test_a_program_ends_with_its_lease_although_its_supervisor_does_nothing(tmp_path):
    with locked(tmp_path / "a" / "lease") as known:
        script = "setsid env -i sh -c 'while :; do sleep 0.1; done' & touch began; sleep 60"
        program = _started(tmp_path, known[1], time.monotonic() + 1, script)
        fence = Fence.found(known)
        program.renew(time.monotonic() + 2)
    _until((tmp_path / "began").exists)
    _until(fence.shut)  # the worker's share is gone: what is left is the launcher's, and all that is below it
    assert program.poll().exit_code != 0
    program.close()
    fence.close()


def _started(folder, lease, deadline, script):
    for stale in ("began",):
        (folder / stale).unlink(missing_ok=True)
    return launched(["sh", "-c", f"touch began; {script}"], dict(os.environ), folder, (lease, deadline))


def _until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


ORDER = WorkOrder("r", "A.t", 1, Path("/s/runs/r/A.t/1"), Path("/p"), Path("/s/cache"), command=("true",))


def _said(kind, execution="x"):
    return {"marker": ORDER.marker, "execution": execution, "worker": "tcp://one", "kind": kind}


def test_only_the_first_execution_of_an_attempt_is_granted_and_none_that_was_withdrawn_or_ended():
    watch = Watch(SECONDS)
    watch.begin(ORDER, print)
    assert watch.grants() == {}
    watch.hear(_said("started", "first"))
    watch.hear(_said("started", "second"))
    assert watch.grants() == {"r": {"tcp://one": {"first": ORDER.marker}}}
    watch.withdraw(ORDER.marker)
    assert watch.grants() == {}


def test_an_attempt_is_over_a_lease_after_its_grant_was_written_last_or_when_it_says_so():
    watch = Watch(SECONDS)
    watch.begin(ORDER, print)
    watch.hear(_said("started"))
    assert watch.over(ORDER.marker, 5.0)  # nothing was granted yet
    watch.granted([ORDER.marker], 5.0)
    assert not watch.over(ORDER.marker, 5.0 + SECONDS - 0.1)
    assert watch.over(ORDER.marker, 5.0 + SECONDS)
    watch.granted([ORDER.marker], 50.0)
    watch.hear(_said("ended"))
    assert watch.over(ORDER.marker, 51.0)


class FakeLink:
    """A scheduler's memory, and whether it answers."""

    def __init__(self, memory):
        self.memory, self.name, self.own, self.broken, self.renewed = memory, "the scheduler x", False, False, 0
        self.up = True

    def workers(self):
        if not self.up:
            raise TimeoutError
        return {"tcp://one": {"last_seen": time.monotonic()}}

    def ask(self, what, keys, value=None, default=None):
        if what == "get_metadata":
            return self.memory.get(tuple(keys), default)
        self.memory[tuple(keys)] = value
        return None

    def renew(self):
        self.renewed += 1
        raise ClusterFault("not yet")


def test_what_a_former_orchestrator_had_under_way_is_waited_for_and_nothing_else():
    link = FakeLink({("orchestrate-grants", "r"): {"tcp://one": [7, {"e": "r/A.t/1"}]}})
    tending = Tending(link, Watch(SECONDS))
    try:
        assert 0 < tending.former("r", "A.t") <= SECONDS
        assert tending.former("r", "A.other") == 0
        assert tending.former("s", "A.t") == 0
    finally:
        tending.close()


def test_a_scheduler_that_went_away_is_named_and_tried_again_and_comes_back():
    link = FakeLink({})
    tending = Tending(link, Watch(SECONDS))
    try:
        assert tending.away() is None
        link.up, link.broken = False, True
        assert tending.away().scheduler
        assert "the scheduler x does not answer" in tending.away().why
        _until(lambda: link.renewed)
        link.up, link.broken = True, False
        _until(lambda: tending.away() is None)
    finally:
        tending.close()


@pytest.mark.parametrize("address", ["nonsense", "tcp://", "tcp://host", "tcp://host:many", "tls://:1", ""])
def test_what_is_no_address_is_told_with_how_to_write_one(address):
    with pytest.raises(ClusterFault, match="mend: write it as tcp://host:8786"):
        require_listener(address)


def test_addresses_of_other_kinds_are_left_to_dask():
    require_listener("inproc://10.0.0.1/1/2")


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n", b"\x01", b""])
def test_a_listener_that_does_not_speak_as_dask_does_is_no_scheduler(greeting, monkeypatch):
    there = SimpleNamespace(parts=[greeting[:8], b""], close=lambda: None)
    there.recv = lambda size: there.parts.pop(0)[:size]
    monkeypatch.setattr("socket.create_connection", lambda *_: there)
    with pytest.raises(ClusterFault, match="does not answer as Dask's scheduler does"):
        require_listener("tcp://host:8786")

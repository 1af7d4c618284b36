import errno
import resource
import subprocess
import sys
import threading

import pytest

from orchestrator.executors import starting
from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.heed import never
from orchestrator.executors.processes import ProcessExecutor
from orchestrator.executors.room import PATIENCE, Alive, Patience, with_room
from orchestrator.state.failure import Cause

ASKING = (
    "import resource; from orchestrator.executors.room import make_room; room = make_room({wanted}); print(room.jobs, "
    "room.said); print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
)


def asked(wanted, soft, hard):
    """What `make_room` says in a process with these limits of open files, and what the limit is then."""
    done = subprocess.run(
        [sys.executable, "-c", ASKING.format(wanted=wanted)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said, limit = done.stdout.splitlines()
    jobs, _, why = said.partition(" ")
    return int(jobs), why, int(limit)


def test_our_own_limit_of_open_files_is_raised_where_it_may_be():
    jobs, why, limit = asked(50, 256, 1024)
    assert (jobs, why) == (50, "")
    assert 256 < limit <= 1024


def test_where_it_may_not_fewer_are_started_and_that_is_said():
    jobs, why, limit = asked(200, 256, 256)
    assert 1 <= jobs < 32
    assert why == f"{jobs} tasks at once in place of 200: ulimit -n is 256; raise it, or ask for fewer with -j"
    assert limit == 256


def test_waiting_is_given_up_only_when_nothing_of_ours_would_make_room():
    now = [0.0]
    patience = Patience(lambda: now[0], lambda seconds: now.__setitem__(0, now[0] + seconds))
    running = object()
    Alive.attempts.add(running)
    try:
        assert all(patience.wait() for _ in range(2 * int(PATIENCE / 0.1)))
    finally:
        Alive.attempts.discard(running)
    tries = 0
    while patience.wait():
        tries += 1
    assert now[0] >= 3 * PATIENCE - 1
    assert tries > 10


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM])
def test_a_shortage_is_waited_out(number):
    refusals = [OSError(number, "no"), OSError(number, "no")]

    def do():
        if refusals:
            raise refusals.pop()
        return "done"

    assert with_room(do, never) == "done"


def test_any_other_refusal_is_none_of_its_business():
    def do():
        raise OSError(errno.ENOENT, "no")

    with pytest.raises(FileNotFoundError):
        with_room(do, never)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EAGAIN, errno.ENOMEM])
def test_an_attempt_waits_for_room_and_then_runs(attempts_here, monkeypatch, number):
    refusals = [OSError(number, "no room"), OSError(number, "no room")]
    real = starting.launched

    def launched(*given):
        if refusals:
            raise refusals.pop()
        return real(*given)

    monkeypatch.setattr(starting, "launched", launched)
    result = attempts_here("echo x; exit 3")
    assert result.failure.cause is Cause.EXIT
    assert refusals == []


def test_an_attempt_that_waits_for_room_heeds_a_stop(attempts_here, monkeypatch):
    def launched(*_given):
        stop.set()
        raise OSError(errno.EMFILE, "no room")

    stop = threading.Event()
    monkeypatch.setattr(starting, "launched", launched)
    assert attempts_here("true", stop).stopped


def test_an_attempt_fails_when_there_never_is_room(attempts_here, monkeypatch):
    def launched(*_given):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(starting, "launched", launched)
    monkeypatch.setattr("orchestrator.executors.room.PATIENCE", 0.1)
    failure = attempts_here("true").failure
    assert failure.cause is Cause.SPAWN
    assert "raise ulimit" in failure.message


def test_work_is_done_by_the_threads_that_there_are_where_the_system_gives_no_more(monkeypatch):
    with ProcessExecutor(4) as executor:

        def refuse(_thread):
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(threading.Thread, "start", refuse)
        held = threading.Event()
        futures = [executor.submit(held.wait), *(executor.submit(int, str(n)) for n in range(3))]
        held.set()
        assert [future.result(60) for future in futures] == [True, 0, 1, 2]


@pytest.fixture
def attempts_here(tmp_path):
    from orchestrator.executors.order import WorkOrder

    def attempt(script, stop=None):
        order = WorkOrder(
            "r", "A.t", 1, tmp_path / "r" / "A.t" / "1", tmp_path, tmp_path / "c", command=("sh", "-c", script)
        )
        return carry_out(order, stop or threading.Event(), lambda _told: None)

    return attempt

"""Fencing of attempts on a cluster, by messages and lists of workers alone: no cluster is started."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from distributed.comm import CommClosedError

from orchestrator.executors.cluster.address import ClusterFault
from orchestrator.executors.cluster.executor import is_loss
from orchestrator.executors.cluster.facts import Facts, differences, facts_here
from orchestrator.executors.cluster.lease import NotGranted
from orchestrator.executors.cluster.link import require_alike
from orchestrator.executors.cluster.store import Store, StoreError
from orchestrator.executors.cluster.there import Shipment, carry_out_there, localized
from orchestrator.executors.cluster.watch import Watch
from orchestrator.executors.order import Launched, WorkOrder
from orchestrator.process import Launch, ProcessId
from orchestrator.runner import TaskInput

ORDER = WorkOrder("r-1", "A.t", 1, Path("/s/runs/r-1/A.t/1"), Path("/p"), Path("/s/cache"), command=("true",))
ONE, TWO = "tcp://one", "tcp://two"


def said(kind, execution="x", worker=ONE, text="", claim=None):
    return {
        "marker": ORDER.marker,
        "execution": execution,
        "worker": worker,
        "kind": kind,
        "text": text,
        "claim": claim,
    }


def workers(**seen):
    return {f"tcp://{name}": {"last_seen": beat} for name, beat in seen.items()}


@pytest.fixture
def watch():
    made = Watch(lease=10.0)
    made.notes = []
    made.begin(ORDER, lambda note: made.notes.append((note.text, note.claim and note.claim.value)))
    made.see(workers(one=1.0, two=1.0), 0.0)
    return made


def test_notes_and_their_figures_pass_while_the_attempt_is_under_way_and_not_after(watch):
    watch.hear(said("started"))
    watch.hear(said("note", text="half", claim=["m.x", 2.5, "ms"]))
    assert watch.notes == [("half", 2.5)]
    watch.give_up(ORDER.marker)
    watch.hear(said("note", text="late"))
    watch.hear(said("ended"))
    assert watch.notes == [("half", 2.5)]
    assert watch.refused == 2
    assert not watch.accepts(ORDER.marker, "x")


def test_signs_of_life_after_an_attempt_is_over_change_nothing(watch):
    watch.hear(said("started"))
    watch.give_up(ORDER.marker)
    watch.see(workers(one=9.0, two=9.0), 9.0)
    for kind in ("started", "launched", "note", "ended"):
        watch.hear(said(kind))
    assert watch.refused == 4
    assert watch.notes == []
    assert not watch.accepts(ORDER.marker, "x")


def test_the_processes_of_an_attempt_are_told_as_the_worker_named_them(watch):
    told = []
    watch.begin(ORDER, told.append)
    watch.hear(said("started"))
    launch = Launch(*(ProcessId("b", pid, 1.0) for pid in (1, 2, 3)))
    watch.hear({**said("launched"), "launch": [["b", 1, 1.0], ["b", 2, 1.0], ["b", 3, 1.0]]})
    assert told == [Launched("A.t", 1, launch)]


@pytest.mark.parametrize(("error", "loss"), [
    (ConnectionResetError("reset"), True), (TimeoutError("silence"), True), (CommClosedError("closed"), True),
    (PermissionError("no rights"), False), (OSError(28, "No space left on device"), False), (ValueError("x"), False),
    (NotGranted("nobody granted it within a lease"), True),
])  # fmt: skip
def test_only_what_tells_of_the_connection_is_a_loss(error, loss):
    assert is_loss(error) is loss


def test_what_a_workers_system_refuses_fails_the_attempt_and_is_no_loss(tmp_path, monkeypatch):
    (tmp_path / "attempts").touch()  # in the way of its folder
    told = []
    worker = SimpleNamespace(
        address=ONE, local_directory=str(tmp_path), log_event=lambda topic, said: told.append((topic, said["kind"])),
        get_current_task=lambda: "key",
    )  # fmt: skip
    monkeypatch.setattr("distributed.get_worker", lambda: worker)
    store = Store(str(tmp_path / "store"))
    (tmp_path / "in").write_text("x")
    shipment = Shipment(
        ORDER,
        {ORDER.folder.parents[1] / "A.w" / "1" / "in": store.put(tmp_path / "in")},
        store,
        "t",
        facts_here([]),
        10.0,
    )
    with pytest.raises(StoreError, match=r"worker tcp://one: .*\n  mend: look at its disk") as caught:
        carry_out_there(shipment)
    assert not is_loss(caught.value)
    assert told == [("t", "started"), ("t", "ended")]


def test_a_worker_is_silent_when_its_own_heartbeat_has_not_changed_for_a_lease(watch):
    watch.hear(said("started"))
    watch.see(workers(one=1.0, two=2.0), 9.0)
    assert watch.loss(ORDER.marker, 9.0) == ""
    assert "silent for more than 10 s" in watch.loss(ORDER.marker, 10.5)
    assert watch.silent(10.5) == {ONE}
    assert watch.living(10.5) == (TWO,)
    watch.see(workers(one=1.5, two=3.0), 11.0)
    assert watch.loss(ORDER.marker, 11.0) == ""


def test_a_worker_that_left_the_list_is_gone(watch):
    watch.hear(said("started"))
    watch.see(workers(two=2.0), 1.0)
    assert "is gone" in watch.loss(ORDER.marker, 1.0)


def test_before_it_has_started_anywhere_nothing_is_lost(watch):
    watch.see({}, 1.0)
    assert watch.loss(ORDER.marker, 100.0) == ""
    assert watch.has_ended(ORDER.marker)


def test_of_two_executions_of_one_attempt_only_the_first_counts(watch):
    watch.hear(said("started", "first"))
    assert watch.accepts(ORDER.marker, "first")
    watch.hear(said("started", "second", TWO))
    watch.hear(said("note", "second", TWO, "me too"))
    assert "began it again elsewhere" in watch.loss(ORDER.marker, 1.0)
    assert not watch.accepts(ORDER.marker, "second")
    assert watch.notes == []


def test_it_has_ended_when_its_own_execution_says_so(watch):
    watch.hear(said("started", "first"))
    watch.hear(said("ended", "second", TWO))
    assert not watch.has_ended(ORDER.marker)
    watch.hear(said("ended", "first"))
    assert watch.has_ended(ORDER.marker)


def test_a_worker_must_have_the_same_python_packages_and_code():
    wanted = Facts("3.11.7", {"numpy": "2.0"}, {"a.run": "1", "b.run": "2", "sourceless": ""})
    assert differences(wanted, wanted) == ()
    found = Facts("3.12.1", {}, {"a.run": "9", "b.run": "", "sourceless": "5"})
    assert differences(wanted, found) == (
        "Python is 3.12.1, not 3.11.7",
        "numpy is missing, not 2.0",
        "the code of the runner a.run is different",
        "the code of the runner b.run is missing",
    )


def test_one_worker_that_differs_or_none_at_all_stops_everything():
    here = facts_here([])
    require_alike({ONE: here}, here)
    with pytest.raises(ClusterFault, match=r"tcp://two: Python is 2\.7, not 3.*\n  mend: ") as caught:
        require_alike({ONE: here, TWO: Facts("2.7", here.packages, {})}, here)
    assert caught.value.exit_code == 4
    with pytest.raises(ClusterFault, match="no workers"):
        require_alike({}, here)


def test_an_order_is_moved_to_the_workers_folders_wherever_they_stand():
    given = TaskInput("A.w", "A", "W", "X", {"f": Path("/s/runs/r-1/A.w/2/sub/f")}, (), None, None)
    order = WorkOrder(
        "r-1", "A.t", 1, ORDER.folder, Path("/p"), Path("/s/cache"), command=("cat", f"{ORDER.folder}/x"),
        params={"a": [f"{ORDER.folder}", 3]}, env={"OUT": f"{ORDER.folder}/o"}, inputs=(given,),
    )  # fmt: skip
    there = localized(Shipment(order, {}, Store("memory://x"), "topic", facts_here([]), 10.0), Path("/w/attempts/1"))
    folder = "/w/attempts/1/r-1/A.t/1"
    assert str(there.folder) == folder
    assert there.command == ("cat", f"{folder}/x")
    assert (there.params, there.env) == ({"a": [folder, 3]}, {"OUT": f"{folder}/o"})
    assert there.inputs[0].artifacts == {"f": Path("/w/attempts/1/r-1/A.w/2/sub/f")}
    assert there.project == Path("/p")

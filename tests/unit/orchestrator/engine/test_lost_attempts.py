"""Attempts whose machine, or whose whole cluster, went away."""

from concurrent.futures import Future
from dataclasses import replace

import pytest
from scripted import Scripted, go, load, statuses

from orchestrator.journal.memory import MemoryJournal


class Losing(Scripted):
    """The first `times` attempts of A.one end as `how` says."""

    def __init__(self, times, **how):
        super().__init__()
        self.times, self.how = times, how

    def submit(self, fn, /, order, stop, listener):
        answered = super().submit(fn, order, stop, listener).result()
        future = Future()
        lost = order.task == "A.one" and order.attempt <= self.times
        future.set_result(replace(answered, **self.how) if lost else answered)
        return future


def test_the_fourth_loss_of_a_machine_is_the_tasks_own_failure():
    assert statuses(go(load({"one": {}}), Losing(3, lost="its worker is gone"))) == {"A.one": "succeeded"}
    assert statuses(go(load({"one": {}}), Losing(4, lost="its worker is gone"))) == {"A.one": "failed"}


def test_the_loss_of_a_whole_cluster_says_nothing_about_the_task_however_often():
    result = go(load({"one": {}}), Losing(9, lost="the scheduler went away", outage=True))
    assert statuses(result) == {"A.one": "succeeded"}
    assert result.state.tasks["A.one"].failures == ()


@pytest.mark.parametrize("keep_going", [True, False])
def test_an_executor_that_can_do_nothing_more_ends_the_run_as_a_fault_and_the_run_goes_on_later(keep_going):
    journal, loaded = MemoryJournal(), load({"one": {}, "two": {"needs": ["one"]}})
    broken = go(loaded, Losing(1, fault="the scheduler did not come back"), journal, keep_going=keep_going)
    assert broken.exit_code == 4
    assert broken.state.interrupted == "the scheduler did not come back"
    assert statuses(broken) == {"A.one": "pending", "A.two": "pending"}
    assert statuses(go(loaded, journal=journal, resume=True)) == {"A.one": "succeeded", "A.two": "succeeded"}

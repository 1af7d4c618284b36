import os

from scripted import RUNNERS, Scripted, go, load

from orchestrator.engine.explain import explain
from orchestrator.engine.fingerprints import differences, fingerprints
from orchestrator.engine.reconcile import Change
from orchestrator.engine.selection import excluded, named
from orchestrator.journal.memory import MemoryJournal
from orchestrator.state.fold import fold

TASKS = {"one": {}, "two": {"needs": ["one"]}, "side": {}, "last": {"needs": ["two", "side"]}}


def told(tasks, state, *, force=(), only=()):
    loaded = load(tasks)
    change = Change(
        fingerprints(loaded.plan, loaded.graph, RUNNERS), excluded(loaded.graph, only), named(loaded.graph, force),
        lambda _path: None,
    )  # fmt: skip
    return {each.task: (each.fate.value, each.why) for each in explain(loaded.graph, state, change)}


def cut_off_before_last():
    journal, executor = MemoryJournal(), Scripted()
    executor.on_order = lambda _order: os.kill(os.getpid(), 2) if len(executor.orders) == 3 else None
    result = go(load(TASKS), executor, journal, jobs=1)
    return fold(journal.read(result.run))


KEPT = ("keep", "attempt 1 succeeded, and nothing of it changed")


def test_every_task_of_a_new_run_runs_or_was_not_asked_for():
    assert told(TASKS, None, only=["A.two"]) == {
        "A.one": ("run", "there is no unfinished run to continue"),
        "A.two": ("run", "there is no unfinished run to continue"),
        "A.side": ("skip", "not asked for"),
        "A.last": ("skip", "not asked for"),
    }


def test_an_unchanged_plan_keeps_what_is_done_and_runs_what_was_cut_off():
    fates = told(TASKS, cut_off_before_last())
    assert [fates[task] for task in ("A.one", "A.two", "A.side")] == [KEPT] * 3
    assert fates["A.last"] == ("run", "it has not run yet")


def test_a_changed_task_says_what_changed_and_those_below_it_name_it():
    edited = TASKS | {"two": {"needs": ["one"], "with": {"n": 2}, "env": {"A": "1"}}}
    fates = told(edited, cut_off_before_last())
    assert fates["A.one"] == KEPT
    assert fates["A.two"] == ("run", "its parameters and its environment changed")
    assert fates["A.last"] == ("run", "A.two above it runs again")


def test_a_forced_task_says_so_and_a_star_forces_all():
    state = cut_off_before_last()
    assert told(TASKS, state, force=["A.side"])["A.side"] == ("run", "it was forced")
    assert {why for _, why in told(TASKS, state, force=["*"]).values()} == {"it was forced"}


def test_a_task_that_is_new_in_the_plan_runs():
    assert told(TASKS | {"more": {}}, cut_off_before_last())["A.more"] == ("run", "it is new in the plan")


def test_a_file_that_appears_later_is_no_change_and_one_that_differs_or_goes_is():
    assert differences("run=1", "run=1 files=a:1") == ()
    assert differences("run=1 files=a:1", "run=1 files=a:1,b:2") == ()
    assert differences("run=1 files=a:1,b:2", "run=1 files=a:1,b:3") == ("a file that its parameters name",)
    assert differences("run=1 files=a:1", "run=1") == ("a file that its parameters name",)
    assert differences("run=1 files=a:1", "run=2") == ("what it runs", "a file that its parameters name")


def test_a_fingerprint_of_another_version_is_a_change_without_details():
    assert differences("0" * 64, "run=1") == ("what it runs",)
    assert differences("run=1 with=2", "run=1 with=2") == ()
    assert differences("run=1 with=2", "run=1") == ("its parameters",)

import sys
import threading

import pytest

from orchestrator.evidence.metric import Better, Metric
from orchestrator.executors.inline import InlineExecutor, carry_out_inline
from orchestrator.executors.order import WorkOrder
from orchestrator.runner import Runner
from orchestrator.state.events import Cause

SPEED = Metric("inline.speed", "ms", Better.LOWER)


def well(context):
    context.note(f"{context.task} {context.attempt} {context.params['n']} {context.seed} {dict(context.inputs)}")
    context.samples(SPEED, [1], method="counted", cases=4)
    assert context.folder.is_dir()
    assert context.project == context.folder.parent.parent


def raises(_context):
    raise KeyError("x")


RUNNERS = {runner.name: runner for runner in (Runner("well", well, (SPEED,)), Runner("raises", raises),
           Runner("leaves", lambda _: sys.exit(0)), Runner("leaves-3", lambda _: sys.exit(3)))}  # fmt: skip


def carry_out(tmp_path, runner=None, stop=None, **changes):
    notes = []
    order = WorkOrder("r", "A.t", 1, tmp_path / "A.t" / "1", tmp_path, tmp_path, runner, params={"n": 7}, **changes)
    stop = stop or threading.Event()
    result = InlineExecutor().submit(carry_out_inline(RUNNERS), order, stop, notes.append).result()
    return result, [note.text for note in notes]


def test_a_runner_runs_in_this_process_with_the_same_checks(tmp_path):
    result, notes = carry_out(tmp_path, "well")
    assert result.failure is None
    assert result.evidence.measurements[0].cases == 4
    assert notes == ["A.t 1 7 0 {}"]


@pytest.mark.parametrize(
    ("runner", "cause"), [("raises", Cause.EXCEPTION), ("leaves", Cause.LOST), ("leaves-3", Cause.EXIT)]
)
def test_failures_have_the_same_causes_as_in_a_process(tmp_path, runner, cause):
    assert carry_out(tmp_path, runner)[0].failure.cause is cause


def test_a_command_still_gets_a_process(tmp_path):
    assert carry_out(tmp_path, command=("false",))[0].failure.exit_code == 1


def test_after_a_stop_nothing_is_started(tmp_path):
    stop = threading.Event()
    stop.set()
    assert carry_out(tmp_path, "well", stop)[0].stopped


def test_an_exception_of_the_work_is_in_the_future():
    assert isinstance(InlineExecutor().submit(int, "x").exception(), ValueError)

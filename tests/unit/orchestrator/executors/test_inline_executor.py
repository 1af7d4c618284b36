import pickle
import sys
import threading

import pytest

from orchestrator.evidence.metric import Better, Metric
from orchestrator.executors.inline import InlineExecutor, carry_out_inline
from orchestrator.executors.order import LateInputs, WorkOrder
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


RUNNERS = {runner.name: runner for runner in (Runner("well", well, (SPEED,)), Runner("raises", raises), Runner("quiet", lambda _: None),
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


def test_a_runner_that_asks_for_nothing_leaves_no_folder(tmp_path):
    result, _ = carry_out(tmp_path, "quiet")
    assert result.failure is None
    assert not (tmp_path / "A.t").exists()


def test_a_promised_file_is_looked_for_although_nothing_was_recorded(tmp_path):
    assert carry_out(tmp_path, "quiet", artifacts=("a.txt",))[0].failure.cause is Cause.EVIDENCE


def test_the_traceback_of_a_failure_is_kept_in_the_folder(tmp_path):
    carry_out(tmp_path, "raises")
    assert "KeyError: 'x'" in (tmp_path / "A.t" / "1" / "stderr.log").read_text()


def test_inputs_are_gathered_once_and_only_when_looked_at(tmp_path):
    asked = []
    late = LateInputs(lambda: asked.append(1) or ())
    assert carry_out(tmp_path, "quiet", inputs=late)[0].failure is None
    assert not asked
    assert (len(late), list(late), pickle.loads(pickle.dumps(late)), late) == (0, [], (), ())
    assert asked == [1]


def test_a_command_still_gets_a_process(tmp_path):
    assert carry_out(tmp_path, command=("false",))[0].failure.exit_code == 1


def test_after_a_stop_nothing_is_started(tmp_path):
    stop = threading.Event()
    stop.set()
    assert carry_out(tmp_path, "well", stop)[0].stopped


def test_an_exception_of_the_work_is_in_the_future():
    assert isinstance(InlineExecutor().submit(int, "x").exception(), ValueError)

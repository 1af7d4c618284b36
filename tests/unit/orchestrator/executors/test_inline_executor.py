import hashlib
import pickle
import sys
import threading

import pytest

from orchestrator.evidence.measurement import Claim, Negative
from orchestrator.evidence.metric import Better, Metric
from orchestrator.executors.inline import InlineExecutor, carry_out_inline
from orchestrator.executors.order import LateInputs, Note, WorkOrder
from orchestrator.runner import Runner, TaskInput
from orchestrator.state.failure import Cause

SPEED = Metric("inline.speed", "ms", Better.LOWER)


def well(context):
    context.note(f"{context.task} {context.attempt} {context.params['n']} {context.seed} {dict(context.inputs)}")
    context.samples(SPEED, [1], method="counted", cases=4)
    assert context.folder.is_dir()
    assert context.project == context.folder.parent.parent


def raises(_context):
    raise KeyError("x")


RUNNERS = {runner.name: runner for runner in (Runner("well", well, (SPEED,)), Runner("raises", raises), Runner("quiet",
lambda _: None),
           Runner("leaves", lambda _: sys.exit(0)), Runner("leaves-3", lambda _: sys.exit(3)))}  # fmt: skip


def carry_out(tmp_path, runner=None, stop=None, **changes):
    notes = []
    order = WorkOrder("r", "A.t", 1, tmp_path / "A.t" / "1", tmp_path, tmp_path, runner, params={"n": 7}, **changes)
    stop = stop or threading.Event()
    result = InlineExecutor().submit(carry_out_inline(RUNNERS), order, stop, notes.append).result()
    return result, [told.text for told in notes if isinstance(told, Note)]  # a slow machine tells processes too


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


def test_an_attempt_that_the_journal_has_forgotten_is_set_aside_and_done_again(tmp_path):
    assert carry_out(tmp_path, "well")[0].failure is None
    again = carry_out(tmp_path, "well")[0]
    assert again.failure is None
    assert len(again.evidence.measurements) == 1
    kept = sorted(path.name for path in (tmp_path / "A.t").iterdir())
    assert [name.partition("-")[0] for name in kept] == ["1", "1.forgotten"]


def test_a_command_still_gets_a_process(tmp_path):
    assert carry_out(tmp_path, command=("false",))[0].failure.exit_code == 1


def test_after_a_stop_nothing_is_started(tmp_path):
    stop = threading.Event()
    stop.set()
    assert carry_out(tmp_path, "well", stop)[0].stopped


def test_an_exception_of_the_work_is_in_the_future():
    assert isinstance(InlineExecutor().submit(int, "x").exception(), ValueError)


def above(tmp_path, content=b"pool"):
    file = tmp_path / "A.w" / "1" / "pool.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return TaskInput("A.w", "A", "", "", {"pool.json": file, "other.json": file}, (), None, None)


def reads(context):
    assert context.inputs["A.w"].artifacts["pool.json"].read_bytes() == b"pool"
    assert set(context.inputs["A.w"].artifacts) == {"pool.json", "other.json"}
    context.claim(SPEED, 3, "that fast")
    context.samples(SPEED, [1], method="counted", negative=[9], negative_of="a slow one")


def test_the_files_of_other_tasks_that_were_looked_up_are_evidence_and_no_others(tmp_path):
    RUNNERS["reads"] = Runner("reads", reads, (SPEED,))
    result, _ = carry_out(tmp_path, "reads", inputs=(above(tmp_path),))
    assert result.failure is None
    (used,) = result.evidence.used
    assert (used.name, used.path, used.size) == ("A.w/pool.json", "A.w/1/pool.json", 4)
    assert used.sha256 == hashlib.sha256(b"pool").hexdigest()


def test_what_was_measured_carries_the_circumstances_of_its_attempt(tmp_path):
    RUNNERS["reads"] = Runner("reads", reads, (SPEED,))
    evidence = carry_out(tmp_path, "reads", inputs=(above(tmp_path),))[0].evidence
    (origin,) = evidence.origins
    assert origin.attempt == 1
    assert origin.load_during >= origin.load_before >= 0
    assert origin.argv
    assert evidence.measurements[0].negative == Negative((9.0,), "a slow one")


def test_a_claim_reaches_the_listener_as_one(tmp_path):
    said = []
    RUNNERS["reads"] = Runner("reads", reads, (SPEED,))
    order = WorkOrder("r", "A.t", 1, tmp_path / "A.t" / "1", tmp_path, tmp_path, "reads", inputs=(above(tmp_path),))
    carry_out_inline(RUNNERS)(order, threading.Event(), said.append)
    assert [(note.text, note.claim) for note in said] == [("that fast", Claim("inline.speed", 3.0, "ms"))]


def claims_too_much(context):
    context.claim(Metric("another", "ms", Better.LOWER), 3)


def test_a_claim_of_a_metric_that_the_runner_does_not_measure_is_an_error(tmp_path):
    RUNNERS["claims"] = Runner("claims", claims_too_much, (SPEED,))
    assert "not declared" in carry_out(tmp_path, "claims")[0].failure.message

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.evidence.verdict import Outcome, Verdict, Why
from orchestrator.state import events as e
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.fold import apply, fold
from orchestrator.state.people import Answer, Asked, Bound, Word
from orchestrator.state.rounds import HandIn, Round, Talk
from orchestrator.state.run import TaskRecord
from orchestrator.state.transitions import SETTLED, TRANSITIONS, IllegalTransition, Status

USED = Usage(1.0, 1.0, 1, 1)
BROKEN = Failure(Cause.EXIT, "broke", 1)
BEGIN = e.RunStarted("r", "demo", "d", "t", "p.yaml", {}, {}, (), {"A.x": "1", "A.y": "2"})


def sealed(*events, fence=1):
    return [e.Envelope(seq, 100.0 + seq, float(seq), fence, event) for seq, event in enumerate((BEGIN, *events), 1)]


def test_a_run_begins_with_every_task_pending():
    state = fold(sealed())
    assert {record.status for record in state.tasks.values()} == {Status.PENDING}
    assert (state.run, state.settled, state.finished) == ("r", 0, False)


def test_a_task_that_fails_waits_and_succeeds_carries_its_story():
    steps = (
        e.TaskStarted("A.x", 1), e.TaskNoted("A.x", 1, "hm"), e.AttemptFailed("A.x", 1, BROKEN, USED, 2.5),
        e.TaskRequeued("A.x"), e.TaskStarted("A.x", 2), e.TaskSucceeded("A.x", 2, Evidence(), USED),
    )  # fmt: skip
    waiting = fold(sealed(*steps[:3])).tasks["A.x"]
    assert (waiting.status, waiting.due) == (Status.WAITING, 6.5)
    record = fold(sealed(*steps)).tasks["A.x"]
    assert (record.status, record.attempt, record.failures, record.notes) == (Status.SUCCEEDED, 2, (BROKEN,), ("hm",))
    assert record.seconds == 1.0
    assert len(record.story) == len(steps)


HAND_IN = HandIn("/repo", "b", "0" * 40, "1" * 40, ("a.py",), Talk("acp", session="s", stop="end_turn"))


BOUND = Bound("1" * 40, "p", "c", "")
ASKED = Asked(True, "MENTOR", "Good?", "A.y", BOUND, 500.0)
ANSWER = Answer("id", Word.APPROVED, "Ada", "ada", "cli", "", BOUND, 1, 103.0)


@pytest.mark.parametrize("status", Status)
def test_a_pair_that_is_not_in_the_table_is_refused_with_the_story(status):
    ways = {
        Status.PENDING: (), Status.RUNNING: (e.TaskStarted("A.x", 1),),
        Status.WAITING: (e.TaskStarted("A.x", 1), e.AttemptFailed("A.x", 1, BROKEN, USED, 1.0)),
        Status.SUCCEEDED: (e.TaskStarted("A.x", 1), e.TaskSucceeded("A.x", 1, Evidence(), USED)),
        Status.FAILED: (e.TaskStarted("A.x", 1), e.TaskFailed("A.x", 1, BROKEN, USED)),
        Status.HANDED_IN: (e.TaskStarted("A.x", 1), e.HandedIn("A.x", 1, HAND_IN, USED)),
        Status.ASKED: (e.PersonAsked("A.x", 1, ASKED),),
        Status.ANSWERED: (e.PersonAsked("A.x", 1, ASKED), e.PersonAnswered("A.x", 1, ANSWER)),
        Status.SKIPPED: (e.TaskSkipped("A.x", "no"),), Status.CANCELLED: (e.TaskCancelled("A.x", "no"),),
    }  # fmt: skip
    at = 0 if status in {Status.PENDING, Status.SKIPPED, Status.CANCELLED} else 1
    tried = (
        e.TaskStarted("A.x", at + 1), e.TaskNoted("A.x", at, "hm"), e.TaskSucceeded("A.x", at, Evidence(), USED),
        e.AttemptFailed("A.x", at, BROKEN, USED, 1.0), e.TaskFailed("A.x", at, BROKEN, USED), e.TaskRequeued("A.x"),
        e.TaskInterrupted("A.x", at, "no"), e.TaskSkipped("A.x", "no"), e.TaskCancelled("A.x", "no"),
        e.TaskInvalidated("A.x", "no"), e.PersonAsked("A.x", at + 1, ASKED), e.PersonAnswered("A.x", at, ANSWER),
    )  # fmt: skip
    for event in tried:
        envelopes = sealed(*ways[status], event)
        if (status, type(event)) in TRANSITIONS:
            assert fold(envelopes).tasks["A.x"].status is TRANSITIONS[status, type(event)]
        else:
            with pytest.raises(IllegalTransition, match=f"A.x is {status}: {event.kind} cannot follow") as caught:
                fold(envelopes)
            assert len(caught.value.story) == len(ways[status])
            assert caught.value.exit_code == 70


def test_only_an_invalidation_and_a_merge_that_returns_a_hand_in_leave_a_settled_state():
    leaving = {event for (status, event), after in TRANSITIONS.items() if status in SETTLED and after is not status}
    assert leaving == {e.TaskInvalidated, e.RoundReturned}


def test_an_answer_holds_until_the_task_is_set_back_and_then_says_why_it_does_not():
    asked = fold(sealed(e.PersonAsked("A.x", 1, ASKED)))
    assert (asked.asking, asked.tasks["A.x"].asked, asked.tasks["A.x"].answer) == (("A.x",), ASKED, None)
    steps = (
        e.PersonAsked("A.x", 1, ASKED), e.PersonAnswered("A.x", 1, ANSWER), e.TaskSucceeded("A.x", 1, Evidence(), USED),
    )  # fmt: skip
    assert fold(sealed(*steps)).tasks["A.x"].answer == ANSWER
    void = fold(sealed(*steps, e.TaskInvalidated("A.x", "the plan changed"))).tasks["A.x"]
    assert (void.status, void.answer, void.answers[-1].void) == (Status.PENDING, None, "the plan changed")


def test_a_run_that_waits_for_people_says_so_until_it_is_taken_up():
    waits = sealed(e.PersonAsked("A.x", 1, ASKED), e.RunWaits(("A.x",)))
    state = fold(waits)
    assert (state.finished, state.waits, state.interrupted) == (False, ("A.x",), "it waits for people: A.x")
    resumed = e.Envelope(4, 0.0, 0.0, 2, e.RunResumed("d", "t", {}, {}, {"A.x": "1", "A.y": "2"}))
    state = fold([*waits, resumed])
    assert (state.waits, state.interrupted, state.asking) == ((), None, ("A.x",))


def test_a_round_that_is_refused_is_kept_and_the_next_begins_without_a_hand_in():
    refused = Round(1, 1, passed=False, why="too slow", hand_in=HAND_IN)
    steps = (
        e.TaskStarted("A.x", 1), e.HandedIn("A.x", 1, HAND_IN, USED), e.RoundJudged("A.x", 1, refused),
        e.RoundReturned("A.x", 1, "too slow"),
    )  # fmt: skip
    handed = fold(sealed(*steps[:2])).tasks["A.x"]
    assert (handed.status, handed.hand_in, handed.settled) == (Status.HANDED_IN, HAND_IN, False)
    record = fold(sealed(*steps)).tasks["A.x"]
    assert (record.status, record.hand_in, record.rounds) == (Status.PENDING, None, (refused,))


@pytest.mark.parametrize(
    "envelope",
    [
        e.Envelope(3, 0.0, 0.0, 1, e.TaskStarted("A.x", 1)),
        e.Envelope(2, 0.0, 0.0, 0, e.TaskStarted("A.x", 1)),
        e.Envelope(2, 0.0, 0.0, 1, BEGIN),
        e.Envelope(2, 0.0, 0.0, 1, e.TaskStarted("A.none", 1)),
        e.Envelope(2, 0.0, 0.0, 1, e.TaskStarted("A.x", 2)),
    ],
    ids=["gap", "old owner", "started twice", "unknown task", "attempt out of turn"],
)
def test_an_event_that_cannot_follow_leaves_the_state_as_it_was(envelope):
    state = fold(sealed())
    with pytest.raises(IllegalTransition):
        apply(state, envelope)
    assert state == fold(sealed())


def test_after_the_end_only_a_resume_may_follow_and_it_forgets_the_verdicts():
    verdict = e.CriterionJudged(Verdict("A.c", Outcome.PASS, Why.MET, "", "%"))
    done = sealed(verdict, e.RunFinished(0))
    with pytest.raises(IllegalTransition, match="finished"):
        fold([*done, e.Envelope(4, 0.0, 0.0, 1, e.TaskStarted("A.x", 1))])
    resumed = fold([*done, e.Envelope(4, 0.0, 0.0, 2, e.RunResumed("d2", "t2", {}, {}, {"A.y": "2", "A.z": "3"}))])
    assert (list(resumed.tasks), resumed.verdicts, resumed.finished, resumed.resumes) == (["A.y", "A.z"], {}, False, 1)


@given(st.lists(st.sampled_from(["start", "fail", "win", "skip", "cancel"]), max_size=30))
def test_the_count_of_settled_tasks_is_always_right(words):
    state = fold(sealed())
    for word in words:
        attempt = state.tasks["A.x"].attempt
        event = {
            "start": e.TaskStarted("A.x", attempt + 1), "fail": e.TaskFailed("A.x", attempt, BROKEN, USED),
            "win": e.TaskSucceeded("A.x", attempt, Evidence(), USED), "skip": e.TaskSkipped("A.x", ""),
            "cancel": e.TaskInvalidated("A.x", ""),
        }[word]  # fmt: skip
        try:
            state = apply(state, e.Envelope(state.seq + 1, 0.0, 0.0, 1, event))
        except IllegalTransition:
            continue
        assert state.settled == sum(record.settled for record in state.tasks.values())


def test_what_waited_for_a_person_lasted_by_the_wall_clock_as_owners_clocks_differ():
    asked = Asked(True, "ONE", "Good?", "", Bound("", "", "", ""))
    record = TaskRecord("A.look", started_at=100.0, finished_at=160.0, started_mono=9.0, finished_mono=0.5)
    assert replace(record, asked=asked).seconds == 60.0

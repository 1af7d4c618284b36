"""A run's spans follow from its events: what lies within what, when it was, what it cost and how it was judged."""

import json

import pytest

from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.evidence.verdict import Outcome, Verdict, Why
from orchestrator.graph.load import load_text
from orchestrator.state import events as e
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.people import Answer, Asked, Bound, Word
from orchestrator.state.rounds import HandIn, Round, Talk
from orchestrator.state.spending import Reserved, Settled
from orchestrator.tracing.spans import spans_of

SECOND = 1_000_000_000
BOUND = Bound("", "p", "c", "")
USED, NOTHING = Usage(1.0, 1.0, 1, 1), Evidence((), ())
TALK = Talk("acp", "agent 1.0", "session-1", "end_turn", "bubblewrap", "All done, s3cret!")
HAND_IN = HandIn("repo", "branch", "b" * 40, "c" * 40, ("a",), TALK)
FAST = Verdict("A.fast", Outcome.FAIL, Why.MISSED, "it is s3cret slow", "s", 2.0, 1.5, 2.5, 0.95, 5)
LOADED = load_text(
    json.dumps(
        {
            "schema": 1, "id": "small", "title": "A small plan",
            "agents": {"X": {"specialty": "work", "driver": "acp", "program": ["x"]}, "ONE": {"specialty": "w",
            "driver": "command"}},
            "workstreams": {
                "A": {"title": "First", "lead": "X", "tasks": [{"id": "do", "title": "Do", "brief": "Do it.",
                "writes": ["a"], "rounds": 2}]},
                "B": {"title": "Second", "lead": "ONE", "tasks": [{"id": "run", "title": "Run", "command": ["true"]}]},
            },
            "stages": {"S": {"title": "Stage", "lead": "ONE", "tasks": [{"id": "look", "title": "Look",
            "approve": {"ask": "Good?"}}]}},
        }
    ),
    "plan.yaml",
)  # fmt: skip
BEGUN = e.RunStarted("r1", "small", "digest", "", "plan.yaml", {}, {}, (), {"A.do": "1", "B.run": "2", "S.look": "3"})


def spans(*events, fences=()):
    """By key. Each event is a second after the one before; fences: the events with which a new owner begins, ten
    seconds later.
    """
    fence, began, at, told = 1, 1000.0, 1000.0, []
    for seq, event in enumerate(events, 1):
        at += 1.0
        if event in fences:
            fence, began, at = fence + 1, at + 10.0, at + 10.0
        told.append(e.Envelope(seq, at, at - began, fence, event))
    return {each.key: each for each in spans_of(LOADED, told, lambda text: text.replace("s3cret", "(masked)"))}


def agent_events():
    return (
        BEGUN,
        e.TaskStarted("A.do", 1),
        e.SpendReserved("A.do", 1, Reserved(1, "gemini", "flash", 500, 0.1)),
        e.SpendSettled("A.do", 1, Settled(1, 100, 20, 50, 0.01)),
        e.SpendReserved("A.do", 1, Reserved(2, "gemini", "flash", 500, 0.1)),
        e.SpendSettled("A.do", 1, Settled(2, 1, 2, 0, 0.02)),
        e.HandedIn("A.do", 1, HAND_IN, USED),
        e.RoundJudged("A.do", 1, Round(1, 1, False, "not s3cret enough", (FAST,), HAND_IN, TALK)),
        e.RoundReturned("A.do", 1, "again"),
        e.TaskStarted("A.do", 2),
        e.HandedIn("A.do", 2, HAND_IN, USED),
        e.RoundJudged("A.do", 2, Round(2, 2, True, "", (), HAND_IN, TALK)),
        e.TaskSucceeded("A.do", 2, NOTHING, USED),
        e.CriterionJudged(FAST),
        e.RunFinished(1),
    )


def test_a_round_lies_within_its_attempt_task_workstream_and_run():
    found = spans(*agent_events())
    line, key = [], "A.do/1/round/call 2"
    while key is not None:
        line.append(found[key].name)
        key = found[key].parent
    assert line == [
        "chat flash",
        "invoke_agent X",
        "attempt 1 of A.do",
        "task A.do",
        "workstream A",
        "invoke_workflow small",
    ]
    assert found["A.do/2/round"].attributes["orchestrate.round"] == 2


def test_parts_come_after_what_they_lie_in_and_no_part_lasts_longer():
    seen = {}
    for key, each in spans(*agent_events()).items():
        assert each.start <= each.end
        if each.parent is not None:
            around = seen[each.parent]
            assert around.start <= each.start
            assert spans(*agent_events())[each.parent].end >= each.end
        seen[key] = each


def test_a_round_tells_agent_model_tokens_and_cost_by_the_names_of_the_conventions():
    told = spans(*agent_events())["A.do/1/round"].attributes
    assert told["gen_ai.operation.name"] == "invoke_agent"
    assert told["gen_ai.agent.name"] == "X"
    assert told["gen_ai.provider.name"] == "gcp.gemini"
    assert told["gen_ai.request.model"] == "flash"
    assert told["gen_ai.conversation.id"] == "session-1"
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == (101, 22)
    assert told["gen_ai.usage.cache_read.input_tokens"] == 50
    assert told["orchestrate.cost.usd"] == pytest.approx(0.03)


def test_a_refused_round_is_no_error_and_holds_its_verdicts():
    found = spans(*agent_events())["A.do/1/round"]
    (event,) = found.events
    assert (found.error, found.attributes["orchestrate.passed"]) == ("", False)
    assert event.name == "gen_ai.evaluation.result"
    assert event.attributes["gen_ai.evaluation.name"] == "A.fast"
    assert event.attributes["gen_ai.evaluation.score.label"] == "fail"
    assert event.attributes["gen_ai.evaluation.score.value"] == 2.0


def test_the_final_verdicts_are_events_of_their_workstreams():
    (event,) = spans(*agent_events())["A"].events
    assert event.attributes["gen_ai.evaluation.explanation"] == "it is (masked) slow"


def test_what_an_agent_said_and_what_is_secret_stands_nowhere():
    told = repr(spans(*agent_events()))
    assert "s3cret" not in told
    assert "All done" not in told


def test_usage_that_nobody_told_is_unknown_and_not_nothing():
    unknown = e.SpendSettled("A.do", 1, Settled(1, 0, 0, 0, None, known=False))
    found = spans(*agent_events()[:3], unknown)
    assert found["A.do/1/round/call 1"].attributes["orchestrate.usage.known"] is False
    assert "gen_ai.usage.input_tokens" not in found["A.do/1/round"].attributes


def test_a_failure_is_an_error_of_attempt_and_task_until_a_later_attempt_succeeds():
    failure = Failure(Cause.TIMEOUT, "it took longer than s3cret")
    failed = (BEGUN, e.TaskStarted("B.run", 1), e.AttemptFailed("B.run", 1, failure, USED, 0.0))
    first = spans(*failed)
    assert first["B.run/1"].error == first["B.run"].error == "it took longer than (masked)"
    assert first["B.run/1"].attributes["error.type"] == "timeout"
    assert "gen_ai.operation.name" not in first["B.run/1"].attributes
    then = spans(*failed, e.TaskStarted("B.run", 2), e.TaskSucceeded("B.run", 2, NOTHING, USED))
    assert (bool(then["B.run/1"].error), then["B.run"].error) == (True, "")


def test_an_attempt_that_died_with_its_owner_ends_with_the_last_that_the_owner_wrote():
    lost = e.TaskInterrupted("B.run", 1, "its orchestrator died")
    found = spans(BEGUN, e.TaskStarted("B.run", 1), lost, fences=(lost,))
    assert found["B.run/1"].end == found["B.run/1"].start == 1002 * SECOND


def test_durations_are_those_of_the_monotonic_clock_whatever_the_wall_clock_did():
    told = [
        e.Envelope(1, 1000.0, 0.0, 1, BEGUN),
        e.Envelope(2, 5000.0, 1.0, 1, e.TaskStarted("B.run", 1)),
        e.Envelope(3, 10.0, 3.0, 1, e.TaskSucceeded("B.run", 1, NOTHING, USED)),
    ]
    found = {each.key: each for each in spans_of(LOADED, told, str)}
    assert (found["B.run/1"].start, found["B.run/1"].end) == (1001 * SECOND, 1003 * SECOND)


def test_what_waits_for_a_person_is_an_attempt_that_lasts_until_the_answer():
    asked = e.PersonAsked("S.look", 1, Asked(True, "ONE", "Good?", "", BOUND))
    answered = e.PersonAnswered("S.look", 1, Answer("i", Word.APPROVED, "Ada", "ada", "cli", "", BOUND, 1, 1003.0))
    found = spans(BEGUN, asked, answered, e.TaskSucceeded("S.look", 1, NOTHING, USED))
    assert found["S"].name == "stage S"
    assert [each.name for each in found["S.look/1"].events] == ["orchestrate.approved"]
    assert found["S.look/1"].end - found["S.look/1"].start == 2 * SECOND


def test_a_run_that_goes_on_is_told_as_far_as_it_got():
    found = spans(BEGUN, e.TaskStarted("B.run", 1), e.ProgressReported(0, 1, ("B.run",)))
    assert found["B.run/1"].attributes["orchestrate.open"] is True
    assert found["run"].end == 1003 * SECOND


def test_a_skipped_task_has_a_span_that_says_so():
    assert spans(BEGUN, e.TaskSkipped("B.run", "no"))["B.run"].attributes["orchestrate.status"] == "skipped"


def test_a_task_that_the_plan_lost_has_a_span_all_the_same():
    found = spans(BEGUN, e.TaskStarted("Z.gone", 1), e.TaskSucceeded("Z.gone", 1, NOTHING, USED))
    assert found["Z.gone/1"].parent == "Z.gone"


def test_a_hand_in_that_a_merge_sends_back_stays_accepted_and_the_next_attempt_is_a_later_round():
    accepted = e.RoundJudged("A.do", 1, Round(1, 1, True, "", (), HAND_IN, TALK))
    sent_back = e.RoundJudged("A.do", 1, Round(2, 1, False, "it clashes", (FAST,), HAND_IN, TALK))
    begun = (BEGUN, e.TaskStarted("A.do", 1), e.HandedIn("A.do", 1, HAND_IN, USED), accepted)
    found = spans(
        *begun,
        e.TaskSucceeded("A.do", 1, NOTHING, USED),
        sent_back,
        e.RoundReturned("A.do", 1, "again"),
        e.TaskStarted("A.do", 2),
    )
    first = found["A.do/1/round"]
    assert (first.attributes["orchestrate.round"], first.attributes["orchestrate.passed"]) == (1, True)
    assert [each.name for each in first.events] == ["orchestrate.sent_back", "gen_ai.evaluation.result"]
    assert found["A.do/2/round"].attributes["orchestrate.round"] == 3

"""What is news, by the events alone; and what of it still is when a run is taken up again."""

import json

import pytest

from orchestrator.evidence.measurement import Usage
from orchestrator.evidence.verdict import Outcome, Verdict, Why
from orchestrator.graph.load import load_text
from orchestrator.plan.model import Subject
from orchestrator.state import events as e
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.people import Answer, Asked, Bound, Word
from orchestrator.state.rounds import SILENT
from orchestrator.state.spending import Reserved, Settled
from orchestrator.telling.news import Newsroom, Tone

BOUND = Bound("", "p", "c", "")
BUDGET = {"cost": "10 USD", "tokens": 1000, "turns": 4}
USED = Usage(1.0, 1.0, 1, 1)


def loaded(budget=BUDGET):
    tasks = [
        {"id": "do", "title": "Do", "brief": "Do it.", "writes": ["a"]},
        {"id": "look", "title": "Look", "approve": {"ask": "Good?"}, "needs": []},
    ]
    plan = {
        "schema": 1, "id": "small", "title": "A small\nplan", "budget": budget,
        "agents": {"X": {"specialty": "work", "driver": "acp", "program": ["x"]}},
        "workstreams": {"A": {"title": "A", "lead": "X", "tasks": tasks}},
    }  # fmt: skip
    return load_text(json.dumps(plan), "plan.yaml")


BEGUN = e.RunStarted("r1", "small", "d", "", "plan.yaml", {}, {}, (), {"A.do": "1", "A.look": "2"})
ASKED = e.PersonAsked("A.look", 1, Asked(True, "X", "Good?", "", BOUND))


def enveloped(*events):
    return [e.Envelope(n, 100.0 + n, float(n), 1, event) for n, event in enumerate(events, 1)]


def told(*events, budget=BUDGET):
    room = Newsroom(loaded(budget))
    return [news for envelope in enveloped(*events) for news in room.hear(envelope)]


def spend(call, tokens, cost):
    yield e.SpendReserved("A.do", 1, Reserved(call, "openai", "m", tokens, cost))
    yield e.SpendSettled("A.do", 1, Settled(call, tokens, 0, 0, cost))


def test_a_question_is_news_with_the_commands_that_answer_it():
    (news,) = told(BEGUN, ASKED)
    assert (news.subject, news.tone, news.title) == (Subject.WAITS, Tone.ASKS, "A small plan: A.look waits for X")
    assert "Good?" in news.body
    assert "orchestrate approve r1 A.look" in news.body


def test_a_budget_is_news_once_when_four_fifths_of_it_are_used():
    start = e.TaskStarted("A.do", 1)
    assert told(BEGUN, start, *spend(1, 700, 7.9)) == []
    news = told(BEGUN, start, *spend(1, 700, 7.9), *spend(2, 100, 0.1), *spend(3, 50, 1.0))
    assert [each.title for each in news] == [
        "A small plan: the budget of the run is used by 80%",
        "A small plan: the budget of the run is used by 80%",
    ]
    assert {each.body for each in news} == {"run r1: 8 of 10 USD", "run r1: 800 of 1,000 tokens"}
    assert {each.subject for each in news} == {Subject.BUDGET}


def test_the_last_of_few_turns_is_no_news():
    assert told(BEGUN, e.TaskStarted("A.do", 1), budget={"turns": 1}) == []


def test_a_turn_that_ended_counts_towards_a_budget_of_time():
    failure = Failure(Cause.EXIT, "it ended with 1")
    ends = e.AttemptFailed("A.do", 1, failure, USED, 0.0)
    (news,) = told(BEGUN, e.TaskStarted("A.do", 1), ends, budget={"time": "1s"})
    assert news.body == "run r1: 1 of 1 seconds"


def test_a_silent_agent_is_news_again_after_it_has_spoken():
    says = [e.TaskNoted("A.do", 1, text) for text in (f"{SILENT}60 s", "it speaks again", f"{SILENT}61 s", "hm")]
    assert [each.body for each in told(BEGUN, e.TaskStarted("A.do", 1), *says)] == [
        "run r1: A.do: silent for 60 s",
        "run r1: A.do: silent for 61 s",
    ]


def test_a_claimant_that_lost_its_turn_by_silence_is_news():
    lost = e.TaskInterrupted("A.do", 1, "its claimant was silent for 20 s")
    assert [each.subject for each in told(BEGUN, e.TaskStarted("A.do", 1), lost)] == [Subject.SILENT]


def judged(outcome, name="A.fast"):
    return e.CriterionJudged(Verdict(name, outcome, Why.MET, "it is so", "s", 1.0))


@pytest.mark.parametrize(
    ("code", "outcomes", "word", "tone"),
    [
        (0, [Outcome.PASS], "PASS", Tone.GOOD),
        (1, [Outcome.PASS, Outcome.FAIL], "FAIL", Tone.BAD),
        (3, [Outcome.PASS, Outcome.UNPROVEN], "UNPROVEN", Tone.WARNS),
        (0, [], "UNPROVEN", Tone.WARNS),
    ],
)
def test_the_verdict_is_news_as_the_report_has_it_and_what_is_worst_comes_first(code, outcomes, word, tone):
    verdicts = [judged(each, f"A.{each.value.lower()}") for each in outcomes]
    (news,) = told(BEGUN, *verdicts, e.RunFinished(code))
    assert (news.subject, news.title, news.tone) == (Subject.VERDICT, f"A small plan: {word}", tone)
    lines = news.body.splitlines()
    assert lines[0] == f"run r1 ended with exit code {code}"
    assert [line.split()[0] for line in lines[1:]] == [each.value for each in reversed(outcomes)]


def test_a_verdict_names_the_tasks_that_failed():
    failed = e.TaskFailed("A.do", 1, Failure(Cause.EXIT, "it ended with 1"), USED)
    (news,) = told(BEGUN, e.TaskStarted("A.do", 1), failed, e.RunFinished(1))
    assert "task A.do failed: it ended with 1" in news.body


def test_of_many_verdicts_some_are_told_and_the_rest_counted():
    (news,) = told(BEGUN, *(judged(Outcome.PASS, f"A.c{n}") for n in range(50)), e.RunFinished(0))
    assert news.body.splitlines()[-1] == "and 30 more"


ANSWERED = e.PersonAnswered("A.look", 1, Answer("i", Word.APPROVED, "Ada", "ada", "cli", "", BOUND, 1, 103.0))


@pytest.mark.parametrize(
    ("events", "still"),
    [
        ((ASKED,), ["waits"]),
        ((ASKED, ANSWERED), []),
        ((e.TaskStarted("A.do", 1), *spend(1, 10, 9.0)), ["budget"]),
        ((e.TaskStarted("A.do", 1), *spend(1, 10, 9.0), e.RunFinished(3)), ["verdict"]),
        ((e.RunFinished(3), e.RunResumed("d", "", {}, {}, {"A.do": "1"})), []),
        ((e.TaskStarted("A.do", 1), e.TaskNoted("A.do", 1, f"{SILENT}9 s")), ["silent"]),
        ((e.TaskStarted("A.do", 1), e.TaskNoted("A.do", 1, f"{SILENT}9 s"), e.TaskNoted("A.do", 1, "hm")), []),
    ],
)
def test_of_what_happened_before_only_what_still_holds_is_news(events, still):
    found = Newsroom(loaded()).catch_up(enveloped(BEGUN, *events))
    assert [each.subject.value for each in found] == still

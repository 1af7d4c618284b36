"""Whatever shows a run shows the rounds of its agents: status, live display, explanation, page, JUnit,
verification, bundle.
"""

import json
import xml.etree.ElementTree as ET
from itertools import count

import pytest
from rich.console import Console

from orchestrator.bundle.contents import derived
from orchestrator.cli.agents_status import agents_data, agents_text
from orchestrator.cli.live import remark, render
from orchestrator.cli.run_view import RunView
from orchestrator.engine.explain import Fate, explain
from orchestrator.engine.reconcile import Change
from orchestrator.evidence.criterion import Candidate, demand_of, judge
from orchestrator.evidence.measurement import Evidence, Measurement, Samples, Usage
from orchestrator.evidence.metric import Better, Metric
from orchestrator.graph.load import load_text
from orchestrator.pages.page import render_page
from orchestrator.report.agentwork import agent_tasks, spent_rows
from orchestrator.report.build import build_report
from orchestrator.report.early import Early
from orchestrator.report.junit import to_junit
from orchestrator.report.outlook import budgets_left, waiting_of
from orchestrator.report.spans import course_of
from orchestrator.report.verify import Standing, verify
from orchestrator.state import events as e
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.fold import fold
from orchestrator.state.rounds import HandIn, Joined, Round, Talk
from orchestrator.state.spending import Reserved, Settled

PLAN = """\
schema: 1
id: rounds
title: Rounds
budget: {turns: 9}
agents:
  ME: {specialty: Packing, driver: acp, program: [thing], budget: {tokens: 10k}}
workstreams:
  A:
    title: Alpha
    lead: ME
    tasks:
      - {id: write, title: Write, brief: Make it small., writes: ["src/**"], until: [A.small], rounds: 3}
      - {id: measure, title: Size, measures: write, command: ["true"], metrics: [{name: m.n, unit: B, better: lower}]}
    success_criteria:
      - {id: small, title: Small, metric: m.n, target: "< 10 B"}
stages:
  S:
    title: Join
    lead: ME
    needs: [A]
    tasks: [{id: merge, title: Join, merge: [A.write]}]
"""
LOADED = load_text(PLAN, "plan.yaml")
METRIC = Metric("m.n", "B", Better.LOWER)
USED = Usage(2.0, 0.0, 0, 1)
TALK = Talk("acp", "thing 1", "s", "end_turn", "bubblewrap", "✅✅ <b>exceeded</b>", ("run rm: no rule allows it",))
FIRST, SECOND = (HandIn("/repo", "b", "0" * 40, each * 40, ("src/a",), TALK) for each in "ab")


def measured(size):
    return Evidence((Measurement("m.n", "B", Samples((size,)), "counted"),))


def verdict(size):
    demand = demand_of("A.small", LOADED.plan.criteria["A.small"], METRIC)
    return judge(demand, (Candidate("A.measure", 1, measured(size).measurements[0], stale=False),))


REFUSED = Round(1, 1, False, "A.small FAIL: the whole interval misses the target", (verdict(50.0),), FIRST, TALK)
ACCEPTED = Round(2, 2, True, "", (verdict(5.0),), SECOND, TALK)
PRINTS = dict.fromkeys(LOADED.graph.nodes, "run=0")
EVENTS = (
    e.RunStarted("rounds-1", "rounds", "0" * 64, PLAN, "plan.yaml", {}, {}, ("orchestrate", "run"), PRINTS),
    e.TaskStarted("A.write", 1),
    e.SpendReserved("A.write", 1, Reserved(1, "openai", "m", 900, 0.5)),
    e.SpendSettled("A.write", 1, Settled(1, 100, 20, 0, 0.25)),
    e.TaskNoted("A.write", 1, "silent for 1300 s"),
    e.HandedIn("A.write", 1, FIRST, USED),
    e.TaskStarted("A.measure", 1),
    e.TaskSucceeded("A.measure", 1, measured(50.0), USED),
    e.RoundJudged("A.write", 1, REFUSED),
    e.RoundReturned("A.write", 1, f"round 1 of 3: {REFUSED.why}"),
    e.TaskInvalidated("A.measure", "A.write has another round"),
    e.TaskStarted("A.write", 2),
    e.HandedIn("A.write", 2, SECOND, USED),
    e.TaskStarted("A.measure", 2),
    e.TaskSucceeded("A.measure", 2, measured(5.0), USED),
    e.RoundJudged("A.write", 2, ACCEPTED),
    e.TaskSucceeded("A.write", 2, Evidence(), USED),
    e.TaskStarted("S.merge", 1),
    e.HandInJoined("S.merge", 1, Joined("A.write", "b" * 40, "c" * 40)),
    e.TaskSucceeded("S.merge", 1, Evidence(), USED),
)
SILENT, HANDED, RETURNED, DONE = 5, 6, 11, len(EVENTS)
"""How many events there are when the agent is silent, has handed in, has another round, and when all is done."""


def sealed(number=DONE, *more):
    ticks = count(1)
    return [
        e.Envelope(n, float(n), float(n), 1, each) for n, each in zip(ticks, (*EVENTS[:number], *more), strict=False)
    ]


def finished():
    judged = next(iter(judge_now(fold(sealed()))))
    return sealed(DONE, e.CriterionJudged(judged, METRIC), e.RunFinished(0))


def judge_now(state):
    from orchestrator.engine.judging import judge_run

    return judge_run(LOADED.plan, LOADED.graph, state, {"m.n": METRIC}, lambda _: None)


@pytest.mark.parametrize(
    ("number", "round_", "stands", "commit"),
    [
        (1, 0, "not begun", ""),
        (2, 1, "at work", ""),
        (SILENT, 1, "at work, silent", ""),
        (HANDED, 1, "waits to be measured", "a"),
        (RETURNED, 2, "waits for its next round", "a"),
        (DONE, 2, "accepted", "b"),
    ],
)
def test_an_agents_task_says_which_round_it_is_in_and_where_it_stands(number, round_, stands, commit):
    [task] = agent_tasks(LOADED.plan, LOADED.graph, fold(sealed(number)))
    assert (task.round, task.of, task.stands, task.commit) == (round_, 3, stands, commit * 40)


def test_status_shows_rounds_and_what_was_spent_of_which_budget():
    state = fold(sealed(RETURNED))
    text, data = agents_text(state), agents_data(state)
    assert "2 of 3" in text
    assert "120 of 10,000" in text
    assert "1 of 9" in text
    assert data["agents"][0]["history"][0] | {"verdicts": []} == {
        "round": 1,
        "passed": False,
        "why": REFUSED.why,
        "commit": "a" * 40,
        "verdicts": [],
    }
    assert json.dumps(data)


def test_what_is_reserved_and_not_settled_stands_apart_from_what_was_spent():
    state = fold(sealed(3))
    assert [row.spent.open_tokens for row in spent_rows(LOADED.plan, LOADED.graph, state)] == [900, 900, 900]
    assert "900" in agents_text(state)


def test_a_run_without_agents_tasks_has_no_part_about_them(plan, graph, journal):
    state = fold(journal)
    assert agents_text(state) == ""
    assert agents_data(state) == {}
    assert not list(spent_rows(plan, graph, state))


def test_the_live_display_shows_the_round_and_what_waits_to_be_measured():
    def drawn(number):
        standing = RunView(LOADED, {})
        for envelope in sealed(number):
            standing.take(envelope.event, envelope.mono)
        console = Console(width=120, color_system=None)
        with console.capture() as capture:
            console.print(render(standing, 0.0, 30.0))
        return capture.get()

    assert "round 1 of 3" in drawn(SILENT)
    assert "silent for 1300 s" in drawn(SILENT)
    assert "aaaaaaaaaaaa waits to be measured" in drawn(HANDED)
    assert "waits to be measured" not in drawn(RETURNED)
    assert "round 2 of 3" in drawn(RETURNED + 1)
    assert "0 of 3 tasks" in drawn(RETURNED)
    assert "3 of 3 tasks" in drawn(DONE)


def test_a_refused_round_stays_on_the_screen():
    assert "is refused" in remark(EVENTS[8]).plain
    assert "joined" in remark(EVENTS[18]).plain


@pytest.mark.parametrize(
    ("number", "fate", "why"),
    [
        (HANDED, Fate.KEEP, "aaaaaaaaaaaa, which is measured"),
        (RETURNED, Fate.RUN, "it has round 2, after round 1: A.small"),
        (DONE, Fate.KEEP, "round 2 was accepted"),
    ],
)
def test_an_explanation_tells_of_rounds(number, fate, why):
    change = Change(PRINTS, frozenset(), frozenset(), lambda _: None)
    found = {each.task: each for each in explain(LOADED.graph, fold(sealed(number)), change)}
    assert found["A.write"].fate is fate
    assert why in found["A.write"].why


def test_a_turn_ends_with_its_hand_in_and_not_with_the_judgement():
    spans = course_of(sealed()).spans["A.write"]
    assert [(span.start, span.end) for span in spans] == [(1.0, 5.0), (11.0, 12.0)]


def test_junit_has_a_case_for_each_task_of_an_agent_with_its_rounds():
    text = to_junit(build_report(LOADED.plan, LOADED.graph, finished()))
    cases = {case.get("name"): case for case in ET.fromstring(text.split("\n", 1)[1]).iter("testcase")}
    told = cases["task A.write"].find("system-out").text
    assert told.splitlines()[0].startswith(f"round 1 of 3: ME handed in {'a' * 40}; refused")
    assert told.endswith(f"{'b' * 40}; accepted")
    assert cases["task A.write"].find("failure") is None


def test_the_page_has_rounds_merges_and_spending_and_no_markup_of_an_agent():
    page = render_page(LOADED, finished())
    for part in ('id="rounds-table"', 'id="merges"', 'id="spent"', "2 of 3", "b" * 12, "no rule allows it"):
        assert part in page
    assert "<b>exceeded" not in page
    assert "&lt;b&gt;exceeded" in page


def test_verify_names_the_commit_that_was_measured_and_the_one_that_was_accepted():
    found = verify(LOADED.plan, LOADED.graph, fold(finished()), {"m.n": METRIC}, lambda _: None)
    told = {each.subject: each for each in found}
    assert told["A.small"].detail.endswith(f"measured of commit {'b' * 40}")
    assert told["A.write"].detail.endswith(f"commit {'b' * 40}")
    assert {each.standing for each in found} == {Standing.MATCHES}


def test_a_task_that_is_done_without_an_accepted_round_does_not_stand():
    events = [each for each in EVENTS if not (isinstance(each, e.RoundJudged) and each.round.passed)]
    envelopes = [e.Envelope(n, float(n), float(n), 1, each) for n, each in enumerate(events, 1)]
    found = verify(LOADED.plan, LOADED.graph, fold(envelopes), {"m.n": METRIC}, lambda _: None)
    assert next(each for each in found if each.subject == "A.write").standing is Standing.MISSING


def test_a_bundles_statement_names_the_commit_as_a_subject():
    files = derived(finished(), "1", "ab" * 32)
    subjects = json.loads(files["statements/A.small.intoto.json"])["subject"]
    assert {"name": "hand-in of A.write", "digest": {"gitCommit": "b" * 40}} in subjects


def test_a_verdict_on_agents_work_is_not_decided_while_a_round_or_a_merge_may_undo_it():
    early = Early(LOADED.plan, LOADED.graph, {})
    told = {
        count: [one.outcome.value for one in early.decided(fold(sealed(count)), {})] for count in range(1, DONE + 1)
    }
    assert [count for count, found in told.items() if found] == [DONE]
    assert told[DONE] == [one.outcome.value for one in judge_now(fold(sealed()))]


def test_a_criterion_of_an_agent_that_lost_its_last_round_is_decided_before_the_merge():
    lost = e.TaskFailed("A.write", 1, Failure(Cause.ROUNDS, "nothing was handed in"), USED)
    state = fold(sealed(2, lost, e.TaskSkipped("A.measure", "A.write failed", "A.write")))
    early = Early(LOADED.plan, LOADED.graph, {})
    assert [(one.criterion, one.outcome.value) for one in early.decided(state, {})] == [("A.small", "UNPROVEN")]


def test_what_waits_names_whom_it_waits_for_and_what_is_left_of_every_budget():
    state = fold(sealed(SILENT))
    assert [(one.task, one.agent, one.why) for one in waiting_of(LOADED.plan, LOADED.graph, state)] == [
        ("A.measure", "ME", "after A.write (ME)")
    ]
    left = {(one.whose, one.unit): (one.left, one.of) for one in budgets_left(LOADED.plan, LOADED.graph, state)}
    assert left["the run", "turns"] == (8.0, 9)
    assert left["agent ME", "tokens"] == (9880.0, 10_000)


def test_the_live_display_shows_what_is_left_of_budgets_the_whole_runs_first():
    standing = RunView(LOADED, {"m.n": METRIC})
    for envelope in sealed(SILENT):
        standing.follow(envelope, 1.0)
    console = Console(width=40, color_system=None)
    with console.capture() as capture:
        console.print(render(standing, 0.0, 30.0))
    lines = [line.strip() for line in capture.get().splitlines() if line.strip().startswith("left ")]
    assert lines == ["left 8 of 9 turns: the run", "left 9,880 of 10,000 tokens: agent ME"]

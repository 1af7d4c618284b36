"""Callers that ask twice, too much, or what is no text: each is told what holds, and the run goes on."""

import asyncio
import time
from pathlib import Path

import pytest
from mcp import Client

from orchestrator.evidence.measurement import Claim
from orchestrator.mcpserver.caller import Caller
from orchestrator.mcpserver.known import Known
from orchestrator.mcpserver.own import Own, make_own
from orchestrator.mcpserver.words import TEXT_KEPT, Refusal
from orchestrator.state import events as e


@pytest.fixture
def caller(project):  # noqa: ARG001 - its folder is the current one
    known = Known(Path(".orchestrate").absolute())
    yield Caller(known, "X", "mcp http")
    known.close()


def claimed(caller):
    for _ in range(600):
        try:
            return caller.claim(name="tester 1")
        except Exception:  # noqa: BLE001 - the run has not begun, or the turn is not on offer yet
            time.sleep(0.05)
    raise AssertionError


def write(taken, text):
    Path(taken["workspace"], "src/a.txt").write_text(text)


def test_a_hand_in_whose_answer_was_lost_is_told_again_and_taken_once(caller, runs, kit_for_agents):
    work = kit_for_agents.Work()
    first = claimed(caller)
    write(first, "one\n")
    refused = caller.hand_in(first["claim"])
    second = claimed(caller)
    assert refused["commit"]
    with pytest.raises(Refusal, match="not yours"):  # its round is judged, and another has the task
        caller.hand_in(first["claim"])
    write(second, "one\ntwo\n")
    accepted = caller.hand_in(second["claim"])
    assert caller.hand_in(second["claim"]) == accepted
    assert work.join().exit_code == 0
    assert caller.hand_in(second["claim"]) == accepted  # nobody has the run any more
    with pytest.raises(Refusal):
        caller.hand_in(second["claim"][:-1] + ("a" if second["claim"][-1] != "a" else "b"))
    events = [one.event for one in runs.events(work.outcome.run)]
    assert sum(isinstance(one, e.HandedIn) for one in events) == 2


def test_a_release_is_no_hand_in_whoever_asks_for_one_later(caller, kit_for_agents):
    work = kit_for_agents.Work()
    first = claimed(caller)
    caller.release(first["claim"], "later")
    with pytest.raises(Refusal, match="not yours"):
        caller.hand_in(first["claim"])
    second = claimed(caller)
    write(second, "one\ntwo\n")
    assert caller.hand_in(second["claim"])["commit"]
    assert work.join().exit_code == 0


BAD = {
    "a long metric": Claim("m" * 2_000_000, 1.0, "s"),
    "a long unit": Claim("m", 1.0, "s" * 5_000),
    "no number": Claim("m", float("nan"), "s"),
    "without end": Claim("m", float("inf"), "s"),
}


def test_a_figure_that_cannot_be_kept_is_refused_with_the_reason_and_other_words_go_on(caller, runs, kit_for_agents):
    work = kit_for_agents.Work()
    taken = claimed(caller)
    for figure in BAD.values():
        with pytest.raises(Refusal, match="figure"):
            caller.say(taken["claim"], "so much", figure)
    caller.say(taken["claim"], "half a pair \ud800, nothing \x00, and \u202e" + "x" * 100_000)
    caller.ask(taken["claim"], "why \udfff?")
    write(taken, "one\ntwo\n")
    assert caller.hand_in(taken["claim"], "done \ud800")["commit"]
    assert work.join().exit_code == 0
    assert runs.verify(work.outcome.run).stands


def test_a_claim_that_names_no_run_is_refused(caller, kit_for_agents):
    work = kit_for_agents.Work()
    taken = claimed(caller)
    for text in ("", "x", "../x/A.it/1/t", "\x00/A.it/1/t", "../A.it/1/t", "nix/A.it/1/t", f"nix/A.it/{'9' * 99}/t"):
        with pytest.raises(Refusal):
            caller.say(text, "hello")
    write(taken, "one\ntwo\n")
    caller.hand_in(taken["claim"])
    assert work.join().exit_code == 0


def test_an_agent_that_we_drive_says_no_more_than_is_kept_and_no_figure_that_is_none():
    told = []
    own = make_own(Own(None, "run", "A.it", "brief", lambda text, claim: told.append((text, claim))))

    async def work():
        async with Client(own) as client:
            for figure in BAD.values():
                given = {"metric": figure.metric, "value": repr(figure.value), "unit": figure.unit}
                answered = await client.call_tool("submit_figure", given)
                assert answered.is_error
                assert "figure" in answered.content[0].text
            await client.call_tool("progress", {"text": "x" * 100_000})
            await client.call_tool("ask_person", {"question": "y" * 100_000})

    asyncio.run(work())
    assert [(len(text), claim) for text, claim in told] == [(TEXT_KEPT, None)] * 2

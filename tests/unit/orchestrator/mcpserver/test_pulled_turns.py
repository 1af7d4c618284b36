"""Turns that agents take by themselves, by the SDK's own client: claims, leases, hand-ins, and who is refused."""

import asyncio
import http.client
import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
import yaml
from mcp import Client, StdioServerParameters

from orchestrator.engine.pulling import Pulls
from orchestrator.engine.requests import Claiming, HandingIn, Saying, secret_of
from orchestrator.executors.order import Offered
from orchestrator.state import events as e
from orchestrator.state.claims import Claimed
from orchestrator.state.fold import fold
from orchestrator.state.transitions import IllegalTransition, Status


def write(claimed, text):
    Path(claimed["workspace"], "src/a.txt").write_text(text)


def test_an_agent_that_comes_by_itself_claims_is_refused_with_the_verdict_and_is_accepted(served, runs, kit_for_agents):
    kit, told = kit_for_agents, []

    async def work():
        async with kit.connected(served) as client:
            first = await kit.offered(client)
            assert "Write two lines." in first["brief"]
            assert "taken" in (await kit.call(client, "claim", task="A.it"))["error"]
            await kit.call(client, "progress", claim=first["claim"], text="I begin.")
            await kit.call(client, "submit_figure", claim=first["claim"], metric="n", value=5, unit="files")
            await kit.call(client, "ask_person", claim=first["claim"], question="Which two?")
            write(first, "one\n")
            given = {"claim": first["claim"], "words": "All exceeded.", "wait": 60}
            answered = await client.call_tool("hand_in", given, progress_callback=_noted(told))
            refused = answered.structured_content
            assert (len(refused["commit"]), refused["rounds"][0]["passed"]) == (40, False)
            assert refused["rounds"][0]["verdicts"][0]["value"] == 1
            assert "not yours" in (await kit.call(client, "hand_in", claim=first["claim"]))["error"]
            second = await kit.offered(client)
            known = await kit.call(client, "brief", claim=second["claim"])
            assert known["must_pass"] == {"A.lines": ">= 2 files"}
            write(second, "one\ntwo\n")
            done = await kit.call(client, "hand_in", claim=second["claim"], wait=60)
            assert done["stands"] == "accepted"
            report = await client.read_resource(f"orchestrate://{second['run']}/report")
            assert report.contents[0].text.startswith("# ")
            evidence = await client.read_resource(f"orchestrate://{second['run']}/evidence/A.count")
            assert json.loads(evidence.contents[0].text)["measurements"]

    under_way = kit.Work()
    asyncio.run(asyncio.wait_for(work(), 120))
    outcome = under_way.join()
    assert outcome.exit_code == 0
    record = runs.state(outcome.run).tasks["A.it"]
    assert [one.passed for one in record.rounds] == [False, True]
    assert (record.rounds[0].talk.driver, record.rounds[0].talk.name) == ("pull", "tester 1")
    said = [each.event for each in runs.events(outcome.run) if isinstance(each.event, e.TaskNoted)]
    assert {"I begin.", "n: 5 files", "asks a person: Which two?"} < {each.text for each in said if each.task == "A.it"}
    assert [each.claim.value for each in said if each.claim] == [5.0]
    assert told


def _noted(told):
    async def note(progress, total, message):
        told.append((progress, total, message))

    return note


def test_a_silent_claimant_loses_its_claim_and_its_late_hand_in_is_refused(served, runs, kit_for_agents):
    kit = kit_for_agents
    Path("plan.yaml").write_text(yaml.safe_dump(kit.plan_data(silent="2s")))

    async def alive(client, claimed):
        while True:
            await kit.call(client, "heartbeat", claim=claimed["claim"])
            await asyncio.sleep(0.1)

    async def work():
        async with kit.connected(served) as client, kit.connected(served) as another:
            first = await kit.offered(client)
            second = await kit.offered(another)  # which is only there once the first one is lost
            living = asyncio.create_task(alive(another, second))
            assert second["attempt"] > first["attempt"]
            assert "not yours" in (await kit.call(client, "hand_in", claim=first["claim"]))["error"]
            write(second, "one\ntwo\n")
            done = await kit.call(another, "hand_in", claim=second["claim"])
            assert len(done["commit"]) == 40
            assert "not yours" in (await kit.call(client, "heartbeat", claim=first["claim"]))["error"]
            living.cancel()

    under_way = kit.Work()
    asyncio.run(asyncio.wait_for(work(), 120))
    assert under_way.join().exit_code == 0
    reasons = [
        each.event.reason for each in runs.events(under_way.outcome.run) if isinstance(each.event, e.TaskInterrupted)
    ]
    assert set(reasons) == {"its claimant was silent for 2 s"}


def test_a_task_is_given_to_its_own_agent_back_when_it_is_let_go_and_over_standard_streams_too(
    served, runs, kit_for_agents
):
    kit = kit_for_agents

    async def work():
        async with kit.connected(served, "Y") as other:
            assert (await kit.call(other, "next_tasks"))["tasks"] == []
            assert "for X, and not for Y" in (await kit.call(other, "claim", task="A.it"))["error"]
        async with kit.connected(served) as client:
            first = await kit.offered(client)
            await kit.call(client, "release", claim=first["claim"], why="lunch")
        words = StdioServerParameters(
            command=sys.executable, args=["-m", "orchestrator", "mcp", "X"], env=dict(os.environ)
        )
        async with Client(words) as client:
            second = await kit.offered(client)
            write(second, "one\ntwo\n")
            assert (await kit.call(client, "hand_in", claim=second["claim"], wait=60))["stands"] == "accepted"

    under_way = kit.Work()
    _wait_for_offer()
    asyncio.run(asyncio.wait_for(work(), 120))
    assert under_way.join().exit_code == 0
    claims = [
        each.event.claim.channel for each in runs.events(under_way.outcome.run) if isinstance(each.event, e.TurnClaimed)
    ]
    assert claims == ["mcp http", "mcp stdio"]


def _wait_for_offer():
    for _ in range(1200):
        if list(Path(".orchestrate").glob("work/*/A.it/*/workspace/src/a.txt")):
            Event().wait(0.3)
            return
        Event().wait(0.05)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (401, {}),
        (401, {"Authorization": "Bearer guessed"}),
        (401, {"Authorization": "Basic {token}"}),
        (403, {"Authorization": "Bearer {token}", "Origin": "http://example.org"}),
        (403, {"Authorization": "Bearer {token}", "Host": "example.org"}),
    ],
    ids=["no token", "a guess", "another kind", "a foreign origin", "a foreign host"],
)
def test_who_has_no_token_or_comes_from_elsewhere_is_refused(served, status, headers):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    given = {name: value.format(token=served.tokens["X"]) for name, value in headers.items()}
    connection.request("POST", "/mcp", "{}", {"Content-Type": "application/json", **given})
    assert connection.getresponse().status == status
    connection.close()


AS_NOBODY = """
import os, socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()  # all that is loaded late is loaded now
os.setuid(65534)
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as there:
    there.sendall(sys.argv[2].encode())
    while part := there.recv(65536):
        sys.stdout.buffer.write(part)
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("further", ["", "X-Forwarded-For: 127.0.0.1\r\n"], ids=["plain", "forwarded"])
def test_another_user_of_the_machine_is_refused_even_with_a_token(served, further):
    lines = [
        "POST /mcp HTTP/1.1", f"Host: 127.0.0.1:{served.port}", f"Authorization: Bearer {served.tokens['X']}",
        "Content-Type: application/json", "Content-Length: 2", "Connection: close",
    ]  # fmt: skip
    request = "\r\n".join(lines) + f"\r\n{further}\r\n{{}}"
    told = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(served.port), request], capture_output=True, text=True, check=True
    ).stdout
    assert " 403 " in told.splitlines()[0]
    assert "its own user" in told


def offer(ends):
    return Offered("A.x", 1, "X", Path("/w"), "Do it.", 10.0, ends.append)


def test_a_turn_is_claimed_once_and_known_by_its_secret_alone():
    ends, told, pulls = [], [], Pulls()
    pulls.offer(offer(ends))
    mine, hers = (Claiming("A.x", "X", name, "mcp http", secret_of(name)) for name in ("mine", "hers"))
    claim, reply = pulls.claim(mine, 0.0)
    assert (claim.name, reply["refused"], reply["brief"]) == ("mine", "", "Do it.")
    assert pulls.claim(hers, 1.0)[0] is None
    assert "not yours" in pulls.hear(HandingIn("A.x", 1, secret_of("hers")), 1.0, told.append)
    assert "not yours" in pulls.hear(HandingIn("A.x", 2, secret_of("mine")), 1.0, told.append)
    assert pulls.hear(HandingIn("A.x", 1, secret_of("mine"), "done"), 1.0, told.append) == ""
    assert (ends[0].name, ends[0].said, ends[0].lost) == ("mine", "done", "")
    assert "not yours" in pulls.hear(HandingIn("A.x", 1, secret_of("mine")), 1.0, told.append)  # once is enough
    assert pulls.ended("A.x") == told.append


def test_a_claimant_that_is_heard_keeps_its_claim():
    ends, pulls = [], Pulls()
    pulls.offer(offer(ends))
    pulls.claim(Claiming("A.x", "X", "me", "mcp http", secret_of("s")), 0.0)
    assert pulls.hear(Saying("A.x", 1, secret_of("s")), 9.0, print) == ""
    pulls.lapse(18.0)
    assert (ends, pulls.next_lapse()) == ([], 19.0)
    pulls.lapse(19.0)
    assert "silent" in ends[0].lost
    assert "not yours" in pulls.hear(Saying("A.x", 1, secret_of("s")), 19.5, print)


def test_no_journal_can_hold_two_claims_of_a_turn():
    claim = e.TurnClaimed("A.x", 1, Claimed("X", "me", "mcp http", "0" * 64, 10.0))
    begin = e.RunStarted("r", "demo", "d", "t", "p.yaml", {}, {}, (), {"A.x": "1"})
    steps = (begin, e.TaskStarted("A.x", 1), claim)
    state = fold(e.Envelope(seq, 0.0, 0.0, 1, event) for seq, event in enumerate(steps, 1))
    assert (state.tasks["A.x"].claim, state.tasks["A.x"].status) == (claim.claim, Status.RUNNING)
    with pytest.raises(IllegalTransition, match="claimed by me"):
        fold(e.Envelope(seq, 0.0, 0.0, 1, event) for seq, event in enumerate((*steps, claim), 1))

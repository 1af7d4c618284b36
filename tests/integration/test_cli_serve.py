"""`orchestrate serve`: over a real socket, while a real run is under way."""

import http.client
import json
import re
import socket
from threading import Thread

import pytest

from orchestrator.answers import Pages
from orchestrator.engine.runs import open_journal
from orchestrator.server import make_server
from orchestrator.state.events import Envelope, RunFinished, RunResumed, RunStarted, TaskSkipped

PLAN = """
schema: 1
id: p
title: {}
agents: {{X: {{specialty: S}}}}
workstreams: {{A: {{title: A, lead: X, tasks: [{{id: a, title: a, command: ["true"], if: false}}]}}}}
"""
GATE = "echo x >> ${project}/ran; while [ ! -e ${project}/go ]; do sleep 0.05; done"
SLOW = [{"id": "a", "command": ["sh", "-c", GATE]}, {"id": "b", "command": ["true"]}]


@pytest.fixture(scope="module")
def served(shell_in, tmp_path_factory):
    """A run that is over, and the port on which it is served."""
    shell = shell_in(tmp_path_factory.mktemp("served"))
    script = "echo said; echo {} > figures.json"
    shell.plan([{"id": "a", "command": ["sh", "-c", script], "artifacts": ["figures.json"]}])
    assert shell("run", "plan.yaml").returncode == 0
    process = shell.start("serve", "--port", "0")
    yield shell, port_of(process)
    process.kill()
    process.communicate()


def port_of(process) -> int:
    return int(re.search(r"127\.0\.0\.1:(\d+)/", process.stdout.readline())[1])


def get(port: int, path: str, host: str | None = None, method: str = "GET"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(method, path, headers={"Host": host or f"127.0.0.1:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), dict(answer.getheaders())
    finally:
        connection.close()


def test_the_list_leads_to_the_page_of_each_run(served):
    shell, port = served
    run = shell.runs()[-1]["run"]
    status, text, headers = get(port, "/")
    assert status == 200
    assert f'href="/runs/{run}"' in text
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    status, page, _ = get(port, f"/runs/{run}")
    assert status == 200
    assert run in page


def test_a_page_leads_back_to_the_list_and_to_its_logs_and_files(served):
    shell, port = served
    run = shell.runs()[-1]["run"]
    page = get(port, f"/runs/{run}")[1]
    assert 'href="/"' in page
    log, file = f"/runs/{run}/logs/A.a/1", f"/runs/{run}/files/A.a/1/figures.json"
    assert f'href="{log}"' in page
    assert f'href="{file}"' in page
    assert "== stdout\nsaid" in get(port, log)[1]
    status, text, headers = get(port, file)
    assert (status, text.strip()) == (200, "{}")
    assert headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("path", ["A.a/1/order.json", "../journal.sqlite", "A.a/1/../../../../plan.yaml", "%2e%2e/x"])
def test_only_files_that_the_journal_names_are_served(served, path):
    shell, port = served
    assert get(port, f"/runs/{shell.runs()[-1]['run']}/files/{path}")[0] == 404


@pytest.mark.parametrize(
    "path", ["/nothing", "/runs/none", "/runs/../../etc/passwd", "/runs/%2e%2e%2fx", "/runs/none/events"]
)
def test_what_is_not_there_is_not_found(served, path):
    assert get(served[1], path)[0] == 404


def test_an_address_that_is_none_is_answered_too(served):
    assert get(served[1], "http://[/")[0] == 404
    assert get(served[1], "/", host="[")[0] == 403


def test_a_page_shows_the_plan_that_a_run_was_resumed_with(tmp_path):
    journal = open_journal(tmp_path)
    fence = journal.acquire("r")
    pages = Pages(tmp_path)
    begun = RunStarted("r", "p", "", PLAN.format("former"), "plan.yaml", {}, {}, (), {"A.a": ""})
    resumed = RunResumed("", PLAN.format("later"), {}, {}, {"A.a": ""})
    skipped = TaskSkipped("A.a", "its condition `if` is false")
    for seq, title in ((0, "former"), (3, "later")):
        events = (begun, skipped, RunFinished(0)) if not seq else (resumed, RunFinished(0))
        journal.append("r", [Envelope(seq + n, 0.0, 0.0, fence, event) for n, event in enumerate(events, 1)])
        assert f"<h1>{title}</h1>" in pages.page("r")
    journal.close()


def test_a_request_under_another_name_is_refused(served):
    assert get(served[1], "/", host="evil.example")[0] == 403


def test_only_reading_and_answers_to_questions_are_answered(served):
    assert get(served[1], "/", method="PUT")[0] == 501
    assert get(served[1], "/", method="POST")[0] == 404


def test_a_run_under_way_is_followed_to_its_end(shell, kit):
    shell.plan(SLOW)
    running = shell.start("run", "plan.yaml")
    kit.wait_until(lambda: shell.lines("ran") == ["x"])
    port = port_of(shell.start("serve", "--port", "0"))
    assert 'class="badge running"' in get(port, "/")[1]
    page = get(port, f"/runs/{shell.runs()[-1]['run']}")[1]
    assert 'class="badge running"' in page
    assert "0 of 2 tasks" in page or "1 of 2 tasks" in page
    (shell.folder / "go").touch()
    status, text, headers = get(port, f"/runs/{shell.runs()[-1]['run']}/events")
    assert status == 200
    assert headers["Content-Type"] == "text/event-stream"
    assert text.rstrip().splitlines()[-3] == "event: finished"
    assert running.wait(120) == 0


def test_asking_only_for_the_head_of_a_run_under_way_is_answered_at_once(tmp_path):
    journal = open_journal(tmp_path)
    started = RunStarted("r", "p", "", PLAN.format("t"), "plan.yaml", {}, {}, (), {"A.a": ""})
    journal.append("r", [Envelope(1, 0.0, 0.0, journal.acquire("r"), started)])
    journal.close()
    server = make_server(tmp_path, 0)
    serving = Thread(target=server.serve_forever)
    serving.start()
    try:
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=120) as connection:
            connection.sendall(b"HEAD /runs/r/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            head, _, body = b"".join(iter(lambda: connection.recv(4096), b"")).partition(b"\r\n\r\n")
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
    assert head.startswith(b"HTTP/1.1 200")
    assert b"text/event-stream" in head
    assert body == b""


def test_without_a_journal_there_is_nothing_to_serve(shell):
    done = shell("serve", "--port", "0")
    assert done.returncode == 4
    assert "mend:" in done.stderr


def test_an_agent_is_let_in_beside_the_pages_with_the_token_that_is_shown(shell):
    pytest.importorskip("mcp")
    shell.plan([{"id": "a", "command": ["true"]}])
    shell("run", "-q", "--no-page", "plan.yaml")
    process = shell.start("serve", "--port", "0", "--agent", "X", "--json")
    facts = json.loads(process.stdout.readline())
    port, token = int(facts["mcp"]["url"].split(":")[2].split("/")[0]), facts["mcp"]["tokens"]["X"]
    statuses = []
    for given in ({}, {"Authorization": f"Bearer {token}"}):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **given}
        connection.request("POST", "/mcp", json.dumps(HELLO), headers)
        statuses.append(connection.getresponse().status)
        connection.close()
    assert statuses == [401, 200]


HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}  # fmt: skip


def test_a_run_is_compared_with_another_of_the_plan_and_its_evidence_is_saved(shell, kit):
    for value in ("5", "3"):
        shell.plan([kit.measuring("count", value)], [kit.criterion(">= 5 cases")])
        shell("run", "-q", "--no-page", "plan.yaml")
    before, after = (one["run"] for one in shell.runs())
    pages = Pages(shell.folder / ".orchestrate")
    page = pages.answer(f"/runs/{after}").body
    assert f"<option selected>{before}</option>" in page
    compared = pages.answer(f"/runs/{after}/compare?with={before}")
    assert compared.status == 200
    assert "Something got worse" in compared.body
    assert "Nothing got worse" in pages.answer(f"/runs/{before}/compare?with={after}").body
    assert pages.answer(f"/runs/{after}/compare").status == 404
    assert pages.answer(f"/runs/{after}/compare?with=nobody%3Cb%3E").status == 404
    saved = pages.answer(f"/runs/{after}/evidence/A.count")
    assert (saved.kind, saved.name) == ("application/json", "A.count.json")
    assert json.loads(saved.body)["measurements"][0]["data"]["values"] == [3.0]
    assert pages.answer(f"/runs/{after}/evidence/A.other").status == 404


def test_a_run_under_way_shows_who_works_what_is_next_and_what_is_decided_already(shell, kit):
    gate = {"id": "gate", "command": ["sh", "-c", GATE]}
    shell.plan([kit.measuring("count", "3"), gate, {"id": "last", "command": ["true"]}], [kit.criterion(">= 5 cases")])
    process = shell.start("run", "-q", "--no-page", "plan.yaml")
    kit.wait_until(lambda: shell.lines("ran"))
    (run,) = (one["run"] for one in shell.runs())
    pages = Pages(shell.folder / ".orchestrate")
    page = pages.answer(f"/runs/{run}").body
    (shell.folder / "go").touch()
    assert process.wait(120) == 1
    live = page[page.index('id="progress"') : page.index("<nav")]
    assert re.search(r'href="#criterion-A.enough"><span class="badge fail">FAIL', live)
    assert "Files are looked at once more at the end" in live
    assert re.search(r"<code>A.gate</code></a> ONE for", live)
    assert re.search(r"last</code></a> ONE <span class=.quiet.>after A.gate \(ONE\)", live)
    assert page.index('id="failed"') < page.index('id="run"')
    done = pages.answer(f"/runs/{run}").body
    assert 'id="progress"' not in done

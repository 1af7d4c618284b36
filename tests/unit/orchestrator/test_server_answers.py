"""The live page takes a person's answer: from itself, from its own user, and from nobody else. A real server on
loopback.
"""

import http.client
import os
import re
import subprocess
import sys
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest

from orchestrator.api.running import run
from orchestrator.engine.options import RunOptions
from orchestrator.engine.runs import open_journal
from orchestrator.engine.session import owned
from orchestrator.peers import is_ours, peer_user
from orchestrator.plan.model import Plan
from orchestrator.runs import Runs
from orchestrator.server import make_server
from orchestrator.state.events import Envelope, TaskNoted, TaskStarted
from orchestrator.state.questions import ASKS

SAID = ({"word": "approved"}, {"task": "A.it", "number": "1", "text": "Those."})


@pytest.fixture
def waiting(tmp_path, monkeypatch):
    """A run that waits for a yes; its id."""
    monkeypatch.chdir(tmp_path)
    task = {"id": "look", "title": "Look", "approve": {"ask": "Ship <it>?"}}
    agents = {
        "LEAD": {"specialty": "deciding", "driver": "human"},
        "CI": {"specialty": "the rest", "driver": "command"},
    }
    later = {"id": "it", "title": "It", "agent": "CI", "command": ["true"]}
    groups = {"A": {"title": "A", "lead": "LEAD", "tasks": [task, later]}}
    plan = Plan(schema=1, id="small", title="Small", agents=agents, workstreams=groups)
    return run(plan, options=RunOptions(page=False)).run


@pytest.fixture
def page(waiting):
    """The port on which the waiting run is served, the path of its page, and the page's token."""
    server = make_server(Path(".orchestrate"), 0)
    Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    text = ask(port, "GET", f"/runs/{waiting}")[1]
    assert "Ship &lt;it&gt;?" in text
    yield port, f"/runs/{waiting}", re.search(r'name="token" value="([^"]+)"', text)[1]
    server.shutdown()
    server.server_close()


def ask(port, method, path, form=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        sent = {"Host": f"127.0.0.1:{port}", "Origin": f"http://127.0.0.1:{port}", **headers}
        if form is not None:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection.request(method, path, None if form is None else urlencode(form), headers=sent)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), dict(answer.getheaders())
    finally:
        connection.close()


def test_a_button_of_the_page_answers_and_leads_back_to_it(waiting, page):
    port, path, token = page
    form = {"token": token, "task": "A.look", "attempt": "1", "word": "approved", "by": "Ada", "comment": "Fine."}
    status, _, headers = ask(port, "POST", f"{path}/answer", form)
    assert (status, headers["Location"]) == (303, f"{path}#people")
    (answer,) = Runs().state(waiting).tasks["A.look"].answers
    assert (answer.channel, answer.by, answer.comment) == ("page", "Ada", "Fine.")
    assert ask(port, "POST", f"{path}/answer", form)[0] == 409
    assert '<form method="post"' not in ask(port, "GET", path)[1]
    assert Runs().resume(waiting, RunOptions(page=False)).exit_code == 0


@pytest.fixture
def asked(waiting):
    """What an agent asks meanwhile."""
    journal = open_journal(Path(".orchestrate"))
    said = (TaskStarted("A.it", 1), TaskNoted("A.it", 1, f"{ASKS}Which <two>?"))
    with owned(journal, waiting) as fence:
        last = journal.read(waiting)[-1]
        journal.append(
            waiting, [Envelope(last.seq + n, last.at, last.mono, fence, event) for n, event in enumerate(said, 1)]
        )
    journal.close()
    return waiting


def replies(run):
    return [one.reply for one in Runs().state(run).tasks["A.it"].questions]


def test_a_form_of_the_page_answers_what_an_agent_asked(asked, page):
    port, path, token = page
    text = ask(port, "GET", path)[1]
    assert "Which &lt;two&gt;?" in text
    assert 'name="number" value="1"' in text
    form = {"token": token, "task": "A.it", "number": "1", "text": "Those <two>.", "by": "Ada"}
    assert ask(port, "POST", f"{path}/answer", {**form, "text": " "})[0] == 400
    assert ask(port, "POST", f"{path}/answer", {**form, "number": "one"})[0] == 400
    assert ask(port, "POST", f"{path}/answer", {**form, "number": "7"})[0] == 409
    status, _, headers = ask(port, "POST", f"{path}/answer", form)
    assert (status, headers["Location"]) == (303, f"{path}#people")
    (reply,) = replies(asked)
    assert (reply.channel, reply.by, reply.text) == ("page", "Ada", "Those <two>.")
    assert ask(port, "POST", f"{path}/answer", form)[0] == 409
    assert 'name="number"' not in ask(port, "GET", path)[1]


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ({"token": ""}, {}),
        ({"token": "guessed"}, {}),
        ({}, {"Origin": "http://example.org"}),
        ({}, {"Origin": "null"}),
        ({}, {"Host": "example.org", "Origin": "http://example.org"}),
        ({}, {"Content-Type": "text/plain"}),
    ],
    ids=["no token", "a guess", "a foreign origin", "no origin", "a foreign host", "no form"],
)
@pytest.mark.parametrize("said", SAID, ids=["gate", "question"])
def test_an_answer_that_no_page_of_ours_sent_is_refused(asked, page, form, headers, said):
    port, path, token = page
    whole = {"token": token, "task": "A.look", **said, **form}
    assert ask(port, "POST", f"{path}/answer", whole, **headers)[0] == 403
    assert Runs().state(asked).tasks["A.look"].answers == ()
    assert replies(asked) == [None]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("said", SAID, ids=["gate", "question"])
def test_another_user_of_the_machine_sees_no_token_and_answers_nothing(asked, page, said):
    port, path, token = page
    form = urlencode({"token": token, "task": "A.look", **said})
    host = f"Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nConnection: close\r\n"
    kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n"
    requests = (f"GET {path} HTTP/1.1\r\n{host}\r\n", f"POST {path}/answer HTTP/1.1\r\n{host}{kind}\r\n{form}")
    seen = [
        subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(port), each], capture_output=True, text=True, check=True
        ).stdout
        for each in requests
    ]
    assert "200 OK" in seen[0]
    assert token not in seen[0]
    assert "403 Forbidden" in seen[1]
    assert Runs().state(asked).tasks["A.look"].answers == ()
    assert replies(asked) == [None]


AS_NOBODY = """
import os, socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()  # all that is loaded late is loaded now
os.setuid(65534)
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as there:
    there.sendall(sys.argv[2].encode())
    while part := there.recv(65536):
        sys.stdout.buffer.write(part)
"""


def test_the_user_at_the_other_end_of_a_connection_is_told_by_the_system():
    import socket

    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as listening:
            try:
                listening.bind((host, 0))
            except OSError:
                continue  # no such loopback here
            listening.listen()
            with socket.create_connection(listening.getsockname()[:2]) as ours, listening.accept()[0] as theirs:
                assert (peer_user(ours), is_ours(theirs)) == (os.getuid(), True)
    with socket.socket() as nobody:
        assert not is_ours(nobody)

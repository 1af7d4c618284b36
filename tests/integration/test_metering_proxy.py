"""The metering proxy between real HTTP clients and a provider on loopback."""

import http.client
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

pytest.importorskip("aiohttp")
from provider_double import Answered, BrokenOffError, ProviderDouble, as_events, as_json
from scripted_model import ScriptedModel

from orchestrator.agents.meter.accounts import Account
from orchestrator.agents.meter.proxy import LARGEST, MeteringProxy
from orchestrator.agents.meter.upstream import upstreams
from orchestrator.executors.order import Asking, Spent

KEY = "sk-of-the-provider"
CHAT = "/openai/v1/chat/completions"
REPLY = {"choices": [{"message": {"content": "hi"}}], "usage": {"prompt_tokens": 100, "completion_tokens": 7}}
PATIENCE = 20


class Bank:
    """Stands for the engine: lets calls be made while there are tokens, and keeps what it was told."""

    def __init__(self, tokens=10**9):
        self.left, self.asked, self.spent = tokens, [], []
        self._settled = threading.Condition()

    def __call__(self, told):
        with self._settled:
            if isinstance(told, Asking):
                self.asked.append(told.reserved)
                told.reply("" if self.left > 0 else "the budget is used up")
            elif isinstance(told, Spent):
                charged = told.settled.input_tokens + told.settled.output_tokens
                reserved = self.asked[told.settled.call - 1].tokens
                self.left -= charged if told.settled.known else reserved
                self.spent.append(told.settled)
            self._settled.notify_all()

    def settled(self, count=1):
        with self._settled:
            assert self._settled.wait_for(lambda: len(self.spent) >= count, PATIENCE)
        return self.spent


class Place:
    """A proxy before a provider, and an account with both."""

    def __init__(self, behave, tokens=10**9):
        self.provider = ProviderDouble(behave)
        where = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{self.provider.url}/v1", "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": self.provider.url,
                 "GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": self.provider.url}  # fmt: skip
        self.proxy, self.bank = MeteringProxy(upstreams(where)), Bank(tokens)
        self.account = Account("W.write", 1, self.bank)

    def __enter__(self):
        self.provider.__enter__()
        self.proxy.__enter__()
        self.proxy.open_account(self.account)
        return self

    def __exit__(self, *_):
        self.proxy.__exit__()
        self.provider.__exit__()

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.proxy.port, timeout=PATIENCE)

    def ask(self, path=CHAT, said=None, token=None, method="POST", headers=None):
        """The status and the whole answer."""
        connection = self.connection()
        given = (
            {"authorization": f"Bearer {self.account.token if token is None else token}"}
            if headers is None
            else headers
        )
        with closing(connection):
            connection.request(method, path, json.dumps(said or {"model": "m"}), given)
            with connection.getresponse() as answer:
                return answer.status, answer.read()


@pytest.fixture
def place():
    opened = []

    def make(behave, tokens=10**9):
        opened.append(Place(behave, tokens).__enter__())
        return opened[-1]

    yield make
    for each in opened:
        each.__exit__()


def test_a_call_is_reserved_passed_on_with_the_key_and_settled(place):
    here = place(lambda _: as_json(REPLY))
    status, body = here.ask(said={"model": "m", "max_tokens": 50})

    assert (status, json.loads(body)) == (200, REPLY)
    (reserved,), (settled,) = here.bank.asked, here.bank.settled()
    assert reserved.tokens >= 50
    assert (settled.input_tokens, settled.output_tokens, settled.known) == (100, 7, True)
    (asked,) = here.provider.asked
    assert (asked.path, asked.headers["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert here.account.token not in f"{asked.headers}{asked.path}"


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("path", "how", "below"),
    [
        ("/openai/v1/chat/completions", "bearer", "/v1/chat/completions"),
        ("/openai/v1/responses", "bearer", "/v1/responses"),
        ("/anthropic/v1/messages", "x-api-key", "/v1/messages"),
        ("/gemini/v1beta/models/m:generateContent", "x-goog-api-key", "/v1beta/models/m:generateContent"),
        (
            "/gemini/v1beta/models/m:streamGenerateContent?alt=sse",
            "query",
            "/v1beta/models/m:streamGenerateContent?alt=sse",
        ),
    ],
)
def test_every_dialect_is_metered(place, path, how, below, stream):
    here = place(ScriptedModel([{"say": "hi"}], per_call=(30, 4)))
    token = here.account.token
    headers = {} if how == "query" else {"authorization": f"bearer {token}"} if how == "bearer" else {how: token}
    path = f"{path}&key={token}" if how == "query" else path
    status, _ = here.ask(path, {"model": "m", "stream": stream, "tools": [{"name": "x"}]}, headers=headers)

    assert status == 200
    (settled,) = here.bank.settled()
    assert (settled.input_tokens, settled.output_tokens, settled.known) == (30, 4, True)
    (asked,) = here.provider.asked
    assert asked.path == below
    assert token not in f"{asked.headers}{asked.path}"
    assert KEY in str(asked.headers)


def test_the_first_byte_arrives_before_the_last_is_made(place):
    seen = threading.Event()

    def events():
        yield {"choices": [{"delta": {"content": "first"}}]}
        assert seen.wait(PATIENCE)
        yield REPLY | {"choices": []}

    here = place(lambda _: as_events(events(), done=True))
    with closing(here.connection()) as connection:
        connection.request(
            "POST", CHAT, json.dumps({"stream": True}), {"authorization": f"Bearer {here.account.token}"}
        )
        with connection.getresponse() as answer:
            assert b"first" in answer.read1()
            seen.set()
            assert answer.read().endswith(b"[DONE]\n\n")
    assert here.bank.settled()[0].known
    assert here.provider.asked[0].body["stream_options"] == {"include_usage": True}


def test_without_a_token_of_an_attempt_nothing_is_passed_on(place):
    here = place(lambda _: as_json(REPLY))
    for headers in (
        {},
        {"authorization": "Bearer nobody's"},
        {"authorization": f"Basic {here.account.token}"},
        {"x-api-key": KEY},
    ):
        assert here.ask(headers=headers)[0] == 401
    assert here.provider.asked == []


def test_at_the_budget_the_answer_is_402_and_the_provider_is_not_asked(place):
    here = place(lambda _: as_json(REPLY), tokens=150)
    assert [here.ask()[0] for _ in range(4)] == [200, 200, 402, 402]
    assert len(here.provider.asked) == 2
    _, body = here.ask()
    assert "the budget is used up" in json.loads(body)["error"]["message"]


def test_usage_that_nobody_told_is_charged_as_reserved(place):
    here = place(lambda _: as_json({"choices": []}))
    assert here.ask(said={"max_tokens": 500})[0] == 200
    (settled,) = here.bank.settled()
    assert not settled.known
    assert here.bank.left == 10**9 - here.bank.asked[0].tokens


def test_who_hangs_up_in_the_middle_is_charged_as_reserved_and_the_provider_is_let_go(place):
    go_on = threading.Event()

    def pieces():
        yield b'data: {"type": "message_start", "message": {"usage": {"input_tokens": 9, "output_tokens": 1}}}\n\n'
        go_on.wait(PATIENCE)
        for _ in range(10_000):
            yield b"data: {}\n\n" * 100

    here = place(lambda _: Answered(pieces(), kind="text/event-stream"))
    with closing(here.connection()) as connection:
        connection.request("POST", "/anthropic/v1/messages", "{}", {"x-api-key": here.account.token})
        with connection.getresponse() as answer:
            assert b"message_start" in answer.read1()
    assert not here.bank.settled()[0].known
    go_on.set()
    _until(lambda: here.provider.broken == 1)


def _until(true):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_who_hangs_up_before_the_answer_begins_is_charged_as_reserved_at_once(place):
    free, came = threading.Event(), threading.Event()

    def behave(_):
        came.set()
        free.wait(PATIENCE)
        return as_json(REPLY)

    here = place(behave)
    door = socket.create_connection(("127.0.0.1", here.proxy.port))
    door.sendall(
        f"POST {CHAT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {here.account.token}\r\ncontent-length: "
        f"2\r\n\r\n{{}}".encode()
    )
    assert came.wait(PATIENCE)
    door.close()
    assert not here.bank.settled()[0].known
    free.set()


def test_a_provider_that_breaks_off_is_seen_as_broken_off_and_charged_as_reserved(place, capfd):
    def pieces():
        yield b'data: {"usage": {"prompt_tokens": 1, "completion_tokens": 1}, "choices": [1]}\n\n'
        raise BrokenOffError

    here = place(lambda _: Answered(pieces(), kind="text/event-stream"))
    with pytest.raises(http.client.IncompleteRead):
        here.ask()
    assert not here.bank.settled()[0].known
    assert capfd.readouterr() == ("", "")


def test_a_provider_that_breaks_off_before_it_answers_is_a_502_and_charged_as_reserved(place, capfd):
    def behave(_):
        raise BrokenOffError

    here = place(behave)
    assert here.ask()[0] == 502
    assert not here.bank.settled()[0].known
    assert capfd.readouterr() == ("", "")


def test_a_provider_that_is_not_there_costs_nothing(place):
    here = place(lambda _: as_json(REPLY))
    here.provider.shutdown()
    here.provider.server_close()
    assert here.ask()[0] == 502
    (settled,) = here.bank.settled()
    assert (settled.input_tokens, settled.known) == (0, True)


def test_what_the_provider_refuses_costs_nothing(place):
    here = place(lambda _: as_json({"error": {"message": "no such model"}}, 404))
    assert here.ask() == (404, b'{"error": {"message": "no such model"}}')
    (settled,) = here.bank.settled()
    assert (settled.input_tokens, settled.known) == (0, True)


def test_too_often_is_waited_out_once_for_all_agents(place):
    lock, start = threading.Lock(), []

    def behave(_):
        with lock:
            start.append(time.monotonic())
        if time.monotonic() - start[0] < 1.0:
            return as_json({"error": {"message": "slow down"}}, 429, retry_after="1.2")
        return as_json(REPLY)

    here = place(behave)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: here.ask()[0], range(16)))
    assert answers == [200] * 16
    assert len(here.provider.asked) <= 1.2 * 17
    assert len(here.bank.spent) == 16


def test_a_request_that_is_too_large_is_refused_before_it_is_read(place):
    here = place(lambda _: as_json(REPLY))
    with closing(here.connection()) as connection:
        connection.putrequest("POST", CHAT)
        connection.putheader("authorization", f"Bearer {here.account.token}")
        connection.putheader("content-length", str(LARGEST + 1))
        connection.endheaders()
        with connection.getresponse() as answer:
            assert answer.status == 413
    assert here.provider.asked == []
    assert here.bank.asked == []


def test_an_upgrade_is_refused(place, capfd):
    here = place(lambda _: as_json(REPLY))
    headers = {"authorization": f"Bearer {here.account.token}", "connection": "Upgrade", "upgrade": "websocket",
               "sec-websocket-key": "x3JJHMbDL1EzLkh9GBhXDw==", "sec-websocket-version": "13"}  # fmt: skip
    assert here.ask("/openai/v1/responses", method="GET", headers=headers)[0] == 426
    assert here.provider.asked == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/openai/v1/models", 200),
        ("POST", "/anthropic/v1/messages/count_tokens", 200),
        ("POST", "/gemini/v1beta/models/m:countTokens", 200),
        ("POST", "/openai/v1/batches", 404),
        ("GET", "/openai/v1/files", 404),
        ("GET", "/openai/v1/models/../files", 404),
        ("GET", "/openai/v1/models/%2e%2e/files", 404),
        ("DELETE", "/openai/v1/models/m", 404),
        ("POST", "/anthropic/v1/messages/batches", 404),
        ("POST", "/nobody/v1/messages", 404),
        ("GET", "/", 404),
    ],
)
def test_only_what_is_metered_or_free_is_passed_on(place, method, path, status):
    here = place(lambda _: as_json({"data": []}))
    assert here.ask(path, method=method)[0] == status
    assert here.bank.asked == []
    assert len(here.provider.asked) == (status == 200)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"max_tokens": ' + b"9" * 5000 + b"}",
        b'{"model": 7, "generationConfig": [], "stream_options": 1, "stream": true}',
    ],
)
def test_a_body_that_is_no_request_is_the_providers_to_refuse(place, said, capfd):
    here = place(lambda _: as_json({"error": {}}, 400))
    with closing(here.connection()) as connection:
        connection.request("POST", CHAT, said, {"authorization": f"Bearer {here.account.token}"})
        with connection.getresponse() as answer:
            assert answer.status == 400
    assert capfd.readouterr() == ("", "")


def test_bytes_that_are_no_http_are_refused_in_silence(place, capfd):
    here = place(lambda _: as_json(REPLY))
    for junk in (b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"\x00" * 5000):
        with socket.create_connection(("127.0.0.1", here.proxy.port), PATIENCE) as door:
            door.sendall(junk)
            door.shutdown(socket.SHUT_WR)
            door.recv(100)
    assert here.ask()[0] == 200
    assert capfd.readouterr() == ("", "")


def test_an_attempt_that_ends_breaks_off_its_calls_and_makes_no_more(place):
    free, came = threading.Event(), threading.Event()

    def behave(_):
        came.set()
        free.wait(PATIENCE)
        return as_json(REPLY)

    here = place(behave)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(here.ask)
        assert came.wait(PATIENCE)
        here.proxy.close_account(here.account)
        assert len(here.bank.spent) == 1
        assert not here.bank.spent[0].known
        free.set()
        waiting.exception(PATIENCE)
    assert here.ask()[0] == 401

"""What is passed on to a provider, and what is not."""

import json

import pytest

from orchestrator.agents.meter.providers import PROVIDERS
from orchestrator.agents.meter.upstream import address, body_out, headers_back, headers_out, json_object, upstreams

OPENAI = PROVIDERS["openai"]
CHAT = "v1/chat/completions"


def sent(body, path=CHAT):
    return body_out(json_object(body), body, path)


@pytest.mark.parametrize(
    "body",
    [
        b'{"stream": true, "model": "m"}',
        b' {"stream": true}',
        '\ufeff{"stream": true}'.encode(),
        '{"stream": true}'.encode("utf-16-le"),
    ],
)
def test_a_stream_of_chat_is_asked_for_its_usage_however_it_is_written(body):
    assert json.loads(sent(body)) == {**json_object(body), "stream_options": {"include_usage": True}}


def test_other_options_of_a_stream_stay():
    said = {"stream": True, "stream_options": {"include_usage": False, "x": 1}}
    assert json.loads(sent(json.dumps(said).encode()))["stream_options"] == {"include_usage": True, "x": 1}


@pytest.mark.parametrize("body", [b"", b"no json", b'{"stream": false}', b"[1]"])
def test_what_is_no_stream_is_passed_on_byte_for_byte(body):
    assert sent(body) == body


def test_other_dialects_are_passed_on_byte_for_byte():
    assert sent(b'{"stream": true}', "v1/responses") == b'{"stream": true}'


def test_no_header_of_an_agent_carries_its_token_or_another_hosts():
    given = {
        "Authorization": "Bearer t",
        "X-API-Key": "t",
        "Cookie": "t",
        "Host": "h",
        "User-Agent": "a",
        "Accept-Encoding": "br",
    }
    assert headers_out(OPENAI, "k", given) == {
        "User-Agent": "a",
        "authorization": "Bearer k",
        "accept-encoding": "identity",
    }


def test_headers_of_one_connection_stay_with_it():
    raw = [(b"Transfer-Encoding", b"chunked"), (b"Set-Cookie", b"c"), (b"X-A", b"1"), (b"X-A", b"2")]
    assert headers_back(raw) == [("X-A", "1"), ("X-A", "2")]


def test_a_token_in_the_query_is_taken_out():
    assert address(OPENAI, "https://h/v1", CHAT, "key=t&alt=sse") == "https://h/v1/chat/completions?alt=sse"


def test_only_providers_with_a_key_are_upstreams():
    assert list(upstreams({"GEMINI_API_KEY": "k", "OPENAI_API_KEY": ""})) == ["gemini"]

"""Tokens as providers tell them, however the bytes arrive."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.agents.meter.usage import LONGEST, Reader


def _sse(*events, done=False):
    text = "".join(f"event: x\ndata: {json.dumps(event)}\n\n" for event in events)
    return (text + ("data: [DONE]\n\n" if done else "")).encode()


CHAT = {
    "choices": [{"index": 0, "message": {"content": "hi"}}],
    "usage": {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 40}},
}
RESPONSES = {
    "object": "response",
    "output": [],
    "usage": {"input_tokens": 100, "output_tokens": 7, "input_tokens_details": {"cached_tokens": 40}},
}
MESSAGES = {
    "type": "message",
    "usage": {"input_tokens": 50, "cache_read_input_tokens": 40, "cache_creation_input_tokens": 10, "output_tokens": 7},
}
GEMINI = {
    "candidates": [{"finishReason": "STOP"}],
    "usageMetadata": {
        "promptTokenCount": 100,
        "cachedContentTokenCount": 40,
        "candidatesTokenCount": 4,
        "thoughtsTokenCount": 3,
    },
}
STREAMS = {
    "chat": _sse({"choices": [{"delta": {"content": "hi"}}]}, CHAT | {"choices": []}, done=True),
    "responses": _sse({"type": "response.created", "response": {"usage": None}}, {"type": "response.completed",
    "response": RESPONSES}),
    "messages": _sse(
        {"type": "message_start", "message": {"usage": MESSAGES["usage"] | {"output_tokens": 1}}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ),
    "gemini": _sse({"candidates": [{}], "usageMetadata": {"promptTokenCount": 100, "totalTokenCount": 100}}, GEMINI),
}  # fmt: skip
WHOLE = {
    "chat": CHAT,
    "responses": RESPONSES,
    "messages": MESSAGES,
    "gemini": GEMINI,
    "a list": [{"candidates": []}, GEMINI],
}


def _read(pieces, *, stream, broken=False):
    reader = Reader(stream=stream)
    for piece in pieces:
        reader.take(piece)
    counted = reader.end(broken=broken)
    return (counted.read, counted.written, counted.cached) if counted.known else None


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_counted_wherever_it_is_cut(name):
    for text in (STREAMS[name], STREAMS[name].replace(b"\n", b"\r\n"), STREAMS[name].replace(b"\n", b"\r")):
        for at in range(len(text) + 1):
            assert _read([text[:at], text[at:]], stream=True) == (100, 7, 40), at
        assert _read([bytes([byte]) for byte in text], stream=True) == (100, 7, 40)


@pytest.mark.parametrize("name", WHOLE)
def test_a_document_is_counted_wherever_it_is_cut(name):
    text = json.dumps(WHOLE[name], indent=1).encode()
    for at in range(len(text) + 1):
        assert _read([text[:at], text[at:]], stream=False) == (100, 7, 40), at


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_that_is_broken_off_before_its_end_has_no_known_usage(name):
    first = STREAMS[name].partition(b"\n\n")[0] + b"\n\n"
    assert _read([first], stream=True, broken=True) is None


@pytest.mark.parametrize("name", STREAMS)
def test_who_hangs_up_after_the_last_event_is_charged_what_it_told(name):
    assert _read([STREAMS[name]], stream=True, broken=True) == (100, 7, 40)


def test_half_a_document_has_no_known_usage():
    text = json.dumps(CHAT).encode()
    assert _read([text[:-1]], stream=False, broken=True) is None


def test_events_that_are_called_json_are_counted():
    assert _read([STREAMS["messages"]], stream=False) == (100, 7, 40)


def test_an_event_over_several_lines_is_counted():
    text = b'data: {\ndata: "usage":\ndata: {"prompt_tokens": 3, "completion_tokens": 2}}\n\n'
    assert _read([text], stream=True) == (3, 2, 0)


def test_where_only_the_sum_is_told_the_rest_is_output():
    assert _read([b'{"usage": {"prompt_tokens": 8, "total_tokens": 8}}'], stream=False) == (8, 0, 0)


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -1, "completion_tokens": 1},
        {"prompt_tokens": True, "completion_tokens": 1},
        {"prompt_tokens": 1.5, "completion_tokens": 1},
        {"prompt_tokens": "9", "completion_tokens": 1},
        {"prompt_tokens": 10**30, "completion_tokens": 1},
        {},
        None,
        [1],
    ],
)
def test_what_is_no_count_is_unknown(usage):
    assert _read([json.dumps({"usage": usage}).encode()], stream=False) is None


def test_nan_is_no_count():
    assert _read([b'{"usage": {"prompt_tokens": NaN, "completion_tokens": Infinity}}'], stream=False) is None


def test_an_event_that_is_too_long_is_passed_by_and_the_next_is_counted():
    long = b"data: " + b"x" * (LONGEST + 1)
    pieces = [long[at : at + 2**16] for at in range(0, len(long), 2**16)]
    reader = Reader(stream=True)
    for piece in pieces:
        reader.take(piece)
        assert len(reader._line) + len(reader._event) <= LONGEST
    reader.take(b"\n\n" + STREAMS["chat"])
    assert reader.end().read == 100


def test_a_document_that_is_too_long_is_unknown_and_not_kept():
    reader = Reader(stream=False)
    for _ in range(LONGEST // 2**16 + 2):
        reader.take(b" " * 2**16)
        assert len(reader._line) <= LONGEST
    reader.take(json.dumps(CHAT).encode())
    assert not reader.end().known


def test_nesting_without_end_is_unknown():
    assert _read([b"data: " + b"[" * 100_000 + b"\n\n"], stream=True) is None


@given(st.lists(st.binary(max_size=80)), st.booleans())
def test_no_bytes_break_the_reader(pieces, stream):
    _read(pieces, stream=stream)


@given(
    st.lists(
        st.sampled_from(
            [b"data:", b"\n", b"\r\n", b"{", b'"usage":', b"}", b"[DONE]", b'{"usage":{"input_tokens":1}}', b":", b"1"]
        ),
        max_size=30,
    )
)
def test_no_mixture_of_its_parts_breaks_the_reader(pieces):
    assert _read(pieces, stream=True) == _read([b"".join(pieces)], stream=True)

import dataclasses
import importlib.util
import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evidence.measurement import Evidence, Measurement, Samples, Usage
from orchestrator.journal.codec import as_read, decode_event, encode_event
from orchestrator.journal.errors import DamagedJournal
from orchestrator.state.events import (
    Envelope,
    Event,
    ProgressReported,
    RunResumed,
    TaskNoted,
    TaskStarted,
    TaskSucceeded,
)

GOLDEN = Path(__file__).parents[3] / "golden" / "journal"
_SPEC = importlib.util.spec_from_file_location("journal_examples", GOLDEN / "examples.py")
_EXAMPLES = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_EXAMPLES)
LINES = (GOLDEN / "events.jsonl").read_text(encoding="utf-8").splitlines()


def test_there_is_a_golden_example_of_every_event():
    assert {type(event) for event in _EXAMPLES.EXAMPLES} == set(get_args(Event))


@pytest.mark.parametrize(
    ("event", "line"), [*zip(_EXAMPLES.EXAMPLES, LINES, strict=True)], ids=lambda v: getattr(v, "kind", "")
)
def test_an_event_is_written_as_it_always_was_and_read_back(event, line):
    assert encode_event(event) == line
    assert decode_event(line) == event


@pytest.mark.parametrize("line", [
    line for name in ("events-1.jsonl", "events-2.jsonl", "events-3.jsonl",
    "events-4.jsonl") for line in (GOLDEN / name).read_text(encoding="utf-8").splitlines()
])  # fmt: skip
def test_an_event_of_an_older_journal_is_still_read(line):
    kept = json.loads(line)
    now = json.loads(encode_event(decode_event(line)))
    assert _within(kept, now)


def _within(kept, now):
    """Whether everything that was said is still said; new fields may have come."""
    if isinstance(kept, dict):
        return all(key in now and _within(value, now[key]) for key, value in kept.items())
    if isinstance(kept, list):
        return len(kept) == len(now) and all(map(_within, kept, now))
    return kept == now


@given(
    st.text(), st.integers(), st.floats(),
    st.lists(st.floats() | st.integers() | st.text() | st.none() | st.booleans()),
)  # fmt: skip
def test_an_event_is_written_as_json_writes_its_fields(text, number, real, values):
    samples = Measurement(text, "s", Samples(tuple(values)), method=text, cases=number)
    event = TaskSucceeded(text, number, Evidence((samples,)), Usage(real, 0.0, number, 0))
    said = json.dumps(dataclasses.asdict(event), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert encode_event(event) == said.encode("utf-8", "replace").decode("utf-8")


def test_a_field_that_a_newer_version_added_is_passed_over():
    assert decode_event('{"kind":"task_requeued","task":"A.x","later":1}').task == "A.x"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "1", '{"kind":"unheard of"}', '{"kind":"task_started"}', "[" * 100_000]
)
def test_what_is_no_event_is_an_error(text):
    with pytest.raises(DamagedJournal, match="mend: "):
        decode_event(text)


@given(st.text())
def test_any_text_survives(text):
    assert decode_event(encode_event(TaskNoted("A.x", 1, text))).text == text.encode("utf-8", "replace").decode()


def as_a_journal_gives_it(event):
    return as_read(Envelope(1, 5.0, 0.0, 1, event)).event


@pytest.mark.parametrize("event", _EXAMPLES.EXAMPLES, ids=lambda event: event.kind)
def test_an_event_that_is_read_as_it_was_is_not_made_again(event):
    assert as_a_journal_gives_it(event) is event


NUMBERS = st.integers(0, 2**40) | st.floats()


@given(st.text(st.characters(exclude_categories=())), NUMBERS, NUMBERS, st.integers(0, 2**40))
def test_what_is_known_of_a_run_is_what_its_journal_says(text, seconds, cpu, count):
    used = Usage(seconds, cpu, count, 0)
    measured = Evidence((Measurement("m.x", "ms", Samples((seconds,)), text),))
    for event in (
        TaskStarted(text, count),
        TaskNoted(text, count, text),
        TaskSucceeded(text, count, Evidence(), used),
        TaskSucceeded(text, count, measured, used),
        ProgressReported(count, count, (text, text)),
        RunResumed("d", text, {text: text}, {}, {text: text}),
    ):
        assert repr(as_a_journal_gives_it(event)) == repr(decode_event(encode_event(event)))


def test_a_lone_surrogate_does_not_poison_the_journal():
    assert decode_event(encode_event(TaskNoted("A.x", 1, "caf\udce9"))).text == "caf?"


def test_an_event_that_says_a_thing_twice_is_an_error():
    with pytest.raises(DamagedJournal, match="'attempt' stands twice"):
        decode_event('{"attempt": 1, "attempt": 2, "kind": "task_started", "task": "A.a"}')

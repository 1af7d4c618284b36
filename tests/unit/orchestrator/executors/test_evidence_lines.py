import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import OrchestratorError
from orchestrator.evidence.measurement import Claim
from orchestrator.executors.lines import ArtifactLine, DoneLine, FailedLine, NoteLine, UsedLine, parse_line
from orchestrator.state.failure import Cause

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "metric",
        "unit",
        "values",
        "x",
        "y",
        "treatment",
        "baseline",
        "arm_unit",
        "text",
        "name",
        "cause",
        "claim",
        "negative",
        "order",
    ]
)
KINDS = st.sampled_from(["note", "measurement", "artifact", "used", "done", "failed", "other"])


def test_each_kind_of_line_is_read():
    assert parse_line(b'{"kind": "note", "text": "a"}') == NoteLine("a")
    claimed = b'{"kind": "note", "text": "a", "claim": {"metric": "m", "value": 2, "unit": "s"}}'
    assert parse_line(claimed) == NoteLine("a", Claim("m", 2.0, "s"))
    assert parse_line(b'{"kind": "used", "task": "A.x", "name": "a"}') == UsedLine("A.x", "a")
    assert parse_line(b'{"kind": "artifact", "name": "a"}') == ArtifactLine("a", "")
    assert parse_line(b'{"kind": "done"}') == DoneLine()
    assert parse_line(b'{"kind": "failed", "cause": "spawn", "message": "m"}') == FailedLine(Cause.SPAWN, "m")


@given(st.dictionaries(KEYS, JSON), KINDS)
def test_any_object_is_read_or_refused_with_a_message(plain, kind):
    try:
        outcome = parse_line(json.dumps({**plain, "kind": kind}).encode())
    except OrchestratorError as error:
        outcome = str(error)
    assert outcome


@pytest.mark.parametrize(
    "line",
    [
        b"\xff",
        b"[" * 100_000,
        b'{"kind": "note", "text": ' + b"9" * 5000 + b"}",
        b'{"kind": "failed", "cause": "x"}',
        b"1",
        b'{"kind": "measurement", "metric": "m", "unit": "s", "values": [1' + b"0" * 400 + b"]}",
        b'{"kind": "measurement", "metric": "m", "unit": "s", "values": [900], "values": [1]}',
        b'{"kind": "note", "text": "a", "claim": {"metric": "m", "value": 2, "value": 1, "unit": "s"}}',
    ],
)
def test_hostile_bytes_are_refused(line):
    with pytest.raises(OrchestratorError):
        parse_line(line)

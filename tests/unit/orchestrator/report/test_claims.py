"""What a task said stands beside what was measured, and never counts."""

import json
import time
from types import SimpleNamespace

import pytest

from orchestrator.evidence.measurement import Claim
from orchestrator.graph.load import load_text
from orchestrator.report.build import build_report
from orchestrator.report.claims import agrees, claims_of, ledger
from orchestrator.report.model import Agreement
from orchestrator.state.events import TaskNoted

KNOWN = {"pool.saved": 1, "pool.leaks": 1}


def said(text):
    return [(claim.metric, claim.value, claim.unit) for claim in claims_of(TaskNoted("A.x", 1, text), KNOWN)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pool.saved is 40 %", [("pool.saved", 40.0, "%")]),
        (
            "pool.saved: 1,250.5 MiB and pool.leaks = 0 leaks",
            [("pool.saved", 1250.5, "MiB"), ("pool.leaks", 0.0, "leaks")],
        ),
        ("pool.saved -3.5 MiB/GiB", [("pool.saved", -3.5, "MiB/GiB")]),
        ("pool.saved is a lot", []),
        ("pool.saved 40", []),
        ("memory fell by 40 %", []),
        ("pool.other is 40 %", []),
        ("see file.py line 3 ms", []),
        ("", []),
    ],
)
def test_a_figure_is_read_from_a_note_only_where_a_metric_a_number_and_a_unit_stand_together(text, found):
    assert said(text) == found


@pytest.mark.parametrize("unit", ["a", "a.", "a.b ", "a.a" + " " * 40])
def test_a_hostile_note_takes_no_longer_than_its_length(unit):
    def spent(size):
        note = TaskNoted("A.a", 1, (unit * size)[:size])
        begin = time.process_time()
        assert list(claims_of(note, {"a.b": None})) == []
        return time.process_time() - begin

    spent(1_000)
    assert min(spent(80_000) for _ in range(2)) < 30 * min(spent(10_000) for _ in range(3))  # quadratic would be 64


def test_a_claim_that_is_said_as_one_is_taken_as_it_is():
    note = TaskNoted("A.x", 1, "pool.saved is 40 %", Claim("pool.else", 3.0, "s"))
    assert list(claims_of(note, KNOWN)) == [Claim("pool.else", 3.0, "s")]


def test_rounding_is_no_disagreement():
    assert agrees(40, 40.1, 40.1, 40.1)
    assert agrees(38, 40.0, 37.0, 43.0)
    assert not agrees(45, 40.0, 37.0, 43.0)
    assert agrees(0, 0.0, 0.0, 0.0)
    assert not agrees(1, 0.0, 0.0, 0.0)


def test_disagreements_stand_first(plan, graph, journal):
    rows = build_report(plan, graph, journal).claims
    assert [(row.standing, row.claimed, row.parsed) for row in rows] == [
        (Agreement.DISAGREES, 55.0, False),
        (Agreement.AGREES, 40.0, True),
    ]
    assert rows[0].figure == 1
    assert rows[0].low <= rows[0].measured <= rows[0].high


def test_a_claim_of_what_nobody_measured_says_so(plan, graph, events):
    from orchestrator.state.events import Envelope

    events[3:3] = [TaskNoted("A.measure", 1, "fast", Claim("pool.speed", 3.0, "x"))]
    journal = [Envelope(seq, 1.0, 1.0, 1, event) for seq, event in enumerate(events, 1)]
    found = {row.metric: row for row in build_report(plan, graph, journal).claims}
    assert found["pool.speed"].standing is Agreement.UNMEASURED
    assert found["pool.speed"].measured is None


def test_a_claim_changes_no_verdict(plan, graph, journal, events):
    from orchestrator.state.events import Envelope

    without = [event for event in events if not isinstance(event, TaskNoted)]
    plain = [Envelope(seq, 1.0, 1.0, 1, event) for seq, event in enumerate(without, 1)]
    verdicts = [[row.verdict for row in build_report(plan, graph, each).criteria] for each in (journal, plain)]
    assert verdicts[0] == verdicts[1]


def test_a_claim_stands_beside_what_the_instruments_of_its_own_hand_in_measured():
    write = {"id": "write", "title": "W", "brief": "Write.", "writes": ["a"]}
    write["workspace"] = {"repo": ".", "base": "main"}
    share = {"name": "share", "unit": "%", "better": "lower"}
    measure = {"id": "measure", "title": "M", "measures": "write", "command": ["true"], "metrics": [share]}
    group = {"title": "G", "lead": "X", "tasks": [write, measure]}
    agents = {"X": {"specialty": "S", "driver": "command", "program": ["true"]}}
    plan = {"schema": 1, "id": "p", "title": "P", "agents": agents, "workstreams": {"A": group, "B": group}}
    figures = [
        SimpleNamespace(task=f"{name}.measure", measurement=SimpleNamespace(metric="share", unit="%"), value=value,
                        low=value, high=value, number=number)
        for number, (name, value) in enumerate([("A", 8.0), ("B", 100.0)], 1)
    ]  # fmt: skip
    state = SimpleNamespace(tasks={"B.write": SimpleNamespace(attempt=1, batches=())})
    course = SimpleNamespace(notes=[(1, TaskNoted("B.write", 1, "small", Claim("share", 1.0, "%")))])

    (row,) = ledger(load_text(json.dumps(plan), "p.yaml").graph, state, course, figures)

    assert (row.standing, row.measured, row.figure) == (Agreement.DISAGREES, 100.0, 2)

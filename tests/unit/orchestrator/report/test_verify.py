"""One changed byte and a verdict does not stand any more."""

import pytest

from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.report.verify import Standing, verify
from orchestrator.state.fold import fold

METRICS = {
    "pool.saved": Metric("pool.saved", "%", Better.HIGHER, Form.REDUCTION),
    "pool.leaks": Metric("pool.leaks", "leaks", Better.LOWER),
}
FILE = "A.measure/1/figures.json"


@pytest.fixture
def standings(plan, graph, journal):
    def look(digest):
        return {each.subject: each.standing for each in verify(plan, graph, fold(journal), METRICS, digest)}

    return look


def test_an_untouched_run_matches_in_every_point(standings):
    assert set(standings(lambda _: "ab" * 32).values()) == {Standing.MATCHES}


def test_a_changed_file_makes_what_rests_on_it_stale(standings):
    found = standings(lambda _: "ee" * 32)
    assert found[FILE] is Standing.STALE
    assert found["A.peak-memory"] is Standing.STALE
    assert found["A.leaks"] is Standing.MATCHES


def test_a_file_that_is_gone_is_missing(standings):
    assert standings(lambda _: None)[FILE] is Standing.MISSING


def test_a_verdict_that_the_evidence_does_not_give_differs(plan, graph, journal):
    state = fold(journal)
    state.verdicts["A.leaks"] = state.verdicts["B.constant"]
    del state.verdicts["B.constant"]
    found = {each.subject: each.standing for each in verify(plan, graph, state, METRICS, lambda _: "ab" * 32)}
    assert found["A.leaks"] is Standing.DIFFERS
    assert found["B.constant"] is Standing.MISSING

"""Whoever is told listens beside the run: nothing that goes wrong there comes out, and nothing is told before the
run is ours.
"""

import json

import pytest

from orchestrator.graph.load import load_text
from orchestrator.plan.model import Subject
from orchestrator.state import events as e
from orchestrator.state.people import Asked, Bound
from orchestrator.telling.courier import Recipient
from orchestrator.telling.others import Others, Telling, with_targets

BEGUN = e.RunStarted("r1", "small", "d", "", "plan.yaml", {}, {}, (), {"A.look": "1"})
ASKED = e.PersonAsked("A.look", 1, Asked(True, "X", "Good?", "", Bound("", "", "", "")))
RESUMED = e.RunResumed("d", "", {}, {}, {"A.look": "1"})


class Pager:
    name = "pager"

    def __init__(self):
        self.sent = []

    def problem(self, _address):
        return None

    def send(self, _address, news):
        self.sent.append(news.title)


class Journal:
    """What happened before."""

    def read(self, _run, *, unsealed):
        assert unsealed
        return enveloped(BEGUN, ASKED)


def enveloped(*events, after=0):
    return [e.Envelope(n, 100.0 + n, float(n), 1, event) for n, event in enumerate(events, after + 1)]


@pytest.fixture
def loaded():
    task = {"id": "look", "title": "Look", "approve": {"ask": "Good?"}}
    plan = {
        "schema": 1, "id": "small", "title": "Small", "agents": {"X": {"specialty": "work", "driver": "command"}},
        "workstreams": {"A": {"title": "A", "lead": "X", "tasks": [task]}},
    }  # fmt: skip
    return load_text(json.dumps(plan), "plan.yaml")


@pytest.fixture
def pager():
    return Pager()


@pytest.fixture
def others(loaded, pager, tmp_path):
    notices = []
    made = Others(
        loaded, [Recipient("pager:X", "x", pager, frozenset(Subject))], Telling(tmp_path, tmp_path, notices.append)
    )
    made.notices = notices
    return made


def test_a_run_that_another_process_has_is_told_by_that_one_alone(others, pager):
    others.take_up(Journal(), "r1")
    others.close()  # taking it over was refused
    assert pager.sent == []


def test_what_still_holds_is_told_with_the_first_event_of_this_owner(others, pager):
    others.take_up(Journal(), "r1")
    others.beside(lambda _envelope: None)(enveloped(RESUMED, after=2)[0])
    others.close()
    assert pager.sent == ["Small: A.look waits for X"]


def test_a_defect_in_telling_is_told_once_and_the_run_goes_on(others):
    heard = []
    listener = others.beside(heard.append)
    for envelope in enveloped(e.TaskStarted("A.nothing", 1), e.TaskStarted("A.nothing", 2)):
        listener(envelope)
    others.close()
    assert len(heard) == 2
    assert len(others.notices) == 1
    assert "it goes on" in others.notices[0]


def test_without_anybody_to_tell_the_listener_is_the_same(loaded, tmp_path):
    listener = print
    assert Others(loaded, [], Telling(tmp_path, tmp_path, print)).beside(listener) is listener


def test_who_is_named_twice_is_told_once_and_the_plans_digest_stays(loaded):
    found = with_targets(with_targets(loaded, ["HOOK", "pager:HOOK"]), ["HOOK"])
    assert [each.name for each in found.plan.notify] == ["apprise:HOOK", "pager:HOOK"]
    assert (found.digest, found.text) == (loaded.digest, loaded.text)

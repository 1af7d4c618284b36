"""The connection to a cluster that Dask's client replaces by itself: it then hears nothing of what was subscribed."""

import pytest

from orchestrator.executors.cluster.link import Link


class Client:
    """As much of Dask's client as a link looks at. scheduler_comm: its connection, another object once it has
    connected again.
    """

    def __init__(self):
        self.status, self.scheduler_comm, self.scheduler = "running", object(), self

    def sync(self, question, **_more):
        return question()

    def identity(self):
        return {"workers": {}}

    def close(self, timeout):  # noqa: ARG002 - as Dask's
        self.status = "closed"


@pytest.fixture
def link(monkeypatch):
    monkeypatch.setattr(Link, "_met", lambda _self: Client())
    made = Link("tcp://127.0.0.1:8786", None, topic="t", hear=print)
    yield made
    made.close()


def test_a_client_that_connected_again_by_itself_is_broken_until_the_link_is_renewed(link):
    assert link.workers() == {}
    link.client.scheduler_comm = object()
    assert link.broken
    with pytest.raises(ConnectionError):
        link.workers()
    link.renew()
    assert not link.broken
    assert link.workers() == {}


def test_an_answer_that_came_over_another_connection_counts_for_none(link):
    def answered_elsewhere(question, **_more):
        link.client.scheduler_comm = object()
        return question()

    link.client.sync = answered_elsewhere
    with pytest.raises(ConnectionError):
        link.workers()

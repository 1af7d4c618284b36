"""The notifier `apprise` against real servers on loopback."""

import json
import logging
import socket

import pytest
from web_receiver import WebReceiver

from orchestrator.plan.model import Subject
from orchestrator.telling.news import News, Tone

NEWS = News("verdict:9", Subject.VERDICT, Tone.BAD, "A small plan: FAIL", "run r1 ended\nFAIL A.fast")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # apprise loads all of its services
by_apprise = pytest.importorskip("orchestrator.telling.by_apprise")


def test_a_webhook_gets_title_text_and_kind():
    with WebReceiver() as web:
        by_apprise.AppriseNotifier().send(f"json://{web.host}/hook", NEWS)
        (posted,) = web.posted
    said = json.loads(posted.body)
    assert (posted.path, said["title"], said["message"], said["type"]) == ("/hook", NEWS.title, NEWS.body, "failure")


def test_a_mail_server_gets_the_mail():
    controller = pytest.importorskip("aiosmtpd.controller")
    mails = []

    class Handler:
        async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
            mails.append(envelope)
            return "250 OK"

    server = controller.Controller(Handler(), hostname="127.0.0.1", port=_free_port())
    server.start()
    try:
        address = (
            f"mailto://127.0.0.1:{server.port}?smtp=127.0.0.1&from=me@example.org&to=ada@example.org&mode=insecure"
        )
        by_apprise.AppriseNotifier().send(address, NEWS)
    finally:
        server.stop()
    (mail,) = mails
    assert mail.rcpt_tos == ["ada@example.org"]
    assert b"A small plan" in mail.content


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_what_the_service_refuses_is_raised_and_nothing_is_printed(capfd):
    logging.getLogger("apprise").propagate = False  # as where nobody set up logging
    try:
        with WebReceiver(status=403) as web, pytest.raises(by_apprise.NotSentError) as raised:
            by_apprise.AppriseNotifier().send(f"json://{web.host}/hook", NEWS)
    finally:
        logging.getLogger("apprise").propagate = True
    assert str(raised.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("address", ["nonsense", "no-such-kind://x", "http//x", "slack://"])
def test_an_address_that_apprise_does_not_know_is_a_problem_that_does_not_repeat_it(address):
    problem = by_apprise.AppriseNotifier().problem(address)
    assert "mend: " in problem
    assert address not in problem.replace("slack://, mailtos:// or json://", "")

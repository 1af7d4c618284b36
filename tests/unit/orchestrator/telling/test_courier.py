"""News are sent beside the run: nothing that a notifier does raises into it or holds it up, and nobody is told
twice.
"""

import threading

import pytest

from orchestrator.plan.model import Subject
from orchestrator.telling.courier import Courier, Recipient
from orchestrator.telling.news import News, Tone
from orchestrator.telling.record import NAME, Record, tried, untold

ADDRESS = "json://host/a-long-token"
NEWS = News("waits:A.look:1", Subject.WAITS, Tone.ASKS, "It waits", "s3cret text")


class Fake:
    """A notifier that does what it is told to."""

    name = "fake"

    def __init__(self, do=lambda: None):
        self.do, self.sent = do, []

    def problem(self, _address):
        return None

    def send(self, _address, news):
        self.do()
        self.sent.append(news)


def courier(tmp_path, *fakes, subjects=tuple(Subject), patience=20.0):
    known = [Recipient(f"fake:{n}", ADDRESS, each, frozenset(subjects)) for n, each in enumerate(fakes)]
    return Courier(
        known, Record(tmp_path, "r1"), lambda text: text.replace("s3cret", "(masked)"), patience, lambda: 7.0
    )


def test_news_is_sent_without_secrets_and_that_is_kept(tmp_path):
    fake = Fake()
    sends = courier(tmp_path, fake)
    sends.hand(NEWS)
    assert sends.close() == ()
    assert [each.body for each in fake.sent] == ["(masked) text"]
    (kept,) = tried(tmp_path, "r1")
    assert (kept.key, kept.target, kept.problem, kept.at) == (NEWS.key, "fake:0", "", 7.0)


def test_nobody_is_told_what_they_know(tmp_path):
    fake = Fake()
    for _ in range(3):  # as many owners of the run
        sends = courier(tmp_path, fake)
        sends.hand(NEWS)
        sends.hand(NEWS)
        sends.close()
    assert len(fake.sent) == 1


def test_nobody_is_told_what_they_do_not_want_to_know(tmp_path):
    fake = Fake()
    sends = courier(tmp_path, fake, subjects=[Subject.VERDICT])
    sends.hand(NEWS)
    assert sends.close() == ()
    assert fake.sent == []


def test_a_failure_is_told_without_the_address_and_the_next_owner_tries_again(tmp_path):
    def fail():
        raise RuntimeError(f"cannot post to {ADDRESS}: s3cret")

    sends = courier(tmp_path, Fake(fail))
    sends.hand(NEWS)
    (left,) = sends.close()
    assert left.problem.startswith("RuntimeError: cannot post to (masked)")
    assert "token" not in (tmp_path / "runs/r1" / NAME).read_text()
    assert "s3cret" not in (tmp_path / "runs/r1" / NAME).read_text()
    assert [each.target for each in untold(tmp_path, "r1")] == ["fake:0"]
    again = Fake()
    sends = courier(tmp_path, again)
    sends.hand(NEWS)
    sends.close()
    assert len(again.sent) == 1
    assert untold(tmp_path, "r1") == ()


def test_one_that_never_answers_is_given_up_and_keeps_nobody_else_waiting(tmp_path):
    hangs, other = threading.Event(), Fake()
    sends = courier(tmp_path, Fake(hangs.wait), other, patience=0.2)
    sends.hand(NEWS)
    left = sends.close()
    hangs.set()
    assert [(each.target, each.problem) for each in left] == [("fake:0", "no answer within 0.2 s")]
    assert len(other.sent) == 1


def test_a_record_that_cannot_be_written_changes_nothing(tmp_path):
    (tmp_path / "runs").write_text("no folder")
    fake = Fake()
    sends = courier(tmp_path, fake)
    sends.hand(NEWS)
    assert sends.close() == ()
    assert len(fake.sent) == 1


@pytest.mark.parametrize("line", ["no json", "{}", "[]", '{"key": 1}', "\x00" * 50])
def test_a_damaged_line_of_the_record_is_left_out(tmp_path, line):
    sends = courier(tmp_path, Fake())
    sends.hand(NEWS)
    sends.close()
    path = tmp_path / "runs/r1" / NAME
    path.write_text(f"{line}\n{path.read_text()}")
    assert [each.key for each in tried(tmp_path, "r1")] == [NEWS.key]


def test_a_link_in_the_place_of_the_record_is_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("")
    (tmp_path / "runs/r1").mkdir(parents=True)
    (tmp_path / "runs/r1" / NAME).symlink_to(elsewhere)
    sends = courier(tmp_path, Fake())
    sends.hand(NEWS)
    sends.close()
    assert elsewhere.read_text() == ""
    assert tried(tmp_path, "r1") == ()

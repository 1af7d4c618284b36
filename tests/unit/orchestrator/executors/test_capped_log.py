import os
from threading import Thread

import pytest

from orchestrator.executors.output import CappedLog


@pytest.mark.parametrize(
    ("cap", "kept"),
    [
        (3, b"abc\n[orchestrate: 3 more bytes were not kept]\n"),
        (6, b"abcdef"),
        (0, b"\n[orchestrate: 6 more bytes were not kept]\n"),
    ],
)
def test_a_log_keeps_the_first_bytes_and_counts_the_rest(tmp_path, cap, kept):
    read, write = os.pipe()
    log = CappedLog(read, tmp_path / "log", cap)
    os.write(write, b"abcdef")
    assert log.pump()
    os.close(write)
    assert not log.pump()
    log.close()
    os.close(read)
    assert (tmp_path / "log").read_bytes() == kept


def test_a_pipe_in_the_place_of_the_log_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "log")
    read, write = os.pipe()
    log = CappedLog(read, tmp_path / "log")
    os.write(write, b"abcdef")
    os.close(write)
    writing = Thread(target=log.pump, daemon=True)
    writing.start()
    writing.join(120)
    assert not writing.is_alive()
    log.close()
    os.close(read)
    assert log.dropped == 6

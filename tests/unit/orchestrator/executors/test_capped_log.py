import os

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

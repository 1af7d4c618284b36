"""Outputs that somebody names: a file is replaced whole, a device or a pipe is written to and stays."""

import os
import stat
from pathlib import Path

import pytest

from orchestrator.wholefile import is_stream, require_file, require_writable, write_output


def test_a_file_is_replaced_whole(tmp_path):
    (tmp_path / "out").write_text("before")
    write_output(tmp_path / "out", "after")
    assert (tmp_path / "out").read_text() == "after"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    require_writable(pipe)
    write_output(pipe, "said")
    assert os.read(reader, 100) == b"said"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_link_to_a_device_stays_and_so_does_the_device(tmp_path):
    null = tmp_path / "null"
    null.symlink_to("/dev/null")
    require_writable(null)
    write_output(null, "gone")
    assert null.is_symlink()
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_device_without_room_is_told_by_its_name():
    with pytest.raises(OSError, match="No space left") as caught:
        write_output(Path("/dev/full"), "too much")
    assert caught.value.filename == "/dev/full"
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_what_the_system_lists_is_never_replaced_even_where_it_leads_to_a_file(path):
    if os.path.lexists(path):
        assert is_stream(Path(path))
    assert not is_stream(Path("/dev/shm/report.md"))


def test_what_is_read_again_later_needs_a_file(tmp_path):
    require_file(tmp_path / "run.tar")
    with pytest.raises(OSError, match="no file"):
        require_file(Path("/dev/null"))

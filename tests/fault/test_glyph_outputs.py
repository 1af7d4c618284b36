"""Outputs of `glyph` that are no regular file, streams that are closed, and whose file an output is."""

import errno
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import encoder
from encoder.cli.files import whole_file

DATA = b"".join(b"2026-01-01 INFO request %d done\n" % number for number in range(300))


def in_shell(folder, said, **options):
    """A line of shell in which `glyph` is the command."""
    script = f'glyph() {{ "{sys.executable}" -m encoder "$@"; }}; {said}'
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(
        ("sh", "-c", script), cwd=folder, env=env, capture_output=True, timeout=120, check=False, **options
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.log").write_bytes(DATA)
    (tmp_path / "a.glyph").write_bytes(encoder.encode(DATA))
    return tmp_path


@pytest.mark.parametrize("force", ["", "-f"])
@pytest.mark.parametrize("name", ["/proc/self/fd/1", "/dev/fd/1", "link", "/dev/stdout"])
@pytest.mark.parametrize("redirected", ["> out", "| cat > out"])
def test_a_name_of_standard_output_is_written_to_and_stays(folder, name, force, redirected):
    if name == "/dev/stdout" and not Path(name).is_symlink():
        pytest.skip("this system has no /dev/stdout")
    (folder / "link").symlink_to("/proc/self/fd/1")
    done = in_shell(folder, f"glyph encode {force} -o {name} a.log {redirected}")
    assert (done.returncode, done.stderr) == (0, b"")
    assert encoder.decode((folder / "out").read_bytes()) == DATA
    assert (folder / "link").readlink() == Path("/proc/self/fd/1")
    assert sorted(path.name for path in folder.iterdir()) == ["a.glyph", "a.log", "link", "out"]


def test_a_name_of_standard_output_appends_where_that_does(folder):
    done = in_shell(folder, "(echo head; glyph decode -o /proc/self/fd/1 a.glyph; echo tail) > out")
    assert done.returncode == 0
    assert (folder / "out").read_bytes() == b"head\n" + DATA + b"tail\n"


@pytest.mark.parametrize("name", ["/dev/null", "link"])
def test_a_device_is_written_to_also_through_a_link(folder, name):
    (folder / "link").symlink_to("/dev/null")
    before = Path("/dev/null").stat()
    assert in_shell(folder, f"glyph encode -o {name} a.log; glyph decode -f -o {name} a.glyph").returncode == 0
    after = Path("/dev/null").stat()
    assert stat.S_ISCHR(after.st_mode)
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert (folder / "link").is_symlink()


@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_is_written_to_without_being_forced(folder, linked):
    os.mkfifo(folder / "pipe")
    (folder / "link").symlink_to("pipe")
    with ThreadPoolExecutor(1) as reader:
        taken = reader.submit((folder / "pipe").read_bytes)
        assert in_shell(folder, f"glyph encode -o {'link' if linked else 'pipe'} a.log").returncode == 0
        assert encoder.decode(taken.result(30)) == DATA
    assert (folder / "pipe").is_fifo()
    assert (folder / "link").is_symlink()


def test_an_input_is_not_removed_for_an_output_that_keeps_nothing(folder):
    done = in_shell(folder, "glyph encode --rm -o /dev/null a.log")
    assert done.returncode == 2
    assert (folder / "a.log").exists()


def test_what_was_done_is_told_beside_the_data_on_a_named_standard_output(folder):
    done = in_shell(folder, "glyph decode --json -o /dev/stdout a.glyph")
    assert done.stdout == DATA
    assert b'"raw_bytes"' in done.stderr


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        ("glyph encode -f a.log >&-", 0, b""),
        ("glyph encode -f a.log 2>&-", 0, b""),
        ("glyph encode -f a.log <&- >&- 2>&-", 0, b""),
        ("glyph encode <&-", 2, b"glyph: standard input is closed"),
        ("glyph cat <&-", 2, b"glyph: standard input is closed"),
        ("glyph decode - <&-", 2, b"glyph: standard input is closed"),
        ("glyph cat a.glyph >&-", 1, b"glyph: standard output: "),
        ("glyph encode -c a.log >&-", 1, b"glyph: standard output: "),
        ("glyph info a.glyph >&-", 1, b"glyph: standard output: "),
        ("glyph encode missing 2>&-", 2, b""),
        ("glyph cat a.glyph >/dev/full", 1, b"glyph: standard output: "),
        ("glyph info a.glyph >/dev/full", 1, b"glyph: standard output: "),
        ("glyph encode missing 2>/dev/full", 2, b""),
        ("glyph --help >&-", 1, b"glyph: standard output: "),
    ],
)
def test_a_closed_or_full_stream_is_no_matter_or_one_line(folder, said, code, message):
    done = in_shell(folder, said)
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith(message)
    assert done.stderr.count(b"\n") == bool(message)


def test_a_closed_descriptor_is_not_taken_by_the_file_that_is_read(folder):
    assert in_shell(folder, "glyph encode -o b.glyph a.log <&- >&- 2>&-").returncode == 0
    assert (folder / "a.log").read_bytes() == DATA
    assert encoder.decode((folder / "b.glyph").read_bytes()) == DATA


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("verb", ["encode", "decode"])
def test_root_keeps_whose_file_it_was(folder, verb):
    given, made = {"encode": ("a.log", "a.log.glyph"), "decode": ("b.glyph", "b")}[verb]
    (folder / "b.glyph").write_bytes((folder / "a.glyph").read_bytes())
    os.chown(folder / given, 65534, 65533)
    (folder / given).chmod(0o640)
    assert in_shell(folder, f"glyph {verb} {given}").returncode == 0
    there = (folder / made).stat()
    assert (there.st_uid, there.st_gid, there.st_mode & 0o7777) == (65534, 65533, 0o640)


def test_a_group_that_cannot_be_kept_gets_no_more_than_everyone(folder, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EPERM, "not permitted")

    (folder / "a.log").chmod(0o674)
    monkeypatch.setattr(os, "chown", refuse)
    with whole_file(folder / "out", force=False, like=str(folder / "a.log")) as file:
        file.write(b"x")
    assert (folder / "out").stat().st_mode & 0o7777 == 0o644

import errno
import os
import platform
import struct

import pytest

from orchestrator.executors.unstartable import Attempted, why_no_command, why_not_started


@pytest.fixture
def why(tmp_path):
    """Why a program is not started in an attempt's folder of its own, with `bin` on PATH; `why.file` puts a file
    into the project.
    """
    folder, bin_ = tmp_path / "attempt", tmp_path / "bin"
    folder.mkdir()
    bin_.mkdir()

    def reason(program, number, after=why_not_started):
        return after(Attempted(program.replace("@", str(tmp_path)), number, folder, tmp_path, str(bin_)))

    def file(name, content=b"", mode=0o755):
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(mode)

    reason.file, reason.folder = file, tmp_path
    return reason


@pytest.mark.parametrize("program", ["./run.sh", "run.sh"])
def test_a_file_of_the_project_is_named_by_it(why, program):
    why.file("run.sh")
    assert "write ${project}/run.sh" in why(program, errno.ENOENT)


@pytest.mark.parametrize(
    ("program", "mend"),
    [
        ("echo hello", "write [echo, hello] or [sh, -c, 'echo hello']"),
        ("./run.sh --fast", "[sh, -c, './run.sh --fast']"),
        ("~/bin/x", "write the whole path"),
        ("$HOME/bin/x", "write the whole path"),
        ("cd", "[sh, -c, 'cd …']"),
        ("nosuch", "is it installed and on PATH?"),
        ("/no/such", "there is no such file; check the path"),
        ("./nosuch", "write ${project}/ before"),
    ],
)
def test_what_is_nowhere_is_told_by_how_it_is_written(why, program, mend):
    assert mend in why(program, errno.ENOENT)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"echo ok\n", ("no x bit", "chmod +x", "#!/bin/sh")),
        (b"#!/bin/sh\n", ("no x bit", "chmod +x")),
    ],
)
def test_a_file_without_x_bit_is_told_so(why, content, words):
    why.file("run.sh", content, 0o644)
    if os.geteuid() == 0 or not os.access(why.folder / "run.sh", os.X_OK):
        said = why("@/run.sh", errno.EACCES)
        assert all(word in said for word in words)


@pytest.mark.parametrize(
    ("content", "number", "said"),
    [
        (b"echo ok\n", errno.ENOEXEC, "begin it with a line such as #!/bin/sh"),
        (b"", errno.ENOEXEC, "is empty"),
        (b"\x00\x01", errno.ENOEXEC, "not a program that this system knows"),
        (b"#!/no/such/perl -w\n", errno.ENOENT, "asks for '/no/such/perl', which is not there"),
        (b"#!/bin/sh\r\necho\r\n", errno.ENOENT, "Windows line end"),
        (b"#!/no/such", errno.ENOENT, "asks for '/no/such'"),
        (b"#!", errno.ENOENT, "asks for ''"),
        (b"\x7fELF" + b"\x02\x01" + bytes(250), errno.ENOENT, "another system or C library"),
    ],
)
def test_a_file_that_cannot_be_run_is_told_by_its_first_bytes(why, content, number, said):
    why.file("run.sh", content)
    assert said in why("@/run.sh", number)


def test_a_program_for_another_machine_is_told_so(why):
    other, name = (0xB7, "aarch64") if platform.machine() != "aarch64" else (0x3E, "x86_64")
    why.file("run", b"\x7fELF\x02\x01" + bytes(10) + struct.pack("<HH", 2, other) + bytes(40))
    assert f"it is a program for {name}, and this machine is {platform.machine()}" in why("@/run", errno.ENOEXEC)


def test_folders_links_and_limits_are_told(why):
    assert "is a folder" in why("@", errno.EACCES)
    (why.folder / "link").symlink_to("nothing")
    assert "link to what is not there" in why("@/link", errno.ENOENT)
    assert "hand them over in a file" in why("sh", errno.E2BIG)


def test_a_script_whose_interpreter_env_did_not_find_is_told_its_line_end(why):
    why.file("run.sh", b"#!/usr/bin/env bash\r\n")
    assert "Windows line end" in why("@/run.sh", 0, why_no_command)
    why.file("run.sh", b"#!/usr/bin/env bash\n")
    assert why("@/run.sh", 0, why_no_command) == ""
    assert why("nosuch", 0, why_no_command) == ""

"""What an agent's program can do in each sandbox, asked of a small program in it."""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.agents import sandbox
from orchestrator.agents.landlocked import openings, parsed
from orchestrator.agents.sandbox import (
    Enclosure,
    NoSandboxError,
    choose,
    enclosed,
    installation,
    secrets_of,
    shortfall,
    unlinked,
)

landlockpy = pytest.importorskip("landlockpy")
KINDS = [
    pytest.param(
        "bubblewrap", marks=pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
    ),
    pytest.param(
        "landlock", marks=pytest.mark.skipif(not landlockpy.supported(), reason="this kernel has no landlock")
    ),
]


@pytest.fixture
def inside(tmp_path):
    """A project with secrets, a state folder in it, and the workspace in that."""
    project = tmp_path / "project"
    state = project / ".orchestrate"
    for folder in (state / "work/workspace", state / "work/home", state / "examples/repo", project / "src"):
        folder.mkdir(parents=True)
    (project / ".env").write_text("KEY=canary")
    (project / ".env.local").write_text("KEY=canary")
    (project / "src/a.py").write_text("readable")
    (state / "journal").write_text("canary")
    (state / "examples/repo/file").write_text("readable")
    (state / "work/workspace/file").write_text("mine")
    return Enclosure(state / "work/workspace", state / "work/home", project, state / "examples/repo", state)


def run(kind, inside, code, *words):
    argv = enclosed(kind, [sys.executable, "-I", "-c", code, *map(str, words)], inside)
    return subprocess.run(argv, cwd=inside.workspace, capture_output=True, text=True, timeout=60, check=False)


READ = """
import sys
for path in sys.argv[1:]:
    try:
        print(repr(open(path).read()))
    except OSError as error:
        print(type(error).__name__)
"""
WRITE = """
import sys
for path in sys.argv[1:]:
    try:
        open(path, "w").write("x")
        print("written")
    except OSError as error:
        print(type(error).__name__)
"""
CONNECT = """
import socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
    print("connected")
except OSError as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize("kind", KINDS)
def test_it_reads_the_project_and_its_repository_but_no_secret_and_no_state(kind, inside, tmp_path):
    (tmp_path / "canary").write_text("canary")
    places = (inside.workspace / "file", inside.project / "src/a.py", inside.repo / "file")
    secret = (inside.project / ".env", inside.project / ".env.local", inside.state / "journal", tmp_path / "canary")
    done = run(kind, inside, READ, *places, *secret)
    assert done.stdout.splitlines()[:3] == ["'mine'", "'readable'", "'readable'"], done.stderr
    assert "canary" not in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_it_writes_its_workspace_and_home_and_nothing_else(kind, inside):
    done = run(
        kind,
        inside,
        WRITE,
        inside.workspace / "new",
        inside.home / "new",
        inside.project / "src/a.py",
        inside.repo / "file",
        inside.project / "new",
        inside.state / "journal",
        "/etc/new",
    )
    assert done.stdout.splitlines()[:2] == ["written", "written"], done.stderr
    assert (inside.state / "journal").read_text() == "canary"
    assert [(inside.project / "src/a.py").read_text(), (inside.repo / "file").read_text()] == ["readable"] * 2
    assert not (inside.project / "new").exists()
    assert not Path("/etc/new").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_it_reaches_no_host_unless_the_plan_says_so(kind, inside):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert run(kind, inside, CONNECT, port).stdout != "connected\n"
        assert run(kind, replace(inside, network=True), CONNECT, port).stdout == "connected\n"


@pytest.mark.skipif(
    not landlockpy.supported() or landlockpy.abi_version() < 4, reason="this kernel's landlock leaves TCP alone"
)
def test_with_landlock_it_reaches_the_proxys_port_and_no_other(inside):
    with socket.socket() as proxy, socket.socket() as other:
        for each in (proxy, other):
            each.bind(("127.0.0.1", 0))
            each.listen()
        known = replace(inside, port=proxy.getsockname()[1])
        assert run("landlock", known, CONNECT, known.port).stdout == "connected\n"
        assert run("landlock", known, CONNECT, other.getsockname()[1]).stdout == "PermissionError\n"


@pytest.mark.parametrize("kind", KINDS)
def test_it_does_not_see_our_environment_and_cannot_signal_us(kind, inside):
    code = """
import os, sys
for each in ("environ", "mem"):
    try:
        print(open(f"/proc/{sys.argv[1]}/{each}", "rb").read(10))
    except OSError as error:
        print("denied")
try:
    os.kill(int(sys.argv[1]), 0)
    print("reached")
except OSError:
    print("denied")
"""
    done = run(kind, inside, code, os.getpid())
    if kind == "landlock" and landlockpy.abi_version() < 6:  # it says nothing of signals
        assert done.stdout.split()[:2] == ["denied"] * 2
    elif kind == "landlock":
        assert done.stdout.split() == ["denied"] * 3, done.stderr
    else:  # the number may be one of its own processes there
        assert str(os.getpid()) not in run(kind, inside, "import os; print(*os.listdir('/proc'))").stdout.split()


@pytest.mark.parametrize("where", ["here", "within"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_cannot_uncover_what_is_covered(kind, inside, where):
    code = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
if sys.argv[2] == "within":
    libc.unshare(0x10020000)  # CLONE_NEWUSER | CLONE_NEWNS, in which it has all capabilities
print(libc.umount2(os.fsencode(sys.argv[1]), 2), os.path.exists(sys.argv[1] + "/journal"))  # MNT_DETACH
"""
    done = run(kind, inside, code, inside.state, where)
    assert done.stdout.split()[0] == "-1", done.stderr
    assert done.stdout.split()[1] == str(kind == "landlock")  # there it can be seen, and not be read


@pytest.mark.parametrize("kind", KINDS)
def test_more_places_are_shown_and_written(kind, inside):
    (inside.state / "shown").mkdir()
    (inside.state / "shown/file").write_text("readable")
    os.mkfifo(inside.state / "fifo")
    end = os.open(inside.state / "fifo", os.O_RDWR | os.O_NONBLOCK)
    known = replace(inside, shown=(inside.state / "shown",), written=(inside.state / "fifo",))
    assert run(kind, known, READ, inside.state / "shown/file").stdout == "'readable'\n"
    done = run(kind, known, WRITE, inside.state / "fifo", inside.state / "shown/file")
    assert (done.stdout.splitlines()[0], os.read(end, 9)) == ("written", b"x")
    os.close(end)
    assert (inside.state / "shown/file").read_text() == "readable"


def test_a_folder_with_something_hidden_is_opened_entry_by_entry(tmp_path):
    for name in ("a/b/secret", "a/c", "d"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a/b/secret")
    hidden = [str(tmp_path / "a/b/secret")]
    assert sorted(openings(str(tmp_path), hidden)) == [str(tmp_path / "a/c"), str(tmp_path / "d")]
    assert list(openings(str(tmp_path), [])) == [str(tmp_path)]
    assert list(openings(hidden[0], hidden)) == []


def test_the_words_of_landlocked_are_read_and_others_refused(inside):
    words = enclosed("landlock", ["true", "--port"], inside)
    allowed, argv = parsed(words[words.index("--write") :])
    assert (argv, allowed.port, allowed.network) == (["true", "--port"], 0, False)
    assert allowed.write == [str(inside.workspace), str(inside.home)]
    assert allowed.hide == [
        str(inside.state),
        str(Path.home()),
        str(inside.project / ".env"),
        str(inside.project / ".env.local"),
    ]
    with pytest.raises(ValueError, match="means nothing"):
        parsed(["--all", "--"])


def test_a_sandbox_is_required_and_its_lack_told_with_the_mend(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda _name: None)
    monkeypatch.setattr(sandbox, "has_landlock", lambda: False)
    with pytest.raises(NoSandboxError, match="mend: install bubblewrap"):
        choose("auto")
    assert choose("none") == "none"
    monkeypatch.setattr(sandbox, "has_landlock", lambda: True)
    assert choose("auto") == "landlock"
    with pytest.raises(NoSandboxError, match="no sandbox 'bubblewrap'"):
        choose("bubblewrap")


def test_a_bubblewrap_that_may_not_make_a_sandbox_as_in_a_container_is_none(monkeypatch, tmp_path):
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho no permissions >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(sandbox, "has_landlock", lambda: True)
    assert choose("auto") == "landlock"
    with pytest.raises(NoSandboxError, match="no permissions"):
        choose("bubblewrap")
    monkeypatch.setattr(sandbox, "has_landlock", lambda: False)
    with pytest.raises(NoSandboxError, match="no permissions"):
        choose("auto")


def test_nothing_is_mounted_on_a_link_that_the_program_would_see(tmp_path):
    (tmp_path / "hidden").symlink_to("/usr/bin")
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown/link").symlink_to("/usr/bin")
    places = [tmp_path / "hidden", tmp_path / "shown", tmp_path / "shown/link"]
    words = ["--ro-bind", "/", "/", "--tmpfs", str(tmp_path)]
    for place in map(str, places):
        words += ["--ro-bind-try", place, place]
    led = unlinked(words)
    assert led[7::3] == [str(places[0]), str(places[1]), "/usr/bin"]
    assert led[6::3] == list(map(str, places))
    (tmp_path / "elsewhere").symlink_to(tmp_path / "shown")
    assert unlinked(["--tmpfs", str(tmp_path / "elsewhere")]) == ["--tmpfs", str(tmp_path / "shown")]


@pytest.mark.skipif(not shutil.which("bwrap") or not Path("/bin").is_symlink(), reason="/bin is no link here")
def test_a_folder_of_programs_that_is_a_link_can_be_shown(inside):
    done = run("bubblewrap", replace(inside, shown=(Path("/bin"),)), "print('ran')")
    assert done.stdout == "ran\n", done.stderr


def test_what_a_sandbox_does_not_do_is_said():
    assert "without a sandbox" in shortfall("none", network=False)
    assert shortfall("bubblewrap", network=False) == ""
    assert "landlock" in shortfall("landlock", network=False)


def test_secrets_are_told_by_custom(tmp_path):
    for name in (".env", ".env.prod", ".netrc", "env", ".envrc"):
        (tmp_path / name).touch()
    assert [Path(each).name for each in secrets_of(tmp_path)] == [".env", ".env.prod", ".netrc"]
    assert secrets_of(tmp_path / "missing") == []


def test_a_programs_installation_is_found_and_never_the_whole_home():
    assert installation("no-such-program") == []
    assert installation(sys.executable) == [sys.prefix] or str(
        Path(sys.executable).resolve().parent.parent
    ) in installation(sys.executable)
    assert "/usr" not in installation("sh")


def test_a_program_of_a_virtual_environment_is_found_with_the_python_that_it_was_made_from(tmp_path):
    """That one may lie in our home, as those of pyenv and uv do, where the sandbox would hide it."""
    program = tmp_path / "venv/bin/agent"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (tmp_path / "venv/pyvenv.cfg").write_text(f"home = {tmp_path}/pythons/3.14/bin\nversion = 3.14.0\n")
    assert installation(str(program)) == [str(tmp_path / "venv"), str(tmp_path / "pythons/3.14")]


@pytest.mark.parametrize("prefix", [".", ".local"])
def test_of_a_prefix_that_people_keep_other_things_in_only_the_programs_are_shown(tmp_path, monkeypatch, prefix):
    """`pip install --user`, npm and pipx put programs into ~/.local; beside them lie keyrings and logins."""
    for name in ("bin", "lib", "share/keyrings", "state"):
        (tmp_path / prefix / name).mkdir(parents=True)
    program = tmp_path / prefix / "bin/agent"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    home = tmp_path / prefix
    assert installation(str(program)) == [str(home / "bin"), str(home / "lib")]


def test_a_python_that_lies_in_such_a_prefix_shows_no_more_of_it(tmp_path, monkeypatch):
    program = tmp_path / "venv/bin/agent"
    for folder in (program.parent, tmp_path / ".local/bin", tmp_path / ".local/share"):
        folder.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (tmp_path / "venv/pyvenv.cfg").write_text(f"home = {tmp_path}/.local/bin\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert installation(str(program)) == [str(tmp_path / "venv"), str(tmp_path / ".local/bin")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", [".", "home"])
def test_a_home_that_is_the_project_or_lies_in_it_is_out_of_sight(kind, where, inside, monkeypatch):
    home = inside.project / where
    home.mkdir(exist_ok=True)
    for name in (".ssh", ".git"):
        (home / name).mkdir()
    (home / ".ssh/key").write_text("canary")
    (home / ".git/HEAD").write_text("ref")
    monkeypatch.setenv("HOME", str(home))
    done = run(kind, inside, READ, home / ".ssh/key", inside.workspace / "file", inside.repo / "file")
    assert (done.stdout.splitlines()[1:], "canary" in done.stdout) == (["'mine'", "'readable'"], False), done.stderr

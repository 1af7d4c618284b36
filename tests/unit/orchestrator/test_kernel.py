import ast
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator import kernel
from orchestrator.kernel import facts, sockets, waking

SLEEP = (sys.executable, "-c", "import time; print(flush=True); time.sleep(60)")


@pytest.fixture(params=["linux", "elsewhere"], autouse=True)
def column(request, monkeypatch):
    """Each test holds for both columns of the module's table."""
    if request.param == "linux" and not kernel.LINUX:
        pytest.skip("this is no Linux")
    monkeypatch.setattr(kernel, "LINUX", request.param == "linux")
    return request.param


@pytest.fixture
def child():
    with subprocess.Popen(SLEEP, stdout=subprocess.PIPE, env={**os.environ, "KERNEL_TEST": "here"}) as process:
        process.stdout.readline()
        yield process
        process.kill()


def test_a_process_is_found_with_its_environment_and_among_our_children(child):
    assert child.pid in kernel.pids()
    assert child.pid in kernel.children_of(os.getpid())
    assert b"KERNEL_TEST=here\0" in kernel.environment_of(child.pid)


def test_a_thread_that_ends_while_children_are_listed_hides_none_of_them(child, monkeypatch):
    listed = os.listdir
    gone = {f"/proc/{os.getpid()}/task": ["999999999"]}
    monkeypatch.setattr(os, "listdir", lambda path: [*listed(path), *gone.get(path, [])])
    assert child.pid in kernel.children_of(os.getpid())


def test_when_a_process_began_stays_the_same_until_it_is_gone(child):
    began = kernel.started(child.pid)
    assert began is not None
    assert kernel.started(child.pid) == began
    child.kill()
    child.wait()
    assert kernel.started(child.pid) is None
    assert kernel.children_of(child.pid) == []
    assert kernel.environment_of(child.pid) == b""


def test_the_end_of_a_process_is_waited_for(child):
    assert not kernel.ends(child.pid, 0.05)
    child.kill()
    assert kernel.ends(child.pid, 60)
    assert child.wait() == -signal.SIGKILL


def test_a_signal_reaches_a_process_that_is_still_meant_and_no_other(child):
    assert not kernel.send(child.pid, signal.SIGTERM, lambda _pid: False)
    assert child.poll() is None
    assert kernel.send(child.pid, signal.SIGTERM, lambda pid: pid == child.pid)
    assert child.wait(60) == -signal.SIGTERM


def test_a_signal_to_nobody_reaches_nobody(child):
    child.kill()
    child.wait()
    assert not kernel.send(child.pid, signal.SIGTERM, lambda pid: kernel.started(pid) is not None)


def test_a_bell_wakes_who_watches_it_and_is_quiet_until_it_is_rung_again():
    bell, watch = waking.Bell(), waking.Watch()
    watch.register(bell.fileno())
    assert watch.poll(0.0) == []
    bell.ring()
    bell.ring()
    assert [descriptor for descriptor, _ in watch.poll(60)] == [bell.fileno()]
    bell.hush()
    assert watch.poll(0.0) == []
    watch.unregister(bell.fileno())
    watch.close()
    bell.close()


def test_an_open_folder_has_a_path(tmp_path):
    handle = os.open(tmp_path, kernel.FOLDER)
    (Path(kernel.path_of(handle, str(tmp_path))) / "new").touch()
    os.close(handle)
    assert (tmp_path / "new").exists()


def test_who_is_at_the_other_end_of_a_socket_is_known():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert sockets.user_of(ours.fileno()) == os.getuid()


@pytest.mark.usefixtures("child")
def test_numbers_of_this_process_and_machine_are_more_than_none():
    assert facts.usable_cores() >= 1
    assert facts.open_files() >= 3
    assert facts.threads_of(os.getuid()) >= 2
    assert facts.boot() == facts.boot() != ""


def test_only_linux_gives_handles_on_processes_and_addresses_of_files(child, column):
    handle = kernel.handle_on(child.pid)
    assert (handle is not None) is (column == "linux")
    assert (kernel.address_of(0) is not None) is (column == "linux")
    if handle is not None:
        os.close(handle)


def test_the_user_of_a_connection_on_this_machine_is_known():
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.create_connection(listening.getsockname()) as one:
        other = listening.accept()[0]
        with other:
            assert sockets.user_between(one.family, other.getpeername(), other.getsockname()) == os.getuid()
            assert sockets.user_between(one.family, ("127.0.0.1", 1), other.getsockname()) is None


def test_a_path_below_a_folder_is_opened_in_one_step_or_not_at_all(column, tmp_path):
    (tmp_path / "file").write_text("here")
    (tmp_path / "link").symlink_to("file")
    opened = kernel.opener_beneath()
    if column == "elsewhere":
        assert opened is None
        return
    if opened is None:
        pytest.skip("this kernel has no openat2")
    folder = os.open(tmp_path, kernel.FOLDER)
    with os.fdopen(opened(folder, "file", os.O_RDONLY)) as file:
        assert file.read() == "here"
    for refused in ("link", "../file", "/etc/passwd"):
        with pytest.raises(OSError, match=r"\w"):
            opened(folder, refused, os.O_RDONLY)
    os.close(folder)


def test_what_is_not_known_elsewhere_is_said_to_be_unknown(column):
    if column == "elsewhere":
        assert facts.clock_kept() is None
        assert facts.processor() == ""


ONLY_LINUX = re.compile(
    r"pidfd|prctl|/proc/(?!self/fd)|SO_PEERCRED|openat2\(|eventfd|epoll|O_TMPFILE|O_PATH|sched_getaffinity|adjtimex|memfd"
)
PACKAGE = Path(kernel.__file__).parents[1]
EXEMPT = {"agents/landlocked.py"}  # runs only where landlock is


def test_no_other_package_calls_what_only_linux_has():
    found = [
        f"{path.relative_to(PACKAGE)}: {ast.unparse(node)[:80]}"
        for path in PACKAGE.rglob("*.py")
        if "kernel" not in path.parts and str(path.relative_to(PACKAGE)) not in EXEMPT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.Constant)
        and not is_prose(node)
        and ONLY_LINUX.search(node.attr if isinstance(node, ast.Attribute) else str(node.value))
    ]
    assert found == []


def is_prose(node):
    return isinstance(node, ast.Constant) and " " in str(node.value)


def test_what_a_process_used_is_told_alike_by_the_kernel_and_by_psutil(monkeypatch):
    began, seconds, resident = kernel.used(os.getpid())
    assert began == kernel.started(os.getpid())
    assert facts.memory() > resident > 0
    assert kernel.used(2**22 + 1) is None
    monkeypatch.setattr(kernel, "LINUX", False)
    portable_began, portable_seconds, portable_resident = kernel.used(os.getpid())
    assert portable_began == kernel.started(os.getpid())
    assert portable_seconds == pytest.approx(seconds, abs=1.0)
    assert portable_resident == pytest.approx(resident, rel=0.5)
    assert kernel.used(2**22 + 1) is None

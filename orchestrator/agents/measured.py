"""Run an instrument's program in its sandbox, and pass on what it records. It imports nothing of this package, so it
starts at once.

    python -I -S measured.py FIFO APART PROGRAM [ARGUMENT ...]

The evidence of a task is a file that its processes append to. A hand-in that is measured must not get that file,
because it could change lines that are already there. So the sandbox gets a FIFO. This process, outside, appends what
arrives to the file. What was recorded once stays. A further line can only make the figure worse, since the weakest of
several counts.

In the folder APART it also listens for calls of `apart.py`: an instrument asks there for a program of the hand-in to be
started apart, in a new sandbox. The sandbox's words are in the folder. Whoever calls can choose neither them nor a
place on the disk, since a hand-in that is started in the instrument's own sandbox could call as well. APART is "" where
no program can be kept apart.
"""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from typing import Any, Final

EVIDENCE: Final = "ORCHESTRATE_EVIDENCE"
CHUNK: Final = 2**16
TICK: Final = 1000  # milliseconds; the end of the program wakes it before
NOT_FOUND: Final = 127
SIGNALLED: Final = 128
FAILED: Final = 125
AT_ONCE: Final = 32
"""Calls that are answered at once; each has a process out here. Further ones wait."""
LONGEST: Final = 2**22
"""Bytes of a call; more than the system lets a program have as its words."""
PATIENCE: Final = 5.0
"""Seconds that a call waits for those that build into the folder that it reads from."""
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
USAGE: Final = 'write `"$ORCHESTRATE_APART" [--into NAME | --from NAME] PROGRAM [ARGUMENT ...]`'
JOIN_SESSION_KEYRING: Final = 1
KEYCTL: Final = {"x86_64": 250, "i686": 288, "armv7l": 311, "ppc64le": 271, "s390x": 280}.get(os.uname().machine, 219)
"""The number of keyctl(2)."""


def main() -> int:
    """Until the program has ended; its exit code."""
    fifo, apart, *argv = sys.argv[1:]
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the program heeds it, and this process what it says of that
    kept = os.open(os.environ[EVIDENCE], os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    os.mkfifo(fifo, 0o600)
    come = os.open(fifo, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    door = _door(apart) if apart else None
    told = _told_of_its_end()
    try:
        program = subprocess.Popen(argv, env={**os.environ, EVIDENCE: fifo}, preexec_fn=_heedful)  # noqa: PLW1509 - one thread
    except OSError as error:
        sys.stderr.write(f"{argv[0]}: {error.strerror}\n")
        return NOT_FOUND
    accompany(program, told, come, kept, door, apart)
    code = program.returncode
    return code if code >= 0 else SIGNALLED - code


def accompany(  # noqa: PLR0913, PLR0917 - the descriptors that it looks at
    program: subprocess.Popen[bytes], told: int, come: int, kept: int, door: socket.socket | None, apart: str
) -> None:
    """Pass on what is recorded, and answer calls, until the program has ended."""
    looking = select.poll()
    for each in (come, told, *([door] if door else ())):
        looking.register(each, select.POLLIN)
    keepers: set[int] = set()
    while program.poll() is None:
        if door is not None:
            looking.modify(door, select.POLLIN if len(keepers) < AT_ONCE else 0)
        ready = [each for each, _ in looking.poll(TICK)]
        pass_on(come, kept)
        keepers = {each for each in keepers if os.waitpid(each, os.WNOHANG)[0] == 0}
        if door is not None and door.fileno() in ready:
            keepers.add(_answered(door, apart))
        if told in ready:
            os.read(told, CHUNK)
    pass_on(come, kept)
    for each in keepers:  # their sandboxes end with them
        os.kill(each, signal.SIGKILL)
        os.waitpid(each, 0)


def _told_of_its_end() -> int:
    """A descriptor that is readable once a child has ended."""
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return told


def _heedful() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def pass_on(come: int, kept: int) -> None:
    """Append all that has come."""
    while True:
        try:
            part = os.read(come, CHUNK)
        except BlockingIOError:
            return
        while part:
            part = part[os.write(kept, part) :]


def _door(apart: str) -> socket.socket:
    """Where `apart.py` calls. It is bound by its bare name: the address of a socket has room for 107 bytes."""
    here = os.open(".", os.O_RDONLY | os.O_CLOEXEC)
    os.chdir(apart)
    door = socket.socket(socket.AF_UNIX)
    door.bind("door")
    door.listen(64)
    os.fchdir(here)
    os.close(here)
    return door


def _answered(door: socket.socket, apart: str) -> int:
    """Answer one call in a process of its own; its pid."""
    caller, _ = door.accept()
    pid = os.fork()
    if pid == 0:
        try:
            caller.sendall(_kept_apart(caller, apart).encode())
        finally:
            os._exit(0)
    caller.close()
    return pid


def _kept_apart(caller: socket.socket, apart: str) -> str:
    """Carry out a call: the exit code, or the one of a failure and why, with the mend."""
    import json  # noqa: PLC0415 - of no use where nobody calls

    said, streams, _, _ = socket.recv_fds(caller, CHUNK, 3)
    while said and not said.endswith(b"\n"):
        said += caller.recv(CHUNK) or b"\n"
        if len(said) > LONGEST:
            return f"{FAILED} apart: its words are too long; mend: hand them over on standard input\n"
    try:
        asked, given = json.loads(said), json.loads(open(f"{apart}/words.json").read())  # noqa: PTH123, SIM115
        words = [*given["words"], *_placed(asked, given["tmp"], apart)]
        code = _run(caller, words, given["names"], streams)
    except (OSError, ValueError, LookupError, TypeError) as error:
        return f"{FAILED} apart: {error}\n"
    return f"{code if code >= 0 else SIGNALLED - code}"


def _placed(asked: dict[str, Any], tmp: str, apart: str) -> list[str]:
    """The last words of the sandbox, and the program's own. Raises ValueError for words that mean nothing."""
    words, cwd, places = asked["words"], asked["cwd"], []
    if words[:1] in (["--into"], ["--from"]):
        kind, name, words = words[0], "".join(words[1:2]), words[2:]
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a folder; mend: take letters from a to z, digits and -")
        place, cwd = f"{apart}/kept/{name}", f"{tmp}/{name}"
        _open(kind, name, place)
        places = ["--bind" if kind == "--into" else "--ro-bind", place, cwd]
    if not words or words[0].startswith("-"):
        raise ValueError(f"{words[0] if words else 'nothing'} is no program; mend: {USAGE}")
    return [*places, "--chdir", cwd, "--", *words]


def _open(kind: str, name: str, place: str) -> None:
    """Make the folder that is built into, or note that it is read from. Raises ValueError.

    A folder is never both at once: who builds could learn there what is read, and hand it on.
    """
    import fcntl  # noqa: PLC0415 - as above

    read = f"{place}.read"
    if kind == "--into":
        os.makedirs(place, exist_ok=True)  # noqa: PTH103 - as text
        fcntl.flock(_lock(place), fcntl.LOCK_SH)  # until this process ends, and so does the call
        if os.path.exists(read):  # noqa: PTH110 - as text
            raise ValueError(f"{name} was read from, so that nothing may be left in it; mend: build into another")
    elif not os.path.isdir(place):  # noqa: PTH112 - as text
        raise ValueError(f"nothing was built into {name}; mend: build with `--into {name}` before")
    else:
        alone = _lock(place)
        until = time.monotonic() + PATIENCE
        while not _locked(alone):
            if time.monotonic() > until:
                raise ValueError(f"{name} is still built into; mend: wait for that call to end")
            time.sleep(0.02)
        os.close(os.open(read, os.O_CREAT | os.O_WRONLY, 0o600))
        os.close(alone)


def _lock(place: str) -> int:
    return os.open(f"{place}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)


def _locked(alone: int) -> bool:
    import fcntl  # noqa: PLC0415 - as above

    try:
        fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _run(caller: socket.socket, words: list[str], names: list[str], streams: list[int]) -> int:
    """Until the program ends, or its caller does; its exit code, FAILED where it was not started."""
    import ctypes  # noqa: PLC0415 - as above

    keyctl = ctypes.CDLL(None).syscall

    def alone() -> None:
        _heedful()
        keyctl(KEYCTL, JOIN_SESSION_KEYRING, None)  # the one that it inherits outlives it

    told = _told_of_its_end()
    env = {name: os.environ[name] for name in names if name in os.environ}
    stdin, stdout, stderr = streams
    status, says = os.pipe()
    words = [words[0], "--json-status-fd", str(says), *words[1:]]
    program = subprocess.Popen(
        words, stdin=stdin, stdout=stdout, stderr=stderr, env=env, pass_fds=[says], preexec_fn=alone  # noqa: PLW1509 - one thread
    )  # fmt: skip
    for each in (*streams, says):
        os.close(each)
    looking = select.poll()
    looking.register(told, select.POLLIN)
    looking.register(caller, select.POLLIN | select.POLLHUP)
    while program.poll() is None:
        if any(each == caller.fileno() for each, _ in looking.poll(TICK)):
            program.kill()
    os.set_blocking(status, False)
    code = program.returncode
    return code if code < 0 or b'"exit-code"' in os.read(status, CHUNK) else FAILED


if __name__ == "__main__":
    sys.exit(main())

"""Run an instrument's program in its sandbox, and pass on what it records. It imports nothing of this package, so it
starts at once.

    python -I -S measured.py FIFO PROGRAM [ARGUMENT ...]

The evidence of a task is a file that its processes append to. A hand-in that is measured must not get that file,
because it could change lines that are already there. So the sandbox gets a FIFO. This process, outside, appends what
arrives to the file. What was recorded once stays. A further line can only make the figure worse, since the weakest of
several counts.
"""

import os
import select
import signal
import subprocess
import sys
from typing import Final

EVIDENCE: Final = "ORCHESTRATE_EVIDENCE"
CHUNK: Final = 2**16
TICK: Final = 1000  # milliseconds; the end of the program wakes it before
NOT_FOUND: Final = 127
SIGNALLED: Final = 128


def main() -> int:
    """Until the program has ended; its exit code."""
    fifo, *argv = sys.argv[1:]
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the program heeds it, and this process what it says of that
    kept = os.open(os.environ[EVIDENCE], os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    os.mkfifo(fifo, 0o600)
    come = os.open(fifo, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    told = _told_of_its_end()
    try:
        program = subprocess.Popen(argv, env={**os.environ, EVIDENCE: fifo}, preexec_fn=_heedful)  # noqa: PLW1509 - one thread
    except OSError as error:
        sys.stderr.write(f"{argv[0]}: {error.strerror}\n")
        return NOT_FOUND
    looking = select.poll()
    for each in (come, told):
        looking.register(each, select.POLLIN)
    while program.poll() is None:
        looking.poll(TICK)
        pass_on(come, kept)
    pass_on(come, kept)
    code = program.returncode
    return code if code >= 0 else SIGNALLED - code


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


if __name__ == "__main__":
    sys.exit(main())

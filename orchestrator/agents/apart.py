"""Run a program apart from all that ran before it: `$ORCHESTRATE_APART PROGRAM [ARGUMENT ...]` in an instrument.

    python -I -S apart.py FOLDER [--into NAME | --from NAME] PROGRAM [ARGUMENT ...]

The process outside (`measured.py`) starts the program in a new sandbox. It gets pipes of its own. This process carries
the bytes between them and its own standard streams, so that the program never has a file of its caller's. It imports
nothing of this package, so it starts at once.
"""

import contextlib
import json
import os
import socket
import sys
import threading
from typing import Final

DOOR: Final = "door"
CHUNK: Final = 2**16
FAILED: Final = 125
"""The exit code where the program was not started; as of env(1) and timeout(1)."""


def main() -> int:
    """The program's exit code."""
    folder, *words = sys.argv[1:]
    asked = json.dumps({"words": words, "cwd": os.getcwd()}).encode() + b"\n"  # noqa: PTH109 - as text
    caller = socket.socket(socket.AF_UNIX)
    os.chdir(folder)  # the address of a socket has room for 107 bytes
    try:
        caller.connect(DOOR)
    except OSError as error:
        sys.stderr.write(f"apart: {error.strerror}; mend: call it from an instrument, while that runs\n")
        return FAILED
    (stdin, feed), (out, stdout), (err, stderr) = os.pipe(), os.pipe(), os.pipe()
    sent = socket.send_fds(caller, [asked], [stdin, stdout, stderr])
    caller.sendall(asked[sent:])
    for handed in (stdin, stdout, stderr):
        os.close(handed)
    lost: list[OSError] = []
    threading.Thread(target=carry, args=(0, feed, []), daemon=True).start()
    back = [threading.Thread(target=carry, args=(*pair, lost)) for pair in ((out, 1), (err, 2))]
    for thread in back:
        thread.start()
    with caller.makefile("rb") as reply:
        code, _, why = reply.read().decode().partition(" ")
    for thread in back:
        thread.join()
    for each in lost:  # what was cut off must not count as short
        why += f"apart: its output was cut off: {each.strerror}\n"
    with contextlib.suppress(OSError):
        sys.stderr.write(why)
        sys.stderr.flush()
    return FAILED if lost else int(code or FAILED)


def carry(source: int, target: int, lost: list[OSError]) -> None:
    """All bytes of one to the other, until one of them has its end. Of the two, the pipe is closed."""
    try:
        while part := os.read(source, CHUNK):
            while part:
                part = part[os.write(target, part) :]
    except OSError as error:
        lost.append(error)
    os.close(max(source, target))


if __name__ == "__main__":
    os._exit(main())  # what is left of its input may never come

"""Runs inside a sandbox without a network. It forwards a loopback port to a socket outside, and runs the agent's
program.

    python -I -S relay.py SOCKET PORT PROGRAM [ARGUMENT ...]

It listens on 127.0.0.1:PORT and forwards every connection to SOCKET. It runs the program with its own standard streams.
It imports nothing of this package, so it starts at once.
"""

import os
import selectors
import socket
import sys
import threading

CHUNK = 1 << 16


def main() -> None:
    """Open the door, run the program, and end as it ends."""
    path, port, argv = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", port))
    door.listen(64)
    threading.Thread(target=serve, args=(door, path), daemon=True).start()
    try:
        pid = os.posix_spawnp(argv[0], argv, os.environ)
    except OSError as error:
        sys.stderr.write(f"{argv[0]}: {error.strerror}\n")
        os._exit(127)
    _, status = os.waitpid(pid, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def serve(door: socket.socket, path: str) -> None:
    """Connect each client to the socket outside."""
    while True:
        here, _ = door.accept()
        there = socket.socket(socket.AF_UNIX)
        try:
            there.connect(path)
        except OSError:
            here.close()
            there.close()
            continue
        threading.Thread(target=join, args=(here, there), daemon=True).start()


def join(here: socket.socket, there: socket.socket) -> None:
    """Carry bytes both ways until both sides have said all."""
    with here, there, selectors.DefaultSelector() as ready:
        ready.register(here, selectors.EVENT_READ, there)
        ready.register(there, selectors.EVENT_READ, here)
        try:
            while ready.get_map():
                for key, _ in ready.select():
                    source, target = (here, there) if key.data is there else (there, here)
                    if not _passed_on(source, target):
                        ready.unregister(source)
        except OSError:
            return


def _passed_on(source: socket.socket, target: socket.socket) -> bool:
    """Carry on what has come; whether the source may say more."""
    data = source.recv(CHUNK)
    if data:
        target.sendall(data)
    else:
        target.shutdown(socket.SHUT_WR)
    return bool(data)


if __name__ == "__main__":
    main()

"""Runs inside an agent's sandbox. It connects its standard streams with our Model Context Protocol server, over a
socket outside.

    python -I -S mcp_relay.py SOCKET

The token of the attempt is in ORCHESTRATE_MCP_TOKEN. It imports nothing of this package, so it starts at once. Agents
drop a server that takes seconds to start.
"""

import os
import socket
import sys
import threading

CHUNK = 1 << 16


def main() -> None:
    """Carry bytes both ways until one side has said all."""
    there = socket.socket(socket.AF_UNIX)
    try:
        there.connect(sys.argv[1])
    except OSError as error:
        sys.stderr.write(f"orchestrate cannot be reached: {error.strerror}\n")
        sys.exit(1)
    there.sendall(os.environ.get("ORCHESTRATE_MCP_TOKEN", "").encode() + b"\n")
    threading.Thread(target=send, args=(there,), daemon=True).start()
    while data := there.recv(CHUNK):
        os.write(1, data)


def send(there: socket.socket) -> None:
    """Pass on what the agent says; the end of that ends it all."""
    while data := os.read(0, CHUNK):
        there.sendall(data)
    there.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    main()

"""Who is at the other end of a socket, as the system says. `orchestrator.kernel` has the table of replacements."""

import contextlib
import os
import socket
import struct

from orchestrator import kernel

TCP = {2: "/proc/net/tcp", 10: "/proc/net/tcp6"}
"""By address family: every TCP socket (proc_pid_net(5)), with its local and remote address, in column 8 its user."""


def user_of(connection: int) -> int:
    """Whose process is at the other end of a socket with this descriptor, as the system says.

    Elsewhere we ourselves: the socket lies in a folder that nobody else enters. Raises OSError.
    """
    if not kernel.LINUX:
        return os.getuid()

    with socket.socket(fileno=os.dup(connection)) as there:
        facts = there.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", facts)[1])


def user_between(family: int, peer: tuple[str, int], own: tuple[str, int]) -> int | None:
    """Whose process has the socket at `peer` of a TCP connection to `own` on this machine; None where nothing tells.

    Elsewhere only our own processes are looked through.
    """
    if not kernel.LINUX:
        return os.getuid() if _is_ours(peer, own) else None
    try:
        theirs, ours = _spelled(*peer), _spelled(*own)
        with open(TCP[family], "rb") as table:  # noqa: PTH123 - read for every request
            next(table)
            for line in table:
                words = line.split()
                if words[1] == theirs and words[2] == ours:
                    return int(words[7])
    except (OSError, KeyError, ValueError, IndexError, StopIteration):
        return None
    return None


def _is_ours(peer: tuple[str, int], own: tuple[str, int]) -> bool:
    import psutil  # noqa: PLC0415 - slow to load, and not needed on Linux

    for process in psutil.process_iter(["uids"]):
        if process.info["uids"] is not None and process.info["uids"].real == os.getuid():
            listed = getattr(process, "net_connections", None) or process.connections  # before psutil 6
            with contextlib.suppress(psutil.Error, OSError):
                if any(each.laddr == peer and each.raddr == own for each in listed("tcp")):
                    return True
    return False


def _spelled(host: str, port: int) -> bytes:
    """An address as the table spells it: words of 32 bits in the machine's own order, then the port."""
    packed = socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return ("".join(f"{word:08X}" for word in words) + f":{port:04X}").encode()

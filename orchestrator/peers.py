"""Who is at the other end of a connection on the loopback interface: the user whose process it is, as the system
says.
"""

import os
import socket
import struct
from pathlib import Path
from typing import Final

TABLES: Final = {socket.AF_INET: Path("/proc/net/tcp"), socket.AF_INET6: Path("/proc/net/tcp6")}
"""Every TCP socket of this machine (proc_pid_net(5)): local and remote address, and in the eighth column its user."""


def is_ours(connection: socket.socket) -> bool:
    """Whether the other end is a process of our own user. Of one that cannot be found nobody knows, so it is not."""
    return peer_user(connection) == os.getuid()


def peer_user(connection: socket.socket) -> int | None:
    """The user id of the process at the other end, None where it is not on this machine, or cannot be told."""
    try:
        return user_between(connection.family, connection.getpeername(), connection.getsockname())
    except OSError:
        return None


Address = tuple[str, int] | tuple[str, int, int, int]


def user_between(family: int, peer: Address, own: Address) -> int | None:
    """The same, of a connection that is known by its two addresses."""
    try:
        theirs, ours = _spelled(peer), _spelled(own)
        with TABLES[socket.AddressFamily(family)].open("rb") as table:
            next(table)
            for line in table:
                words = line.split()
                if words[1] == theirs and words[2] == ours:
                    return int(words[7])
    except (OSError, KeyError, ValueError, IndexError, StopIteration):
        return None
    return None


def _spelled(address: Address) -> bytes:
    """An address as the table spells it: words of 32 bits in the machine's own order, then the port."""
    host, port = address[0], address[1]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    packed = socket.inet_pton(family, host)
    words = struct.unpack(f">{len(packed) // 4}I", packed)
    own = struct.unpack(f"={len(words)}I", packed) if struct.pack("=I", 1) != struct.pack(">I", 1) else words
    return ("".join(f"{word:08X}" for word in own) + f":{port:04X}").encode()

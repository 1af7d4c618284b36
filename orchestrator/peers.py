"""Which user's process is at the other end of a loopback connection, as the system says."""

import os
import socket

from orchestrator.kernel import sockets


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
    return sockets.user_between(int(family), (peer[0], peer[1]), (own[0], own[1]))

"""Whether anybody listens at a scheduler's address.

This is checked before Dask is even loaded, so that a wrong address is reported at once.
"""

import contextlib
import socket
import struct
import time
from typing import ClassVar, Final
from urllib.parse import urlsplit

from orchestrator.errors import OrchestratorError

PATIENCE: Final = 3.0
PAUSE: Final = 0.2
LENGTH: Final = struct.Struct("<Q")
LONGEST_GREETING: Final = 1 << 20
SCHEMES: Final = frozenset({"tcp", "tls"})


class ClusterFault(OrchestratorError):  # noqa: N818 - named after what was found
    """The cluster cannot be reached, has no workers, or has some that differ from this machine."""

    exit_code: ClassVar[int] = 4


def require_listener(address: str, patience: float = PATIENCE) -> None:
    """Raise ClusterFault, about `patience` seconds from now, if nobody listens there.

    Other schemes than tcp and tls are left to Dask.
    """
    where = _host_and_port(address)
    if where is None:
        return
    deadline = time.monotonic() + patience
    while True:
        try:
            with contextlib.closing(socket.create_connection(where, max(PAUSE, deadline - time.monotonic()))) as there:
                if not address.startswith("tls://") and not _greets(there):
                    raise unreachable(address, "what listens there does not answer as Dask's scheduler does")
                return
        except OSError as error:
            if time.monotonic() + PAUSE >= deadline:
                raise unreachable(address, str(error.strerror or error)) from error
            time.sleep(PAUSE)  # it may be starting now


def unreachable(address: str, why: str) -> ClusterFault:
    """The error for an address where no scheduler answers."""
    return ClusterFault(f"{address}: {why}\n  mend: check the address, and that a scheduler listens there")


def _greets(there: socket.socket) -> bool:
    """Whether it begins as Dask does, which speaks first, with the length of a short message.

    Dask's client accepts any length.
    """
    said = b""
    with contextlib.suppress(OSError):
        while len(said) < LENGTH.size and (more := there.recv(LENGTH.size - len(said))):
            said += more
    return len(said) == LENGTH.size and LENGTH.unpack(said)[0] <= LONGEST_GREETING


def _host_and_port(address: str) -> tuple[str, int] | None:
    scheme, _, rest = address.rpartition("://")
    if scheme and scheme not in SCHEMES:
        return None
    try:
        parts = urlsplit(f"//{rest}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise ClusterFault(f"{address}: this is not an address of a scheduler\n  mend: write it as tcp://host:8786")
    return host, port

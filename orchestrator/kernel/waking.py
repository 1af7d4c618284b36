"""Waking a thread, and watching many descriptors. `orchestrator.kernel` has the table of replacements."""

import os
import select
import sys

from orchestrator import kernel


class Bell:
    """Wakes a thread that waits for it to be readable. Safe from any thread, and from a signal handler."""

    def __init__(self) -> None:
        if kernel.LINUX:
            self._heard = self._rung = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        else:
            self._heard, self._rung = os.pipe()
            os.set_blocking(self._heard, False)
            os.set_blocking(self._rung, False)

    def fileno(self) -> int:
        """Readable once it was rung."""
        return self._heard

    def ring(self) -> None:
        """Wake them."""
        try:
            os.write(self._rung, (1).to_bytes(8, sys.byteorder))
        except BlockingIOError:
            return  # rung so often that nothing more goes in

    def hush(self) -> None:
        """Make it unreadable until it is rung again."""
        try:
            os.read(self._heard, 1 << 12)
        except BlockingIOError:
            return

    def close(self) -> None:
        """Close it."""
        for descriptor in {self._heard, self._rung}:
            os.close(descriptor)


class Watch:
    """Which descriptors have something to read: many that change often."""

    def __init__(self) -> None:
        self._many = select.epoll() if kernel.LINUX else None
        self._poll: select.epoll | select.poll = self._many or select.poll()

    def register(self, descriptor: int) -> None:
        """Watch it too."""
        self._poll.register(descriptor, select.POLLIN)

    def unregister(self, descriptor: int) -> None:
        """Watch it no more. Raises OSError or KeyError where it is not watched."""
        self._poll.unregister(descriptor)

    def poll(self, seconds: float) -> list[tuple[int, int]]:
        """Those that have, as soon as there is one, at the latest after so many seconds."""
        return self._poll.poll(seconds * 1000) if self._many is None else self._many.poll(seconds)

    def close(self) -> None:
        """Release it."""
        if self._many is not None:
            self._many.close()

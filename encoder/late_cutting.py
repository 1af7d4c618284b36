"""Cutting by kind, made when the first window comes that is large enough: until then numpy is not loaded."""

from typing import Final

from encoder.records import Cutting

LEAST_CUT_BY_KIND: Final = 1 << 20
"""Bytes, below which a window is never cut by kind (`encoder.detect.boundary.LEAST_WINDOW`)."""


class LateCutting:
    """Cuts as `encoder.detect.boundary.by_kind` does. One serves one stream, in its order: not thread-safe."""

    def __init__(self) -> None:
        self._made: Cutting | None = None

    @property
    def cutting(self) -> Cutting:
        """The cutting of the stream."""
        return Cutting(self._full, self._rest)

    def _full(self, window: memoryview) -> int:
        return self._by_kind().full(window)

    def _rest(self, window: memoryview) -> int:
        return len(window) if len(window) < LEAST_CUT_BY_KIND else self._by_kind().rest(window)

    def _by_kind(self) -> Cutting:
        if self._made is None:
            from encoder.detect.boundary import by_kind  # noqa: PLC0415 - what this class is for

            self._made = by_kind()
        return self._made

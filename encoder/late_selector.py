"""The adaptive selector, made when the first block comes that it would look at: until then numpy is not loaded either."""

from typing import Final, Protocol

from encoder.profile import Profile
from encoder.strategy import Strategy, TreeType

LEAST_LOOKED_AT: Final = 1 << 16
"""Bytes of a block, below which the adaptive selector does not look at it and keeps nothing of it (`encoder.detect.selector.SMALLEST`)."""


class _Selector(Protocol):
    def select(self, block: bytes | memoryview, /) -> Strategy: ...


class LateSelector:
    """Selects as `AdaptiveCompressionSelector` does for this profile. One serves one stream, in its order: not thread-safe."""

    def __init__(self, profile: Profile) -> None:
        self._profile: Final = profile
        self._made: _Selector | None = None

    def select(self, block: bytes | memoryview, /) -> Strategy:
        """The strategy for the stream's next block."""
        if self._made is None:
            if memoryview(block).nbytes < LEAST_LOOKED_AT:
                return self._profile.small or self._profile.strategies[TreeType.TEXT]
            from encoder.detect.selector import AdaptiveCompressionSelector  # noqa: PLC0415 - what this class is for

            self._made = AdaptiveCompressionSelector(self._profile.strategies, small=self._profile.small)
        return self._made.select(block)

"""Create a stream's selector and cutter when the first block needs them. Until then numpy is not loaded."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from encoder.detect.ports import StrategySelector
from encoder.detect.records import Cutting, cut_at
from encoder.profile import Profile, load_profile
from encoder.strategy import Strategy, TreeType

if TYPE_CHECKING:
    from encoder.detect.selector import AdaptiveCompressionSelector

LEAST_LOOKED_AT: Final = 1 << 16
"""Bytes of a block, below which the adaptive selector does not look at it and keeps nothing of it
(`encoder.detect.selector.SMALLEST`).
"""
LEAST_CUT_BY_KIND: Final = 1 << 20
"""Bytes, below which a window is never cut by kind (`encoder.detect.boundary.LEAST_WINDOW`)."""


def selector_for(profile: Profile) -> "AdaptiveCompressionSelector":
    """A new one for a stream of that profile, which is adaptive."""
    from encoder.detect.selector import AdaptiveCompressionSelector  # noqa: PLC0415 - what this module is for

    below = selector_for(load_profile(profile.below)) if profile.below else None
    return AdaptiveCompressionSelector(profile.strategies, small=profile.small, runs=profile.runs, below=below)


class LazySelector:
    """Selects as `AdaptiveCompressionSelector` does for this profile. One serves one stream, in its order: not
    thread-safe.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile: Final = profile
        self._made: StrategySelector | None = None

    def select(self, block: bytes | memoryview, /) -> Strategy:
        """The strategy for the stream's next block."""
        if self._made is None:
            if memoryview(block).nbytes < LEAST_LOOKED_AT:
                return self._profile.small or self._profile.strategies[TreeType.TEXT]
            self._made = selector_for(self._profile)
        return self._made.select(block)


class LazyCutting:
    """Cuts as `encoder.detect.boundary.by_kind` does. One serves one stream, in its order: not thread-safe."""

    def __init__(self) -> None:
        self._made: Callable[[memoryview], int] | None = None

    @property
    def cutting(self) -> Cutting:
        """The cutting of the stream."""
        return Cutting(self._full, self._rest)

    def change_in(self, window: memoryview) -> int:
        """Bytes before the change of kind in it; 0 if there is none."""
        if len(window) < LEAST_CUT_BY_KIND:
            return 0
        if self._made is None:
            from encoder.detect.boundary import KindCutting  # noqa: PLC0415 - what this class is for

            self._made = KindCutting().change_in
        return self._made(window)

    def _full(self, window: memoryview) -> int:
        return self.change_in(window) or cut_at(window)

    def _rest(self, window: memoryview) -> int:
        return self.change_in(window) or len(window)

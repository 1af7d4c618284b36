"""The selector for a baseline profile: always the same strategy."""

from encoder.strategy import Strategy


class FixedStrategySelector:
    """Always the same strategy, whatever the block, also for a small one."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy

    def select(self, block: bytes | bytearray | memoryview) -> Strategy:  # noqa: ARG002 - the selectors' common face
        """The strategy given at the start."""
        return self._strategy

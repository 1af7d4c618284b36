"""The selector that never looks: what a baseline profile asks for."""

from encoder.strategy import Strategy


class FixedStrategySelector:
    """Always the same strategy, whatever the block, a small one too."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy

    def select(self, block: bytes | bytearray | memoryview) -> Strategy:  # noqa: ARG002 - the selectors' common face
        """The strategy given at the start."""
        return self._strategy

"""Limits on what a decoder allocates because of the bytes that it reads."""

from dataclasses import dataclass
from typing import Final

MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What decoding may use at most; every header is checked against these before anything is allocated.

    max_output: bytes that a whole stream may decode to, or None for no bound.
    max_block: bytes that one block may decode to, and its encoded body may take.
    max_memory: bytes that decoding one block may allocate in all (streams, columns and output together).
    """

    max_output: int | None = None
    max_block: int = 64 * MIB
    max_memory: int = 512 * MIB


DEFAULT_LIMITS: Final = Limits()

"""The checksum of a file, piece by piece, so that a large one can be interrupted."""

import hashlib
from typing import BinaryIO, Final

from orchestrator.executors.heed import Heed, never

PIECE: Final = 1 << 20


def checksum(file: BinaryIO, heed: Heed = never) -> tuple[str, int]:
    """The sha256 (hex) of the rest of the file, and how many bytes that was.

    Raises OSError, and what `heed` raises.
    """
    digest, size = hashlib.sha256(), 0
    room = bytearray(PIECE)
    view = memoryview(room)
    while count := file.readinto(view):  # type: ignore[attr-defined]  # every binary file has it
        digest.update(view[:count])
        size += count
        heed()
    return digest.hexdigest(), size

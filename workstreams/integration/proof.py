"""Proofs that a merged profile still does what it did: the same bytes, and the input again after decoding."""

import hashlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from encoder import Profile, StreamingEncoder


def encoded(profile: "Profile", feed: "Callable[[StreamingEncoder], object]") -> bytes:
    """What the streaming encoder writes when `feed` gives it its input."""
    from encoder import StreamingEncoder  # noqa: PLC0415 - runners load the encoder when they run

    sink = io.BytesIO()
    with StreamingEncoder(sink, profile) as stream:
        feed(stream)
    return sink.getvalue()


def written_in_pieces(profile: "Profile", data: bytes, piece: int) -> bytes:
    """The stream of `data` given `piece` bytes at a time."""

    def feed(stream: "StreamingEncoder") -> None:
        for start in range(0, len(data), piece):
            stream.write(memoryview(data)[start : start + piece])

    return encoded(profile, feed)


def read_from_file(profile: "Profile", data: bytes) -> bytes:
    """The stream of `data` read from a file, straight into the pool's buffers."""
    return encoded(profile, lambda stream: stream.encode_from(io.BytesIO(data)))


def decodes_to(blob: bytes, data: bytes) -> bool:
    """Whether the streaming decoder gives `data` back, by digest, a MiB at a time."""
    from encoder import StreamingDecoder  # noqa: PLC0415 - as above

    digest = hashlib.sha256()
    with StreamingDecoder(io.BytesIO(blob)) as source:
        while piece := source.read(1 << 20):
            digest.update(piece)
    return digest.digest() == hashlib.sha256(data).digest()


def spoiled(data: bytes) -> bytes:
    """The data, one byte or more, with its first bit flipped. A comparison must notice it."""
    return bytes([data[0] ^ 1]) + data[1:]

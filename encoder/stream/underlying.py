"""A stream's answers about its underlying file."""

import io

from encoder.container.blocks import Source


def descriptor_of(fileobj: object) -> int:
    """Its descriptor. Raises io.UnsupportedOperation where it has none."""
    fileno = getattr(fileobj, "fileno", None)
    if fileno is None:
        raise io.UnsupportedOperation("the file under this stream has no descriptor")
    return int(fileno())


def start_of(fileobj: Source) -> int:
    """Where the stream begins in its file; 0 where the file cannot say."""
    seekable = getattr(fileobj, "seekable", None)
    return fileobj.tell() if seekable is not None and seekable() else 0  # type: ignore[attr-defined]  # asked above

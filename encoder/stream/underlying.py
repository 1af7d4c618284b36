"""A stream's answers about its underlying file."""

import io


def descriptor_of(fileobj: object) -> int:
    """Its descriptor. Raises io.UnsupportedOperation where it has none."""
    fileno = getattr(fileobj, "fileno", None)
    if fileno is None:
        raise io.UnsupportedOperation("the file under this stream has no descriptor")
    return int(fileno())

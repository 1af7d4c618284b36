"""Variable-length integers, and a reader that cannot read beyond its bytes.

A varint is unsigned LEB128: seven bits a byte, lowest first, the top bit set on every byte but the last; at most ten
bytes, below 2**64, and no longer than it must be. A zigzag integer is a signed one mapped to 0, -1, 1, -2, ... first.
"""

from encoder.errors import FormatError

_LONGEST = 10
_LIMIT = 1 << 64


def varint(value: int) -> bytes:
    """The varint of `value`, 0 <= value < 2**64 (ValueError otherwise)."""
    if not 0 <= value < _LIMIT:
        raise ValueError(f"{value} is not an unsigned 64-bit integer")
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value: int) -> int:
    """Signed 64-bit to unsigned 64-bit, small magnitudes to small numbers. Inverse of `unzigzag`."""
    return (value << 1) ^ (value >> 63)


def unzigzag(value: int) -> int:
    """Inverse of `zigzag`."""
    return (value >> 1) ^ -(value & 1)


class Reader:
    """Reads varints and byte ranges of `data` in order; FormatError, with the offset, rather than a step outside."""

    __slots__ = ("_data", "position")

    def __init__(self, data: bytes | memoryview) -> None:
        self._data = memoryview(data)
        self.position = 0

    @property
    def remaining(self) -> int:
        """Bytes not read yet."""
        return len(self._data) - self.position

    def byte(self, what: str) -> int:
        """The next byte, 0..255; `what` names it in the error when there is none."""
        if self.remaining < 1:
            raise FormatError(f"{what} is missing: the body ends at byte {self.position}")
        value = self._data[self.position]
        self.position += 1
        return value

    def varint(self, what: str) -> int:
        """The next varint; FormatError when cut short, over 64 bits, or longer than it must be."""
        start = self.position
        value = 0
        for shift in range(0, 7 * _LONGEST, 7):
            byte = self.byte(what)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value >= _LIMIT or (byte == 0 and shift):
                    break
                return value
        raise FormatError(f"{what}: bad varint at byte {start} of the body")

    def take(self, size: int, what: str) -> memoryview:
        """The next `size` bytes, not copied."""
        if size > self.remaining:
            raise FormatError(f"{what} needs {size} bytes at byte {self.position}, and {self.remaining} are left")
        start = self.position
        self.position = start + size
        return self._data[start : self.position]

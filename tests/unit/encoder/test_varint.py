import pytest

from encoder.errors import FormatError
from encoder.varint import Reader, unzigzag, varint, zigzag

NUMBERS = [0, 1, 127, 128, 300, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_varint_reads_back(number):
    reader = Reader(varint(number))
    assert reader.varint("a number") == number
    assert reader.remaining == 0


@pytest.mark.parametrize("number", [-1, 1 << 64])
def test_a_number_outside_64_bits_is_not_written(number):
    with pytest.raises(ValueError, match="unsigned 64-bit"):
        varint(number)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x80", b"\xff" * 9, b"\xff" * 10 + b"\x01", b"\x80" * 9 + b"\x02", b"\x80\x00"],
    ids=["empty", "cut short", "cut at nine", "eleven bytes", "65 bits", "longer than it must be"],
)
def test_a_bad_varint_is_refused(data):
    with pytest.raises(FormatError, match="a count"):
        Reader(data).varint("a count")


@pytest.mark.parametrize("number", [0, -1, 1, -(1 << 63), (1 << 63) - 1])
def test_zigzag_is_undone(number):
    assert unzigzag(zigzag(number) & (1 << 64) - 1) == number


def test_small_magnitudes_become_small_numbers():
    assert [zigzag(number) for number in (0, -1, 1, -2, 2)] == [0, 1, 2, 3, 4]


def test_taking_more_than_is_left_says_where():
    reader = Reader(b"abc")
    assert bytes(reader.take(2, "a head")) == b"ab"
    with pytest.raises(FormatError, match="a tail needs 2 bytes at byte 2, and 1 are left"):
        reader.take(2, "a tail")

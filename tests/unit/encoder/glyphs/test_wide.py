import numpy as np
import pytest

from encoder.block.codec import warm

warm()

from encoder.glyphs.integers import parse_integers  # noqa: E402  after `warm`, which compiles under a lock
from encoder.glyphs.wide import (  # noqa: E402  as above
    SLACK,
    copy_over,
    digits_end,
    digits_value,
    find_either,
    find_string_end,
    holds,
    same_bytes,
    short_word,
)

TEXT = np.frombuffer(bytes(range(7, 107)), np.uint8)


@pytest.mark.parametrize("size", range(40))
@pytest.mark.parametrize("room", [0, 1, SLACK, 2 * SLACK])
def test_a_copy_is_exact_and_strays_no_further_than_its_slack(size, room):
    target = np.zeros(5 + size + room, np.uint8)
    copy_over(target, 5, TEXT, 100 - size - min(room, 60), size)
    start = 100 - size - min(room, 60)
    assert bytes(target[5 : 5 + size]) == bytes(TEXT[start : start + size])
    assert not target[:5].any()
    assert not target[5 + size + SLACK :].any()


@pytest.mark.parametrize("size", range(25))
def test_bytes_are_compared_to_the_last_one_and_no_further(size):
    data = np.frombuffer(bytes(range(size)) * 2 + b"z", np.uint8).copy()
    assert same_bytes(data, 0, size, size)
    for wrong in range(size):
        data[wrong] ^= 0x80
        assert not same_bytes(data, 0, size, size)
        data[wrong] ^= 0x80


@pytest.mark.parametrize("size", range(8))
def test_a_short_word_is_the_same_in_the_middle_and_at_the_end(size):
    data = np.frombuffer(b"abcdefgh" + b"\xff" * 8, np.uint8)
    expected = int.from_bytes(b"abcdefgh"[:size], "little")
    assert short_word(data, 0, size) == expected
    assert short_word(data[:size].copy(), 0, size) == expected


@pytest.mark.parametrize("at", range(30))
def test_the_first_of_two_bytes_is_found_wherever_it_stands(at):
    data = np.full(30, 0x81, np.uint8)
    data[at:] = 0x2D  # a neighbour of the comma, which a sloppy search takes for one
    data[at] = 0x2C
    assert find_either(data, 0, 0x2C, 10) == at
    assert find_either(data, 0, 10, 0x2C) == at
    assert find_either(data[:at].copy(), 0, 10, 0x2C) == at


def word(text):
    return np.uint64(int.from_bytes(text, "little"))


@pytest.mark.parametrize("at", range(20))
@pytest.mark.parametrize("stranger", [0x00, 0x2F, 0x3A, 0x3F, 0x40, 0xB0, 0xB5, 0xFF])
def test_a_run_of_digits_ends_at_its_end_or_at_the_first_byte_that_is_none(at, stranger):
    data = np.frombuffer(b"01239876540123456789", np.uint8).copy()
    assert digits_end(data, 0, at) == at
    assert digits_end(data, 0, 20) == 20
    data[at] = stranger
    assert digits_end(data, 0, 20) == at
    assert digits_end(data[: at + 1].copy(), 0, at + 1) == at


@pytest.mark.parametrize("at", range(20))
@pytest.mark.parametrize("end", b'"\\\n')
def test_a_string_ends_at_the_first_quote_backslash_or_newline(at, end):
    data = np.full(20, 0x21, np.uint8)
    assert find_string_end(data, 0) == 20
    data[at] = end
    assert find_string_end(data, 0) == at


@pytest.mark.parametrize("at", range(20))
def test_a_byte_is_held_by_the_bytes_given_and_no_others(at):
    data = np.full(20, 0x0B, np.uint8)  # a neighbour of the newline
    assert not holds(data, 0, 20, 10)
    data[at] = 10
    assert holds(data, 0, 20, 10)
    assert not holds(data, 0, at, 10)
    assert not holds(data, at + 1, 20, 10)


@pytest.mark.parametrize("number", [0, 9, 10, 99, 12345678, 99999999, 10000000])
def test_eight_digits_are_one_number(number):
    assert digits_value(word(f"{number:08d}".encode())) == number


@pytest.mark.parametrize("digits", range(1, 19))
def test_integers_of_every_width_are_parsed(digits):
    texts = [str(n % 10) * digits for n in range(11)] + ["1234567890123456789"[:digits]]
    data = np.frombuffer("".join(texts).encode(), np.uint8)
    starts = (np.arange(len(texts)) * digits).astype(np.int32)
    values = np.empty(len(texts), np.int64)
    parse_integers(data, starts, np.full(len(texts), digits, np.int32), 0, len(texts), values)
    assert values.tolist() == [int(text) for text in texts]

"""Plain bytes as numbers of a fixed width."""

import random
import struct

import pytest

from encoder.block.backends import decompress, memory_of
from encoder.block.codec import decode_block, encode_block
from encoder.block.numbers import (
    MOST_ORDER,
    WIDTHS,
    Layout,
    best_layout,
    compress_numbers,
    decompress_numbers,
    gather,
    looks_like_numbers,
    spread,
)
from encoder.errors import FormatError, LimitError, VersionError
from encoder.limits import Limits
from encoder.strategy import BackEnd, Strategy, TreeType


def sound(count, form="<h"):
    source = random.Random(1)
    left, out = 0, []
    for _ in range(count):
        left += source.randrange(-40, 41)
        out.append(struct.pack(form, left % 20_000))
    return b"".join(out)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("order", range(MOST_ORDER + 1))
@pytest.mark.parametrize("channels", [1, 2, 7, 255])
@pytest.mark.parametrize("big", [False, True])
def test_any_bytes_come_back_from_any_layout(width, order, channels, big):
    for size in (0, 1, width, 50, 1001):
        data = random.Random(size).randbytes(size)
        layout = Layout(width, channels, order, big)
        planes = spread(data, layout)
        assert len(planes) == len(data)
        assert gather(planes, layout) == data


def test_differences_of_numbers_that_rise_evenly_are_planes_of_one_byte():
    data = b"".join(struct.pack("<I", 1_000_000 + 300 * n) for n in range(100))
    planes = spread(data, Layout(4, 1, 1))
    assert planes[1:100] + planes[101:200] == bytes(198)


@pytest.mark.parametrize(("form", "big"), [("<h", False), (">h", True)])
def test_the_layout_is_that_of_the_numbers(form, big):
    assert best_layout(sound(40_000, form)) == Layout(2, 1, 1, big)


def test_a_block_of_numbers_takes_less_than_behind_any_library_alone():
    data = sound(60_000)
    body = encode_block(data, Strategy(TreeType.OPAQUE, BackEnd.MIXING, 1))
    for back_end, level in ((BackEnd.ZSTD, 19), (BackEnd.LZMA, 9), (BackEnd.BROTLI, 11)):
        assert len(body) < 0.9 * len(encode_block(data, Strategy(TreeType.OPAQUE, back_end, level)))
    assert decode_block(body, len(data)) == data


def test_text_does_not_look_like_numbers():
    assert not looks_like_numbers(memoryview(b"some words, 1, 2 and 3\n" * 100))
    assert looks_like_numbers(memoryview(sound(1000)))


def test_a_later_layout_needs_a_newer_reader():
    stream = bytearray(compress_numbers(sound(100), 6))
    for at, value in ((0, 3), (0, 0), (2, 8), (2, 255)):
        later = stream.copy()
        later[at] = value
        with pytest.raises(VersionError, match="newer reader"):
            decompress_numbers(memoryview(later), 200)


@pytest.mark.parametrize("head", [b"", b"\x02\x01", b"\x02\x00\x01"])
def test_a_head_that_is_cut_or_has_no_channels_is_refused(head):
    with pytest.raises(FormatError):
        decompress_numbers(memoryview(head), 200)


def test_a_block_of_numbers_that_takes_more_memory_than_allowed_is_refused():
    data = sound(60_000)
    body = encode_block(data, Strategy(TreeType.OPAQUE, BackEnd.MIXING, 1))
    assert memory_of(BackEnd.NUMBERS, memoryview(body), len(data)) >= 4 * len(data)
    with pytest.raises(LimitError):
        decode_block(body, len(data), Limits(max_block=1 << 20, max_memory=5 * len(data)))


def test_damaged_numbers_are_refused_or_give_the_right_number_of_bytes():
    data = sound(3000)
    stream = compress_numbers(data, 6)
    source = random.Random(3)
    outcomes = set()
    for _ in range(300):
        damaged = bytearray(stream)
        damaged[source.randrange(len(damaged))] = source.randrange(256)
        try:
            outcomes.add(len(decompress(BackEnd.NUMBERS, memoryview(damaged), len(data))))
        except (FormatError, VersionError):
            outcomes.add(None)
    assert outcomes <= {None, len(data)}
    assert None in outcomes

"""The plain bytes at the levels that try several back ends."""

import lzma
import random
import struct

import brotli
import numpy as np
import pytest
import zstandard

from encoder.block import several
from encoder.block.backends import decompress
from encoder.block.lzma_stream import lzma_shape, smallest_lzma
from encoder.block.several import LEAST_SAMPLED, foretold_size, smallest_stream
from encoder.block.slices import ALIGNED, slices_of
from encoder.strategy import BackEnd


def numbers(count):
    source = random.Random(1)
    return b"".join(struct.pack("<i", value) for value in sorted(source.randrange(1 << 31) for _ in range(count)))


def words(count):
    source = random.Random(2)
    known = [bytes(source.choices(b"abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 9))) for _ in range(3000)]
    return b" ".join(known[min(2999, int(source.paretovariate(0.7)))] for _ in range(count))


def program(count):
    source = random.Random(3)
    calls = [source.randbytes(6) for _ in range(900)]
    return b"".join(source.choice(calls) + b"\x0f\x85" + source.randbytes(1) + b"\0\0\0" for _ in range(count))


def of_rivals(data):
    return min(
        len(zstandard.ZstdCompressor(level=19).compress(data)),
        len(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)),
        len(brotli.compress(data, quality=11)),
    )


@pytest.mark.parametrize("data", [numbers(50_000), words(36_000), program(18_000)], ids=["numbers", "words", "program"])
@pytest.mark.parametrize("level", [1, 2])
def test_no_library_alone_makes_the_plain_bytes_smaller(data, level):
    assert len(data) >= LEAST_SAMPLED
    stream = smallest_stream(memoryview(data), level)
    assert len(stream.data) <= of_rivals(data)
    assert decompress(stream.back_end, memoryview(stream.data), len(data)) == data


def test_what_nothing_makes_smaller_is_stored():
    for size in (100, LEAST_SAMPLED):
        data = random.Random(4).randbytes(size)
        stream = smallest_stream(memoryview(data), 1)
        assert (stream.back_end, stream.level, stream.data) == (BackEnd.STORE, 0, data)


def test_text_is_mixed_at_both_levels_and_more_so_at_the_full_one():
    data = words(50_000)
    light, full = (smallest_stream(memoryview(data), level) for level in (1, 2))
    assert light.back_end is full.back_end is BackEnd.MIXING
    assert len(full.data) < len(light.data)


def test_the_light_level_leaves_to_lzma_what_is_no_text_and_gains_little_by_mixing():
    assert smallest_stream(memoryview(numbers(60_000)), 1).back_end in {BackEnd.LZMA, BackEnd.NUMBERS}


def test_where_brotli_is_the_smallest_library_the_light_level_mixes_fully_if_that_is_smaller():
    data = random.Random(6).randbytes(300) + program(600) + "ein höherer Wert für größere Häuser ".encode() * 3
    stream = smallest_stream(memoryview(data), 1)
    assert len(stream.data) <= of_rivals(data)


def test_a_sample_foretells_about_what_even_data_takes():
    data = words(60_000)
    size = len(smallest_stream(memoryview(data), 1).data)
    assert 0.8 * size < foretold_size(memoryview(data), 1) < 1.25 * size


def test_slices_are_of_all_parts_of_the_data_and_all_of_what_is_short():
    data = b"".join(n.to_bytes(4, "big") for n in range(500_000))
    slices = slices_of(data, 1000)
    starts = [int.from_bytes(slices[at : at + 4], "big") * 4 for at in range(0, 4000, 1000)]
    assert starts[0] == 0
    assert len(data) - ALIGNED - 1000 <= starts[-1] <= len(data) - 1000
    assert all(start % ALIGNED == 0 for start in starts)
    assert slices_of(data[:4000], 1000) == data[:4000]


def test_numbers_of_four_bytes_get_a_shape_of_their_own():
    assert lzma_shape(numbers(60_000)) == (0, 2, 2)
    assert lzma_shape(b"") == (3, 0, 2)


def test_what_something_else_beats_is_not_made_with_all_care(monkeypatch):
    data = words(36_000)
    real, tried = several.compress, []

    def counted(back_end, view, level, *, text):
        tried.append((level, len(view)))
        return real(back_end, view, level, text=text)

    monkeypatch.setattr(several, "compress", counted)
    smallest_stream(memoryview(data), 1, beaten=1000)
    assert max(size for level, size in tried if (level, size) != (several._QUICK, len(data))) < len(data)


def test_where_a_library_would_be_the_smallest_file_the_light_level_mixes_fully():
    source, at, table = random.Random(9), 0, []
    known = [bytes(source.choices(b"abcdefghijklmnopqrstuvwxyz", k=source.randint(3, 9))) for _ in range(3000)]
    texts = [b" ".join(source.choices(known, k=source.randint(2, 9))) for _ in range(1500)]
    for text in texts:
        table.append(struct.pack("<II", len(text), 28 + at))
        at += len(text) + 1
    data = b"".join(table) + b"\0".join(texts)
    assert len(smallest_stream(memoryview(data), 1).data) + 68 <= of_rivals(data)


def test_a_picture_that_brotli_makes_smallest_is_left_to_it_at_both_levels():
    source = np.random.default_rng(1)
    picture = np.zeros((256, 2048), np.uint8)
    for _ in range(128):
        top, left = source.integers(0, 256), source.integers(0, 2048)
        picture[top : top + source.integers(1, 40), left : left + source.integers(1, 200)] = source.integers(0, 16)
    data = picture.tobytes()
    for level in (1, 2):
        assert len(smallest_stream(memoryview(data), level).data) <= of_rivals(data)


def test_a_shape_of_lzma_that_only_a_part_speaks_for_is_not_taken_alone():
    source = random.Random(11)
    table = b"".join(struct.pack("<HHI", n % 7, n, n * 40) for n in range(9000))
    text = b" ".join(bytes(source.choices(b"etaoinshrdlu", k=source.randint(2, 8))) for _ in range(30_000))
    usual = len(lzma.compress(table + text, preset=9 | lzma.PRESET_EXTREME))
    assert len(smallest_lzma(table + text, 9)) <= usual

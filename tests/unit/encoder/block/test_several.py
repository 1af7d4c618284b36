"""The plain bytes at the levels that try several back ends."""

import lzma
import random
import struct

import brotli
import pytest
import zstandard

from encoder.block import several
from encoder.block.backends import decompress
from encoder.block.lzma_stream import lzma_shape
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


def test_the_light_level_of_mixing_leaves_plain_bytes_to_the_libraries():
    data = words(50_000)
    light, full = (smallest_stream(memoryview(data), level) for level in (1, 2))
    assert light.back_end is not BackEnd.MIXING
    assert full.back_end is BackEnd.MIXING
    assert len(full.data) < len(light.data)


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


def test_the_light_level_mixes_the_plain_bytes_of_records_that_gain_much_by_it():
    source = random.Random(5)
    known = [bytes(source.choices(b"abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 9))) for _ in range(40)]
    data = b"".join(b"%b %b %b\n" % tuple(source.choices(known, k=3)) for _ in range(14_000))
    assert len(data) >= LEAST_SAMPLED
    back_ends = {records: smallest_stream(memoryview(data), 1, records=records).back_end for records in (True, False)}
    assert back_ends == {True: BackEnd.MIXING, False: BackEnd.LZMA}


def test_what_something_else_beats_is_not_made_with_all_care(monkeypatch):
    data = words(36_000)
    real, tried = several.compress, []

    def counted(back_end, view, level, *, text):
        tried.append((back_end, len(view)))
        return real(back_end, view, level, text=text)

    monkeypatch.setattr(several, "compress", counted)
    smallest_stream(memoryview(data), 1, beaten=1000)
    assert max(size for _, size in tried) < len(data)

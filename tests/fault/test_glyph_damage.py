"""Damaged streams: always an error of ours, never wrong bytes, never another exception."""

import io
import random
from dataclasses import replace

import pytest

import encoder
from encoder.container.reader import read_trailer
from encoder.errors import FormatError, GlyphError
from encoder.profile import load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.stream.decoder import StreamingDecoder

DATA = b"".join(b"%d,name %d,%d\n" % (number, number * 7, number * number) for number in range(60))


def blob_of(tree):
    profile = replace(load_profile("baseline"), block_size=600, strategy=Strategy(tree, BackEnd.ZSTD, 3))
    return encoder.encode(DATA, profile)


@pytest.fixture(scope="module", params=[TreeType.TEXT, TreeType.LOG, TreeType.CSV])
def blob(request):
    """A stream of a few blocks, with and without a transform."""
    return blob_of(request.param)


def test_every_truncation_is_an_error(blob):
    for size in range(len(blob)):
        with pytest.raises(FormatError):
            encoder.decode(blob[:size])


def test_every_changed_byte_is_an_error_but_those_that_the_format_ignores(blob):
    """The header's ignorable flags are covered by its check, so even those show."""
    for place in range(len(blob)):
        damaged = bytearray(blob)
        damaged[place] ^= 0xFF
        with pytest.raises(GlyphError):
            encoder.decode(damaged)


def test_every_flipped_bit_is_an_error(blob):
    for bit in range(8 * len(blob)):
        damaged = bytearray(blob)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(GlyphError):
            encoder.decode(damaged)


def test_every_missing_and_every_doubled_byte_is_an_error(blob):
    for place in range(len(blob)):
        with pytest.raises(GlyphError):
            encoder.decode(blob[:place] + blob[place + 1 :])
        with pytest.raises(GlyphError):
            encoder.decode(blob[: place + 1] + blob[place:])


def corrupted(blob, rng):
    """One random kind of damage: noise, a cut, a moved or doubled or zeroed piece."""
    data = bytearray(blob)
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    kind = rng.randrange(6)
    if kind == 0:
        for _ in range(rng.randrange(1, 20)):
            data[rng.randrange(len(data))] = rng.randrange(256)
    elif kind == 1:
        del data[a:b]
    elif kind == 2:
        data[a:b] = bytes(b - a)
    elif kind == 3:
        data[a:a] = data[a:b]
    elif kind == 4:
        data = data[b:] + data[a:b] + data[:a]
    else:
        data[a:b] = rng.randbytes(b - a)
    return bytes(data)


def test_ten_thousand_random_corruptions_are_errors_and_never_wrong_bytes(blob):
    rng = random.Random(4)
    changed = 0
    for _ in range(10_000 // 3 + 1):
        damaged = corrupted(blob, rng)
        if damaged == blob:
            continue
        changed += 1
        with pytest.raises(GlyphError):
            encoder.decode(damaged)
    assert changed > 3000


def test_random_access_into_damage_gives_the_right_bytes_or_an_error(blob):
    rng = random.Random(5)
    for _ in range(1000):
        damaged = corrupted(blob, rng)
        start = rng.randrange(len(DATA))
        try:
            decoder = StreamingDecoder(io.BytesIO(damaged))
            decoder.seek(start)
            assert decoder.read(50) == DATA[start : start + 50]
        except GlyphError:
            continue


def test_the_trailer_of_a_damaged_file_is_read_right_or_refused(blob):
    whole = read_trailer(io.BytesIO(blob))
    rng = random.Random(6)
    for _ in range(1000):
        try:
            assert read_trailer(io.BytesIO(corrupted(blob, rng))).entries == whole.entries
        except GlyphError:
            continue


def test_noise_is_never_taken_for_a_stream():
    rng = random.Random(7)
    for size in range(300):
        with pytest.raises(FormatError):
            encoder.decode(rng.randbytes(size))

import random

import pytest

from encoder.block import zstd
from encoder.block.backends import BY_CODE, CODECS, back_end_of, compress, compress_singly, decompress, mixed_within
from encoder.errors import FormatError, VersionError
from encoder.strategy import BackEnd

LEVELS = [
    (BackEnd.STORE, 0),
    (BackEnd.ZSTD, -5),
    (BackEnd.ZSTD, 3),
    (BackEnd.ZSTD, 19),
    (BackEnd.LZMA, 6),
    (BackEnd.BROTLI, 5),
    (BackEnd.NUMBERS, 6),
]
COMPRESSORS = [BackEnd.ZSTD, BackEnd.LZMA, BackEnd.BROTLI]
TEXT = b"a line that repeats, again and again\n" * 200
BOOK = b"what stands before, and repeats a line or two"


@pytest.mark.parametrize(("back_end", "level"), LEVELS)
@pytest.mark.parametrize("data", [b"", b"x", TEXT, bytes(5000)], ids=["empty", "one byte", "text", "zeros"])
@pytest.mark.parametrize("text", [True, False])
def test_what_was_compressed_comes_back(back_end, level, data, text):
    used, stream = compress(back_end, data, level, text=text)
    assert len(stream) <= len(data)
    assert decompress(used, memoryview(stream), len(data)) == data


@pytest.mark.parametrize("back_end", COMPRESSORS)
def test_what_does_not_shrink_is_stored(back_end):
    data = random.Random(1).randbytes(3000)
    assert compress(back_end, data, 1, text=True) == (BackEnd.STORE, data)


@pytest.mark.parametrize("back_end", [*BackEnd])
@pytest.mark.parametrize("difference", [-1, 1, 5000])
def test_another_length_than_announced_is_refused(back_end, difference):
    stream = CODECS[back_end].compress(TEXT, 1, True, BOOK)
    with pytest.raises(FormatError):
        decompress(back_end, memoryview(stream), len(TEXT) + difference, BOOK)


@pytest.mark.parametrize("back_end", [*BackEnd])
def test_a_stream_cut_anywhere_is_refused(back_end):
    stream = CODECS[back_end].compress(TEXT, 1, True, BOOK)
    for size in range(min(len(stream), 300)):
        with pytest.raises(FormatError):
            decompress(back_end, memoryview(stream)[:size], len(TEXT), BOOK)


@pytest.mark.parametrize("back_end", [*BackEnd])
def test_bytes_after_the_stream_are_refused(back_end):
    stream = CODECS[back_end].compress(TEXT, 1, True, BOOK) + b"junk"
    with pytest.raises(FormatError):
        decompress(back_end, memoryview(stream), len(TEXT), BOOK)


@pytest.mark.parametrize("back_end", COMPRESSORS)
def test_a_bomb_yields_no_more_than_announced(back_end):
    stream = CODECS[back_end].compress(bytes(8 << 20), 1, True, BOOK)
    assert len(stream) < 20_000
    with pytest.raises(FormatError):
        decompress(back_end, memoryview(stream), 1000)


@pytest.mark.parametrize(("back_end", "level"), [(BackEnd.ZSTD, 23), (BackEnd.LZMA, 10), (BackEnd.BROTLI, -1)])
def test_a_level_that_a_back_end_does_not_have_is_named(back_end, level):
    with pytest.raises(ValueError, match=f"{back_end} has levels"):
        compress(back_end, b"data", level, text=True)


def test_every_back_end_has_a_code_of_its_own():
    assert {CODECS[name].code: name for name in BackEnd} == BY_CODE


def test_more_levels_than_are_kept_still_compress():
    for level in range(1, 12):
        used, stream = compress(BackEnd.ZSTD, TEXT, level, text=True)
        assert decompress(used, memoryview(stream), len(TEXT)) == TEXT


def test_the_contexts_that_a_thread_keeps_are_small_together_however_often_each_was_used():
    data = random.Random(3).randbytes(1 << 18)
    for _ in range(2):
        for level in (9, 7, 6, 5, 3, 1):
            compress(BackEnd.ZSTD, data, level, text=True)
            kept = [each.memory_size() for each in zstd._contexts.compressors.values()]
            assert sum(kept[:-1]) <= zstd._CONTEXT_BYTES  # beside the last one, which is in use
    zstd.slim_contexts()
    assert sum(each.memory_size() for each in zstd._contexts.compressors.values()) <= zstd._CONTEXT_BYTES


@pytest.mark.parametrize("code", [8, 255])
def test_a_back_end_of_a_later_version_needs_a_newer_reader(code):
    with pytest.raises(VersionError, match=f"back end {code}"):
        back_end_of(code)


def test_bytes_without_matches_are_smaller_where_matches_are_chance_and_come_back():
    noise = bytes(random.Random(3).choices(range(6), weights=range(1, 7), k=60_000))
    _, matched = compress(BackEnd.ZSTD, noise, 3, text=False)
    used, single = compress_singly(noise)
    assert (used, len(single) < len(matched)) == (BackEnd.ZSTD, True)
    assert decompress(used, memoryview(single), len(noise)) == noise


def test_bytes_that_nothing_makes_smaller_are_stored_singly_too():
    noise = random.Random(4).randbytes(5000)
    assert compress_singly(noise) == (BackEnd.STORE, noise)


def test_mixing_ends_where_it_takes_more_than_it_may():
    text = b"".join(b"%d times %d is %d\n" % (n, n, n * n) for n in range(9000))
    whole = mixed_within(text, 2, len(text))
    assert whole is not None
    assert mixed_within(text, 2, len(whole) + 1) == whole
    assert mixed_within(text, 2, len(whole) // 2) is None
    assert decompress(BackEnd.MIXING, memoryview(whole), len(text)) == text

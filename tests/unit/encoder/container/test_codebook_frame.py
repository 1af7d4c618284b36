import random

import pytest

from encoder.block.backends import BACK_END_BITS, CODECS
from encoder.container.codebook_frame import codebook_of, pack_codebook, pack_reference, parse_codebook, parse_reference
from encoder.container.format import MOST_CODEBOOK
from encoder.errors import FormatError
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.varint import varint

BOOK = b"what was said before, and will be said again\n" * 30


@pytest.mark.parametrize("codebook", [b"x", BOOK, random.Random(1).randbytes(MOST_CODEBOOK)])
def test_a_codebook_reads_back(codebook):
    assert parse_codebook(pack_codebook(codebook), 20) == codebook


@pytest.mark.parametrize("size", [0, MOST_CODEBOOK + 1])
def test_a_codebook_of_another_size_is_not_written(size):
    with pytest.raises(ValueError, match="1 to 65536 bytes"):
        pack_codebook(bytes(size))


@pytest.mark.parametrize("size", [0, MOST_CODEBOOK + 1, 1 << 40])
def test_a_codebook_that_cannot_be_is_refused_before_it_is_decompressed(size):
    with pytest.raises(FormatError, match="a codebook of"):
        parse_codebook(varint(size << BACK_END_BITS | CODECS[BackEnd.ZSTD].code) + b"rest", 20)


@pytest.mark.parametrize("back_end", [BackEnd.MIXING, BackEnd.CARRIED])
def test_a_codebook_stands_behind_a_library_alone(back_end):
    with pytest.raises(FormatError, match="a codebook of 9 bytes behind"):
        parse_codebook(varint(9 << BACK_END_BITS | CODECS[back_end].code) + b"123456789", 20)


@pytest.mark.parametrize("code", [4, 5, 6, 7])
def test_a_codebook_behind_a_back_end_that_has_none_is_refused(code):
    with pytest.raises(FormatError):
        parse_codebook(varint(9 << BACK_END_BITS | code) + b"123456789", 20)


def test_a_codebook_that_is_cut_or_goes_on_is_refused():
    packed = pack_codebook(BOOK)
    for size in range(len(packed)):
        with pytest.raises(FormatError):
            parse_codebook(packed[:size], 20)
    with pytest.raises(FormatError):
        parse_codebook(packed + b"x", 20)


@pytest.mark.parametrize("distance", [1, 200, 5000])
def test_a_reference_says_where_the_codebook_stands(distance):
    assert parse_reference(pack_reference(distance) + b"body", 5000) == (5000 - distance, b"body")


@pytest.mark.parametrize("reference", [b"", b"\x00", b"\x80", pack_reference(5001), b"\x80\x00"])
def test_a_reference_to_nowhere_is_refused(reference):
    with pytest.raises(FormatError):
        parse_reference(reference, 5000)


def test_a_body_that_does_without_refers_to_nothing():
    strategy = Strategy(TreeType.TEXT, BackEnd.ZSTD, 3, codebook=BOOK)
    code = CODECS[BackEnd.CARRIED].code
    assert codebook_of(bytes([0x11, 1, code, 3]) + b"stream", strategy) == BOOK
    assert codebook_of(bytes([0x10, 1, 0, 0]) + b"stream", strategy) == b""
    assert codebook_of(b"", strategy) == b""

"""Plain bytes behind a filter: branches of programs, columns of records."""

import random
import struct

import pytest

from encoder.block.backends import CODECS, decompress, filtered_stream, memory_of
from encoder.block.codec import decode_block, encode_block
from encoder.block.filtered import smallest_of_all
from encoder.block.filters import MOST_WIDTH, Branches, Columns, columns_in, read_filter
from encoder.block.several import smallest_stream
from encoder.errors import FormatError, LimitError, VersionError
from encoder.limits import Limits
from encoder.strategy import BackEnd, Strategy, TreeType

SIZES = (0, 1, 2, 4, 5, 79, 1001, 70_000, 200_000)


def calls(count):
    """Machine code in which the same few functions are called from everywhere."""
    source, out = random.Random(1), bytearray()
    targets = [source.randrange(1 << 20) for _ in range(40)]
    while len(out) < 12 * count:
        out += source.choice((b"\x48\x89\xc7", b"\x31\xc0\x90", b"\x48\x8b\x45\xf8\x55", b"\x85\xc0\x74\x08"))
        out += b"\xe8" + struct.pack("<i", source.choice(targets) - len(out) - 5)
    return bytes(out)


def records(count):
    """Records of 22 bytes: a counter, a time, a kind, a word."""
    source, at = random.Random(2), 1_700_000_000
    out = []
    for n in range(count):
        at += source.randrange(30)
        word = source.choice((b"alpha", b"beta", b"gamma", b"delta"))
        out.append(struct.pack("<IIHf8s", n, at, source.randrange(5), source.random(), word))
    return b"".join(out)


@pytest.mark.parametrize("size", SIZES)
def test_any_bytes_come_back_from_the_filter_of_branches(size):
    data = (random.Random(size).randbytes(size) + calls(200)) if size % 2 else calls(1 + size // 12)[:size]
    turned = Branches().apply(data)
    assert len(turned) == len(data)
    assert Branches().undo(turned) == data


@pytest.mark.parametrize("size", SIZES)
def test_the_filter_of_branches_turns_any_bytes_back_and_forth(size):
    data = random.Random(size).randbytes(size)
    assert Branches().apply(Branches().undo(data)) == data


@pytest.mark.parametrize("width", [2, 3, 8, 9, 80, MOST_WIDTH])
@pytest.mark.parametrize("size", SIZES)
def test_any_bytes_come_back_from_columns_of_any_width(width, size):
    source = random.Random(width * 1000 + size)
    data = source.randbytes(size)
    columns = Columns(width, tuple(source.random() < 0.5 for _ in range(width)))
    turned = columns.apply(data)
    assert len(turned) == len(data)
    assert columns.undo(turned) == data


def test_calls_of_one_function_are_the_same_bytes_behind_the_filter():
    target = 0x2000
    data = b"".join(b"\x90" * 11 + b"\xe8" + struct.pack("<i", target - 16 * (n + 1)) for n in range(64))
    turned = Branches().apply(data)
    assert len({turned[at : at + 16] for at in range(0, 960, 16)}) == 1


def test_a_column_that_counts_is_taken_as_differences():
    data = b"".join(bytes((7, n % 256)) for n in range(100))
    assert Columns(2, (False, True)).apply(data) == bytes([7] * 100) + bytes([0] + [1] * 99)


@pytest.mark.parametrize("filter_of", [Branches(), Columns(2, (True, False)), Columns(9, (True,) * 9)])
def test_a_head_says_which_filter_it_is(filter_of):
    found, rest = read_filter(memoryview(filter_of.to_bytes() + b"rest"))
    assert found == filter_of
    assert bytes(rest) == b"rest"


@pytest.mark.parametrize("head", [b"", b"\x02", b"\x02\x00", b"\x02\x01\x00", b"\x02\x09\x01", b"\x02\x09\x01\x02"])
def test_a_head_that_is_cut_or_names_too_few_or_too_many_columns_is_refused(head):
    with pytest.raises(FormatError):
        decompress(BackEnd.FILTERED, memoryview(head), 100)


@pytest.mark.parametrize("number", [0, 3, 255])
def test_a_later_filter_needs_a_newer_reader(number):
    with pytest.raises(VersionError, match="newer reader"):
        decompress(BackEnd.FILTERED, memoryview(bytes((number, 2, 0))), 100)


@pytest.mark.parametrize("inner", [BackEnd.FILTERED, BackEnd.CARRIED])
def test_no_filter_and_no_codebook_stands_behind_a_filter(inner):
    stream = bytes((1, CODECS[inner].code)) * 2000
    with pytest.raises(FormatError):
        decompress(BackEnd.FILTERED, memoryview(stream), 100)
    with pytest.raises(FormatError):
        memory_of(BackEnd.FILTERED, memoryview(stream), 100)


def test_records_are_found_by_their_width():
    columns = columns_in(records(2000))
    assert columns is not None
    assert columns.width == 22
    assert columns.differences[0]
    assert not any(columns.differences[14:])


@pytest.mark.parametrize("data", [b"", b"x" * 50, random.Random(3).randbytes(60_000)])
def test_no_records_are_found_where_there_are_none(data):
    assert columns_in(data) is None


@pytest.mark.parametrize("data", [calls(20_000), records(9000)], ids=["calls", "records"])
@pytest.mark.parametrize("level", [1, 2])
def test_a_filter_makes_programs_and_records_smaller_than_any_back_end_alone(data, level):
    found = smallest_of_all(memoryview(data), level)
    assert found.back_end is BackEnd.FILTERED
    assert len(found.data) < 0.97 * len(smallest_stream(memoryview(data), level).data)
    assert decompress(BackEnd.FILTERED, memoryview(found.data), len(data)) == data


@pytest.mark.parametrize("shift", range(0, 22, 5))
def test_columns_are_those_of_the_whole_block_wherever_its_middle_begins(shift):
    data = b"h" * shift + records(9000)
    found = smallest_of_all(memoryview(data), 2)
    assert len(found.data) < 1.02 * len(smallest_of_all(memoryview(records(9000)), 2).data) + shift
    assert decompress(found.back_end, memoryview(found.data), len(data)) == data


def test_text_and_what_nothing_makes_smaller_have_no_filter():
    for data in (b"some words, 1, 2 and 3\n" * 4000, random.Random(4).randbytes(90_000)):
        assert smallest_of_all(memoryview(data), 1).back_end is not BackEnd.FILTERED


def test_a_block_behind_a_filter_comes_back_and_keeps_to_its_memory():
    data = records(9000)
    body = encode_block(data, Strategy(TreeType.OPAQUE, BackEnd.MIXING, 1))
    assert body[2] == CODECS[BackEnd.FILTERED].code
    assert decode_block(body, len(data)) == data
    with pytest.raises(LimitError):
        decode_block(body, len(data), Limits(max_block=1 << 20, max_memory=5 * len(data)))


def test_a_damaged_stream_is_refused_or_gives_the_right_number_of_bytes():
    data = records(500)
    by = columns_in(data)
    inner = CODECS[BackEnd.LZMA].compress(by.apply(data), 6, False, b"")
    stream = filtered_stream(by.to_bytes(), BackEnd.LZMA, inner)
    source, outcomes = random.Random(5), set()
    for _ in range(300):
        damaged = bytearray(stream)
        damaged[source.randrange(len(damaged))] = source.randrange(256)
        try:
            outcomes.add(len(decompress(BackEnd.FILTERED, memoryview(damaged), len(data))))
        except (FormatError, VersionError):
            outcomes.add(None)
    assert outcomes <= {None, len(data)}
    assert None in outcomes

import random
import tracemalloc

import pytest

from encoder.block.backends import CODECS, decompress
from encoder.block.codec import decode_block, describe_block, encode_block
from encoder.block.layout import ROWS
from encoder.errors import FormatError, GlyphError, LimitError, VersionError
from encoder.limits import Limits
from encoder.strategy import BackEnd, Strategy, TreeType

RECORDS = {
    TreeType.LOG: b'Jan %d 10:0%d host app[%d]: took %d.%d ms "q%d" deadbeef%02x\n',
    TreeType.JSON_LINES: b'{"a": %d, "b": [%d, "%d"], "c": %d.%d, "d": "x%d", "e": "00ff%04x"}\n',
    TreeType.JSON: b'{"a": %d, "b": [%d, "%d"], "c": %d.%d, "d": "x%d", "e": "00ff%04x"},',
    TreeType.CSV: b'%d,n%d,%d,-%d.%d,"x\n%d",abcdef%02x\n',
    TreeType.XML: b"<r a='%d' b=\"n%d\"><v>%d</v><w>%d.%d</w><x>n%d</x>00aa11%02x</r>\n",
}


def mixing(tree, level=1):
    return Strategy(tree, BackEnd.MIXING, level)


def data_of(tree, count=200):
    chance = random.Random(5)
    rows = []
    for n in range(count):
        kind = chance.choice((0, 0, 0, 1, 2))
        rows.append(RECORDS[tree] % (n, kind, 40 + n // 9, kind * 3, chance.randrange(30), kind * kind, 7 * kind))
    return b"".join(rows) + b"a tail, 7"


def outcome(body, size, limits=Limits(max_block=1 << 20, max_memory=1 << 26)):  # noqa: B008
    try:
        return len(decode_block(body, size, limits))
    except GlyphError:
        return None


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("tree", RECORDS)
def test_structured_blocks_become_rows_and_come_back(tree, level):
    data = data_of(tree, 2000)
    body = encode_block(data, mixing(tree, level))
    assert body[0] & 15 == ROWS
    assert decode_block(body, len(data)) == data
    info = describe_block(body)
    assert (info.tree, info.back_end, info.level) == (tree, BackEnd.MIXING, level)
    assert info.records > 0
    assert sum(column.encoded_bytes for column in info.columns) < len(body)


@pytest.mark.parametrize("tree", RECORDS)
def test_rows_are_smaller_than_columns_with_the_strongest_library(tree):
    data = data_of(tree, 2000)
    rows = encode_block(data, mixing(tree, 2))
    columns = encode_block(data, Strategy(tree, BackEnd.ZSTD, 19))
    assert len(rows) < len(columns)


def test_a_column_that_counts_costs_next_to_nothing():
    counting = b"".join(b"%d,x\n" % (1_000_000 + 17 * n) for n in range(5000))
    assert len(encode_block(counting, mixing(TreeType.CSV))) < 200


def test_values_of_every_byte_leave_no_terminator_and_do_not_become_rows():
    data = (
        b"".join(b"%d,%d\n" % (n, n * n) for n in range(1000)) + b'"' + bytes(range(256)).replace(b'"', b"") + b'",1\n'
    )
    body = encode_block(data, mixing(TreeType.CSV))
    assert body[0] & 15 != ROWS
    assert decode_block(body, len(data)) == data


@pytest.mark.parametrize("tree", RECORDS)
def test_rows_cut_anywhere_are_refused(tree):
    data = data_of(tree)
    body = encode_block(data, mixing(tree))
    cuts = {outcome(body[:size], len(data)) for size in range(0, len(body), 5)}
    assert cuts == {None}


@pytest.mark.parametrize("tree", RECORDS)
def test_damaged_rows_are_refused_or_give_the_right_number_of_bytes(tree):
    data = data_of(tree)
    body = encode_block(data, mixing(tree))
    chance = random.Random(6)
    outcomes = set()
    for _ in range(300):
        damaged = bytearray(body)
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        outcomes.add(outcome(bytes(damaged), len(data)))
    assert outcomes <= {None, len(data)}
    assert None in outcomes


def test_a_later_model_of_text_needs_a_newer_reader():
    data = b"some words and some more words; " * 400
    stream = bytearray(CODECS[BackEnd.MIXING].compress(data, 1, True, b""))
    stream[0] = 7
    with pytest.raises(VersionError, match="model 7"):
        decompress(BackEnd.MIXING, memoryview(stream), len(data))


def many_words(count=6000):
    source = random.Random(8)
    known = [bytes(source.choices(b"abcdefghij", k=source.randint(2, 9))) for _ in range(300)]
    return b" ".join(known[min(299, int(source.paretovariate(0.8)))] for _ in range(count))


@pytest.mark.parametrize("level", [1, 2])
def test_text_that_was_damaged_or_cut_is_refused_or_gives_the_right_number_of_bytes(level):
    data = many_words()
    stream = CODECS[BackEnd.MIXING].compress(data, level, True, b"")
    assert len(stream) < len(data) // 2
    chance = random.Random(7)
    for size in range(0, len(stream), 97):
        with pytest.raises(FormatError):
            decompress(BackEnd.MIXING, memoryview(stream[:size]), len(data))
    for _ in range(60):
        damaged = bytearray(stream)
        damaged[chance.randrange(1, len(damaged))] ^= 1 << chance.randrange(8)
        try:
            assert len(decompress(BackEnd.MIXING, memoryview(damaged), len(data))) == len(data)
        except FormatError:
            continue


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("size", [0, 1, 2, 5, 6, 7, 40])
def test_text_of_any_length_comes_back(level, size):
    data = (b"ab" * 300)[:size] + b"a" * 3000
    stream = CODECS[BackEnd.MIXING].compress(data, level, True, b"")
    assert decompress(BackEnd.MIXING, memoryview(stream), len(data)) == data


def test_a_later_model_of_rows_needs_a_newer_reader():
    data = data_of(TreeType.LOG, 2000)
    body = encode_block(data, mixing(TreeType.LOG))
    *_, tokens = describe_block(body).columns
    later = bytearray(body)
    later[len(body) - tokens.encoded_bytes] = 8
    with pytest.raises(VersionError, match="model 8"):
        decode_block(bytes(later), len(data))


def test_short_records_at_the_full_level_are_never_larger_than_their_columns_behind_a_library():
    counting = b"".join(b"%d;%d;%d\n" % (n, n * n, 7 * n % 100) for n in range(900))
    rows = encode_block(counting, mixing(TreeType.CSV, 2))
    assert len(rows) <= len(encode_block(counting, Strategy(TreeType.CSV, BackEnd.ZSTD, 19)))


@pytest.mark.parametrize("tree", [TreeType.TEXT, TreeType.LOG])
def test_what_decoding_takes_is_refused_before_it_is_taken(tree):
    data = b"".join(b"line %d of %d\n" % (n, n * n) for n in range(3000))
    body = encode_block(data, mixing(tree))
    demanded = 1 << 16
    while outcome(body, len(data), Limits(max_memory=demanded)) is None:
        tracemalloc.start()
        with pytest.raises(LimitError):
            decode_block(body, len(data), Limits(max_memory=demanded))
        assert tracemalloc.get_traced_memory()[1] < demanded
        tracemalloc.stop()
        demanded *= 2
    tracemalloc.start()
    decode_block(body, len(data), Limits(max_memory=demanded))
    assert tracemalloc.get_traced_memory()[1] <= demanded
    tracemalloc.stop()


def test_what_does_not_decode_to_its_source_is_encoded_anew(monkeypatch, caplog):
    data = data_of(TreeType.LOG)
    real = decode_block
    monkeypatch.setattr("encoder.block.codec.decode_block", lambda *_: b"something else")
    body = encode_block(data, Strategy(TreeType.LOG, BackEnd.MIXING, 1, verify=True))
    assert "did not decode" in caplog.text
    assert describe_block(body).back_end is BackEnd.ZSTD
    assert real(body, len(data)) == data


def test_verified_blocks_are_the_same_as_others():
    data = data_of(TreeType.CSV)
    assert encode_block(data, Strategy(TreeType.CSV, BackEnd.MIXING, 2, verify=True)) == encode_block(
        data, mixing(TreeType.CSV, 2)
    )


@pytest.mark.parametrize("size", [0, 1, 5, 4095])
def test_small_blocks_are_left_to_a_library(size):
    data = (b"a line, and another\n" * 300)[:size]
    body = encode_block(data, mixing(TreeType.LOG))
    assert describe_block(body).back_end is not BackEnd.MIXING
    assert decode_block(body, size) == data


def test_random_bytes_are_stored():
    data = random.Random(3).randbytes(20_000)
    assert describe_block(encode_block(data, mixing(TreeType.TEXT))).back_end is BackEnd.STORE


@pytest.mark.parametrize("damage", [b"", b"\x00"])
def test_rows_of_another_length_are_refused(damage):
    data = data_of(TreeType.CSV)
    body = encode_block(data, mixing(TreeType.CSV)) + damage
    with pytest.raises(FormatError):
        decode_block(body, len(data) + (not damage))

import json
import random
from dataclasses import replace

import numpy as np
import zstandard

from encoder.block.backends import mixed_within
from encoder.block.codec import BlockInfo, decode_block, describe_block, encode_block
from encoder.block.layout import GLYPHS, HEADER_SIZE, PLAIN, ROWS, STORED
from encoder.block.smallest import SAFE, plain_body, smallest_body
from encoder.strategy import BackEnd, Strategy, TreeType

RECORDS = b"".join(b"%d,%d.%d,ok,%08x\n" % (n, n % 90, n % 10, n * 2654435761 % 2**32) for n in range(1500))


def zstd(tree, level=3):
    return Strategy(tree, BackEnd.ZSTD, level)


def form_of(body):
    return body[0] & 15


def chosen(data, strategy):
    return smallest_body(memoryview(data), strategy, None, thorough=True)


def prose():
    words = random.Random(4)
    vocabulary = [bytes(words.choices(b"abcdefghijklmnopqrstuvwxyz", k=words.randint(2, 9))) for _ in range(3000)]
    return b" ".join(words.choice(vocabulary) for _ in range(20_000))


def test_records_are_taken_apart_where_that_is_smaller_than_their_plain_bytes():
    body = chosen(RECORDS, zstd(TreeType.CSV))
    assert form_of(body) == GLYPHS
    assert len(body) < len(plain_body(memoryview(RECORDS), zstd(TreeType.CSV), TreeType.TEXT, fell_back=True))


def test_random_bytes_fall_back_to_storing_and_the_header_says_so():
    data = random.Random(2).randbytes(10_000)
    body = chosen(data, zstd(TreeType.CSV))
    assert form_of(body) == STORED
    assert body[HEADER_SIZE:] == data
    assert describe_block(body) == BlockInfo(TreeType.TEXT, True, BackEnd.STORE, 0, 0, 0, ())


def test_prose_falls_back_to_the_back_end_alone():
    data = prose()
    body = chosen(data, zstd(TreeType.LOG, 19))
    assert form_of(body) == PLAIN
    info = describe_block(body)
    assert (info.tree, info.fell_back, info.back_end, info.level) == (TreeType.TEXT, True, BackEnd.ZSTD, 19)
    assert decode_block(body, len(data)) == data


def test_a_small_block_of_mixed_text_is_never_larger_than_behind_brotli():
    data = prose()[:20_000]
    body = plain_body(memoryview(data), Strategy(TreeType.TEXT, BackEnd.MIXING, 1), TreeType.TEXT, fell_back=False)
    brotli = plain_body(memoryview(data), Strategy(TreeType.TEXT, BackEnd.BROTLI, 11), TreeType.TEXT, fell_back=False)
    assert len(body) <= len(brotli)
    assert decode_block(body, len(data)) == data


def test_a_codebook_that_text_has_nothing_of_is_left_out_where_a_slower_back_end_is_smaller():
    data = prose()
    strategy = Strategy(TreeType.TEXT, BackEnd.BROTLI, 11, codebook=RECORDS[:4096])
    body = chosen(data, strategy)
    assert describe_block(body, codebook=strategy.codebook).back_end is BackEnd.BROTLI
    again = replace(strategy, codebook=data[:4096])
    carried = chosen(data[:5000], again)
    assert describe_block(carried, codebook=again.codebook).back_end is BackEnd.CARRIED
    assert decode_block(carried, 5000, codebook=again.codebook) == data[:5000]


def test_what_a_block_gets_that_its_strategy_failed_is_plain_text():
    body = plain_body(memoryview(RECORDS), SAFE, TreeType.TEXT, fell_back=True)
    assert form_of(body) == PLAIN
    assert decode_block(body, len(RECORDS)) == RECORDS


def test_records_that_are_mostly_text_are_no_larger_than_plain_zstd_at_level_9():
    chance = random.Random(7)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randrange(2, 9))) for _ in range(3000)]
    lines = [
        json.dumps({"id": number, "review": " ".join(chance.choices(words, k=60)), "stars": chance.randrange(5)})
        for number in range(700)
    ]
    data = "\n".join(lines).encode() + b"\n"
    modest = zstandard.ZstdCompressor(level=9).compress(data)
    for tree in (TreeType.JSON_LINES, TreeType.LOG, TreeType.CSV):
        body = encode_block(data, replace(zstd(tree), prose_level=9))
        assert len(body) <= len(modest)
        assert len(encode_block(data, zstd(tree))) > len(body)
        assert decode_block(body, len(data)) == data


def pairs(count):
    """Lines of words and a few numbers, in which the same names stand in columns of different templates."""
    chance = random.Random(6)
    names = ["".join(chance.choices("abcdefghijklmnop", k=9)) + str(n) for n in range(400)]
    verbs = ["unpacked", "configured", "installed", "half-installed", "removed", "triggered"]
    return "".join(
        f"status {chance.choice(verbs)} {name} 1.{n % 7}\n" for n in range(count) for name in [chance.choice(names)]
    ).encode()


def test_text_that_columns_share_is_put_in_one_stream_where_the_strategy_cares_for_prose():
    data = pairs(6000)
    apart = chosen(data, zstd(TreeType.LOG))
    pooled = chosen(data, replace(zstd(TreeType.LOG), prose_level=3))
    assert len(pooled) < len(apart)
    assert decode_block(pooled, len(data)) == data


def test_what_gains_hardly_anything_by_columns_is_left_plain_at_its_own_level():
    data = prose().replace(b" ", b"\n", 2000)
    higher = [replace(zstd(TreeType.LOG), prose_level=9, plain_level=level) for level in (None, 19)]
    modest, plain = (chosen(data, strategy) for strategy in higher)
    assert describe_block(plain) == BlockInfo(TreeType.TEXT, True, BackEnd.ZSTD, 19, 0, 0, ())
    assert len(plain) < len(modest)
    assert decode_block(plain, len(data)) == data
    sampled = smallest_body(memoryview(data), higher[1], None, thorough=False)
    assert describe_block(sampled).level == 3


def mixed_whole(data, monkeypatch):
    """The body of a document at a level that mixes, and whether all of its plain bytes were mixed to find it."""
    real, sizes = mixed_within, []

    def counted(stream, level, most, beside):
        sizes.append(len(stream))
        return real(stream, level, most, beside)

    monkeypatch.setattr("encoder.block.several.mixed_within", counted)
    body = encode_block(data, Strategy(TreeType.XML, BackEnd.MIXING, 2))
    assert decode_block(body, len(data)) == data
    return body, len(data) in sizes


def test_a_document_of_records_is_not_mixed_whole_where_a_sample_says_that_this_would_gain_less(monkeypatch):
    rows = b"".join(b"<r id='%d'><v>%d</v><w>%d.5</w></r>\n" % (n, n * n % 977, n % 7) for n in range(7000))
    body, whole = mixed_whole(b"<all>" + rows + b"</all>", monkeypatch)
    assert (form_of(body), whole) in {(GLYPHS, False), (ROWS, False)}


def test_a_document_of_prose_is_mixed_whole_where_a_sample_says_that_this_may_win(monkeypatch):
    data = b"<all><p>" + 2 * prose() + b"</p></all>\n"
    body, whole = mixed_whole(data, monkeypatch)
    assert whole
    assert len(body) <= len(encode_block(data, Strategy(TreeType.TEXT, BackEnd.MIXING, 2)))


def test_opaque_bytes_at_level_12_are_no_larger_than_at_level_9():
    chance = random.Random(2)
    data, value = bytearray(), 0
    for _ in range(60_000):
        value += chance.randrange(-30, 31)
        data += (value % 65536).to_bytes(2, "big")
    sizes = {level: len(encode_block(bytes(data), zstd(TreeType.OPAQUE, level))) for level in (9, 12)}
    assert sizes[12] <= sizes[9]


def test_numbers_that_are_taken_for_text_are_at_level_12_no_larger_than_at_level_9():
    chance = np.random.default_rng(3)
    data = chance.integers(0, 1000, 300_000).astype("<i4").tobytes()
    sizes = {level: len(encode_block(data, zstd(TreeType.TEXT, level))) for level in (9, 12)}
    assert sizes[12] <= sizes[9]

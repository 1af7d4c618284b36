import random
import subprocess
import sys
import threading

import pytest

from encoder.block.codec import decode_block, describe_block, encode_block
from encoder.block.layout import GLYPHS
from encoder.errors import FormatError, LimitError
from encoder.limits import Limits
from encoder.profile import LEVELS
from encoder.strategy import BackEnd, Strategy, TreeType

TRANSFORMED = [TreeType.LOG, TreeType.JSON_LINES, TreeType.JSON, TreeType.CSV, TreeType.XML]
LOG = b"".join(
    b'2024-03-%02d 12:%02d:%02d.%03d sshd[%d]: Failed password for "user%d" from 10.0.%d.%d port %d\n'
    % (n % 28 + 1, n % 60, n * 7 % 60, n * 37 % 1000, 900 + n // 50, n % 9, n % 5, n * 11 % 256, 1024 + n * 131 % 60000)
    for n in range(1500)
)
JSON = b"".join(
    b'{"id": %d, "name": "item %d", "price": %d.%02d, "tags": ["a", "b%d"], "ok": %s, "none": null}\n'
    % (n, n, n * 3 % 97, n % 100, n % 4, b"true" if n % 3 else b"false")
    for n in range(1500)
)
CSV = b"".join(
    b'%d,%d.%d,"a, quoted ""one""",%08x,,-%d\n' % (n, n % 90, n % 10, n * 2654435761 % 2**32, n) for n in range(1500)
)
XML = b"".join(b"<row id='%d'><name lang=\"en\">name %d</name><v>%d</v></row>\n" % (n, n, n * n) for n in range(1500))
SAMPLES = {
    TreeType.LOG: LOG,
    TreeType.JSON_LINES: JSON,
    TreeType.JSON: b"[" + JSON.replace(b"\n", b",")[:-1] + b"]",
    TreeType.CSV: CSV,
    TreeType.XML: XML,
}


def zstd(tree, level=3):
    return Strategy(tree, BackEnd.ZSTD, level)


def form_of(body):
    return body[0] & 15


@pytest.mark.parametrize("tree", TRANSFORMED)
@pytest.mark.parametrize("back_end", [back_end for back_end in LEVELS if back_end is not BackEnd.MIXING])
def test_a_block_of_its_own_shape_is_transformed_and_comes_back(tree, back_end):
    data = SAMPLES[tree]
    body = encode_block(data, Strategy(tree, back_end, 5 if back_end is not BackEnd.STORE else 0))
    assert form_of(body) == GLYPHS
    assert len(body) < len(data)
    assert decode_block(body, len(data)) == data


@pytest.mark.parametrize("tree", TRANSFORMED)
def test_the_transform_makes_shaped_records_smaller_than_zstd_alone(tree):
    transformed = encode_block(SAMPLES[tree], zstd(tree))
    plain = encode_block(SAMPLES[tree], zstd(TreeType.TEXT))
    assert len(transformed) < 0.8 * len(plain)


HOSTILE = {
    "empty": b"",
    "one byte": b"x",
    "a newline": b"\n",
    "newlines": b"\n" * 5000,
    "separators": b"," * 5000,
    "quotes": b'"' * 5001,
    "escaped quotes": b'"' + b'\\"' * 5000,
    "open tags": b"<a b='" * 2000,
    "NULs": bytes(5000),
    "template marks": b"\x00\x01\x02 1\x00\x01\x02 22\n" * 300,
    "CRLF": LOG.replace(b"\n", b"\r\n")[:20000],
    "no newline at the end": LOG[:20000],
    "broken UTF-8": b"\xff\xfe 12 \xc3\n" * 500,
    "random": random.Random(1).randbytes(20000),
    "leading zeros": b"007\n08\n-0\n00\n1.50\n-1.5\n.5\n5.\n-\n" * 100,
    "long numbers": b"123456789012345678901234567890 9223372036854775808 -999999999999999999\n" * 100,
    "one wide among narrow": b"".join(b"k %d\n" % (10**17 if n == 50 else n % 7) for n in range(3000)),
    "fields with newlines": b'a,"b\nc",1\nd,"\n\n",22\n' * 300,
    "digits": b"0123456789" * 2000,
    "deep": b'{"a":' * 3000 + b"1" + b"}" * 3000,
}


@pytest.mark.parametrize("tree", [*TreeType])
@pytest.mark.parametrize("name", HOSTILE)
def test_any_strategy_is_lossless_for_any_bytes_and_never_larger_than_stored(tree, name):
    data = HOSTILE[name]
    body = encode_block(data, zstd(tree, 1))
    assert len(body) <= len(data) + 4
    assert decode_block(body, len(data)) == data


@pytest.mark.parametrize("tree", TRANSFORMED)
def test_a_record_of_a_million_variables_is_neither_slow_nor_wrong(tree):
    data = b"[" + b'1,"a",' * 175_000 + b"]"
    assert decode_block(encode_block(data, zstd(tree, 1)), len(data)) == data


@pytest.mark.parametrize("tree", TRANSFORMED)
@pytest.mark.parametrize("unit", [b'\\"', b'"', b"'\"", b'"\\', b"<'", b'{"', b' "1'], ids=repr)
def test_a_megabyte_of_unclosed_quotes_takes_linear_time(tree, unit):
    data = b'"' + unit * ((1 << 20) // len(unit))
    assert decode_block(encode_block(data, zstd(tree, 1)), len(data)) == data


def test_more_templates_than_are_numbered_leave_a_tail():
    words = random.Random(3)
    data = b"".join(bytes(words.choices(b"abcdefghij ;()", k=12)) + b" 1\n" for _ in range(50_000))
    body = encode_block(data, Strategy(TreeType.LOG, BackEnd.STORE, 0))
    assert decode_block(body, len(data)) == data


def test_a_body_says_what_its_columns_are():
    body = encode_block(LOG, zstd(TreeType.LOG))
    info = describe_block(body)
    assert (info.tree, info.fell_back, info.back_end, info.level) == (TreeType.LOG, False, BackEnd.ZSTD, 3)
    assert info.records == 1500
    assert {column.kind for column in info.columns} >= {"integers", "dictionary", "divided"}
    assert sum(column.encoded_bytes for column in info.columns) <= len(body)
    assert all(column.raw_bytes >= 0 and column.values >= 0 for column in info.columns)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("tree", [TreeType.LOG, TreeType.TEXT])
def test_any_kind_of_buffer_gives_the_same_body(kind, tree):
    assert encode_block(kind(LOG), zstd(tree)) == encode_block(LOG, zstd(tree))


def test_threads_that_encode_at_once_do_not_disturb_each_other():
    expected = {tree: encode_block(data, zstd(tree)) for tree, data in SAMPLES.items()}
    wrong = []

    def encode(tree):
        for _ in range(5):
            body = encode_block(SAMPLES[tree], zstd(tree))
            if body != expected[tree] or decode_block(body, len(SAMPLES[tree])) != SAMPLES[tree]:
                wrong.append(tree)

    threads = [threading.Thread(target=encode, args=(tree,)) for tree in SAMPLES for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_wrong_size_is_refused():
    for tree in (TreeType.LOG, TreeType.TEXT):
        body = encode_block(LOG, zstd(tree))
        for size in (0, len(LOG) - 1, len(LOG) + 1):
            with pytest.raises(FormatError):
                decode_block(body, size)


@pytest.mark.parametrize("limits", [Limits(max_block=1000), Limits(max_memory=1000)])
@pytest.mark.parametrize("tree", [TreeType.LOG, TreeType.TEXT])
def test_a_block_over_a_limit_is_refused_before_it_is_decoded(limits, tree):
    with pytest.raises(LimitError, match="limit of 1000"):
        decode_block(encode_block(LOG, zstd(tree)), len(LOG), limits)


def test_text_blocks_never_load_numba():
    program = (
        "import sys; from encoder.block.codec import *; from encoder.strategy import *;"
        "s = Strategy(TreeType.TEXT, BackEnd.ZSTD, 3); d = b'text ' * 99; b = encode_block(d, s);"
        "assert decode_block(b, len(d)) == d; describe_block(b);"
        "sys.exit('numba' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

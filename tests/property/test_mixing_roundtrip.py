import contextlib
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from encoder.block.backends import CODECS
from encoder.block.codec import decode_block, encode_block
from encoder.block.layout import ROWS, Header
from encoder.block.rows import LEAST_MIXED, pack_rows
from encoder.errors import GlyphError
from encoder.limits import Limits
from encoder.strategy import BackEnd, Strategy, TreeType

MIXING = CODECS[BackEnd.MIXING]
LIMITS = Limits(max_block=1 << 20, max_memory=1 << 27)
TREES = [tree for tree in TreeType if tree is not TreeType.OPAQUE]
pieces = st.sampled_from(
    [b"a", b"7", b"12", b"999", b"0", b",", b"\n", b'"', b"<a>", b"</a>", b"{", b'":', b" ", b"\x00", b"\xff", b"-1.5"]
)
records = st.lists(st.lists(pieces, max_size=12).map(b"".join), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400) | st.lists(pieces, max_size=200).map(b"".join), model=st.sampled_from([1, 2]))
def test_any_bytes_come_back_from_the_text_model(data, model):
    stream = MIXING.compress(data, model, True, b"")
    if len(stream) < len(data):
        assert MIXING.decompress(memoryview(stream), len(data), b"") == data
    else:
        assert stream == data


@settings(max_examples=60, deadline=None)
@given(rows=records, tree=st.sampled_from(TREES), model=st.sampled_from([1, 2]), seed=st.integers(0, 99))
def test_any_records_come_back_from_rows(rows, tree, model, seed):
    chance = random.Random(seed)
    data = bytearray()
    while len(data) < LEAST_MIXED:
        data += chance.choice(rows) + b"%d\n" % chance.randrange(50)
    body = encode_block(data, Strategy(tree, BackEnd.MIXING, model))
    assert decode_block(body, len(data), LIMITS) == data


GROWING = st.tuples(
    st.integers(-(10**6), 10**12), st.integers(-50, 10**5), st.integers(1, 14), st.sampled_from([b"", b".", b":"])
)


@settings(max_examples=60, deadline=None)
@given(columns=st.lists(GROWING, min_size=1, max_size=4), tree=st.sampled_from(TREES), seed=st.integers(0, 99))
def test_any_numbers_that_grow_come_back_from_rows(columns, tree, seed):
    chance = random.Random(seed)
    now = [start for start, *_ in columns]
    data = bytearray()
    while len(data) < LEAST_MIXED:
        cells = []
        for nth, (_, step, width, mark) in enumerate(columns):
            now[nth] += step + chance.randrange(30)
            digits = b"%0*d" % (width, now[nth])
            cells.append(digits[: width // 2] + mark + digits[width // 2 :])
        data += b",".join(cells) + b"\n"
    body = encode_block(data, Strategy(tree, BackEnd.MIXING, 2))
    assert decode_block(body, len(data), LIMITS) == data


@settings(max_examples=40, deadline=None)
@given(
    damage=st.lists(st.tuples(st.integers(4, 10**6), st.integers(0, 255)), min_size=1, max_size=6),
    model=st.sampled_from([1, 2]),
)
def test_damage_to_rows_is_an_error_or_bytes_of_the_right_number(damage, model):
    data = b"".join(b"%d,%s,%d.5\n" % (n, (b"get", b"put", b"list")[n * n % 3], n * 7 % 31) for n in range(400))
    header = Header(ROWS, TreeType.CSV, fell_back=False, back_end=BackEnd.MIXING, level=model)
    body = bytearray(header.to_bytes() + pack_rows(memoryview(data), Strategy(TreeType.CSV, BackEnd.MIXING, model)))
    assert decode_block(bytes(body), len(data), LIMITS) == data
    for at, value in damage:
        body[at % len(body)] = value
    with contextlib.suppress(GlyphError):
        assert len(decode_block(bytes(body), len(data), LIMITS)) == len(data)

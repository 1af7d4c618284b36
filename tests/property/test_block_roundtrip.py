from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from encoder.block.codec import decode_block, describe_block, encode_block, warm
from encoder.errors import GlyphError
from encoder.limits import Limits
from encoder.profile import BUILT_IN, load_profile
from encoder.strategy import BackEnd, Strategy, TreeType

warm()
LIMITS = Limits(max_block=1 << 22, max_memory=1 << 26)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150)

trees = st.sampled_from([*TreeType])
strategies = st.builds(
    Strategy,
    trees,
    st.sampled_from([BackEnd.ZSTD, BackEnd.STORE]),
    st.just(1),
    st.sampled_from([44, 59, 9, 124, 10, 34]),
)
in_profiles = st.sampled_from(
    sorted(
        {plan for name in BUILT_IN for plan in load_profile(name).strategies.values()},
        key=lambda plan: (plan.tree, plan.back_end, plan.level),
    )
)
values = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.integers(0, 300).map(lambda n: f"{n:04d}"),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.sampled_from(["", "GET", "true", "null", "-", "0", "-0", "0.0", "deadbeefdeadbeef", "00ff00ff", "1e9", "é"]),
    st.text(max_size=12),
)
shapes = st.sampled_from(
    [
        "{}: took {} ms for {}\n",
        'k={} q="{}" {}\n',
        '{{"a": {}, "b": "{}", "c": [{}]}}\n',
        '{{"a":{},"b":"{}","c":{}}},',
        "{},{},{}\n",
        '{};"{}";{}\r\n',
        '<r a="{}"><b>{}</b>{}</r>\n',
        "{}{}{}",
    ]
)


@st.composite
def structured(draw):
    """Records of a few shapes, their values drawn from small pools so that kinds of columns arise; then some damage."""
    pool = draw(st.lists(values, min_size=1, max_size=30))
    chosen = draw(st.lists(shapes, min_size=1, max_size=3))
    order = draw(st.lists(st.integers(0, 1 << 20), max_size=120))
    records = [chosen[n % len(chosen)].format(*(pool[n // step % len(pool)] for step in (1, 7, 49))) for n in order]
    data = bytearray("".join(records).encode("utf-8", "surrogatepass"))
    for at, byte in draw(st.lists(st.tuples(st.integers(0, 1 << 14), st.integers(0, 255)), max_size=5)):
        data.insert(at % (len(data) + 1), byte)
    return bytes(data)


hostile = st.one_of(
    st.binary(max_size=600),
    st.lists(st.sampled_from(list(b"01.-,;\n\r\"'\\{}[]:<>/ =ab\x00\x01\x02\xff")), max_size=800).map(bytes),
    st.tuples(st.binary(min_size=1, max_size=6), st.integers(1, 500)).map(lambda pair: pair[0] * pair[1]),
)


@unhurried
@given(st.one_of(structured(), hostile), strategies)
def test_any_block_comes_back_under_any_strategy(data, strategy):
    body = encode_block(data, strategy)
    assert len(body) <= len(data) + 4
    assert decode_block(body, len(data), LIMITS) == data


@settings(unhurried, max_examples=60)
@given(st.one_of(structured(), hostile), in_profiles)
def test_any_block_comes_back_under_every_strategy_of_the_levels(data, strategy):
    body = encode_block(data, strategy)
    assert len(body) <= len(data) + 4
    assert decode_block(body, len(data)) == data


@unhurried
@given(structured(), trees)
def test_the_same_block_gives_the_same_body(data, tree):
    strategy = Strategy(tree, BackEnd.ZSTD, 1)
    assert encode_block(data, strategy) == encode_block(bytearray(data), strategy)


@unhurried
@given(structured().map(lambda data: data * 8), trees, st.data())
def test_a_damaged_body_is_an_error_or_the_right_number_of_bytes(data, tree, draws):
    body = bytearray(encode_block(data, Strategy(tree, BackEnd.STORE, 0)))
    for _ in range(draws.draw(st.integers(1, 4))):
        body[draws.draw(st.integers(0, len(body) - 1))] = draws.draw(st.integers(0, 255))
    try:
        decoded = decode_block(bytes(body), len(data), LIMITS)
    except GlyphError as error:
        assert str(error)  # noqa: PT017  either outcome is right
    else:
        assert len(decoded) == len(data)


@unhurried
@given(st.binary(max_size=300), st.integers(0, 5000))
def test_bytes_that_are_no_body_are_refused_or_give_the_size_asked_for(body, size):
    for start in (b"", b"\x12\x02\x01\x03\x00", b"\x12\x05\x00\x00\x00\x02"):
        try:
            describe_block(start + body, LIMITS)
            decoded = decode_block(start + body, size, LIMITS)
        except GlyphError as error:
            assert str(error)  # noqa: PT017  either outcome is right
        else:
            assert len(decoded) == size

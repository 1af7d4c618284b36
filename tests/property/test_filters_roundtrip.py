"""Filters before the back ends lose nothing, and take any bytes for a stream or refuse them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from encoder.block.backends import CODECS, compress, decompress, filtered_stream, memory_of
from encoder.block.filters import MOST_WIDTH, Branches, Columns, read_filter
from encoder.errors import GlyphError
from encoder.strategy import BackEnd

unhurried = settings(deadline=None, max_examples=300)
code = st.lists(st.sampled_from([0xE8, 0xE9, 0x00, 0xFF, 0x01, 0x48, 0x90]), max_size=400).map(bytes)
data = st.one_of(st.binary(max_size=600), code)
columns = st.integers(2, MOST_WIDTH).flatmap(
    lambda width: st.builds(Columns, st.just(width), st.tuples(*[st.booleans()] * width))
)
filters = st.one_of(st.builds(Branches), columns)
LIBRARIES = [BackEnd.STORE, BackEnd.ZSTD, BackEnd.LZMA, BackEnd.BROTLI, BackEnd.NUMBERS]


@unhurried
@given(filters, data)
def test_what_a_filter_turned_comes_back(by, raw):
    turned = by.apply(raw)
    assert len(turned) == len(raw)
    assert by.undo(turned) == raw
    assert by.apply(by.undo(raw)) == raw


@unhurried
@given(filters, data, st.sampled_from(LIBRARIES))
def test_a_stream_behind_a_filter_decodes_to_its_bytes(by, raw, back_end):
    used, inner = compress(back_end, by.apply(raw), min(1, CODECS[back_end].levels[1]), text=False)
    stream = filtered_stream(by.to_bytes(), used, inner)
    assert read_filter(memoryview(stream))[0] == by
    assert decompress(BackEnd.FILTERED, memoryview(stream), len(raw)) == raw


@unhurried
@given(st.binary(max_size=60), st.integers(0, 300))
def test_any_bytes_are_refused_or_give_as_many_as_asked_for(stream, size):
    try:
        memory_of(BackEnd.FILTERED, memoryview(stream), size)
        assert len(decompress(BackEnd.FILTERED, memoryview(stream), size)) == size
    except GlyphError:
        pass

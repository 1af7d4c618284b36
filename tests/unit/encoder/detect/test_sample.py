from hypothesis import given
from hypothesis import strategies as st

from encoder.detect.sample import SAMPLE_SIZE, SMALLEST_PART, take_middle, take_parts, take_sample
from encoder.strategy import TreeType

MIB = 1 << 20


def test_a_small_block_is_its_own_sample():
    assert take_sample(b"a\nb") == b"a\nb"
    assert take_sample(b"") == b""
    assert take_sample(bytes(SAMPLE_SIZE)) == bytes(SAMPLE_SIZE)


def test_a_large_block_is_sampled_at_its_head_and_its_middle():
    block = (
        b"first\n"
        + b"a line of the part that is the head\n" * 20_000
        + b"a line of the part that is the tail\n" * 40_000
    )
    sample = take_sample(block)
    assert len(sample) <= SAMPLE_SIZE
    assert sample.startswith(b"first\na line of the part that is the head\n")
    assert sample.count(b"head\n") > 800
    assert sample.count(b"tail\n") > 800


def test_a_head_of_another_kind_is_passed_over():
    block = b"0123456789\n" * 9_000 + b"words alone, one behind another\n" * 30_000
    sample = take_sample(block)
    assert len(sample) <= SAMPLE_SIZE
    assert set(sample.split(b"\n")[:-1]) == {b"words alone, one behind another"}


def test_a_head_of_another_kind_counts_where_the_rest_is_of_several():
    block = b"0123456789\n" * 30_000 + b"words alone\n" * 20_000 + b"<<<>>>\n" * 30_000
    assert take_sample(block).startswith(b"0123456789\n")


def test_the_seam_makes_no_line_that_the_block_does_not_have():
    lines = [f"line {number}".encode() for number in range(60_000)]
    block = b"\n".join(lines) + b"\n"
    whole = take_sample(block).split(b"\n")[:-1]
    assert set(whole) <= set(lines)


def test_a_block_without_lines_is_sampled_all_the_same():
    assert take_sample(b"x" * 1_000_000) == b"x" * SAMPLE_SIZE


def test_every_kind_of_buffer_gives_the_same_sample():
    block = bytes(range(256)) * 1000
    assert take_sample(block) == take_sample(bytearray(block)) == take_sample(memoryview(block))


@given(st.binary(max_size=64), st.integers(1, 4000))
def test_a_sample_is_never_larger_than_its_bound(piece, times):
    assert len(take_sample(piece * times)) <= SAMPLE_SIZE


def test_the_seam_of_a_document_on_one_line_lies_behind_what_closes():
    block = b'[{"text":"a word, another"},' * 10_000
    sample = take_sample(block)
    assert sample[SAMPLE_SIZE // 2 :].startswith(b'[{"text":')


def test_what_seems_best_is_tried_on_the_head_of_json_the_middle_of_text_and_both_of_xml():
    block = bytes(range(256)) * 4096
    size = SMALLEST_PART
    middle = len(block) // 2
    assert take_parts(block, TreeType.JSON) == (block[:size],)
    (both,) = take_parts(block, TreeType.XML)
    assert both.startswith(block[: size // 2 - 256])
    assert both.endswith(block[middle + 256 : middle + size // 2])
    assert take_parts(block, TreeType.TEXT) == (block[middle - size // 2 :][:size],)


def test_a_small_block_is_all_of_its_part():
    assert take_parts(b"abc", TreeType.TEXT) == (b"abc",)


def test_the_middle_is_a_quarter_within_bounds():
    assert bytes(take_middle(b"abc")) == b"abc"
    for size in (MIB // 8, MIB // 2, MIB):
        block = bytes(3 * size // 2) + b"x" * size + bytes(3 * size // 2)
        assert bytes(take_middle(block)) == b"x" * size
    assert len(take_middle(bytes(MIB // 8 + 1))) == MIB // 8
    assert len(take_middle(bytes(8 * MIB))) == MIB

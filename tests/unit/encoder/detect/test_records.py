import pytest

from encoder.detect.records import STEP, count_records, cut_at, cut_blocks, ends_inside


@pytest.mark.parametrize(
    ("window", "size"),
    [(b"a\nb", 2), (b"a\n", 2), (b"\n\n\n", 3), (b"abc", 3), (b"\nabc", 1), (b"a\r\nb\r", 3), (b"\0\n\0", 2)],
)
def test_a_block_ends_after_its_last_whole_record_or_takes_all(window, size):
    assert cut_at(memoryview(window)) == size


@pytest.mark.parametrize("place", [0, 1, STEP - 1, STEP, STEP + 1, 3 * STEP - 1])
def test_a_lone_record_end_is_found_wherever_it_stands(place):
    window = bytearray(3 * STEP)
    window[place] = ord("\n")
    assert cut_at(memoryview(window)) == place + 1


def test_blocks_join_to_the_data_and_each_fits():
    data = b"one\ntwo\nthree is longer than a block\nfour\nfive"
    blocks = [bytes(block) for block in cut_blocks(memoryview(data), 10)]
    assert b"".join(blocks) == data
    assert blocks[:3] == [b"one\ntwo\n", b"three is l", b"onger than"]
    assert max(map(len, blocks)) <= 10


def test_no_bytes_are_no_blocks():
    assert list(cut_blocks(memoryview(b""), 10)) == []


@pytest.mark.parametrize(
    ("data", "records"), [(b"a", 1), (b"a\n", 1), (b"a\nb", 2), (b"\n\n", 2), (b"x" * 35, 1), (b"x" * 20 + b"\ny\n", 2)]
)
@pytest.mark.parametrize("block_size", [1, 2, 3, 10, 100])
def test_the_counts_of_all_blocks_add_up_to_the_records_wherever_they_are_cut(data, records, block_size):
    total, continues = 0, False
    for block in cut_blocks(memoryview(data), block_size):
        total += count_records(block, continues=continues)
        continues = ends_inside(block)
    assert total == records


def test_records_are_counted_across_the_search_steps():
    block = memoryview(b"ab\n" * STEP)
    assert count_records(block, continues=False) == STEP


@pytest.mark.parametrize(
    ("window", "size"),
    [
        (b'[{"a":1},{"b":2},{"c":', 17),  # the last of equals
        (b'[{"a":[{"b":1}]},{"c":1},{"', 17),  # what closes more than the last
        (b"<a><b>text</b><c>te", 14),
        (b"\n" + b"x" * 20 + b'{"a":1},{"b', 29),  # a record end in the first half is too far back
        (b"xx\n" + b"x" * 20, 3),  # but better than none
        (b'{"a":1},' + b"x" * 40, 48),  # so is what closes there: cut hard
    ],
)
def test_a_long_record_is_cut_where_something_closes(window, size):
    assert cut_at(memoryview(window)) == size

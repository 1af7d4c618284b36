import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from encoder.detect.lines import find_lines
from encoder.detect.marks import LINE_END, MOST_LINES, QUOTE, before, find_marks, pieces
from encoder.detect.separator import count_fields, separation_of


def array(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.uint8)


@given(st.lists(st.sampled_from([*b'\n",;|:<> ab']), min_size=1, max_size=300).map(bytes))
def test_every_mark_stands_where_it_was_found_and_none_is_missed(data):
    marks = find_marks(array(data))
    looked_for = {LINE_END, *marks.separators, *([QUOTE] if marks.separators else [])}
    assert [(at, value) for at, value in enumerate(data) if value in looked_for] == list(
        zip(marks.at, marks.values, strict=True)
    )
    assert all(2 * data.count(one) >= min(data.count(b"\n"), MOST_LINES) > 0 for one in marks.separators)


def test_what_stands_before_is_counted_up_to_the_end():
    assert list(before(np.array([True, False, True]))) == [0, 1, 1, 2]
    assert list(before(np.zeros(0, np.bool_))) == [0]


def test_pieces_are_the_bytes_behind_their_starts_up_to_the_very_end():
    assert [bytes(row) for row in pieces(array(b"abcdef"), np.array([0, 3, 1]), 3)] == [b"abc", b"def", b"bcd"]


@given(
    st.lists(
        st.sampled_from([b"a,b\n", b'"x,y",b\n', b"\n", b'"open,\n', b"p;q,r\n", b'he said "no", or\n']),
        min_size=5,
        max_size=40,
    )
)
def test_separators_are_counted_outside_their_own_lines_quotes(lines):
    marks = find_marks(array(b"".join(lines)))
    seen = find_lines(marks)
    found = separation_of(len(seen.ends), *count_fields(marks, seen))
    counts = [
        sum(line[:at].count(b'"') % 2 == 0 for at, one in enumerate(line) if one == found.separator)
        for line in lines
        if line != b"\n"
    ]
    if found.count:
        assert found.consistency == sum(count == found.count for count in counts) / len(counts)

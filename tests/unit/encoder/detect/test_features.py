import math
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from encoder.detect.features import measure
from encoder.detect.sample import SAMPLE_SIZE
from encoder.features import FEATURE_NAMES, Features


def test_the_vector_holds_every_feature_but_the_separator():
    features = measure(b"a,b\n" * 20)
    assert len(features.vector()) == len(FEATURE_NAMES) == len(Features._fields) - 1
    assert "separator" not in FEATURE_NAMES


def test_an_empty_sample_has_features():
    features = measure(b"")
    assert features.entropy == 0
    assert features.prefix_shapes == 1
    assert features.line_variation == 1


def test_lines_vary_by_their_lengths_and_one_line_says_nothing():
    assert measure(b"abc\ndef\n").line_variation == 0
    assert measure(b"abc\n" + b"d" * 11 + b"\n").line_variation == pytest.approx(0.5)
    assert measure(b"abc\n").line_variation == measure(b"abc").line_variation == 1


def test_entropy_is_zero_for_one_value_and_eight_for_all_alike():
    assert measure(b"a" * 1000).entropy == 0
    assert measure(bytes(range(256)) * 10).entropy == pytest.approx(8)


def test_shares_are_of_the_sample():
    features = measure(b'{"a": 12}\n')
    assert features.digit == pytest.approx(0.2)
    assert features.quote == pytest.approx(0.2)
    assert features.key == pytest.approx(0.1)
    assert features.brace == pytest.approx(0.2)
    assert features.newline == pytest.approx(0.1)


def test_a_key_may_have_a_blank_before_its_colon():
    assert measure(b'"a":1 ').key == pytest.approx(measure(b'"a" :1').key)
    assert measure(b'"a"  :1').key == 0


def test_members_open_with_a_quote_or_bracket_behind_their_indent_and_end_with_a_comma_or_bracket():
    assert measure(b'[\n  "a",\r\n\t{\n    "b": 1,\n  },\n]\n').member == 1
    assert measure(b'"a": [\n1,\n\nplain\n').member == pytest.approx(0.25)
    assert measure(b'"a",').member == 0  # no line is complete


def test_tagged_lines_open_and_end_with_an_angle():
    assert measure(b'<a>\r\n  <b c="1" d="2"/>\n</a>\n\n').tagged == pytest.approx(0.75)
    assert measure(b"<a>\ntext</a>\n").tagged == pytest.approx(0.5)


def test_escape_is_no_control_character_and_nul_is():
    assert measure(b"\x1b[0m" * 20).control == 0
    assert measure(b"\x00abc" * 20).control == pytest.approx(0.25)


def test_tags_are_counted_by_what_follows_the_angle():
    features = measure(b"<a/> a < b <c></c>")
    assert features.open_tag == pytest.approx(3 / 18)
    assert features.close_tag == pytest.approx(2 / 18)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b",\n", b",\r\n"])
def test_a_line_in_brackets_may_end_in_a_comma_or_a_carriage_return(ending):
    assert measure((b'{"a":1}' + ending) * 10).bracketed == 1
    assert measure((b"{" + ending) * 10).bracketed == 0


def test_a_time_of_day_counts_near_the_beginning_of_its_line_only():
    assert measure(b"on 10:20 it ran\n" * 10).timed == 1
    assert measure((b"x" * 100 + b" 10:20\n") * 10).timed == 0
    assert measure(b"on 1:2 it ran a::b\n" * 10).timed == 0
    assert measure(b"on 10:20 it ran\nnothing here\n" * 10).timed == pytest.approx(0.5)


def test_lines_that_begin_alike_have_few_shapes():
    alike = measure(b"".join(b"%04d-%02d some words follow\n" % (n, n % 60) for n in range(100)))
    assert alike.prefix_same == 1
    assert alike.prefix_shapes == pytest.approx(0.01, abs=0.001)


@pytest.mark.parametrize("separator", [b",", b";", b"\t", b"|"])
def test_the_separator_is_the_byte_with_one_count_on_every_line(separator):
    features = measure(separator.join([b"a", b"bc", b"1", b"x y"]).join([b"", b"\n"]) * 50)
    assert (features.separator, features.field_consistency, features.field_count) == (separator[0], 1, 3)


def test_separators_inside_quotes_do_not_count():
    rows = [b'1,"a, b",2\n', b'2,"c",3\n', b'3,"d, e, ""f""",4\n']
    features = measure(b"".join(rows) * 20)
    assert (features.field_count, features.field_consistency) == (2, 1)


def test_an_open_quote_spoils_its_own_line_only():
    rows = [b"1,2,3\n"] * 40
    rows[3] = b'1,"2,3\n'
    assert measure(b"".join(rows)).field_consistency == pytest.approx(39 / 40)


def test_repeats_are_seen_where_bytes_alone_look_random():
    rng = random.Random(1)
    once = rng.randbytes(1500)
    assert measure(rng.randbytes(SAMPLE_SIZE)).repeated < 0.01
    assert measure(once * 40).repeated > 0.9


def test_only_the_first_64_kib_count():
    assert measure(b"a" * SAMPLE_SIZE + bytes(1000)) == measure(b"a" * SAMPLE_SIZE)


hostile = st.one_of(
    st.binary(max_size=300),
    st.text(alphabet='{}[]",:;|<>/\n\r\t 019aZé\x00\x1b', max_size=400).map(str.encode),
    st.tuples(st.binary(min_size=1, max_size=40), st.integers(1, 2000)).map(lambda it: it[0] * it[1]),
)


@given(hostile)
@example(b"\n")
@example(b"\n" * 70_000)
@example(b'"')
@example(b'"' * 70_000)
@example(b":" * 70_000)
@example(b"," * 70_000 + b"\n")
@example(b"<" * 9)
@example(b"0:0")
@example(b"00:00\n")
@example(b"[\n]\n" * 9)
def test_features_of_any_bytes_are_finite_and_shares_stay_shares(sample):
    features = measure(sample)
    assert all(math.isfinite(value) for value in features.vector())
    for name in FEATURE_NAMES:
        if name not in {"entropy", "line_length", "line_variation", "field_count"}:
            assert 0 <= getattr(features, name) <= 1 + 1e-9, name
    assert 0 <= features.entropy <= 8 + 1e-9
    assert 0 <= features.field_count <= 64
    assert measure(bytearray(sample)) == features

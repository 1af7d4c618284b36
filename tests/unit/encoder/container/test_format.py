import pytest

from encoder.container.format import (
    BODY_SLACK,
    FRAME_SIZE,
    HEADER_SIZE,
    FrameHeader,
    IndexEntry,
    StreamHeader,
    Totals,
    end_size,
    largest_body,
    pack_end,
    pack_entry,
    pack_frame,
    pack_header,
    parse_end,
    parse_frame,
    parse_header,
    parse_index,
    short_check,
)
from encoder.errors import ChecksumError, FormatError, LimitError, VersionError
from encoder.limits import DEFAULT_LIMITS, Limits

HEADER = StreamHeader(block_size=4096)
FRAME = FrameHeader(raw_size=1000, body_size=200, records=10, raw_check=1 << 63, body_check=7)


def altered_header(place, value):
    """A header with one byte changed and its check made right again."""
    data = bytearray(pack_header(HEADER))
    data[place] = value
    data[16:20] = short_check(data[:16]).to_bytes(4, "little")
    return bytes(data)


def altered_frame(place, value):
    data = bytearray(pack_frame(FRAME, 0))
    data[place] = value
    data[32:36] = short_check(data[:32], 0).to_bytes(4, "little")
    return bytes(data)


def test_a_header_reads_back_as_it_was_written():
    assert parse_header(pack_header(HEADER), DEFAULT_LIMITS) == HEADER
    assert len(pack_header(HEADER)) == HEADER_SIZE == 20


def test_other_bytes_are_not_a_glyph_stream():
    with pytest.raises(FormatError, match="not a glyph stream"):
        parse_header(b"\x1f\x8b" + bytes(18), DEFAULT_LIMITS)


def test_a_newer_minor_version_is_read():
    assert parse_header(altered_header(9, 7), DEFAULT_LIMITS).minor == 7


@pytest.mark.parametrize("major", [0, 2, 255])
def test_another_major_version_is_refused_with_the_mend(major):
    with pytest.raises(VersionError, match="install a newer one"):
        parse_header(altered_header(8, major), DEFAULT_LIMITS)


@pytest.mark.parametrize("bit", range(8))
def test_a_must_understand_bit_is_refused(bit):
    with pytest.raises(VersionError, match="feature bits"):
        parse_header(altered_header(10, 1 << bit), DEFAULT_LIMITS)


@pytest.mark.parametrize("bit", range(8))
def test_an_ignorable_bit_is_ignored(bit):
    assert parse_header(altered_header(11, 1 << bit), DEFAULT_LIMITS).block_size == 4096


def test_a_block_size_of_zero_or_above_the_limit_is_refused():
    with pytest.raises(FormatError, match="block size of 0"):
        parse_header(pack_header(StreamHeader(0)), DEFAULT_LIMITS)
    with pytest.raises(LimitError, match="max_block=4095"):
        parse_header(pack_header(HEADER), Limits(max_block=4095))


def test_a_frame_header_reads_back_at_its_own_place_only():
    data = pack_frame(FRAME, 5000)
    assert len(data) == FRAME_SIZE == 36
    assert parse_frame(data, 5000, 20, HEADER, DEFAULT_LIMITS) == FRAME
    with pytest.raises(ChecksumError):
        parse_frame(data, 5001, 20, HEADER, DEFAULT_LIMITS)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"raw_size": 0}, "a block of 0 bytes"),
        ({"raw_size": 4097}, "a block of 4097 bytes"),
        ({"body_size": 0}, "a body of 0 bytes"),
        ({"body_size": largest_body(1000) + 1}, "a body of"),
        ({"records": 1001}, "1001 records"),
    ],
)
def test_a_block_that_cannot_be_is_refused_before_anything_is_allocated(change, what):
    with pytest.raises(FormatError, match=what):
        parse_frame(pack_frame(FRAME._replace(**change), 0), 0, 20, HEADER, DEFAULT_LIMITS)


def test_output_beyond_the_limit_is_refused_at_the_header():
    with pytest.raises(LimitError, match="max_output=5999"):
        parse_frame(pack_frame(FRAME, 5000), 5000, 20, HEADER, Limits(max_output=5999))


@pytest.mark.parametrize(("place", "bits"), [(1, 2), (1, 0x81), (3, 1)])
def test_a_frame_with_unknown_feature_bits_is_refused(place, bits):
    with pytest.raises(VersionError, match="feature bits"):
        parse_frame(altered_frame(place, bits), 0, 20, HEADER, DEFAULT_LIMITS)


def test_a_frames_ignorable_bits_are_ignored():
    assert parse_frame(altered_frame(2, 255), 0, 20, HEADER, DEFAULT_LIMITS) == FRAME


def test_an_unknown_frame_kind_is_refused_below_0x80():
    with pytest.raises(VersionError, match="frame kind 3"):
        parse_frame(altered_frame(0, 3), 0, 20, HEADER, DEFAULT_LIMITS)


def test_a_skippable_frame_claims_no_output_and_obeys_the_limits():
    frame = FrameHeader(0, 100, 0, 0, 9, kind=0x81)
    assert parse_frame(pack_frame(frame, 3), 3, 20, HEADER, DEFAULT_LIMITS) == frame
    with pytest.raises(FormatError, match="claims decoded bytes"):
        parse_frame(pack_frame(frame._replace(raw_size=1), 3), 3, 20, HEADER, DEFAULT_LIMITS)
    with pytest.raises(LimitError, match="skippable"):
        parse_frame(pack_frame(frame._replace(body_size=5001), 3), 3, 20, HEADER, Limits(max_block=5000))


def test_an_end_frame_reads_back_with_its_index_and_totals():
    entries = (IndexEntry(20, 0, 3), IndexEntry(500, 4000, 1))
    totals = Totals(5000, 4, 1 << 60)
    data = pack_end(b"".join(map(pack_entry, entries)), totals)
    index, found = parse_end(data[:-16], 900)
    assert parse_index(index) == entries
    assert found == totals
    assert len(data) == end_size(2) + 16


def test_every_changed_byte_of_an_end_frame_is_noticed():
    frame = pack_end(pack_entry(IndexEntry(20, 0, 3)), Totals(4000, 3, 1))[:-16]
    for place in range(len(frame)):
        damaged = bytearray(frame)
        damaged[place] ^= 0x10
        with pytest.raises(ChecksumError):
            parse_end(damaged, 0)


def test_an_end_frame_too_short_for_anything_is_refused():
    with pytest.raises(FormatError, match="too short"):
        parse_end(b"\x02" * 10, 0)


def test_a_body_may_exceed_its_block_by_little():
    assert largest_body(1 << 20) == (1 << 20) + 4096 + BODY_SLACK

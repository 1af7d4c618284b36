import io
from dataclasses import replace

import pytest

import encoder
from encoder.errors import LimitError
from encoder.profile import load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.stream.decoder import StreamingDecoder

PLAIN = replace(load_profile("baseline"), block_size=1024, strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 1))
LONG = b"x" * 5000 + b"\n"
DATA = (
    b"".join(b"record %d\n" % n for n in range(300))
    + LONG
    + b"\n\n"
    + b"".join(b"%d\n" % n for n in range(900))
    + b"end"
)
RECORDS = DATA.splitlines(keepends=True)
BLOB = encoder.encode(DATA, PLAIN)


class Pipe:
    """Bytes that can only be read on."""

    def __init__(self, data):
        self.read = io.BytesIO(data).read


@pytest.mark.parametrize("file", [io.BytesIO, Pipe])
@pytest.mark.parametrize(
    ("start", "stop"), [(0, None), (5, 9), (298, 305), (300, 301), (301, 302), (1203, None), (0, 0), (5000, 5001)]
)
def test_a_range_of_records_is_the_slice_of_all_lines(file, start, stop):
    assert list(encoder.iter_records(file(BLOB), start, stop)) == RECORDS[start:stop]


@pytest.mark.parametrize(("start", "stop"), [(-3, None), (-5, -1), (0, -1), (-9999, 2)])
def test_negative_numbers_count_from_the_end_where_the_file_can_seek(start, stop):
    assert list(encoder.iter_records(io.BytesIO(BLOB), start, stop)) == RECORDS[start:stop]
    with pytest.raises(ValueError, match="can seek"):
        list(encoder.iter_records(Pipe(BLOB), start, stop))


def test_every_record_can_be_sought():
    decoder = StreamingDecoder(io.BytesIO(BLOB))
    assert decoder.records == len(RECORDS)
    for number, record in enumerate(RECORDS):
        place = decoder.seek_record(number)
        assert (place, decoder.readline()) == (sum(map(len, RECORDS[:number])), record)
    assert decoder.seek_record(99999) == len(DATA)
    with pytest.raises(ValueError, match="before the first"):
        decoder.seek_record(-1)


def test_a_far_range_decodes_its_own_blocks_only():
    decoded = []

    def counting(body, size, limits, codebook):
        decoded.append(size)
        return encoder.stream.decoder.standard_block_decoder(body, size, limits, codebook)

    decoder = StreamingDecoder(io.BytesIO(BLOB), decode_block=counting)
    decoder.seek_record(1000)
    decoder.readline()
    assert len(decoded) == 1


def test_a_record_longer_than_the_memory_allowed_is_refused():
    records = encoder.iter_records(io.BytesIO(BLOB), limits=encoder.Limits(max_memory=4000))
    with pytest.raises(LimitError, match="record 300 has more than max_memory=4000"):
        list(records)


def test_a_path_is_opened_and_closed(tmp_path):
    path = tmp_path / "x.glyph"
    path.write_bytes(BLOB)
    assert list(encoder.iter_records(path, 1, 3)) == RECORDS[1:3]
    assert list(encoder.iter_records(str(path))) == RECORDS


@pytest.mark.parametrize("size", [None, -1, 0, 1, 7, 5000])
def test_lines_are_read_as_any_file_reads_them(size):
    decoder, plain = StreamingDecoder(io.BytesIO(BLOB)), io.BytesIO(DATA)
    for _ in range(400):
        assert decoder.readline(size) == plain.readline(size)
    assert list(decoder) == list(plain)

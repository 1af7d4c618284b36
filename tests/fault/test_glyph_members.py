"""Several streams in one file: read as one, whichever way; and what damage to one of them costs."""

import io
import itertools
import os
import random
import subprocess
import sys
from dataclasses import replace

import pytest

import encoder
from encoder.profile import CodebookSettings, load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.stream.members import read_file_index

PLAIN = replace(load_profile("baseline"), block_size=1024, strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 1))
LARGE = replace(PLAIN, block_size=1 << 16)
CARRIED = replace(PLAIN, codebook=CodebookSettings(size=4096, blocks=16))
TEXTS = {
    "lines": b"".join(b"record %d of a file\n" % n for n in range(300)),
    "cut": b"".join(b"another record %d\n" % n for n in range(200)) + b"without its end",
    "long": b"one that never ends " * 300,
    "short": b"x",
    "empty": b"",
    "status": b"".join(b'{"n": %d, "state": "running", "host": "alpha%d"}\n' % (n, n % 7) for n in range(900)),
}
STREAMS = {
    "lines": encoder.encode(TEXTS["lines"], PLAIN),
    "cut": encoder.encode(TEXTS["cut"], LARGE),
    "long": encoder.encode(TEXTS["long"], PLAIN),
    "short": encoder.encode(TEXTS["short"]),
    "empty": encoder.encode(b"", PLAIN),
    "status": encoder.encode(TEXTS["status"], CARRIED),
}
ORDERS = [
    *itertools.product(STREAMS, repeat=2),
    ("empty",) * 3,
    ("empty", "cut", "empty", "long", "short", "lines", "empty"),
    ("cut", "cut", "short", "short", "lines", "status", "status"),
]


def joined(order):
    return b"".join(STREAMS[name] for name in order), b"".join(TEXTS[name] for name in order)


class Pipe(io.RawIOBase):
    """Bytes that come in uneven pieces and cannot be sought in."""

    def __init__(self, data):
        self.data, self.turn = memoryview(data), 0

    def readable(self):
        return True

    def readinto(self, room):
        self.turn += 1
        size = min(len(room), 1 + 97 * self.turn % 700, len(self.data))
        room[:size], self.data = self.data[:size], self.data[size:]
        return size


@pytest.mark.parametrize("order", ORDERS, ids="+".join)
@pytest.mark.parametrize("threads", [1, 2])
def test_streams_behind_one_another_decode_to_their_outputs_behind_one_another(order, threads):
    blob, data = joined(order)
    assert encoder.decode(blob, threads=threads) == data
    with encoder.open(Pipe(blob), threads=threads) as file:
        assert file.read() == data
        assert file.encoded_bytes == len(blob)


@pytest.mark.parametrize("order", ORDERS, ids="+".join)
def test_every_place_of_several_streams_can_be_sought(order):
    blob, data = joined(order)
    source = random.Random(str(order))
    with encoder.open(io.BytesIO(blob)) as file:
        assert file.seek(0, io.SEEK_END) == len(data)
        for place in [0, len(data), *(source.randrange(len(data) + 1) for _ in range(12))]:
            assert file.seek(place) == place
            assert file.read(700) == data[place : place + 700]
        file.seek(0)
        assert file.read() == data


@pytest.mark.parametrize("order", ORDERS, ids="+".join)
def test_records_are_those_of_the_whole_output(order):
    blob, data = joined(order)
    lines = data.splitlines(keepends=True)
    with encoder.open(io.BytesIO(blob)) as file:
        assert file.records == len(lines)
        for number in {*range(0, len(lines), 37), *range(max(0, len(lines) - 3), len(lines))}:
            file.seek_record(number)
            assert file.readline() == lines[number]
        assert file.seek_record(len(lines)) == len(data)
    assert list(encoder.iter_records(Pipe(blob), 5, 400)) == lines[5:400]
    assert list(encoder.iter_records(io.BytesIO(blob), -7)) == lines[-7:]


@pytest.mark.parametrize("order", ORDERS, ids="+".join)
def test_whole_streams_are_salvaged_whole(order):
    blob, data = joined(order)
    assert b"".join(encoder.salvage(io.BytesIO(blob))) == data


def test_garbage_behind_a_stream_stays_an_error():
    blob, _ = joined(("lines", "cut"))
    for garbage in (b"\0", b"\0" * 512, b"GLYPH", blob[1:], b"\x8eGLYPH\n\n" + bytes(80)):
        for read in (encoder.decode, lambda damaged: encoder.open(io.BytesIO(damaged)).seek(1)):
            with pytest.raises(encoder.FormatError):
                read(blob + garbage)


def test_a_later_stream_that_is_cut_is_truncated_wherever():
    first, blob = STREAMS["lines"], joined(("lines", "short"))[0]
    for size in range(len(first) + 1, len(blob)):
        with pytest.raises(encoder.TruncatedError, match=f"begins at byte {len(first)}"):
            encoder.decode(blob[:size])


def test_no_flipped_bit_of_any_stream_goes_unseen():
    blob, data = joined(("short", "empty", "cut"))
    for place in range(len(blob)):
        damaged = bytearray(blob)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(encoder.FormatError):
            encoder.decode(bytes(damaged))
        whole = [piece for piece in encoder.salvage(io.BytesIO(bytes(damaged))) if isinstance(piece, bytes)]
        assert b"".join(whole) in (data, TEXTS["short"], TEXTS["cut"])


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_damage_costs_the_block_that_it_hits_and_no_stream(at):
    order = ("lines", "status", "cut", "long")
    blob, data = joined(order)
    index = read_file_index(io.BytesIO(blob))
    member = index.members[at]
    number = len(member.trailer.entries) // 2
    hit, starts = member.first + number, [*index.raw_starts, len(data)]
    for part in (0, 20, 50):  # in the frame's header and in its body
        place = member.start + member.trailer.entries[number].offset
        damaged = bytearray(blob)
        damaged[place + part] ^= 0x10
        pieces = list(encoder.salvage(io.BytesIO(bytes(damaged))))
        lost = [piece for piece in pieces if isinstance(piece, encoder.Lost)]
        assert b"".join(p for p in pieces if isinstance(p, bytes)) == data[: starts[hit]] + data[starts[hit + 1] :]
        assert [one.offset for one in lost] == [place]


@pytest.mark.parametrize("place", [-7, -3, 2, 17])
def test_a_damaged_end_or_beginning_of_a_stream_costs_no_block(place):
    blob, data = joined(("cut", "lines", "status"))
    damaged = bytearray(blob)
    damaged[len(STREAMS["cut"]) + place] ^= 0x10
    pieces = list(encoder.salvage(io.BytesIO(bytes(damaged))))
    assert b"".join(piece for piece in pieces if isinstance(piece, bytes)) == data
    assert len([piece for piece in pieces if isinstance(piece, encoder.Lost)]) == 1


def test_limits_count_over_all_streams():
    blob, data = joined(("lines", "cut", "long"))
    assert encoder.decode(blob, encoder.Limits(max_output=len(data))) == data
    short = encoder.Limits(max_output=len(data) - 1)
    with pytest.raises(encoder.LimitError, match=f"max_output={len(data) - 1}"):
        encoder.decode(blob, short)
    with encoder.open(io.BytesIO(blob), limits=short) as file:
        file.seek(10)
        assert file.read(10) == data[10:20]
        with pytest.raises(encoder.LimitError):
            file.seek(-1, io.SEEK_END)
    with pytest.raises(encoder.LimitError):
        encoder.decode(joined(("lines", "cut"))[0], encoder.Limits(max_block=1 << 15))


def counted(source):
    """The source, counting how often and how much it is read."""

    class Counted(io.BytesIO):
        reads = taken = 0

        def read(self, size=-1, /):
            piece = super().read(size)
            self.reads, self.taken = self.reads + 1, self.taken + len(piece)
            return piece

    return Counted(source)


def test_very_many_empty_streams_take_as_many_reads_as_there_are():
    for count in (200, 2000):
        source = counted(STREAMS["empty"] * count + STREAMS["short"])
        with encoder.open(source) as file:
            assert file.read() == b"x"
            assert source.reads <= 6 * count + 20
            source.reads = source.taken = 0
            assert file.seek(-1, io.SEEK_END) == 0
            assert file.read() == b"x"
            assert file.records == 1
            assert source.reads <= 8 * count + 60
            assert source.taken <= 3 * len(source.getvalue()) + 400
        assert list(encoder.salvage(io.BytesIO(STREAMS["empty"] * count))) == []


def test_one_stream_is_opened_from_its_two_ends():
    source = counted(encoder.encode(TEXTS["lines"] * 100, PLAIN))
    with encoder.open(source) as file:
        file.seek(-5, io.SEEK_END)
    assert source.reads < 15


def test_a_file_can_be_appended_to(tmp_path):
    path = tmp_path / "log.glyph"
    for number in range(3):
        with encoder.open(path, "at") as file:
            file.write(f"day {number}\n")
    with encoder.open(path, "rt") as file:
        assert file.read() == "day 0\nday 1\nday 2\n"


def glyph(*arguments, cwd, given=b""):
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = (sys.executable, "-m", "encoder", *arguments)
    return subprocess.run(command, cwd=cwd, env=env, input=given, capture_output=True, timeout=120, check=False)


def test_the_command_takes_files_and_pipes_of_several_streams(tmp_path):
    blob, data = joined(("lines", "cut", "status"))
    (tmp_path / "all.glyph").write_bytes(blob)
    assert glyph("cat", given=blob, cwd=tmp_path).stdout == data
    assert glyph("decode", "all.glyph", cwd=tmp_path).returncode == 0
    assert (tmp_path / "all").read_bytes() == data
    assert glyph("cat", "--records", "-1", "all.glyph", cwd=tmp_path).stdout == data.splitlines(keepends=True)[-1]
    told = glyph("info", "all.glyph", cwd=tmp_path).stdout
    assert b"streams    3" in told
    assert glyph("cat", given=blob + b"!", cwd=tmp_path).returncode == 1

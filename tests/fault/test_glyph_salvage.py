import io
import json
import os
import random
import subprocess
import sys
from dataclasses import replace

import pytest

import encoder
from encoder.container.reader import read_trailer
from encoder.profile import load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.stream.salvage import Lost, salvage

PLAIN = replace(load_profile("baseline"), block_size=1024, strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 1))
DATA = b"".join(b"record %d of a file that will be damaged\n" % number for number in range(1000))
BLOB = encoder.encode(DATA, PLAIN)
ENTRIES = read_trailer(io.BytesIO(BLOB)).entries
BLOCKS = [
    DATA[entry.raw_offset : following]
    for entry, following in zip(ENTRIES, [*(e.raw_offset for e in ENTRIES[1:]), len(DATA)], strict=True)
]


def flipped(place, blob=BLOB):
    damaged = bytearray(blob)
    damaged[place] ^= 0x10
    return bytes(damaged)


def salvaged(blob, **options):
    pieces = list(salvage(io.BytesIO(blob), **options))
    return [p for p in pieces if isinstance(p, bytes)], [p for p in pieces if isinstance(p, Lost)]


def test_a_whole_stream_gives_all_and_loses_nothing():
    assert salvaged(BLOB) == (BLOCKS, [])
    assert salvaged(encoder.encode(b"")) == ([], [])


@pytest.mark.parametrize("inside", [0, 5, 20, 33, 40, 60])
def test_a_damaged_block_loses_itself_alone(inside):
    for number in (0, 7, len(BLOCKS) - 1):
        found, (lost,) = salvaged(flipped(ENTRIES[number].offset + inside))
        assert found == BLOCKS[:number] + BLOCKS[number + 1 :]
        assert (lost.offset, lost.raw_offset) == (ENTRIES[number].offset, ENTRIES[number].raw_offset)
        assert lost.raw_size == len(BLOCKS[number])


@pytest.mark.parametrize("place", [0, 3, 12, 17])
def test_a_damaged_header_loses_no_block(place):
    found, (lost,) = salvaged(flipped(place))
    assert found == BLOCKS
    assert lost.why == "the stream's header is damaged"


@pytest.mark.parametrize("kept", [20, ENTRIES[0].offset + 30, ENTRIES[9].offset, ENTRIES[9].offset + 50, len(BLOB) - 1])
def test_a_truncated_stream_gives_every_block_before_the_cut(kept):
    found, lost = salvaged(BLOB[:kept])
    ends = [*(entry.offset for entry in ENTRIES[1:]), read_trailer(io.BytesIO(BLOB)).offset]
    assert found == [block for block, end in zip(BLOCKS, ends, strict=True) if end <= kept]
    assert lost[-1].raw_offset is None


@pytest.mark.parametrize("kept", [0, 1, 19])
def test_a_file_shorter_than_a_header_is_one_loss_of_all_its_bytes(kept):
    found, (lost,) = salvaged(BLOB[:kept])
    assert found == []
    assert (lost.offset, lost.size) == (0, kept)


def test_bytes_that_are_missing_in_the_middle_cost_the_blocks_they_were_in():
    start, end = ENTRIES[5].offset + 10, ENTRIES[7].offset + 45
    found, lost = salvaged(BLOB[:start] + BLOB[end:])
    assert found == BLOCKS[:5] + BLOCKS[8:]
    assert lost[0].offset == ENTRIES[5].offset


def test_a_damaged_index_loses_no_block():
    found, (lost,) = salvaged(flipped(read_trailer(io.BytesIO(BLOB)).offset + 30))
    assert found == BLOCKS
    assert lost.offset == read_trailer(io.BytesIO(BLOB)).offset


def test_random_damage_never_gives_a_wrong_byte():
    source = random.Random(1)
    for _ in range(300):
        damaged = bytearray(BLOB)
        for _ in range(source.randrange(1, 6)):
            place, size = source.randrange(len(BLOB)), source.randrange(1, 40)
            damaged[place : place + size] = source.randbytes(source.choice([0, size, size]))
        found, _ = salvaged(bytes(damaged))
        rest = iter(BLOCKS)
        assert all(block in rest for block in found)  # each is one of the blocks, in order


def test_bytes_that_all_look_like_frames_end_soon():
    fakes = (b"\x01\x00\x00\x00" + (1000).to_bytes(4, "little") * 2) * 20_000
    found, lost = salvaged(BLOB[:20] + fakes)
    assert found == []
    assert sum(piece.size for piece in lost) == len(fakes)


def test_the_output_is_bounded():
    with pytest.raises(encoder.LimitError, match="max_output=5000"):
        salvaged(BLOB, limits=encoder.Limits(max_output=5000))


def glyph(*arguments, cwd, given=None):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "encoder", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, input=given, capture_output=True, timeout=300, check=False)


def test_the_command_writes_what_is_whole_and_tells_what_is_lost(tmp_path):
    (tmp_path / "x.glyph").write_bytes(flipped(ENTRIES[3].offset + 50))
    done = glyph("decode", "--salvage", "x.glyph", cwd=tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "x").read_bytes() == b"".join(BLOCKS[:3] + BLOCKS[4:])
    start = ENTRIES[3].raw_offset
    assert f"bytes {start} to {start + len(BLOCKS[3])} of the output".encode() in done.stderr
    (tmp_path / "y.glyph").write_bytes(BLOB)
    assert glyph("decode", "--salvage", "y.glyph", cwd=tmp_path).returncode == 0
    assert glyph("decode", "--salvage", "--rm", "-f", "y.glyph", cwd=tmp_path).returncode == 2


def test_the_command_tells_what_is_lost_of_an_empty_file(tmp_path):
    (tmp_path / "empty.glyph").write_bytes(b"")
    command = (sys.executable, "-m", "encoder", "decode", "--salvage", "--json", "empty.glyph")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("glyph: empty.glyph: lost: bytes 0 to 0 of the file: ")
    assert done.stderr.count("\n") == 1
    (told,) = json.loads(done.stdout)
    assert (told["raw_bytes"], told["encoded_bytes"], told["ratio"]) == (0, 0, 0.0)
    assert (tmp_path / "empty").read_bytes() == b""

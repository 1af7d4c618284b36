"""Streams of every minor version that every later reader must read. A missing file fails; regenerating is a command of
its own.
"""

import io
import runpy
from pathlib import Path

import pytest

import encoder
from encoder.block.codec import describe_block
from encoder.container.random_access import read_block
from encoder.container.reader import read_trailer
from encoder.strategy import BackEnd, TreeType

FOLDER = Path(__file__).parent / "glyph"
TABLES = runpy.run_path(str(FOLDER / "regenerate.py"))
CASES, CARRIED, SHORT, JOINED = (TABLES[name] for name in ("CASES", "CARRIED", "SHORT", "JOINED"))
ALL = CASES | CARRIED | SHORT
HEAD = b"\x8eGLYPH\r\n" + bytes([1, 0, 0, 0])  # magic, version 1.0, no feature bits


def blob_of(name):
    return (FOLDER / f"{name}.glyph").read_bytes()


@pytest.mark.parametrize("name", ALL)
def test_a_golden_stream_decodes_to_its_raw_bytes(name):
    assert encoder.decode(blob_of(name)) == (FOLDER / f"{ALL[name][0]}.raw").read_bytes()


@pytest.mark.parametrize("name", JOINED)
def test_a_golden_file_of_several_streams_is_read_as_one_whichever_way(name):
    raw = b"".join((FOLDER / f"{part}.raw").read_bytes() for part in TABLES["raws_of"](name))
    assert encoder.decode(blob_of(name)) == raw
    assert b"".join(encoder.iter_records(FOLDER / f"{name}.glyph")) == raw
    with encoder.open(FOLDER / f"{name}.glyph") as file:
        for place in range(0, len(raw), 997):
            file.seek(place)
            assert file.read(50) == raw[place : place + 50]


@pytest.mark.parametrize("name", CASES | SHORT)
def test_a_golden_stream_was_made_by_what_its_case_says(name):
    _raw, tree, back_end, _level, block_size = ALL[name]
    file = io.BytesIO(blob_of(name))
    trailer = read_trailer(file)
    bodies = [describe_block(read_block(file, trailer, number).body) for number in range(len(trailer.entries))]
    assert trailer.header.block_size == block_size
    assert {body.tree for body in bodies} <= {tree}
    assert not bodies or back_end in {body.back_end for body in bodies}
    assert {body.back_end for body in bodies} <= {
        back_end,
        BackEnd.STORE,
    }  # a block that nothing makes smaller is stored
    assert not any(body.fell_back for body in bodies)


def test_every_golden_file_belongs_to_a_case_and_every_tree_type_has_one():
    assert {path.stem for path in FOLDER.glob("*.glyph")} == set(ALL | JOINED)
    assert {path.stem for path in FOLDER.glob("*.raw")} == {case[0] for case in ALL.values()}
    assert {case[1] for case in CASES.values()} == set(TreeType)


@pytest.mark.parametrize("name", CARRIED)
def test_a_golden_stream_of_version_1_1_has_blocks_that_refer_to_a_codebook_and_blocks_that_do_not(name):
    _raw, tree, _back_end, _level, block_size = CARRIED[name]
    file = io.BytesIO(blob_of(name))
    trailer = read_trailer(file)
    blocks = [read_block(file, trailer, number) for number in range(len(trailer.entries))]
    bodies = [describe_block(block.body, codebook=block.codebook) for block in blocks]
    assert (trailer.header.block_size, trailer.header.minor) == (block_size, 1)
    assert tree in {body.tree for body in bodies}
    assert {bool(block.codebook) for block in blocks} == {True, False}
    carried = [body.back_end is BackEnd.CARRIED for body in bodies]
    assert carried == [bool(block.codebook) for block in blocks]


def test_the_goldens_are_of_version_1_0():
    for name in CASES:
        assert blob_of(name)[:12] == HEAD


@pytest.mark.parametrize("name", SHORT)
def test_the_short_goldens_are_of_version_1_3_and_end_in_eight_bytes(name):
    assert blob_of(name)[8:12] == bytes([1, 3, 0, 0])
    assert blob_of(name)[-8:-4] == b"\x03END"

"""Streams whose blocks refer to a codebook: written alike however they are fed, read from anywhere, and damaged."""

import io
import json
import os
import random
import subprocess
import sys
from dataclasses import replace

import pytest
from xxhash import xxh3_64_intdigest

import encoder
from encoder.container.format import FRAME_SIZE, FrameKind, short_check
from encoder.container.frame_search import FrameSearch
from encoder.container.random_access import read_block
from encoder.container.reader import read_trailer
from encoder.profile import CodebookSettings, PoolSettings, load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.stream.encoder import StreamingEncoder
from encoder.stream.salvage import Lost, salvage

PROFILE = replace(
    load_profile("baseline"),
    block_size=2048,
    workers=2,
    pool=PoolSettings(4, adaptive=False, minimum=4, maximum=4),
    strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 5),
    codebook=CodebookSettings(size=2048, blocks=40),
)
CHANCE = random.Random(5)
DATA = b"".join(
    b'{"time": %d, "service": "gateway-%d", "path": "/v2/orders/%d", "status": %d, "upstream": "10.1.0.%d", "took": '
    b"0.%06d}\n"
    % (
        1700000000 + n,
        CHANCE.randrange(9),
        CHANCE.randrange(10**6),
        CHANCE.choice((200, 404)),
        n % 7,
        CHANCE.randrange(10**6),
    )
    for n in range(2200)
)
BLOB = encoder.encode(DATA, PROFILE)
TRAILER = read_trailer(io.BytesIO(BLOB))
STARTS = [entry.raw_offset for entry in TRAILER.entries]
BLOCKS = [DATA[start:end] for start, end in zip(STARTS, [*STARTS[1:], len(DATA)], strict=True)]
READ = [read_block(io.BytesIO(BLOB), TRAILER, number) for number in range(len(BLOCKS))]


def frames():
    """(where it stands, its size, its kind) of every frame but the last."""
    search, at, found = FrameSearch(io.BytesIO(BLOB), TRAILER.header), 20, []
    while at < TRAILER.offset:
        frame = search.frame_from(at)
        found.append((at, frame.end - at, frame.frame.kind))
        at = frame.end
    return found


CODEBOOKS = [(at, size) for at, size, kind in frames() if kind == FrameKind.CODEBOOK]


def flipped(place, blob=BLOB):
    damaged = bytearray(blob)
    damaged[place] ^= 0x10
    return bytes(damaged)


def salvaged(blob):
    pieces = list(salvage(io.BytesIO(blob)))
    return [p for p in pieces if isinstance(p, bytes)], [p for p in pieces if isinstance(p, Lost)]


def test_the_stream_has_several_codebooks_each_twice_and_most_blocks_refer_to_one():
    assert len(CODEBOOKS) >= 6
    assert len(CODEBOOKS) % 2 == 0
    bodies = [BLOB[at + FRAME_SIZE : at + size] for at, size in CODEBOOKS]
    assert bodies[::2] == bodies[1::2]
    assert len(set(bodies)) == len(bodies) // 2
    assert sum(bool(block.codebook) for block in READ) > len(BLOCKS) // 2
    assert len(BLOB) < 0.85 * len(encoder.encode(DATA, replace(PROFILE, codebook=None)))
    assert encoder.decode(BLOB) == DATA


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("step", [777, 2048, 100_000])
def test_the_bytes_do_not_depend_on_threads_or_on_how_the_input_came(workers, step):
    sink = io.BytesIO()
    with StreamingEncoder(sink, replace(PROFILE, workers=workers)) as stream:
        for at in range(0, len(DATA), step):
            stream.write(DATA[at : at + step])
    assert sink.getvalue() == BLOB


def test_small_writes_with_flushes_are_smaller_with_a_codebook_and_each_is_readable_at_once():
    def flushed(profile):
        sink = io.BytesIO()
        with StreamingEncoder(sink, profile) as stream:
            for at in range(0, 150_000, 1500):
                stream.write(DATA[at : at + 1500])
                stream.flush()
                if at % 30_000 == 0:
                    decoder = encoder.StreamingDecoder(io.BytesIO(sink.getvalue()))
                    assert decoder.read(at + 1500) == DATA[: at + 1500]
        return sink.getvalue()

    fast = load_profile("fast")
    carried = flushed(fast)
    assert encoder.decode(carried) == DATA[:150_000]
    assert len(carried) < 0.9 * len(flushed(replace(fast, codebook=None)))


@pytest.mark.parametrize("threads", [1, 3])
def test_any_place_is_read_with_its_codebook_and_its_block_alone(threads):
    chance = random.Random(1)
    with encoder.StreamingDecoder(io.BytesIO(BLOB), threads=threads) as decoder:
        for _ in range(60):
            place = chance.randrange(len(DATA))
            decoder.seek(place)
            assert decoder.read(5000) == DATA[place : place + 5000]
    records = DATA.splitlines(keepends=True)
    assert list(encoder.iter_records(io.BytesIO(BLOB), 1990, 2100, threads=threads)) == records[1990:2100]


def test_a_stream_inside_a_file_is_read_with_its_codebooks():
    file = io.BytesIO(b"something before" + BLOB)
    file.seek(16)
    with encoder.StreamingDecoder(file) as decoder:
        decoder.seek(STARTS[-3])
        assert decoder.read() == DATA[STARTS[-3] :]


def test_a_codebook_counts_as_memory():
    number = next(number for number, block in enumerate(READ) if block.codebook)
    raw_size = len(BLOCKS[number])
    enough = 3 * raw_size + 2 * len(READ[number].codebook)
    decoder = encoder.StreamingDecoder(io.BytesIO(BLOB), encoder.Limits(max_memory=enough))
    decoder.seek(STARTS[number])
    assert decoder.read(raw_size) == BLOCKS[number]
    decoder = encoder.StreamingDecoder(io.BytesIO(BLOB), encoder.Limits(max_memory=3 * raw_size))
    with pytest.raises(encoder.LimitError):
        decoder.seek(STARTS[number])


@pytest.mark.parametrize("place", [0, 1, 3, 4, 8, 12, 16, 24, 32, 36, 37, 60])
def test_a_damaged_codebook_is_refused_and_salvaged_without_a_loss(place):
    for at, _ in CODEBOOKS:
        damaged = flipped(at + place)
        with pytest.raises(encoder.FormatError):
            encoder.decode(damaged)
        assert salvaged(damaged) == (BLOCKS, [])


def test_a_damaged_block_loses_itself_alone():
    for number in range(0, len(BLOCKS), 7):
        found, (lost,) = salvaged(flipped(TRAILER.entries[number].offset + 50))
        assert found == BLOCKS[:number] + BLOCKS[number + 1 :]
        assert lost.raw_offset == STARTS[number]


def test_without_an_index_blocks_are_found_with_their_codebooks():
    cut = BLOB[: TRAILER.offset]
    found, lost = salvaged(cut)
    assert found == BLOCKS
    assert [each.size for each in lost] == [0]
    for at, size in (CODEBOOKS[0], CODEBOOKS[1], CODEBOOKS[2]):
        assert salvaged(flipped(at + 40, cut))[0] == BLOCKS
        found, _ = salvaged(cut[:at] + cut[at + size :])  # missing altogether, all behind it moved
        assert found == BLOCKS


def test_both_copies_of_a_codebook_lost_cost_the_blocks_of_its_segment():
    (first, _), (second, _), (third, _) = CODEBOOKS[:3]
    found, lost = salvaged(flipped(first + 40, flipped(second + 40)))
    gone = [number for number, block in enumerate(READ) if block.codebook_at == first]
    assert len(gone) == 40
    assert found == [block for number, block in enumerate(BLOCKS) if number not in gone]
    assert [each.raw_offset for each in lost] == [STARTS[number] for number in gone]
    assert third > second


def test_every_truncation_point_and_random_damage_give_an_error():
    chance = random.Random(3)
    for size in [*range(0, len(BLOB), 53), len(BLOB) - 1]:
        with pytest.raises(encoder.FormatError):
            encoder.decode(BLOB[:size])
    for _ in range(300):
        damaged = bytearray(BLOB)
        place = chance.randrange(len(BLOB))
        damaged[place] ^= 1 << chance.randrange(8)
        with pytest.raises(encoder.FormatError):
            encoder.decode(bytes(damaged))


def mended(blob, at):
    """The stream with the checksums of the frame at `at` made right."""
    out, size = bytearray(blob), int.from_bytes(blob[at + 8 : at + 12], "little")
    out[at + 24 : at + 32] = xxh3_64_intdigest(out[at + 36 : at + 36 + size]).to_bytes(8, "little")
    raw_offset = next(
        (e.raw_offset for e in TRAILER.entries if e.offset >= at), len(DATA)
    )  # of the block behind a codebook, or of the block itself
    out[at + 32 : at + 36] = short_check(out[at : at + 32], raw_offset).to_bytes(4, "little")
    return bytes(out)


def test_damage_behind_right_checksums_is_refused_in_codebooks_and_in_what_refers_to_them():
    chance = random.Random(4)
    referring = [(block.offset, FRAME_SIZE + block.frame.body_size) for block in READ if block.codebook]
    for _ in range(1500):
        at, size = chance.choice([*CODEBOOKS[::2], *referring[:9]])
        damaged = bytearray(BLOB)
        damaged[at + FRAME_SIZE + chance.randrange(min(12, size - FRAME_SIZE))] ^= 1 << chance.randrange(8)
        blob = mended(damaged, at)
        try:
            decoded = encoder.decode(blob)
        except encoder.GlyphError:
            continue
        assert decoded == DATA  # a byte that is for information, or a distance that a codebook's copy stands at


def test_a_block_that_refers_to_another_codebook_than_the_last_is_refused():
    first, second = (next(b for b in READ if b.codebook_at == at) for at, _ in (CODEBOOKS[0], CODEBOOKS[2]))
    assert first.codebook != second.codebook
    blob = bytearray(BLOB)
    blob[second.offset + FRAME_SIZE] += 1
    with pytest.raises(encoder.FormatError, match="another codebook"):
        encoder.decode(mended(blob, second.offset))


def test_a_reader_of_1_0_steps_over_the_codebook_and_refuses_the_first_block_that_refers_to_it():
    at, _ = CODEBOOKS[0]
    first = next(block for block in READ if block.codebook)
    assert BLOB[9] >= 1
    assert BLOB[at] >= 128  # skippable, and it claims nothing
    assert not any(BLOB[at + 1 : at + 8] + BLOB[at + 12 : at + 24])
    assert BLOB[first.offset : first.offset + 4] == bytes([1, 1, 0, 0])  # a bit that must be understood
    assert all(BLOB[block.offset + 1] == 0 for block in READ if not block.codebook)


def test_info_shows_the_codebooks(tmp_path):
    (tmp_path / "x.glyph").write_bytes(BLOB)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "encoder", "info", "x.glyph"]
    text = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=300, check=True).stdout
    referring = [block for block in READ if block.codebook]
    line = f"  codebooks  {len(CODEBOOKS) // 2}, referred to by {len(referring)} blocks\n"
    assert line in text.decode()
    command.insert(-1, "--json")
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=300, check=True)
    document = json.loads(done.stdout)
    assert document["codebooks"] == len(CODEBOOKS) // 2
    assert [block["codebook"] for block in document["blocks"]] == [block.codebook_at for block in READ]

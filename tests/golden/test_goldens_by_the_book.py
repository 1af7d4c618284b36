"""Every golden file decoded end to end by readers written from the documents alone; the encoder's own code is not imported."""

import importlib.util
import sys
from pathlib import Path

import pytest
import xxhash

TESTS = Path(__file__).parents[1]
STREAMS = sorted((TESTS / "golden" / "glyph").glob("*.glyph"))
BODIES = sorted((TESTS / "golden" / "block").glob("*.body"))


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reference = load("reference_decoder_of_goldens", TESTS / "unit/encoder/glyphs/reference_decoder.py")


def number(data, at, size):
    return int.from_bytes(data[at : at + size], "little")


def body_by_the_book(body, raw_length):
    """docs/glyph-block.md: forms 0 and 1 here, the others by the reference decoder."""
    form = body[0] & 15
    assert body[0] >> 4 == 1
    if form == 0:
        assert body[2] == 0
        return body[4:]
    if form == 1:
        return reference.decompress(body[2] & 7, body[4:], raw_length)
    return reference.decode(body)


def stream_by_the_book(stream):
    """docs/glyph-format.md: header, frames, end frame, footer; every checksum compared."""
    assert stream[:8] == bytes.fromhex("8E474C5950480D0A")
    assert stream[8] == 1
    assert number(stream, 16, 4) == xxhash.xxh3_64_intdigest(stream[:16]) & 0xFFFFFFFF
    output, at = b"", 20
    while stream[at] != 2:
        frame, body_size = stream[at : at + 36], number(stream, at + 8, 4)
        body = stream[at + 36 : at + 36 + body_size]
        assert number(frame, 32, 4) == xxhash.xxh3_64_intdigest(frame[:32], len(output)) & 0xFFFFFFFF
        assert number(frame, 24, 8) == xxhash.xxh3_64_intdigest(body)
        if frame[0] == 1:
            raw = body_by_the_book(body, number(frame, 4, 4))
            assert len(raw) == number(frame, 4, 4)
            assert number(frame, 16, 8) == xxhash.xxh3_64_intdigest(raw)
            output += raw
        at += 36 + body_size
    end = stream[at:-16]
    assert number(end, len(end) - 8, 8) == xxhash.xxh3_64_intdigest(end[:-8])
    assert number(end, len(end) - 16, 8) == xxhash.xxh3_64_intdigest(output)
    assert stream[-16:] == len(end).to_bytes(8, "little") + bytes.fromhex("8E474C59454E440A")
    return output


@pytest.fixture(scope="module")
def regenerate():
    return load("regenerate_of_goldens", TESTS / "golden" / "glyph" / "regenerate.py")


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.stem)
def test_a_golden_stream_is_read_by_the_documents_alone(path, regenerate):
    raw = path.with_name(f"{regenerate.CASES[path.stem][0]}.raw").read_bytes()
    assert stream_by_the_book(path.read_bytes()) == raw


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)
def test_a_golden_body_is_read_by_the_documents_alone(path):
    cases = load("regenerate_of_golden_bodies", path.with_name("regenerate.py"))
    raw = cases.raw(path.stem)
    assert body_by_the_book(path.read_bytes(), len(raw)) == raw


def test_there_are_golden_files_and_the_readers_here_do_not_lean_on_the_encoder():
    assert len(STREAMS) >= 14
    assert len(BODIES) >= 7
    assert not [
        name for name, value in vars(reference).items() if getattr(value, "__module__", "").startswith("encoder")
    ]
    assert "reference_decoder_of_goldens" not in sys.modules

"""Every golden file decoded end to end by readers written from the documents alone; the encoder's own code is not
imported.
"""

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


def varint_at(data, at):
    value, shift = 0, 0
    while data[at] >= 0x80:
        value, shift, at = value | (data[at] & 0x7F) << shift, shift + 7, at + 1
    return value | data[at] << shift, at + 1


def codebook_by_the_book(body):
    """docs/reference/glyph-format.md, Codebook frame."""
    coded, start = varint_at(body, 0)
    assert 0 < coded >> 3 <= 65536
    assert coded & 7 in (0, 1, 2, 3)
    book = reference.decompress(coded & 7, body[start:], coded >> 3)
    assert len(book) == coded >> 3
    return book


def body_by_the_book(body, raw_length, codebook=b""):
    """docs/reference/glyph-block.md: forms 0 and 1 here, the others by the reference decoder."""
    form = body[0] & 15
    assert body[0] >> 4 == 1
    if form == 0:
        assert body[2] == 0
        return body[4:]
    if form == 1:
        return reference.decompress(body[2] & 7, body[4:], raw_length, codebook)
    return reference.decode(body, codebook)


def file_by_the_book(file):
    """docs/reference/glyph-format.md: one stream or several, nothing behind them."""
    output = b""
    while file:
        raw, size = stream_by_the_book(file)
        output, file = output + raw, file[size:]
    return output


def stream_by_the_book(stream):
    """docs/reference/glyph-format.md: header, frames, end frame and footer or short end; every checksum compared. The
    output, and how long the stream is.
    """
    assert stream[:8] == bytes.fromhex("8E474C5950480D0A")
    assert stream[8] == 1
    assert number(stream, 16, 4) == xxhash.xxh3_64_intdigest(stream[:16]) & 0xFFFFFFFF
    output, at, codebook, codebook_at, heads = b"", 20, b"", -1, stream[:20]
    while stream[at] not in (2, 3):
        frame, body_size = stream[at : at + 36], number(stream, at + 8, 4)
        heads += frame
        body = stream[at + 36 : at + 36 + body_size]
        assert number(frame, 32, 4) == xxhash.xxh3_64_intdigest(frame[:32], len(output)) & 0xFFFFFFFF
        assert number(frame, 24, 8) == xxhash.xxh3_64_intdigest(body)
        if frame[0] == 128:
            assert frame[1:8] + frame[12:24] == bytes(19)
            codebook, codebook_at = codebook_by_the_book(body), at
        if frame[0] == 1:
            assert frame[1] in (0, 1)
            if frame[1]:
                distance, start = varint_at(body, 0)
                assert at - distance == codebook_at
                body = body[start:]
            raw = body_by_the_book(body, number(frame, 4, 4), codebook if frame[1] else b"")
            assert len(raw) == number(frame, 4, 4)
            assert number(frame, 16, 8) == xxhash.xxh3_64_intdigest(raw)
            output += raw
        at += 36 + body_size
    if stream[at] == 3:
        assert len(heads) in (20, 56)
        assert stream[at : at + 4] == b"\x03END"
        assert number(stream, at + 4, 4) == xxhash.xxh3_64_intdigest(heads) & 0xFFFFFFFF
        return output, at + 8
    end = stream[at : at + 40 + 20 * number(stream, at + 4, 4)]
    footer = stream[at + len(end) : at + len(end) + 16]
    assert number(end, len(end) - 8, 8) == xxhash.xxh3_64_intdigest(end[:-8])
    assert number(end, len(end) - 16, 8) == xxhash.xxh3_64_intdigest(output)
    assert footer == len(end).to_bytes(8, "little") + bytes.fromhex("8E474C59454E440A")
    return output, at + len(end) + 16


@pytest.fixture(scope="module")
def regenerate():
    return load("regenerate_of_goldens", TESTS / "golden" / "glyph" / "regenerate.py")


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.stem)
def test_a_golden_stream_is_read_by_the_documents_alone(path, regenerate):
    raw = b"".join(path.with_name(f"{name}.raw").read_bytes() for name in regenerate.raws_of(path.stem))
    assert file_by_the_book(path.read_bytes()) == raw


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

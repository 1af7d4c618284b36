import importlib.util
from pathlib import Path

import pytest

from encoder.block.backends import CODECS
from encoder.block.codec import decode_block, describe_block
from encoder.block.layout import PLAIN, ROWS
from encoder.strategy import BackEnd, Strategy, TreeType


def _load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HERE = Path(__file__).parent
book = _load("reference_mixing", HERE / "reference_mixing.py")
columns_book = _load("reference_decoder_of_columns", HERE.parent / "glyphs" / "reference_decoder.py")

GOLDEN = HERE.parents[2] / "golden" / "mixing"
golden = _load("regenerate_mixing_golden", GOLDEN / "regenerate.py")


def id_planes(data, count, limit):
    wide = 0 if limit <= 1 else 1 if limit <= 256 else 2
    return [int.from_bytes(data[nth::count][:wide]) if wide else 0 for nth in range(count)]


def decode_rows(body):
    assert body[0] & 15 == ROWS
    *streams, tokens = columns_book.physical_entries(body)
    opened = [
        book.decode_text(data, size) if back_end == 4 else columns_book.decompress(back_end, data, size)
        for back_end, size, data in streams
    ]
    return book.decode_rows(opened, tokens[2], columns_book.varints, id_planes)


TEXT = ("The quick brown fox jumps over the lazy dog.\n  if (x == 1) { return x; }\n" * 6 + "Quick\xe9!\r\n").encode()


@pytest.mark.parametrize("model", [1, 2])
def test_text_decodes_as_the_documentation_says(model):
    stream = CODECS[BackEnd.MIXING].compress(TEXT, model, True, b"")
    assert len(stream) < len(TEXT)
    assert book.decode_text(stream, len(TEXT)) == TEXT


def test_many_templates_and_columns_decode_as_the_documentation_says():
    data = b"".join(b"r%s: %d of %d\n" % (bytes([97 + n % 26, 97 + n // 26]), n, n * n) for n in range(400))
    body = golden.rows(data, Strategy(TreeType.LOG, BackEnd.MIXING, 1))
    assert decode_rows(body) == data


@pytest.mark.parametrize("name", golden.CASES)
def test_the_golden_bodies_decode_as_the_documentation_says(name):
    tree, _ = golden.CASES[name]
    body = (GOLDEN / f"{name}.body").read_bytes()
    raw = golden.raw(tree)
    if tree is TreeType.TEXT:
        assert body[0] & 15 == PLAIN
        assert book.decode_text(body[4:], len(raw)) == raw
    else:
        assert decode_rows(body) == raw


@pytest.mark.parametrize("name", golden.CASES)
def test_a_mixed_body_that_an_earlier_release_wrote_still_decodes(name):
    tree, model = golden.CASES[name]
    body = (GOLDEN / f"{name}.body").read_bytes()
    raw = golden.raw(tree)
    assert decode_block(body, len(raw)) == raw
    info = describe_block(body)
    assert (info.tree, info.back_end, info.level) == (tree, BackEnd.MIXING, model)


def test_every_golden_mixed_body_is_tested():
    assert {path.stem for path in GOLDEN.glob("*.body")} == set(golden.CASES)

import json

import numpy as np
import pytest

from encoder.block.codec import decode_block, describe_block, encode_block, warm
from encoder.strategy import BackEnd, Strategy, TreeType

warm()


def tokenised(data, *, document=True, rare=3, least=4, counted=True):
    """(columns of the variables, their texts) of one pass over the data, keys and paths counted in the data itself."""
    from encoder.glyphs.scratch import scratch_for
    from encoder.glyphs.tokenise_json import COUNT_SLOTS, count_keys, tokenise_json
    from encoder.glyphs.tokenisers import clear_tables

    source = np.frombuffer(data, np.uint8)
    scratch = scratch_for(len(source))
    found = scratch.found
    clear_tables(scratch)
    keys, paths = np.zeros(COUNT_SLOTS, np.int32), np.zeros(COUNT_SLOTS, np.int32)
    if counted:
        count_keys(source, keys)
        tokenise_json(source, document, True, rare, least, keys, paths, found)
    _, variables, _, _, end = tokenise_json(source, document, False, rare, least, keys, paths, found)
    assert end == len(data)
    spans = zip(found.starts[:variables].tolist(), found.sizes[:variables].tolist(), strict=True)
    return found.columns[:variables].tolist(), [data[start : start + size].decode() for start, size in spans]


def columns_of(data, texts, **options):
    columns, found = tokenised(data, **options)
    return [columns[found.index(text)] for text in texts]


def test_a_path_with_values_enough_names_a_column_of_its_own():
    data = b'{"a":{"id":1},"b":{"id":2}}\n' * 10
    first, second = columns_of(data, ["1", "2"], document=False)
    assert first != second


def test_paths_with_too_few_values_share_the_column_of_their_key():
    data = b'{"a":{"id":1},"b":{"id":2}}\n' * 10
    first, second = columns_of(data, ["1", "2"], document=False, least=1000)
    assert first == second


def test_places_in_an_array_are_told_apart_up_to_the_eighth():
    data = b'{"a":[10,11,12,13,14,15,16,17,18,19]}\n' * 10
    columns = columns_of(data, [str(10 + nth) for nth in range(10)], document=False)
    assert len(set(columns)) == 9
    assert columns[8] == columns[9]


def test_keys_that_hardly_ever_occur_are_values_and_not_parts_of_a_path():
    members = ",".join(f'"k{nth}":{{"size":{nth + 1000}}}' for nth in range(40))
    columns, texts = tokenised(f"{{{members}}}".encode())
    assert {"k0", "k39", "1000", "1039"} <= set(texts)
    assert "size" not in texts
    named = dict(zip(texts, columns, strict=True))
    assert len({named[f"k{nth}"] for nth in range(40)}) == 1
    assert len({named[str(nth + 1000)] for nth in range(40)}) == 1


def test_a_block_that_begins_inside_a_document_names_what_follows_as_the_one_before_did():
    item = '{"id":1234,"tag":{"id":"x"}}'
    whole = ("[" + ",".join([item] * 50) + "]").encode()
    cut = whole.index(b"},", len(whole) // 2) + 1
    columns, texts = tokenised(whole[cut:])
    assert len({column for column, text in zip(columns, texts, strict=True) if text == "1234"}) == 1
    assert len({column for column, text in zip(columns, texts, strict=True) if text == "x"}) == 1


def test_depth_without_end_takes_no_more_memory_and_comes_back():
    for data in (
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"[" * 70_000 + b"1" + b"]" * 70_000,
        b"]" * 100_000 + b'{"a":1},' * 9,
    ):
        body = encode_block(data, Strategy(TreeType.JSON, BackEnd.ZSTD, 3))
        assert len(body) < 1000
        assert decode_block(body, len(data)) == data


ODD = [
    b'\xef\xbb\xbf{"a": 1}',
    b'{"a": 1, "a": 2, "a": "2"}',
    b'{\r\n  "a": [1,\r\n 2],\r\n  "b": "\\u00e9\\n\\"q\\\\"\r\n}\r\n',
    b'// comment\n{"a": /* here */ 1, # there\n "b": 0x1F, }',
    b'{"n": [1.0, 1.00, 1e5, 1E+5, -0, 0.1e-7, 00012, +1, .5, 5., 123456789012345678901234567890]}',
    b'{"open": "never closed, "x": 1}\n{"a": 2}\n',
    b'{"a": {"b": [1, 2}, "c": ]}',
    b'{"raw": "\x00\x01\x02"}\n\x00\x01\x02{"x":NaN,"y":Infinity}',
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("tree", [TreeType.JSON, TreeType.JSON_LINES])
def test_escapes_numbers_doubled_keys_comments_and_what_is_broken_come_back_as_they_were(odd, tree):
    for data in (odd, odd * 50):
        body = encode_block(data, Strategy(tree, BackEnd.ZSTD, 3))
        assert decode_block(body, len(data)) == data


def nested(count):
    """A document whose members are named by data, each with documents inside."""
    return {
        f"Shape{nth * 7919 % 1000}": {
            "type": "structure" if nth % 3 else "list",
            "members": {f"Field{nth % 17}": {"shape": f"Shape{nth % 40}", "doc": f"<p>The field {nth} of it.</p>"}},
            "point": [nth * 0.5, [nth, nth + 1]],
        }
        for nth in range(count)
    }


@pytest.mark.parametrize("layout", [{"separators": (",", ":")}, {"indent": 2}, {}])
def test_a_nested_document_is_transformed_and_smaller_than_plain_zstd_at_level_nine(layout):
    data = json.dumps(nested(1500), **layout).encode()
    body = encode_block(data, Strategy(TreeType.JSON, BackEnd.ZSTD, 9))
    plain = encode_block(data, Strategy(TreeType.TEXT, BackEnd.ZSTD, 9))
    assert describe_block(body).tree is TreeType.JSON
    assert len(body) < 0.9 * len(plain)
    assert decode_block(body, len(data)) == data


@pytest.mark.parametrize("tree", [TreeType.JSON, TreeType.XML])
@pytest.mark.parametrize("level", [3, 9, 16])
def test_a_document_never_takes_more_than_plain_zstd_at_level_nine(tree, level):
    generator = np.random.default_rng(5)
    words = [bytes(generator.integers(97, 123, 5).astype(np.uint8)) for _ in range(400)]
    data = b'{"text":"' + b" ".join(words[nth] for nth in generator.integers(0, 400, 20_000)) + b'"}'
    body = encode_block(data, Strategy(tree, BackEnd.ZSTD, level))
    plain = encode_block(data, Strategy(TreeType.TEXT, BackEnd.ZSTD, min(level, 9)))
    assert len(body) <= len(plain)


def test_text_that_columns_share_is_stored_in_one_stream():
    generator = np.random.default_rng(7)
    words = ["".join(map(chr, row)) for row in generator.integers(97, 123, (400, 30)).tolist()]
    rows = [f"<r><name>{word}</name><title>{words[nth * 7 % 400]}</title></r>" for nth, word in enumerate(words)]
    data = "\n".join(rows).encode()
    body = encode_block(data, Strategy(TreeType.XML, BackEnd.ZSTD, 9))
    assert body[4] & 4
    assert len(body) < 10_000  # every word has nearly 18 bytes of information, and is said twice
    assert decode_block(body, len(data)) == data


def test_a_document_is_never_larger_at_the_mixing_levels_than_its_columns_under_zstd():
    data = json.dumps(nested(1500)).encode()
    mixed = encode_block(data, Strategy(TreeType.JSON, BackEnd.MIXING, 1))
    columns = encode_block(data, Strategy(TreeType.JSON, BackEnd.ZSTD, 19))
    assert len(mixed) <= len(columns)
    assert decode_block(mixed, len(data)) == data

import pytest

from encoder.block.codec import decode_block, describe_block, encode_block, warm
from encoder.strategy import BackEnd, Strategy, TreeType

warm()

from encoder.glyphs.tokenise import MAX_COLUMNS, MAX_TEMPLATES, MAX_VARIABLES  # noqa: E402  after `warm`
from encoder.glyphs.transform import transform  # noqa: E402  as above

SERVERS = (
    b'{"time": %d, "zones": {"north": {"in": %d, "out": %d}, "south": {"in": %d, "out": %d}}, "peers": [{"id": %d}, '
    b'{"id": %d}]}\n'
)
WORDS = b'{"counts": {"w%d": %d, "w%d": %d}}\n'


def bare(tree):
    return Strategy(tree, BackEnd.ZSTD, 3)


def shape(data, tree):
    """(records, templates, columns) of the block's first level."""
    return tuple(int(number) for number in transform(data, tree, ord(",")).numbers[0][1:4])


def test_a_row_of_names_makes_no_strings_of_the_numbers_below_it():
    rows = b"".join(b"%d,%d.5,x%d\n" % (n, n % 90, n % 5) for n in range(300))
    data = b'id,"price",kind\n' + rows
    body = encode_block(data, bare(TreeType.CSV))
    assert decode_block(body, len(data)) == data
    named, unnamed = describe_block(body), describe_block(encode_block(rows, bare(TreeType.CSV)))
    assert [column.kind for column in named.columns] == [column.kind for column in unnamed.columns]
    assert (named.records, named.templates) == (301, 2)


@pytest.mark.parametrize(
    "data",
    [
        b"1,2\n3,4\n" * 9,
        b"a,b\nc,d\n" * 9,
        b"a,b\n",
        b"a,b",
        b"a,b\n1,2",
        b"\n1,2\n",
        b'"',
        b'"\n"',
        b'"a\nb",c\n1,2\n',
        b"a;b\n1;2\n",
        b"a,b\r\n1,2\r\n",
    ],
)
def test_rows_with_names_and_without_come_back(data):
    for separator in b",;\n\0":
        strategy = Strategy(TreeType.CSV, BackEnd.STORE, 0, separator)
        assert decode_block(encode_block(data, strategy), len(data)) == data


def test_records_built_alike_have_a_column_for_every_path():
    data = b"".join(SERVERS % (n, n * 7, n * 3, n * 11, n, n % 4, n % 9) for n in range(400))
    assert shape(data, TreeType.JSON_LINES) == (400, 1, 1 + 7)  # and the column of all that are few


def test_keys_that_are_names_of_things_do_not_each_make_a_column():
    data = b"".join(WORDS % (n * 7919 % 1009, n, n * 104729 % 1013, n) for n in range(2000))
    assert shape(data, TreeType.JSON_LINES)[2] < 3000 / 4
    body = encode_block(data, bare(TreeType.JSON_LINES))
    assert decode_block(body, len(data)) == data


@pytest.mark.parametrize(
    "text", [b"[" * 5000 + b"1", b"]" * 90 + b"7,", b'{"a":' * 300 + b"1" + b"}" * 300, b'[1,{"a":[2,3]},' * 50]
)
def test_paths_of_any_depth_come_back(text):
    data = (text + b"\n") * 60
    assert decode_block(encode_block(data, bare(TreeType.JSON_LINES)), len(data)) == data


ENDLESS = {
    TreeType.LOG: b"7 " * 9000,
    TreeType.JSON_LINES: b"[" + b"7," * 9000 + b"7]",
    TreeType.CSV: b"7," * 9000,
    TreeType.XML: b"<r>" + b"<v>7</v>" * 9000 + b"</r>",
}


@pytest.mark.parametrize("tree", ENDLESS)
def test_a_record_without_end_is_cut_into_records_of_bounded_variables(tree):
    data = (ENDLESS[tree] + b"\n") * 3
    records, templates, _ = shape(data, tree)
    assert records >= 3 * 9000 // MAX_VARIABLES
    numbers = transform(data, tree, ord(",")).numbers[0]
    assert numbers[4] <= templates * MAX_VARIABLES
    assert decode_block(encode_block(data, bare(tree)), len(data)) == data


def test_templates_beyond_their_bound_are_stored_as_they_are():
    letters = [bytes([97 + n % 26, 97 + n // 26 % 26, 97 + n // 676 % 26, 97 + n // 17576]) for n in range(40_000)]
    data = b"one 1\n" + b"\n".join(letters) + b"\n"
    assert shape(data, TreeType.LOG)[1] == MAX_TEMPLATES
    body = encode_block(data, Strategy(TreeType.LOG, BackEnd.STORE, 0))
    assert decode_block(body, len(data)) == data


def test_columns_beyond_their_bound_are_stored_as_they_are():
    words = [bytes([97 + n % 26, 97 + n // 26 % 26, 97 + n // 676 % 26, 97 + n // 17576]) for n in range(20_000)]
    data = b"".join(b"%s %d %s %d\n" % (word, n, word, n) for n, word in enumerate(words))
    assert shape(data, TreeType.LOG)[2] <= MAX_COLUMNS + 1
    assert decode_block(encode_block(data, bare(TreeType.LOG)), len(data)) == data

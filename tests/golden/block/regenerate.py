"""Writes the golden bodies anew: `python tests/golden/block/regenerate.py`. Only for a new version of the format.

Bodies that older releases wrote must stay readable, so a file that is here already is kept unless it is deleted first.
"""

from pathlib import Path

from encoder.block import encode_block
from encoder.strategy import BackEnd, Strategy, TreeType

FOLDER = Path(__file__).parent

CASES = {
    "log-zstd": (TreeType.LOG, BackEnd.ZSTD, 3),
    "jsonl-lzma": (TreeType.JSON_LINES, BackEnd.LZMA, 6),
    "json-brotli": (TreeType.JSON, BackEnd.BROTLI, 5),
    "csv-store": (TreeType.CSV, BackEnd.STORE, 0),
    "xml-zstd": (TreeType.XML, BackEnd.ZSTD, 19),
    "text-zstd": (TreeType.TEXT, BackEnd.ZSTD, 3),
    "opaque-store": (TreeType.OPAQUE, BackEnd.STORE, 0),
}
RECORDS = {
    TreeType.LOG: 'Jan {0} 10:0{1} host app[{2}]: took {3}.{4} ms -{5}.5 "q{6}" deadbeef{7:02x} \x01\n',
    TreeType.JSON_LINES: '{{"a": {0}, "b": [{1}, "{2}"], "c": {3}.{4}, "d": "x{5} y{6}", "e": "00ff{7:04x}"}}\n',
    TreeType.JSON: '{{"a":{0},"b":[{1},"{2}"],"c":{3}.{4},"d":"x{5} y{6}","e":"00ff{7:04x}"}},',
    TreeType.CSV: '{0},n{1},{2},-{3}.{4},"x\n{5}",{6:04d},abcdef{7:02x}\n',
    TreeType.XML: "<r a='{0}' b=\"n{1}\"><v>{2}</v><w>{3}.{4}</w><x>n{5} {6}</x>00aa11{7:02x}</r>\n",
    TreeType.TEXT: "Line {0} of a text in which {1} and {2} are all that changes.\n",
    TreeType.OPAQUE: "{0}\x00{1}\xff{2}",
}


def raw(tree: TreeType) -> bytes:
    """The bytes that the bodies of a tree decode to."""
    numbers = [[n * step % (40 * step + 9) for step in range(1, 9)] for n in range(200)]
    return "".join(RECORDS[tree].format(*row) for row in numbers).encode() + b"a tail without its newline, 7"


def main() -> None:
    """Writes every body that is missing."""
    for name, (tree, back_end, level) in CASES.items():
        path = FOLDER / f"{name}.body"
        if not path.exists():
            path.write_bytes(encode_block(raw(tree), Strategy(tree, back_end, level)))


if __name__ == "__main__":
    main()

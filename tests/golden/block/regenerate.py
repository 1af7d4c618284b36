"""Writes the golden bodies anew: `python tests/golden/block/regenerate.py`. Only for a new version of the format.

Bodies that older releases wrote must stay readable, so a file that is here already is kept unless it is deleted first.
"""

from pathlib import Path

from encoder.block.codec import encode_block
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
    "csv-sorted": (TreeType.CSV, BackEnd.ZSTD, 3),
    "xml-pooled": (TreeType.XML, BackEnd.ZSTD, 9),
    "json-nested": (TreeType.JSON, BackEnd.ZSTD, 9),
    "log-pooled": (TreeType.LOG, BackEnd.ZSTD, 3),
    "opaque-numbers": (TreeType.OPAQUE, BackEnd.NUMBERS, 9),
    "opaque-branches": (TreeType.OPAQUE, BackEnd.FILTERED, 9),
    "opaque-columns": (TreeType.OPAQUE, BackEnd.FILTERED, 9),
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


def raw(name: str) -> bytes:
    """The bytes that a golden body decodes to."""
    if name in MADE:
        return MADE[name]()
    tree = CASES[name][0]
    numbers = [[n * step % (40 * step + 9) for step in range(1, 9)] for n in range(200)]
    return "".join(RECORDS[tree].format(*row) for row in numbers).encode() + b"a tail without its newline, 7"


def _dependent_columns() -> bytes:
    """Places in no order, a code that hangs on the place, and one that hangs on both."""
    places = [(n * n + n // 7) % 61 for n in range(4500)]
    codes = [place * place % 89 * 7 + n % 3 for n, place in enumerate(places)]
    rows = zip(places, codes, [(place * code) % 251 for place, code in zip(places, codes, strict=True)], strict=True)
    return "".join(f"place{a},code{b},{c + 300}\n" for a, b, c in rows).encode()


def _words(nth: int) -> str:
    """A few words that another number hardly shares."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return " ".join("".join(letters[(nth * prime + place * place) % 23] for place in range(6)) for prime in (3, 7, 13))


def _said_twice() -> bytes:
    """Elements whose two columns say the same, in another order."""
    pairs = [(_words(n * 7), _words(n * 5 % 400 * 7)) for n in range(400)]
    return "".join(f"<r><name>{one}</name><title>{other}</title></r>\n" for one, other in pairs).encode()


def _names_in_many_lines() -> bytes:
    """A log whose templates have columns of their own, in which the same names stand."""
    steps = ("unpacked", "configured", "triggered", "removed")
    names = [_words(n).replace(" ", "-") + str(n % 7) for n in range(120)]
    return "".join(
        f"10:00:{n % 60:02} status {steps[n % 4]} {names[n * n % 113]} 1.{n % 9}\n" for n in range(3000)
    ).encode()


def _sound() -> bytes:
    """Two channels of big-endian numbers that change little, and half a number at the end."""
    left, right, out = 0, 0, bytearray()
    for n in range(3000):
        left, right = left + n * n % 61 - 30, right + n * 7 % 23 - 11
        out += (left % 65536).to_bytes(2, "big") + (right % 65536).to_bytes(2, "big")
    return bytes(out) + b"\x07"


def _program() -> bytes:
    """Calls of a few functions from everywhere, some of them close to each other or to the end."""
    out, chance = bytearray(), 1
    for n in range(900):
        chance = chance * 1103515245 % 2**31 + 12345
        out += bytes((0x48, 0x89, n * n % 251, 0x55, 0xC3))[: chance >> 16 & 3] * (1 + (chance >> 24) % 3)
        out += b"\xe8\xe9\xe8"[: (n % 11) // 7 * (n % 3)]
        out += b"\xe8" + ((chance >> 8) % 13 * 4096 - len(out) - 5).to_bytes(4, "little", signed=True)
    return bytes(out) + b"\xe8\x01\x00"


def _structures() -> bytes:
    """Records of eleven bytes, a counter among them, and a part of one at the end."""
    rows = (n.to_bytes(3, "little") + bytes((n * n % 7, 0, n % 251)) + b"value" for n in range(900))
    return b"".join(rows) + b"abcd"


def _keys_of_data() -> bytes:
    """A document on one line, whose objects are named by data and hold places in arrays."""
    shapes = [f'"S{n}":{{"doc":"{_words(n)}","at":[{n},{n * n % 97},[{n / 4},0]],"ok":true}}' for n in range(300)]
    return ('{"version":"2.0","shapes":{' + ",".join(shapes) + "}}").encode()


MADE = {
    "csv-sorted": _dependent_columns,
    "xml-pooled": _said_twice,
    "json-nested": _keys_of_data,
    "log-pooled": _names_in_many_lines,
    "opaque-numbers": _sound,
    "opaque-branches": _program,
    "opaque-columns": _structures,
}
"""Bodies whose bytes are not of `RECORDS`."""


def main() -> None:
    """Writes every body that is missing."""
    for name, (tree, back_end, level) in CASES.items():
        path = FOLDER / f"{name}.body"
        if not path.exists():
            prose_level = level if name == "log-pooled" else None
            path.write_bytes(encode_block(raw(name), Strategy(tree, back_end, level, prose_level=prose_level)))


if __name__ == "__main__":
    main()

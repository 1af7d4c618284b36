"""Writes the golden bodies of context mixing anew: `python tests/golden/mixing/regenerate.py`. Only for a new version.

Bodies that older releases wrote must stay readable, so a file that is here already is kept unless it is deleted first.
"""

from pathlib import Path

from encoder.block.backends import CODECS
from encoder.block.layout import ROWS, Header
from encoder.block.plain import stream_body
from encoder.block.rows import pack_rows
from encoder.strategy import BackEnd, Strategy, TreeType

FOLDER = Path(__file__).parent

RECORDS = {
    TreeType.LOG: 'Jan {0} 10:00:{1:02d} host app[{2}]: {5} took {3}.{4} ms "q {5}"\n',
    TreeType.JSON_LINES: '{{"id": {0}, "at": [{1}, "{2}"], "c": {3}.{4}, "path": "/v1/{5}/items"}}\n',
    TreeType.JSON: '{{"id":{0},"at":[{1},"{2}"],"c":{3}.{4},"path":"/v1/{5}/items"}},',
    TreeType.CSV: '{0},{5},{1},-{3}.{4},"x {5}",{2:04d}\n',
    TreeType.XML: "<r id='{0}' at=\"n{1}\"><v>{2}</v><w>{3}.{4}</w><x>n {5}</x></r>\n",
}
WORDS = ("get", "put", "list", "get", "delete", "get")
RECORD_TREES = (TreeType.LOG, TreeType.JSON_LINES, TreeType.CSV)
CASES = {
    f"{tree.value}-{name}": (tree, level)
    for tree in (*RECORDS, TreeType.TEXT)
    for name, level in (("light", 1), ("full", 2))
}
CASES |= {f"{tree.value}-quick": (tree, 1) for tree in RECORD_TREES}
CASES |= {f"{tree.value}-lean": (tree, 2) for tree in RECORD_TREES}
CASES |= {f"{tree.value}-full-4": (tree, 2) for tree in (TreeType.LOG, TreeType.TEXT)} | {
    "text-light-3": (TreeType.TEXT, 1)
}
CASES |= {f"{tree.value}-short": (tree, 2) for tree in RECORD_TREES}
CASES |= {f"{tree.value}-aligned": (tree, 2) for tree in RECORD_TREES}
CASES |= {"text-foretold-few-5": (TreeType.TEXT, 1), "text-foretold-many-6": (TreeType.TEXT, 2)}
"""Name → tree, level. Bodies that are called light or full alone are of the models 1 and 2, which are no longer
written; those called light-3, full-4, lean or short neither.
"""


def raw(tree: TreeType) -> bytes:
    """The bytes that the bodies of a tree decode to."""
    if tree is TreeType.TEXT:
        lines = (
            f"Line {n} says that {n * n % 23} of {WORDS[n % 6]} was {'Done' if n % 3 else 'not done'}."
            for n in range(112)
        )
        return "\n".join(lines).encode()
    rows = []
    for n in range(150):
        rows.append(RECORDS[tree].format(1000 + 3 * n, n % 60, 7 * (n // 9), n * n % 5, n % 2, WORDS[n * n % 6]))
        if n % 9 == 4:
            rows.append(RECORDS[tree].format(n, n, 0, n, 0, "").replace("x", "xx"))
    return "".join(rows).encode() + b"a tail without its newline, 7"


def main() -> None:
    """Writes every body that is missing."""
    for name, (tree, model) in CASES.items():
        path = FOLDER / f"{name}.body"
        if not path.exists():
            strategy = Strategy(tree, BackEnd.MIXING, model)
            path.write_bytes(text(raw(tree), model) if tree is TreeType.TEXT else rows(raw(tree), strategy))


def text(data: bytes, level: int) -> bytes:
    """The body of mixed text, whether or not another back end would be smaller."""
    stream = CODECS[BackEnd.MIXING].compress(data, level, True, b"")
    return stream_body(BackEnd.MIXING, level, stream, TreeType.TEXT, fell_back=False)


def rows(data: bytes, strategy: Strategy) -> bytes:
    """The body of mixed rows, whether or not columns would be smaller."""
    payload = pack_rows(memoryview(data), strategy)
    assert payload is not None
    return Header(ROWS, strategy.tree, False, BackEnd.MIXING, strategy.level).to_bytes() + payload


if __name__ == "__main__":
    main()

"""The library of kernels against what numba makes of the same functions: whole streams, byte by byte."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from encoder.glyphs.library import NoLibraryError, find_library
from encoder.profile import BUILT_IN

REPOSITORY = Path(__file__).parents[2]
FILES = sorted((REPOSITORY / "tests" / "golden" / "glyph").glob("*.raw"))
MORE = [REPOSITORY / name for name in ("reports/phase4a3-20261129T152411Z-358c.html", "CHANGELOG.md", "pyproject.toml")]
ENCODE = """
import hashlib
import json, sys
import encoder
level, *paths = sys.argv[1:]
data = [open(path, "rb").read() for path in paths]
records = b"".join(b"%d 10.0.%d.%d GET /page/%d?q=%x 200 %d.%03d\\n" % (n, n % 7, n % 250, n % 90, n * n, n % 9, n % 1000) for n in range(20000))
rows = b"".join(b'{"id": %d, "name": "user-%d", "tags": ["a", "b%d"], "at": %d}\\n' % (n, n % 77, n % 5, 1700000000 + n * 13) for n in range(9000))
table = b"".join(b"%d,%d.%02d,%s,%d\\n" % (n, n % 300, n % 100, b"xyz"[n % 3 :], n * 3) for n in range(30000))
found = []
for each in (*data, records, rows, table):
    blob = encoder.encode(each, level)
    assert encoder.decode(blob) == each
    found.append(hashlib.sha256(blob).hexdigest())
print(json.dumps(found))
"""  # noqa: E501


def has_library():
    try:
        return find_library() is not None
    except NoLibraryError:
        return False


def digests(kind, level):
    paths = [str(path) for path in (*FILES, *MORE) if path.exists()]
    around = os.environ | {"ENCODER_KERNELS": kind, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", ENCODE, level, *paths], env=around, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(not has_library(), reason="no library of these sources; mend: python -m building.make")
@pytest.mark.parametrize("level", BUILT_IN)
def test_the_library_and_numba_encode_to_the_same_bytes(level):
    ours = digests("library", level)
    assert len(ours) >= len(FILES) + 3
    assert digests("jit", level) == ours

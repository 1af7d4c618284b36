import subprocess
import sys

import encoder
from encoder.detect.lazy import LEAST_LOOKED_AT, LazySelector
from encoder.detect.selector import SMALLEST, AdaptiveCompressionSelector
from encoder.profile import load_profile

PROFILE = load_profile("fast")
LOG = b"".join(b"2026-01-01 00:%02d INFO request %d done\n" % (n % 60, n) for n in range(5000))


def test_it_selects_what_the_adaptive_selector_does():
    blocks = [LOG[:100], LOG, LOG[:50_000], LOG[100_000:], b"x" * LEAST_LOOKED_AT, b"y"]
    adaptive = AdaptiveCompressionSelector(PROFILE.strategies, small=PROFILE.small, runs=PROFILE.runs)
    late = LazySelector(PROFILE)
    assert [late.select(block) for block in blocks] == [adaptive.select(block) for block in blocks]


def test_it_knows_from_where_on_blocks_are_looked_at():
    assert LEAST_LOOKED_AT == SMALLEST


def test_small_inputs_load_neither_numpy_nor_numba():
    code = (
        "import sys, encoder; encoder.decode(encoder.encode(b'a,b\\n' * 256));"
        "print([name for name in ('numpy', 'numba') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"[]\n"
    assert encoder.decode(encoder.encode(LOG)) == LOG

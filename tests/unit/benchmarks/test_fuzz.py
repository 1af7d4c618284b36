import pytest

from benchmarks.codec.fuzz import STREAM_LIMITS, repaired
from encoder.api import decode, encode
from encoder.limits import Limits
from encoder.profile import LEVEL_NAMES

DATA = b"".join(b"%d;%d;line %d\n" % (n, n * n % 97, n) for n in range(60))


@pytest.mark.parametrize("level", LEVEL_NAMES)
def test_the_fuzzer_of_streams_gets_past_the_header_of_every_level(level):
    assert decode(repaired(encode(DATA, level)), Limits(**STREAM_LIMITS)) == DATA

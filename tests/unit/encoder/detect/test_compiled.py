"""The kernel counts what numpy counts, whatever the bytes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encoder.detect import compiled, plain
from encoder.detect.histogram import histogram
from encoder.detect.sample import SAMPLE_SIZE
from encoder.detect.survey import Survey
from encoder.glyphs.ready import load_transform

ALPHABETS = [
    b'\n",;\t|{}[]: <>/a1',
    b"\n\n 12:34:56 x",
    bytes(range(256)),
    b'<a/>\n!? "\r,',
    b"\n",
    b"\0",
    b"@[`{AZaz<",
]


@pytest.fixture(autouse=True, scope="module")
def _ready() -> None:
    load_transform()


def array(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.uint8)


def facts(seen: Survey | None) -> dict[str, object]:
    assert seen is not None
    found = {name: getattr(seen, name) for name in Survey.__slots__}
    return found | {"counts": seen.counts.tolist()}


def assert_alike(data: bytes) -> None:
    assert facts(compiled.survey(array(data))) == facts(plain.survey(array(data)))


@settings(max_examples=300)
@given(
    st.sampled_from(ALPHABETS)
    .flatmap(lambda values: st.lists(st.sampled_from([*values]), min_size=1, max_size=400))
    .map(bytes)
)
def test_the_kernel_counts_what_numpy_counts(data):
    assert_alike(data)


@pytest.mark.parametrize(
    "piece", [b"12:30:01 a=1, b=2\n", b'{"k": [1, 2], "v": "x, y"},\n', b"<a>\n", b"x", b"\n", b'"', b"\0\0"]
)
@pytest.mark.parametrize("size", [1, 7, 8, 9, 15, 16, 17, 4095, SAMPLE_SIZE - 1, SAMPLE_SIZE])
def test_the_kernel_counts_what_numpy_counts_up_to_the_last_byte(piece, size):
    assert_alike((piece * size)[:size])


def test_more_lines_and_anchors_than_are_looked_at_are_spread_alike():
    words = np.random.default_rng(7).integers(0, 3, SAMPLE_SIZE).astype(np.uint8)
    assert_alike(words.tobytes())
    assert_alike(b"".join(b"%d,%d\n" % (n, n * n) for n in range(9000))[:SAMPLE_SIZE])


def test_a_sample_leaves_nothing_behind_for_the_next_one():
    assert_alike(b"\xff" * SAMPLE_SIZE)
    assert_alike(b"1:2,3\n" * 9)


@given(st.binary(max_size=300))
def test_a_histogram_counts_every_byte(data):
    assert histogram(array(data)).tolist() == [data.count(value) for value in range(256)]

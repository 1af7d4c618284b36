import pytest
from hypothesis import given
from hypothesis import strategies as st

from encoder.detect.pattern import PatternDetector
from encoder.detect.sample import take_sample
from encoder.strategy import TreeType

NAMES = [
    "JSON lines",
    "compact JSON lines with CRLF",
    "arrays as JSON lines",
    "a compact JSON document",
    "an indented JSON document",
    "nested arrays of numbers",
    "a syslog",
    "an access log",
    "a log whose times have a comma",
    "a log with compact times",
    "a log with traces between",
    "CSV",
    "CSV with semicolons",
    "tab-separated values",
    "CSV with pipes",
    "CSV of two columns of numbers",
    "CSV with times",
    "indented XML",
    "XML on one line",
    "prose",
    "prose in Greek",
    "C source",
    "random bytes",
    "deflated text",
    "little-endian integers",
    "zero bytes",
]


def test_every_sample_is_named_here(samples):
    assert list(samples) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_shape_is_named(samples, name):
    shape, separator, data = samples[name]
    pattern = PatternDetector().detect(take_sample(data))
    assert pattern.tree == shape, pattern
    assert pattern.confidence >= 0.5
    if separator:
        assert pattern.separator == ord(separator)


@pytest.mark.parametrize("name", NAMES)
def test_the_shape_is_named_from_the_middle_of_a_document_too(samples, name):
    shape, _, data = samples[name]
    start = data.find(b"\n", len(data) // 3) + 1 or len(data) // 3
    assert PatternDetector().detect(data[start : start + 30_000]).tree == shape


def test_members_that_are_no_keys_are_json_and_attributes_without_end_are_xml():
    codes = ",\n".join(f'   "db.r{n % 7}.{n}xlarge"' for n in range(12))
    enums = ",\n".join(f' {{\n  "enum": [\n{codes}\n  ]\n }}' for _ in range(200))
    assert PatternDetector().detect(f"[\n{enums}\n]\n".encode()).tree is TreeType.JSON
    countries = "\n".join(
        f"  <country {' '.join(f'name{k}=%s{n}' % chr(34) + chr(34) for k in range(60))}/>" for n in range(100)
    )
    assert PatternDetector().detect(f"<countries>\n{countries}\n</countries>\n".encode()).tree is TreeType.XML


def test_nothing_is_text():
    pattern = PatternDetector().detect(b"")
    assert (pattern.tree, pattern.separator, pattern.confidence) == (TreeType.TEXT, ord(","), 1)


def test_one_line_is_no_table():
    assert PatternDetector().detect(b"a,b,c\n").tree is TreeType.TEXT


@given(st.binary(max_size=500))
def test_any_bytes_have_a_pattern_and_always_the_same(sample):
    first = PatternDetector().detect(sample)
    assert first == PatternDetector().detect(memoryview(sample))
    assert first.separator in b",;\t|"
    assert 0 <= first.confidence <= 1


@pytest.mark.parametrize(
    "sample",
    [
        b"[" + b",".join(b"%d.%d" % (n % 97, n % 9) for n in range(9000)) + b"]",
        b"[\n" + b",\n".join(b"    [\n        %d,\n        -%d\n    ]" % (n, n % 97) for n in range(1500)) + b"\n]\n",
        b"\n".join(b'{"a":[' + b",".join(b'{"id":%d}' % n for n in range(2500)) + b"]}" for _ in range(3)) + b"\n",
    ],
    ids=["numbers on one line", "pretty-printed pairs", "a document a line"],
)
def test_documents_without_the_usual_signs_are_json(sample):
    assert PatternDetector().detect(sample).tree is TreeType.JSON

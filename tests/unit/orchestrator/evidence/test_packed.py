import copy
import json
import math
import pickle
from operator import add

import numpy as np
import pytest

from orchestrator.evidence.many import loaded, loaded_from
from orchestrator.evidence.measurement import Evidence, Measurement, Samples, Usage
from orchestrator.evidence.packed import MANY, Figures, finite, middle, numbers, scaled
from orchestrator.journal.codec import checksum, decode_event, decode_pieces, encode_event
from orchestrator.journal.packing import packed, unpacked
from orchestrator.state.events import TaskSucceeded

KINDS = {
    "uint8": [0, 1, 255], "int16": [-1, 300], "int32": [70_000, -5], "float32": [0.5, 1.25, -3e4],
    "float64": [0.1, 1e300, math.inf, math.nan, -0.0],
}  # fmt: skip


def many(few):
    return (few * MANY)[: MANY + len(few)]


@pytest.mark.parametrize("kind", KINDS)
def test_many_numbers_are_kept_exactly_in_the_smallest_type(kind):
    values = many(KINDS[kind])
    kept = numbers(values)
    assert isinstance(kept, Figures)
    assert kept.kind == kind
    assert list(map(repr, kept)) == [repr(float(value)) for value in values]
    assert len(kept) == len(values)
    assert repr(kept[1]) == repr(float(values[1]))
    assert isinstance(kept[:5], tuple)
    assert repr(list(pickle.loads(pickle.dumps(kept)))) == repr(list(copy.deepcopy(kept))) == repr(list(kept))


def test_few_numbers_are_a_tuple_of_floats():
    assert numbers([1, 2.5]) == (1.0, 2.5)
    assert type(numbers([1, 2.5])) is tuple
    with pytest.raises(OverflowError):
        numbers([10**400])
    with pytest.raises(OverflowError):
        numbers([10**400] * MANY)


def test_many_are_put_together_with_few_and_compared_with_them():
    kept = numbers(range(MANY))
    assert list(add(kept, (0.5,))) == [*map(float, range(MANY)), 0.5]
    assert next(iter(add((0.5,), kept))) == 0.5
    assert kept == tuple(map(float, range(MANY)))
    assert tuple(map(float, range(MANY))) == kept
    assert kept != add(kept, (0.5,))
    assert finite(kept)
    assert not finite(add(kept, (math.nan,)))
    assert middle(kept) == np.median(np.arange(MANY))
    assert scaled(kept, 2.0)[3] == 6.0
    assert scaled(kept, 1.0) is kept


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_with_many_numbers_is_written_and_read_back(kind):
    values = many(KINDS[kind])
    event = TaskSucceeded(
        "A.t",
        1,
        Evidence((Measurement("m.x", "ms", Samples(numbers(values)), 'as "values":[1,2]'),)),
        Usage(1.0, 1.0, 1, 1),
    )
    text = encode_event(event)
    assert json.loads(text)["evidence"]["measurements"][0]["data"]["values"][0] == values[0]
    again = decode_event(text)
    assert isinstance(again.evidence.measurements[0].data.values, Figures)
    assert repr(again) == repr(event)
    assert encode_event(again) == text
    assert "".join(unpacked(packed([text[:100], text[100:]]))) == text
    assert repr(decode_pieces(text[at : at + 1009] for at in range(0, len(text), 1009))) == repr(event)
    assert decode_event(text.replace('values":[', 'values":[ ', 1)).evidence == again.evidence or kind == "float64"


@pytest.mark.parametrize("harm", [lambda b: b[:-1], lambda b: b + b"x", lambda _: b"", lambda b: b"\0" + b[1:]])
def test_what_was_not_packed_so_is_not_unpacked(harm):
    with pytest.raises(ValueError, match=r"damaged|cut off"):
        "".join(unpacked(harm(packed(["a" * 1000]))))


LONG = ",".join(["1.5"] * 20_000)


@pytest.mark.parametrize("size", [97, 4096, 1 << 20])
@pytest.mark.parametrize("text", [
    f'{{"values":[{LONG}]}}', f'{{"x":[1,2],"y":[{LONG}],"t":"\\"values\\":[1"}}', '{"values":[]}',
    f'{{"values":[{LONG},"a"]}}',
    f'{{"values":[{LONG},]}}', f'{{"values":[{LONG}', f'{{"values":[{"9" * 20_000}]}}',
    f'{{"values":[{LONG},{"9" * 400}]}}', "[1,2]",
    f'{{"values":[{LONG}],"x":{{"many numbers stand here":7}}}}',
])  # fmt: skip
def test_a_text_in_pieces_is_read_as_the_whole_is_however_it_is_cut(text, size):
    def read(reader):
        try:
            return repr(reader())
        except ValueError:
            return "refused"

    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert read(lambda: loaded_from(pieces)) == read(lambda: loaded(text))
    if len(text) < 20_000:
        assert loaded(text) == json.loads(text)


def test_a_checksum_does_not_depend_on_how_long_the_text_is():
    text = "ü" * (3 << 20)
    assert checksum("r", 1, 1.0, 2.0, 1, "k", text) == checksum("r", 1, 1.0, 2.0, 1, "k", text.encode())

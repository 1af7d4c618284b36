import pytest
from jinja2 import UndefinedError

import workstreams
from workstreams.documents import read_json, render, write_json
from workstreams.parameters import ParameterError, size, whole, wholes


def test_parameters_have_defaults_and_are_read_with_their_units():
    assert size({}, "size", "2KiB") == 2048
    assert size({"size": "1MiB"}, "size", "2KiB") == 1 << 20
    assert whole({"rounds": "3"}, "rounds", 5) == 3
    assert wholes({"sizes": [8, 4, 8]}, "sizes", (1,)) == (4, 8)
    assert wholes({}, "sizes", (16, 32)) == (16, 32)


@pytest.mark.parametrize("value", [0, -1, "many", None])
def test_a_number_that_cannot_be_is_refused_by_name(value):
    with pytest.raises(ParameterError, match="'rounds'"):
        whole({"rounds": value}, "rounds", 5)


def test_a_size_that_cannot_be_is_refused_by_name():
    with pytest.raises(ParameterError, match="'size'"):
        size({"size": "large"}, "size", "1MiB")


def test_documents_round_trip(tmp_path):
    write_json(tmp_path / "a.json", {"n": [1, 2]})
    assert read_json(tmp_path / "a.json") == {"n": [1, 2]}


def test_a_template_with_a_missing_fact_is_an_error():
    with pytest.raises(UndefinedError, match="settings"):
        render("workstreams.buffer", "analysis.md.j2", {"profile": "x", "block_size": 1})


def test_the_package_offers_nothing_else_by_attribute():
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = workstreams.nothing_of_the_kind

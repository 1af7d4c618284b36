"""Units convert within a dimension and refuse everything else with a mend."""

import pytest

from orchestrator.evidence.units import (
    UNITS,
    UnitError,
    compatible,
    conversion,
    convert,
    dimension,
    parse_size,
    parse_unit,
)


@pytest.mark.parametrize(
    ("value", "source", "goal", "expected"),
    [
        (1, "GiB", "MiB", 1024),
        (1, "GB", "MB", 1000),
        (1500, "us", "ms", 1.5),
        (2, "h", "m", 120),
        (0.25, "1", "%", 25),
        (1, "MiB/GiB", "B/B", 2**-10),
        (1, "B/B", "MiB/GiB", 1024),
        (1, "MB/s", "kB/ms", 1),
        (3, "leak", "leaks", 3),
        (7, "x", "x", 7),
    ],
)
def test_a_value_is_converted_within_its_dimension(value, source, goal, expected):
    assert convert(value, source, goal) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("a", "b"),
    [("MiB", "ms"), ("x", "%"), ("leaks", "cases"), ("MiB/GiB", "MiB"), ("MiB/s", "s/MiB"), ("bogus", "ms")],
)
def test_what_measures_something_else_is_not_compatible(a, b):
    assert not compatible(a, b)
    with pytest.raises(UnitError):
        convert(1.0, a, b)


def test_every_known_word_is_compatible_with_itself():
    assert all(compatible(word, word) for word in UNITS)


@pytest.mark.parametrize(("wrong", "right"), [("mib", "MiB"), ("Mib/GiB", "MiB"), ("caes", "case"), ("GIB", "GiB")])
def test_an_unknown_unit_is_answered_with_the_nearest_known_one(wrong, right):
    with pytest.raises(UnitError, match=f"did you mean '{right}"):
        parse_unit(wrong)


@pytest.mark.parametrize("text", ["", "a/b/c", "/", "MiB/", "q" * 100_000])
def test_a_text_that_is_no_unit_is_a_short_error(text):
    with pytest.raises(UnitError) as caught:
        parse_unit(text)
    assert len(str(caught.value)) < 300
    assert caught.value.exit_code == 2


def test_dimensions_of_quotients_are_written_as_quotients():
    assert dimension("MiB/s") == "size/time"
    assert dimension("tests") == "tests"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1GiB", 2**30), ("1.5 MiB", 3 * 2**19), ("4096", 4096), (" 10 MB ", 10_000_000), ("0B", 0)],
)
def test_a_size_is_read_as_bytes(text, expected):
    assert parse_size(text) == expected


@pytest.mark.parametrize("text", ["", "GiB", "-1MiB", "1 s", "1e3", "1 GiB/s", "٣MiB", "9" * 400, "1,5MiB"])
def test_what_is_no_size_is_an_error_not_a_guess(text):
    with pytest.raises(UnitError):
        parse_size(text)


def test_a_unit_that_only_a_plan_knows_is_compatible_with_itself_and_becomes_itself():
    assert compatible("widgets", "widgets")
    assert conversion("widgets", "widgets") == 1
    with pytest.raises(UnitError, match="units:"):
        conversion("widgets", "MB")


def test_no_currency_becomes_another():
    assert not compatible("USD", "EUR")
    assert compatible("USD/run", "USD/runs")


def test_a_misspelt_unit_of_the_plans_own_is_told_with_the_one_that_is_meant():
    with pytest.raises(UnitError, match="did you mean 'widgets'"):
        parse_unit("widgts", {"widgets": "count"})

"""Where a target's number ends and its unit begins."""

import pytest

from orchestrator.plan.values import ValueTextError, parse_target

WITHOUT = (">= 11", ">= 0.91", "== 1", "== 21", "< 1.1", ">= 0.7", "<= 25", "> 1.2.1", ">= 1 1 1", ">= +1.01")


@pytest.mark.parametrize("text", WITHOUT)
def test_no_digit_of_a_number_without_a_unit_is_taken_for_the_unit_1(text):
    with pytest.raises(ValueTextError, match="is not a target"):
        parse_target(text)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [(">= 0.91 1", 0.91, "1"), (">= 11 1", 11, "1"), ("<1.1  1", 1.1, "1"), (">= 25%", 25, "%"), ("<1.5ms", 1.5, "ms")],
)
def test_a_unit_stands_apart_or_follows_at_once_where_it_is_no_digit(text, value, unit):
    target = parse_target(text)
    assert (target.value, target.unit) == (value, unit)

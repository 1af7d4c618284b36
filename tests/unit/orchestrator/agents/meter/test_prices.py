"""Prices before a call, which may be a little too high, and after it, which are exact."""

import pytest

from orchestrator.agents.meter.prices import at_most, price

pytest.importorskip("genai_prices")


@pytest.mark.parametrize("read", [0, 1, 15, 31, 32, 33, 1000, 1024, 7_321, 199_999, 200_001, 1_999_999])
def test_what_a_call_is_reserved_for_is_never_less_than_it_costs_and_little_more(read):
    exact = price("anthropic", "claude-sonnet-4-5", read, 8192)
    most = at_most("anthropic", "claude-sonnet-4-5", read, 8192)
    longest = price("anthropic", "claude-sonnet-4-5", read * 17 // 16, 8192)
    assert exact <= most <= longest


def test_a_model_that_has_no_price_has_none_before_the_call_either():
    assert at_most("openai", "no-such-model", 10, 10) is None

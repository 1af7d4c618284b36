"""The table of providers."""

import pytest

from orchestrator.agents.meter.prices import price
from orchestrator.agents.meter.providers import (
    LONGEST_MODEL,
    PROVIDERS,
    UNKNOWN_OUTPUT,
    bases_in,
    model_of,
    most_tokens,
    provider_of,
)


def test_a_key_names_its_provider_and_nothing_else_does():
    assert [provider_of(name).name for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY")] == [
        "openai",
        "anthropic",
        "gemini",
    ]
    assert provider_of("HOME") is None


@pytest.mark.parametrize(
    ("path", "body", "model"),
    [
        ("v1/responses", {"model": "m"}, "m"),
        ("v1/responses", {}, ""),
        ("v1/responses", {"model": None}, ""),
        ("v1beta/models/gemini-2.5-pro:streamGenerateContent", {}, "gemini-2.5-pro"),
    ],
)
def test_the_model_of_a_request(path, body, model):
    assert model_of(path, body) == model


@pytest.mark.parametrize("path", ["v1/responses", f"v1beta/models/{'m' * 10_000}:generateContent"])
def test_a_name_of_a_model_is_kept_no_longer_than_names_are(path):
    """It goes into the journal, and prices are kept by it."""
    assert model_of(path, {"model": "m" * 10_000}) == "m" * LONGEST_MODEL


@pytest.mark.parametrize(
    ("body", "output"),
    [
        ({}, UNKNOWN_OUTPUT),
        ({"max_tokens": 10}, 10),
        ({"max_output_tokens": 10}, 10),
        ({"max_completion_tokens": 10, "max_tokens": None}, 10),
        ({"generationConfig": {"maxOutputTokens": 10}}, 10),
        ({"max_tokens": True}, UNKNOWN_OUTPUT),
        ({"max_tokens": -5}, UNKNOWN_OUTPUT),
        ({"max_tokens": "10"}, UNKNOWN_OUTPUT),
        ({"generationConfig": [1]}, UNKNOWN_OUTPUT),
    ],
)
def test_a_request_is_reserved_at_what_it_may_cost(body, output):
    assert most_tokens(body, 300) == 100 + output


def test_an_agent_finds_the_proxy_by_provider():
    assert bases_in({"OPENAI_BASE_URL": "here", "HOME": "x"}) == {"openai": "here"}
    assert set(PROVIDERS) == {"openai", "anthropic", "gemini"}


def test_a_price_is_known_offline_or_told_as_unknown():
    pytest.importorskip("genai_prices")
    assert price("openai", "gpt-4o", 1_000_000, 0) > price("openai", "gpt-4o", 1_000_000, 0, cached=1_000_000) > 0
    assert price("openai", "no-such-model", 1, 1) is None
    assert price("openai", "", 1, 1) is None

"""A table of the providers that the proxy serves: their addresses, their APIs, and the variables that tell an agent
where they are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

UNKNOWN_OUTPUT: Final = 8_192
"""Tokens that an answer is reserved for where the request sets no limit."""
LONGEST_MODEL: Final = 200
"""Characters of a model's name. It is an agent's own text, is journalled, and prices are kept by it."""
BYTES_PER_TOKEN: Final = 3
"""A cautious guess: English text has four, code and other scripts fewer."""


class Kind(Enum):
    """What the proxy does with a request. FREE: pass it on. METERED: reserve and settle it."""

    FREE = auto()
    METERED = auto()


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. key, base: variables that agents read, the first that is set counts; upstream: where it is unless
    `base` says otherwise.

    header, prefix: how it is given the key. suffix: what agents expect below the base's host.
    """

    name: str
    keys: tuple[str, ...]
    bases: tuple[str, ...]
    upstream: str
    header: str
    prefix: str = ""
    suffix: str = ""


PROVIDERS: Final[Mapping[str, Provider]] = {
    each.name: each
    for each in (
        Provider("openai", ("OPENAI_API_KEY",), ("OPENAI_BASE_URL", "OPENAI_API_BASE"), "https://api.openai.com/v1",
        "authorization", "Bearer ", "/v1"),
        Provider("anthropic", ("ANTHROPIC_API_KEY",), ("ANTHROPIC_BASE_URL",), "https://api.anthropic.com",
        "x-api-key"),
        Provider("gemini", ("GEMINI_API_KEY", "GOOGLE_API_KEY"), ("GOOGLE_GEMINI_BASE_URL",),
        "https://generativelanguage.googleapis.com", "x-goog-api-key"),
    )
}  # fmt: skip


def provider_of(variable: str) -> Provider | None:
    """The provider whose key a variable holds, None for any other variable."""
    return next((each for each in PROVIDERS.values() if variable in each.keys), None)


METERED: Final[Mapping[str, re.Pattern[str]]] = {
    "openai": re.compile(r"(v1/)?(chat/completions|completions|responses|responses/compact|embeddings)"),
    "anthropic": re.compile(r"v1/(messages|complete)"),
    "gemini": re.compile(
        r"v\w+/models/[\w.-]+:(generateContent|streamGenerateContent|embedContent|batchEmbedContents)"
    ),
}
"""Paths whose answers tell what they cost. What is not here, and not free, is refused: a batch could spend without
being seen.
"""
FREE: Final[Mapping[str, re.Pattern[str]]] = {
    "openai": re.compile(r"GET (v1/)?models(/[\w.:-]+)?"),
    "anthropic": re.compile(r"GET v1/models(/[\w.:-]+)?|POST v1/messages/count_tokens"),
    "gemini": re.compile(r"GET v\w+/models(/[\w.-]+)?|POST v\w+/models/[\w.-]+:countTokens"),
}
"""Methods and paths that cost nothing."""


def kind_of(provider: Provider, method: str, path: str) -> Kind | None:
    """What to do with a request, None where it is to be refused."""
    if FREE[provider.name].fullmatch(f"{method} {path}"):
        return Kind.FREE
    return Kind.METERED if method == "POST" and METERED[provider.name].fullmatch(path) else None


def bases_in(settings: Mapping[str, str]) -> dict[str, str]:
    """Where an agent finds the proxy, by the provider's name; settings: what its environment has instead of keys."""
    return {each.name: settings[each.bases[0]] for each in PROVIDERS.values() if each.bases[0] in settings}


def model_of(path: str, body: Mapping[str, Any]) -> str:
    """The model that a request names: in its body or, with Gemini, in its path."""
    if "/models/" in path:
        return path.partition("/models/")[2].partition(":")[0][:LONGEST_MODEL]
    return str(body.get("model") or "")[:LONGEST_MODEL]


def most_tokens(body: Mapping[str, Any], size: int) -> int:
    """What a request may cost at the most: its own size, and the output that it allows. size: of the body, in bytes."""
    config = body.get("generationConfig")
    limits = [body.get(key) for key in ("max_tokens", "max_output_tokens", "max_completion_tokens")]
    limits += [config.get("maxOutputTokens")] if isinstance(config, dict) else []
    given = [limit for limit in limits if isinstance(limit, int) and not isinstance(limit, bool) and limit > 0]
    return size // BYTES_PER_TOKEN + min(given, default=UNKNOWN_OUTPUT)

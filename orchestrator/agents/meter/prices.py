"""Prices of models, offline, from the package genai-prices. If it does not know a model, the model has no price, and
the report says so.
"""

from functools import cache, lru_cache
from typing import Any, Final

DIGITS: Final = 5
"""Binary digits to which the size of a call is rounded before its price is reserved."""


def price(provider: str, model: str, read: int, written: int, cached: int = 0) -> float | None:
    """US dollars for a call, None where no price is known."""
    library = _library()
    if library is None or not model:
        return None
    usage = library.Usage(input_tokens=read, output_tokens=written, cache_read_tokens=min(cached, read))
    try:
        return float(
            library.calc_price(usage, model, provider_id={"gemini": "google"}.get(provider, provider)).total_price
        )
    except (LookupError, ValueError):
        return None


def at_most(provider: str, model: str, read: int, written: int) -> float | None:
    """As `price`, with sizes rounded up by at most a sixteenth. An agent's calls then have few different sizes, so the
    price is cached: the event loop has no time to calculate it before each call.
    """
    return _at_most(provider, model, _up(read), _up(written))


@lru_cache(maxsize=4096)
def _at_most(provider: str, model: str, read: int, written: int) -> float | None:
    return price(provider, model, read, written)


def _up(size: int) -> int:
    """Rounded up to a number of few digits."""
    unit = 1 << max(0, size.bit_length() - DIGITS)
    return -(-size // unit) * unit


def load_prices() -> None:
    """Have the prices at hand; that takes a second or two."""
    price("openai", "gpt-4o", 1, 1)


@cache
def _library() -> Any:  # noqa: ANN401 - a module, or nothing
    try:
        import genai_prices  # noqa: PLC0415 - slow to load, and an extra
    except ImportError:
        return None
    return genai_prices

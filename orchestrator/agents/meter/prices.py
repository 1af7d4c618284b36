"""Prices of models, offline, from the package genai-prices. A model that it does not know has no price, and the report
says so.
"""

from functools import cache
from importlib import metadata
from typing import Any


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


def source() -> str:
    """Where the prices are from, with its version; "none" where it is not installed."""
    try:
        return f"genai-prices {metadata.version('genai-prices')}"
    except metadata.PackageNotFoundError:
        return "none"


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

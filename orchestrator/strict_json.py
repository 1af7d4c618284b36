"""Strict JSON: a repeated key in one object is an error. `json.loads` silently takes the last one.

Two readers of one text must not see two different things. So this module parses everything: lines of evidence, plans,
orders, journals, bundles and files of other tools.
"""

import json
import math
from collections import Counter
from typing import Any, Final

LONGEST_NAME: Final = 60


class StrictJsonError(ValueError):
    """The text is no JSON, is nested too deeply, holds a number of too many digits, or says a thing twice. One line."""


def read_json(text: str | bytes) -> Any:  # noqa: ANN401 - what JSON holds
    """What the text holds; `NaN` and `Infinity` are read as Python writes them. bytes: UTF-8. Raises
    StrictJsonError alone.
    """
    try:
        return _DECODER.decode(_decoded(text) if isinstance(text, bytes) else text)
    except StrictJsonError:
        raise
    except RecursionError:
        raise StrictJsonError("it is nested too deeply") from None
    except ValueError as error:  # not JSON, not UTF-8, or a number of too many digits
        raise StrictJsonError(f"it is not JSON ({str(error)[:100]})") from None


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs, as `object_pairs_hook` wants it. Raises StrictJsonError where a key stands twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        name, times = Counter(name for name, _ in pairs).most_common(1)[0]
        told = "twice" if times == 2 else f"{times} times"
        raise StrictJsonError(f"{shortened(name)} stands {told} in one object; keep one of them")
    return made


def shortened(name: str) -> str:
    """A key as a message shows it."""
    return repr(name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "…")


def as_json(value: Any) -> str:  # noqa: ANN401 - anything made of plain data
    """JSON, indented; what is not a finite number becomes null, which JSON has no other word for."""
    return json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False)


def _decoded(text: bytes) -> str:
    return text.decode(json.detect_encoding(text), "surrogatepass")


def _finite(value: Any) -> Any:  # noqa: ANN401
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {str(key): _finite(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_finite(inner) for inner in value]
        case _:
            return value


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=once
)  # one for all: to make one takes as long as to read a short event

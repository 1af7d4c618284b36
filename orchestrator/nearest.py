"""The most similar known name, for "did you mean" in error messages."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

MOST: Final = 500
"""Names that are compared; a plan can have many thousands."""
LONGEST: Final = 100
"""Characters of a word that are compared, since the time grows with their square."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like it, or None."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    near = get_close_matches(word[:LONGEST], list(islice(known, MOST)), n=1, cutoff=0.6)
    return near[0] if near else None

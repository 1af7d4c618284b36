"""Words of pydantic's, kept as they were said, and what of them matters to data that are plainly valid.

`plan.checked` says them to pydantic where a plan is not, and for its JSON Schema.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from orchestrator.typed import NotPlainError, Reader


class Said:
    """words, how: all that was said, in pydantic's own order and names."""

    def __init__(self, *words: Any, **how: Any) -> None:  # noqa: ANN401 - as pydantic takes it
        self.words = words
        self.how = how


class Discriminator(Said):
    """Which member of a union is meant. Exactly one reads what is plain."""


class Tag(Said):
    """A member's name for that."""


class PlainSerializer(Said):
    """How a value is written."""


class WithJsonSchema(Said):
    """What editors are told."""


class BeforeValidator(Said):
    """A function of what is there, before it is read."""

    def narrowed(self, read: Reader) -> Reader:
        """The reader with it."""
        (before,) = self.words
        return lambda data: read(before(data))


class AfterValidator(Said):
    """A function of what was read."""

    def narrowed(self, read: Reader) -> Reader:
        """The reader with it."""
        (after,) = self.words
        return lambda data: after(read(data))


class Field(Said):
    """A default, another name, and the limits of a value."""

    def narrowed(self, read: Reader) -> Reader:
        """The reader with it: limits hold for what is there, not for None."""
        within = [LIMITS[name](limit) for name, limit in self.how.items() if name in LIMITS]
        if not within:
            return read

        def limited(data: Any) -> Any:  # noqa: ANN401 - whatever data hold
            value = read(data)
            if value is not None and not all(is_within(value) for is_within in within):
                raise NotPlainError(data)
            return value

        return limited


LIMITS: Final[Mapping[str, Callable[[Any], Callable[[Any], object]]]] = {
    "ge": lambda limit: lambda value: value >= limit,
    "gt": lambda limit: lambda value: value > limit,
    "le": lambda limit: lambda value: value <= limit,
    "lt": lambda limit: lambda value: value < limit,
    "min_length": lambda limit: lambda value: len(value) >= limit,
    "max_length": lambda limit: lambda value: len(value) <= limit,
    "pattern": lambda pattern: re.compile(pattern, re.ASCII).fullmatch,
}

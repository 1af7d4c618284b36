"""What is said of a plan's fields, declared as for pydantic, and kept as it was said: pydantic would be loaded at once.

`plan.checked` makes pydantic's own declarations of these where a plan is not plainly valid, and for its JSON Schema.
Type checkers see pydantic's.
"""

from typing import TYPE_CHECKING

__all__ = ["AfterValidator", "BeforeValidator", "Discriminator", "Field", "PlainSerializer", "Tag", "WithJsonSchema"]

if TYPE_CHECKING:
    from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, PlainSerializer, Tag, WithJsonSchema
else:
    import re

    from orchestrator.typed import NotPlainError, Reader

    class Said:
        """words, how: all that was said, in pydantic's own order and names."""

        def __init__(self, *words: object, **how: object) -> None:
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

            def limited(data: object) -> object:
                value = read(data)
                if value is not None and not all(is_within(value) for is_within in within):
                    raise NotPlainError(data)
                return value

            return limited

    LIMITS = {
        "ge": lambda limit: lambda value: value >= limit,
        "gt": lambda limit: lambda value: value > limit,
        "le": lambda limit: lambda value: value <= limit,
        "lt": lambda limit: lambda value: value < limit,
        "min_length": lambda limit: lambda value: len(value) >= limit,
        "max_length": lambda limit: lambda value: len(value) <= limit,
        "pattern": lambda pattern: re.compile(pattern, re.ASCII).fullmatch,
    }

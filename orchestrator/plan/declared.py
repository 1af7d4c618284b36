"""What is said of a plan's fields, as for pydantic, which takes long to load: `plan.said` keeps it as it was said.

Type checkers see pydantic's.
"""

from typing import TYPE_CHECKING

__all__ = ["AfterValidator", "BeforeValidator", "Discriminator", "Field", "PlainSerializer", "Tag", "WithJsonSchema"]

if TYPE_CHECKING:
    from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, PlainSerializer, Tag, WithJsonSchema
else:
    from orchestrator.plan.said import (
        AfterValidator,
        BeforeValidator,
        Discriminator,
        Field,
        PlainSerializer,
        Tag,
        WithJsonSchema,
    )

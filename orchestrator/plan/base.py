"""What all parts of a plan's model share: names, variables, and the base class."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=64)]
TaskReference = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?$")]
DriverName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
"""A driver that another package brings (entry point group `orchestrator.drivers`)."""
NotifierName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
"""A notifier: `apprise`, or one that another package brings (entry point group `orchestrator.notifiers`)."""
TEXT_TAG, REFERENCE_TAG = "<text>", "<reference>"  # in pydantic's places of errors
VariableName = Annotated[str, Field(max_length=256)]
HomePath = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", max_length=200)]
"""A file in an agent's home. The plan's checks refuse `..` in it."""
Capacity = Annotated[int, Field(ge=1, le=1_000_000)]
Amount = Annotated[int, Field(ge=0, le=1_000_000)]


class PlanModel(BaseModel):
    """What every part of a plan has in common: strict and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False, defer_build=True)


class FromEnvironment(PlanModel):
    """A value that is not in the plan: `{from: API_TOKEN}` takes it from that variable where the attempt runs, and it
    is stored nowhere.
    """

    from_: VariableName = Field(alias="from")


def _kind(value: object) -> str:
    return REFERENCE_TAG if isinstance(value, dict | FromEnvironment) else TEXT_TAG


VariableValue = Annotated[
    Annotated[str, Tag(TEXT_TAG)] | Annotated[FromEnvironment, Tag(REFERENCE_TAG)], Discriminator(_kind)
]
Variables = dict[VariableName, VariableValue]
"""What a task finds in its environment: values, or the names of variables to take them from."""

"""Pydantic's models of a plan, made of the declared ones: they say what is wrong, and convert what can be converted.

They are made once a plan is not plainly valid, or for its JSON Schema.
"""

from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_origin

import pydantic

from orchestrator.plan.base import PlanModel
from orchestrator.plan.part import FieldOf, Part
from orchestrator.plan.said import Said

P = TypeVar("P", bound=Part)


class Strict(pydantic.BaseModel):
    """What they have in common. declared: the class that each is made of."""

    model_config = pydantic.ConfigDict(**PlanModel.model_config)


def checked(kind: type[P], data: Any) -> P:  # noqa: ANN401 - whatever a plan holds
    """The part that the data say. Raises ValidationError."""
    made: P = _declared(twin_of(kind).model_validate(_twinned(data)))
    return made


def twin_of(kind: type[Part]) -> type[Strict]:
    """Pydantic's model of the same name, words and fields."""
    return _twin_of(cast("Any", kind))  # mypy takes no class for hashable whose instances have a hash of their own


@cache
def _twin_of(kind: type[Part]) -> type[Strict]:
    said: dict[str, Any] = {name: (_typed(each.annotation), _field(each)) for name, each in kind.model_fields.items()}
    made = pydantic.create_model(kind.__name__, __base__=Strict, __doc__=kind.__doc__, **said)
    MADE[made] = kind
    return made


MADE: dict[type, type[Part]] = {}
"""The declared class of each."""


def _field(field: FieldOf) -> Any:  # noqa: ANN401 - as pydantic has it
    how = {name: _twinned(value) for name, value in field.said.how.items()}
    return pydantic.Field(**how)


def _typed(kind: Any) -> Any:  # noqa: ANN401 - annotations have no type of their own
    """An annotation with pydantic's models and words in it."""
    origin = get_origin(kind)
    if origin is Annotated:
        return Annotated[(_typed(kind.__origin__), *map(_said, kind.__metadata__))]
    if origin is Union or isinstance(kind, UnionType):
        return Union[tuple(map(_typed, kind.__args__))]  # noqa: UP007 - of members that are found out
    if origin is not None:
        return origin[tuple(map(_typed, kind.__args__))]
    return twin_of(kind) if isinstance(kind, type) and issubclass(kind, Part) else kind


def _said(word: Any) -> Any:  # noqa: ANN401 - whatever stands in an annotation
    return getattr(pydantic, type(word).__name__)(*word.words, **word.how) if isinstance(word, Said) else word


def _twinned(value: Any) -> Any:  # noqa: ANN401 - whatever a plan holds
    """Data, with pydantic's models in place of parts that are valid."""
    if isinstance(value, Part):
        parts = {name: _twinned(part) for name, part in vars(value).items()}
        return twin_of(type(value)).model_construct(**{(value.model_fields[k].alias or k): v for k, v in parts.items()})
    if isinstance(value, dict):
        return {key: _twinned(part) for key, part in value.items()}
    return type(value)(map(_twinned, value)) if type(value) in {list, tuple} else value


def _declared(value: Any) -> Any:  # noqa: ANN401 - whatever a plan holds
    """The inverse."""
    if isinstance(value, Strict):
        return MADE[type(value)].model_construct(**{name: _declared(part) for name, part in vars(value).items()})
    if isinstance(value, dict):
        return {key: _declared(part) for key, part in value.items()}
    return type(value)(map(_declared, value)) if type(value) in {list, tuple} else value

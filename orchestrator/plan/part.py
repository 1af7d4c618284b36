"""What a part of a plan can do while it runs: what of pydantic's models is used, without pydantic.

Type checkers see pydantic's model. `plan.checked` is loaded for what is not plainly valid, and for the JSON Schema.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, FrozenInstanceError, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Self, cast, get_origin

from orchestrator.plan.said import Field, PlainSerializer
from orchestrator.records import dataclass
from orchestrator.typed import NotPlainError, Reader, finite, reader_of


@dataclass(frozen=True, slots=True)
class FieldOf:
    """A field as it is declared. default: MISSING where it must be given, or `factory` makes it. said: in words of
    pydantic's.
    """

    annotation: Any
    alias: str | None
    default: Any
    factory: Callable[[], Any] | None
    said: Field

    def get_default(self) -> Any:  # noqa: ANN401 - whatever a field holds
        """None where a factory makes it, as pydantic has it."""
        return None if self.factory else self.default

    def effective(self) -> Any:  # noqa: ANN401 - as above
        """What it is unless given."""
        return self.factory() if self.factory else self.default


class Part:
    """Frozen; made of data by the keys of a plan, or by the fields' names."""

    model_fields: Mapping[str, FieldOf] = {}

    def __init_subclass__(cls) -> None:
        own = {name: _field(kind, vars(cls).get(name, MISSING)) for name, kind in cls.__annotations__.items()}
        for name in own.keys() & vars(cls).keys():
            delattr(cls, name)
        cls.model_fields = {**cls.model_fields, **own}

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 - whatever a plan holds
        vars(self).update(vars(self.model_validate(data)))

    @classmethod
    def model_validate(cls, data: Any) -> Self:  # noqa: ANN401 - whatever a plan holds
        """The part that the data say. Raises pydantic's ValidationError."""
        try:
            return cls.read_plainly(data)
        except ValueError:
            from orchestrator.plan.checked import checked  # noqa: PLC0415 - most plans are plainly valid

            return checked(cls, data)

    @classmethod
    def read_plainly(cls, data: Any) -> Self:  # noqa: ANN401 - whatever a plan holds
        """The same. Raises ValueError for data that are not plainly valid."""
        if type(data) is cls:
            return data
        if type(data) is not dict:
            raise NotPlainError(data)
        readers, required = known(cls).readers, known(cls).required
        try:
            values = {readers[key][0]: readers[key][1](value) for key, value in data.items()}
        except KeyError as error:
            raise NotPlainError(data) from error
        if len(values) < len(data) or not required <= values.keys():  # twice is by its key and by its name
            raise NotPlainError(data)
        return cls.model_construct(**values)

    @classmethod
    def model_construct(cls, **values: Any) -> Self:  # noqa: ANN401 - whatever a part holds
        """A part of values that are valid."""
        made = object.__new__(cls)
        said = vars(made)
        said.update(known(cls).defaults)
        for name, factory in known(cls).factories.items():
            if name not in values:
                said[name] = factory()
        said.update(values)
        return made

    @classmethod
    def model_json_schema(cls, **how: Any) -> dict[str, Any]:  # noqa: ANN401 - as pydantic takes it
        """As pydantic's."""
        from orchestrator.plan.checked import twin_of  # noqa: PLC0415 - for editors alone

        return twin_of(cls).model_json_schema(**how)

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """The same with other values, which are valid."""
        made = object.__new__(type(self))
        vars(made).update(vars(self), **(update or {}))
        return made

    def model_dump(
        self,
        *,
        mode: str = "python",
        by_alias: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
    ) -> dict[str, Any]:
        """Its values by field. mode: in "json" they are written as a plan has them."""
        told = {}
        how = {"mode": mode, "by_alias": by_alias, "exclude_defaults": exclude_defaults, "exclude_none": exclude_none}
        for name, each in self.model_fields.items():
            value = getattr(self, name)
            if (exclude_none and value is None) or (exclude_defaults and value == each.effective()):
                continue
            write = _writer(each.annotation) if mode == "json" and value is not None else None
            told[(by_alias and each.alias) or name] = write(value) if write else _dumped(value, how)
        return told

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *[getattr(self, name) for name in self.model_fields]))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.model_fields)})"

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete {name!r}")


def _field(annotation: Any, said: Any) -> FieldOf:  # noqa: ANN401 - annotations and values of any type
    """A field by its annotation and what stands behind it."""
    said = said if isinstance(said, Field) else Field(**({} if said is MISSING else {"default": said}))
    how = said.how
    return FieldOf(annotation, how.get("alias"), how.get("default", MISSING), how.get("default_factory"), said)


@dataclass(frozen=True, slots=True)
class Known:
    """How a kind of part is made. readers: by each key of a plan and each field's name, the name and what reads its
    value. required: names. defaults, factories: of the others.
    """

    readers: Mapping[str, tuple[str, Reader]]
    required: frozenset[str]
    defaults: Mapping[str, Any]
    factories: Mapping[str, Callable[[], Any]]


def known(kind: type[Part]) -> Known:
    """How such a part is made, which is found out once."""
    return _known(cast("Any", kind))  # mypy takes no class for hashable whose instances have a hash of their own


@cache
def _known(kind: type[Part]) -> Known:
    fields = kind.model_fields
    by_name = {name: (name, _reader(each)) for name, each in fields.items()}
    by_alias = {each.alias: by_name[name] for name, each in fields.items() if each.alias}
    return Known(
        by_name | by_alias,
        frozenset(name for name, each in fields.items() if each.effective() is MISSING),
        {name: each.default for name, each in fields.items() if each.default is not MISSING},
        {name: each.factory for name, each in fields.items() if each.factory},
    )


def _reader(field: FieldOf) -> Reader:
    """What reads the field's value. No number of a plan is infinite."""
    read = field.said.narrowed(reader_of(field.annotation))
    return (lambda data: finite(read(data))) if "float" in repr(field.annotation) else read


def _dumped(value: Any, how: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever a part holds
    if isinstance(value, Part):
        return value.model_dump(**how)
    if isinstance(value, dict):
        return {key: _dumped(part, how) for key, part in value.items()}
    if isinstance(value, tuple | list):
        parts = [_dumped(part, how) for part in value]
        return tuple(parts) if isinstance(value, tuple) and how["mode"] == "python" else parts
    if is_dataclass(value):
        return {each.name: _dumped(getattr(value, each.name), how) for each in fields(value)}
    return value.value if isinstance(value, Enum) and how["mode"] == "json" else value


def _writer(annotation: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401 - annotations have no type of their own
    """What writes such a value as a plan has it, None where it stands as it is."""
    for said in getattr(annotation, "__metadata__", ()):
        if isinstance(said, PlainSerializer):
            write: Callable[[Any], Any] = said.words[0]
            return write
    if get_origin(annotation) in {dict, tuple, list}:
        return None
    found = (_writer(part) for part in getattr(annotation, "__args__", ()))
    return next((write for write in found if write), None)

"""Plain data, read as a type says, where every part is plainly of its type. Pydantic, which takes long to load and to
make ready, reads all else: it knows what can be converted, and what is wrong.

What is read here, pydantic reads as the same value. `tests/unit/orchestrator/test_typed.py` holds it to that.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Protocol, Union, get_origin

Reader = Callable[[Any], Any]
"""Returns the value that the data say. Raises ValueError where that is not plain."""
EXACT: Final = 1 << 53
"""Below it every whole number is a float, too."""


class NotPlainError(ValueError):
    """It is pydantic's to read."""


class Narrowing(Protocol):
    """What may stand in `Annotated` beside a type: it changes what is read."""

    def narrowed(self, read: Reader) -> Reader:
        """The reader with it."""


def reader_of(kind: Any, *, exact: bool = False) -> Reader:  # noqa: ANN401 - types have no type of their own
    """What reads data of that type. exact: nothing is converted, as within a union, where more than one could be meant.

    A class with a method `read_plainly` reads itself. Raises NotPlainError for a type that is never read here.
    """
    origin = get_origin(kind)
    if origin is Annotated:
        read = reader_of(kind.__origin__, exact=exact)
        for said in kind.__metadata__:
            read = said.narrowed(read) if hasattr(said, "narrowed") else read
        return read
    if origin is Union or isinstance(kind, UnionType):
        return _of_union(kind.__args__, exact=exact)
    if origin is not None:
        return _of_parts(origin, kind.__args__, exact=exact)
    return _of_class(kind, exact=exact)


def _of_class(kind: Any, *, exact: bool) -> Reader:  # noqa: ANN401 - as above
    if kind in PLAIN:
        return PLAIN[kind]
    if kind is float:
        return _float if exact else _number
    if hasattr(kind, "read_plainly"):
        return kind.read_plainly  # type: ignore[no-any-return]  # as its name says
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _of_enum(kind, exact=exact)
    if is_dataclass(kind):
        return _later(kind)
    raise NotPlainError(kind)


def _of_parts(origin: Any, parts: tuple[Any, ...], *, exact: bool) -> Reader:  # noqa: ANN401 - as above
    """Of `tuple[int, ...]`, `tuple[str, float]`, `list[str]`, `dict[str, int]` and `Literal["one"]`."""
    if origin is Literal:
        return _among(parts)
    inner = [reader_of(part, exact=exact) for part in parts if part is not ...]
    if origin in {dict, Mapping}:
        return _of_mapping(*inner)
    if origin is list or (origin is tuple and parts[-1] is ...):
        return _of_items(origin, inner[0])
    if origin is tuple:
        return _of_places(inner)
    raise NotPlainError(origin)


def _of_union(members: tuple[Any, ...], *, exact: bool) -> Reader:
    """Of `X | None`, and of members of which exactly one reads the data."""
    others = [member for member in members if member is not NoneType]
    if len(others) == 1:
        only = reader_of(others[0], exact=exact)
        return lambda data: None if data is None else only(data)
    readers = [reader_of(member, exact=True) for member in members]

    def read(data: Any) -> Any:  # noqa: ANN401 - whatever data hold
        found = [value for value in map(_attempt, readers, (data,) * len(readers)) if value is not MISSING]
        if len(found) != 1:
            raise NotPlainError(data)
        return found[0]

    return read


def _attempt(read: Reader, data: Any) -> Any:  # noqa: ANN401 - whatever data hold
    try:
        return read(data)
    except ValueError:
        return MISSING


def _text(data: Any) -> str:  # noqa: ANN401 - whatever data hold
    if type(data) is not str:
        raise NotPlainError(data)
    if not data.isascii():
        data.encode()  # half of a character is a ValueError
    return data


def _whole(data: Any) -> int:  # noqa: ANN401 - whatever data hold
    if type(data) is int:
        return data
    raise NotPlainError(data)


def _truth(data: Any) -> bool:  # noqa: ANN401 - whatever data hold
    if type(data) is bool:
        return data
    raise NotPlainError(data)


def _nothing(data: Any) -> None:  # noqa: ANN401 - whatever data hold
    if data is not None:
        raise NotPlainError(data)


def _float(data: Any) -> float:  # noqa: ANN401 - whatever data hold
    if type(data) is float:
        return data
    raise NotPlainError(data)


def _number(data: Any) -> float:  # noqa: ANN401 - whatever data hold
    if type(data) is float:
        return data
    if type(data) is int and -EXACT < data < EXACT:
        return float(data)
    raise NotPlainError(data)


PLAIN: Final[Mapping[type, Reader]] = {str: _text, int: _whole, bool: _truth, NoneType: _nothing}


def finite(data: Any) -> Any:  # noqa: ANN401 - whatever data hold
    """The same data. Raises NotPlainError for a float that is not finite."""
    if type(data) is float and not isfinite(data):
        raise NotPlainError(data)
    return data


def _among(values: tuple[Any, ...]) -> Reader:
    def read(data: Any) -> Any:  # noqa: ANN401 - whatever data hold
        for value in values:
            if type(data) is type(value) and data == value:
                return value
        raise NotPlainError(data)

    return read


def _of_enum(kind: type[Enum], *, exact: bool) -> Reader:
    by_value = {} if exact else {each.value: each for each in kind}

    def read(data: Any) -> Any:  # noqa: ANN401 - whatever data hold
        if type(data) is kind:
            return data
        if type(data) is str and data in by_value:
            return by_value[data]
        raise NotPlainError(data)

    return read


def _of_items(origin: type, inner: Reader) -> Reader:
    sources = {list} if origin is list else {list, tuple}

    def read(data: Any) -> Any:  # noqa: ANN401 - whatever data hold
        if type(data) not in sources:
            raise NotPlainError(data)
        return origin(map(inner, data))

    return read


def _of_places(inner: list[Reader]) -> Reader:
    def read(data: Any) -> Any:  # noqa: ANN401 - whatever data hold
        if type(data) not in {list, tuple} or len(data) != len(inner):
            raise NotPlainError(data)
        return tuple(one(part) for one, part in zip(inner, data, strict=True))

    return read


def _of_mapping(key: Reader, value: Reader) -> Reader:
    def read(data: Any) -> Any:  # noqa: ANN401 - whatever data hold
        if type(data) is not dict:
            raise NotPlainError(data)
        return {key(name): value(part) for name, part in data.items()}

    return read


def _later(kind: Any) -> Reader:  # noqa: ANN401 - as above
    """The dataclass's reader, which is made when it first reads something: few runs have all kinds."""
    return lambda data: data if type(data) is kind else _of_dataclass(kind)(data)


@cache
def _of_dataclass(kind: type) -> Reader:
    """Fields that it does not know are passed over, as pydantic does."""
    known = fields(kind)
    readers = [(each.name, reader_of(each.type)) for each in known]
    required = frozenset(each.name for each in known if not _may_be_left_out(each))

    def read(data: Any) -> Any:  # noqa: ANN401 - whatever data hold
        if type(data) is not dict or not required <= data.keys():
            raise NotPlainError(data)
        return kind(**{name: one(data[name]) for name, one in readers if name in data})

    return read


def _may_be_left_out(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING

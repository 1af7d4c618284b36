"""`dataclass` as in the standard library, but quicker to make: a run makes two hundred classes before its first task.

The standard library compiles six functions for each frozen dataclass, which takes ten times as long as all else that
it does. Comparing, hashing, printing and refusing to change are alike in all of them, so here those are written once.
And what sets the values is compiled once for each number of values. The class is a dataclass like any other: what it
does and what `dataclasses` does with it stay the same. `tests/unit/orchestrator/test_records.py` holds it to that.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import sys
    from collections.abc import Callable, Iterator
    from dataclasses import MISSING, Field, FrozenInstanceError, fields, is_dataclass
    from dataclasses import dataclass as _dataclass
    from functools import cache
    from operator import attrgetter
    from reprlib import recursive_repr
    from types import FunctionType

    OWN = frozenset({"__eq__", "__hash__", "__repr__", "__init__", "__post_init__", "__getstate__", "__setstate__"})
    """A class that has one of these is left to the standard library."""

    def dataclass(*, frozen: bool = False, slots: bool = False, order: bool = False) -> Callable[[type], type]:
        """As `dataclasses.dataclass`."""

        def made(kind: type) -> type:
            if order or not slots or _has_its_own(kind):
                return _dataclass(frozen=frozen, slots=slots, order=order)(kind)
            made = _dataclass(init=not frozen, repr=False, eq=False, slots=True)(kind)
            said = made.__dataclass_params__
            said.init = said.repr = said.eq = True
            made.__eq__, hashed = _comparing(made)
            made.__hash__, made.__repr__ = hashed if frozen else None, _telling(made)
            return _frozen(made) if frozen else made

        return made

    def _has_its_own(kind: type) -> bool:
        """Whether it says itself how it is made, or a class above it does; or a field of it is made otherwise."""
        said = [each for each in vars(kind).values() if isinstance(each, Field)]
        return (
            bool(OWN & vars(kind).keys())
            or hasattr(kind, "__post_init__")
            or any(map(is_dataclass, kind.__bases__))
            or any(not each.init or each.kw_only is True or each.hash is not None for each in said)
            or any(word in str(each) for each in _annotations(kind) for word in ("InitVar", "KW_ONLY"))
        )

    def _annotations(kind: type) -> list[object]:
        return list(vars(kind).get("__annotations__", {}).values())

    def _frozen(kind: type) -> type:
        kind.__init__ = _init(kind)
        kind.__setattr__, kind.__delattr__ = _not_set, _not_deleted
        kind.__getstate__, kind.__setstate__ = _state, _set_state
        kind.__dataclass_params__.frozen = True
        return kind

    def _init(kind: type) -> Callable[..., None]:
        """The class's own `__init__`: the one for as many values, with this class's names, defaults and setters."""
        said = fields(kind)
        like = _maker(len(said))(*[_setter(kind, each) for each in said])
        code = like.__code__.replace(co_varnames=("self", *[each.name for each in said]))
        names = getattr(sys.modules.get(kind.__module__), "__dict__", {})  # where a type that is text is looked for
        init = FunctionType(code, names, "__init__", tuple(_defaults(said)), like.__closure__)
        init.__qualname__ = f"{kind.__qualname__}.__init__"
        init.__annotations__ = {**{each.name: each.type for each in said}, "return": None}
        return init

    class _Factory:
        """Stands in a signature for what a factory makes."""

        def __repr__(self) -> str:
            return "<factory>"

    MADE = _Factory()

    @cache
    def _maker(count: int) -> Callable[..., Callable[..., None]]:
        """Makes an `__init__` of so many values of what sets each."""
        names = range(count)
        sets = "".join(f"  set{n}(self, value{n})\n" for n in names) or "  pass\n"
        text = (
            f"def maker({', '.join(f'set{n}' for n in names)}):\n"
            f" def __init__({', '.join(['self', *[f'value{n}' for n in names]])}):\n{sets}"
            " return __init__\n"
        )
        scope: dict[str, Callable[..., Callable[..., None]]] = {}
        exec(text, scope)  # noqa: S102 - text of ours alone
        return scope["maker"]

    def _setter(kind: type, field: Field) -> Callable[[object, object], None]:
        """Sets the field's slot, which a frozen instance refuses to have set by name."""
        put, factory = getattr(kind, field.name).__set__, field.default_factory
        if factory is MISSING:
            return put
        return lambda self, value: put(self, factory() if value is MADE else value)

    def _defaults(said: tuple[Field, ...]) -> Iterator[object]:
        """Of the last fields, those that need not be given; MADE stands for what a factory makes."""
        for each in said:
            if each.default is not MISSING or each.default_factory is not MISSING:
                yield MADE if each.default is MISSING else each.default

    def _not_set(self: object, name: str, value: object) -> None:  # noqa: ARG001 - as it is called
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _not_deleted(self: object, name: str) -> None:  # noqa: ARG001 - as it is called
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _state(self: object) -> list[object]:
        return [getattr(self, each.name) for each in fields(self)]

    def _set_state(self: object, state: list[object]) -> None:
        for each, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, each.name, value)

    def _comparing(kind: type) -> tuple[Callable[[object, object], bool], Callable[[object], int]]:
        """What compares and hashes instances by the values of the fields that are compared."""
        names = [each.name for each in fields(kind) if each.compare]
        values = attrgetter(*names, *["__class__"] * (2 - len(names)))  # of fewer than two it gives no tuple

        def equal(self: object, other: object) -> bool:
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        return equal, lambda self: hash(values(self))

    def _telling(kind: type) -> Callable[[object], str]:
        names = [each.name for each in fields(kind) if each.repr]

        @recursive_repr()
        def told(self: object) -> str:
            return f"{self.__class__.__qualname__}({', '.join([f'{name}={getattr(self, name)!r}' for name in names])})"

        return told


__all__ = ["dataclass"]

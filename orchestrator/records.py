"""`dataclass` as in the standard library, but quicker to make: a run makes two hundred classes before its first task.

The standard library compiles six functions for each frozen dataclass. Comparing, hashing and printing are the same for
all of them, so here those are written once, for any fields. What they do stays the same, and the class is a dataclass
like any other. Half of the time is saved.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from collections.abc import Callable
    from dataclasses import dataclass as _dataclass
    from dataclasses import fields
    from functools import cache
    from operator import attrgetter
    from reprlib import recursive_repr

    def dataclass(*, order: bool = False, **how: bool) -> Callable[[type], type]:
        """As `dataclasses.dataclass`, which makes those that compare or print in their own way, or have an order."""

        def made(kind: type) -> type:
            if order or {"__eq__", "__hash__", "__repr__"} & vars(kind).keys():
                return _dataclass(order=order, **how)(kind)
            made = _dataclass(eq=False, repr=False, **how)(kind)
            made.__eq__, made.__repr__ = _equal, _told
            made.__hash__ = _hashed if how.get("frozen") else None
            return made

        return made

    def _equal(self: object, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        values = _values(self.__class__)
        return values(self) == values(other)

    def _hashed(self: object) -> int:
        return hash(_values(self.__class__)(self))

    @recursive_repr()
    def _told(self: object) -> str:
        told = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
        return f"{self.__class__.__qualname__}({told})"

    @cache
    def _values(kind: type) -> Callable[[object], tuple[object, ...]]:
        """Gets the values of the fields that are compared."""
        names = [each.name for each in fields(kind) if each.compare]
        return attrgetter(*names, *["__class__"] * (2 - len(names)))  # of fewer than two it gives no tuple


__all__ = ["dataclass"]

"""Extension points: what a package can add by entry point. Each has a page in docs/."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

from orchestrator.errors import OrchestratorError
from orchestrator.nearest import nearest
from orchestrator.records import dataclass

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

T = TypeVar("T")


def points(group: str) -> "tuple[EntryPoint, ...]":
    """The entry points of a group, in the order of their names. Nothing that they name is imported."""
    return tuple(sorted(_installed(tuple(sys.path))(group=group), key=lambda point: (point.name, point.value)))


@lru_cache(maxsize=1)
def _installed(_path: tuple[str, ...]) -> "Callable[..., EntryPoints]":
    """Selects among those of every distribution there, which are read once: a run asks for seven groups."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow to load, and not every program asks

    return entry_points().select


def names(group: str) -> tuple[str, ...]:
    """The names in a group."""
    return tuple(dict.fromkeys(point.name for point in points(group)))


@dataclass(frozen=True, slots=True)
class ExtensionPoint(Generic[T]):
    """One such place.

    group: of the entry points. noun: what it is called in messages. attributes: what every such object has. error: what
    is raised where one cannot be had. own: ours that need no entry point, as "module:ATTRIBUTE" by name; a package's of
    the same name stands before it. extras: the extra that one of ours needs, by name.
    """

    group: str
    noun: str
    attributes: Sequence[str]
    error: type[OrchestratorError]
    own: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, str] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """All that there are."""
        return tuple(sorted({*self.own, *names(self.group)}))

    def find(self, name: str) -> T:
        """The one of that name. Raises `error`: nobody offers it, two packages do, or what is offered cannot be
        used.
        """
        offered = {point.value: point for point in points(self.group) if point.name == name}
        if not offered and name not in self.own:
            raise self.error(f"there is no {self.noun} {name!r}\n  mend: {instead(name, self.names())}")
        if len(offered) > 1:
            told = " and ".join(map(_told, offered.values()))
            raise self.error(f"two packages offer the {self.noun} {name!r}: {told}\n  mend: uninstall one of them")
        point = next(iter(offered.values()), None)
        try:
            return self._made(_loaded(self.own[name]) if point is None else point.load())
        except Exception as error:
            why = f"the {self.noun} {name!r} cannot be used: {type(error).__name__}: {error}"
            raise self.error(f"{why}\n  mend: {self._mend(name, point)}") from error

    def _mend(self, name: str, point: "EntryPoint | None") -> str:
        if point is not None:
            return f"mend or uninstall the package that brings it, {_told(point)}"
        if name not in self.extras:
            return "install orchestrate again"
        from orchestrator.environment import install_extra  # noqa: PLC0415 - a worker does without

        return install_extra(self.extras[name])

    def _made(self, found: object) -> T:
        made = found() if isinstance(found, type) else found
        if missing := [each for each in self.attributes if not hasattr(made, each)]:
            raise TypeError(f"it is not a valid {self.noun}: it lacks {' and '.join(missing)}")
        return made  # type: ignore[return-value]  # looked at just now


def instead(name: str, known: Sequence[str]) -> str:
    """The mend for a name that nobody offers."""
    near = nearest(name, known)
    meant = f"did you mean {near!r}? " if near else ""
    there = f"use one of {', '.join(known)}, or install the package that brings it"
    return f"{meant}{there}" if known else "install orchestrate again"


def _told(point: "EntryPoint") -> str:
    return f"{point.dist.name if point.dist else '?'} ({point.value})"


def _loaded(value: str) -> object:
    from importlib.metadata import EntryPoint  # noqa: PLC0415 - as above

    return EntryPoint("", value, "").load()

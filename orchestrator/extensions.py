"""Places where a package can put something of its own, by entry point; each has a page in docs/."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from orchestrator.entry_points import names, points
from orchestrator.errors import OrchestratorError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ExtensionPoint(Generic[T]):
    """One such place.

    group: of the entry points. noun: what it is called in messages. attributes: what every such object has. error: what
    is raised where one cannot be had.
    """

    group: str
    noun: str
    attributes: Sequence[str]
    error: type[OrchestratorError]

    def names(self) -> tuple[str, ...]:
        """All that there are."""
        return names(self.group)

    def find(self, name: str) -> T:
        """The one of that name. Raises `error`: nobody offers it, two packages do, or what is offered cannot be
        used.
        """
        offered = {point.value: point for point in points(self.group) if point.name == name}
        if not offered:
            raise self.error(f"there is no {self.noun} {name!r}\n  mend: {self._unknown()}")
        if len(offered) > 1:
            told = " and ".join(map(str, offered.values()))
            raise self.error(f"two packages offer the {self.noun} {name!r}: {told}\n  mend: uninstall one of them")
        point = next(iter(offered.values()))
        try:
            return self._made(point.load())
        except Exception as error:
            why = f"the {self.noun} {name!r} cannot be used: {type(error).__name__}: {error}"
            raise self.error(f"{why}\n  mend: mend or uninstall the package that brings it, {point}") from error

    def _unknown(self) -> str:
        known = ", ".join(self.names())
        return f"use one of {known}, or install the package that brings it" if known else "install orchestrate again"

    def _made(self, found: object) -> T:
        made = found() if isinstance(found, type) else found
        if missing := [each for each in self.attributes if not hasattr(made, each)]:
            raise TypeError(f"it is no {self.noun}: it lacks {' and '.join(missing)}")
        return made  # type: ignore[return-value]  # looked at just now

"""What installed packages offer, by entry point. Nothing of it is imported before it is asked for by its name.

The entry points are read as `importlib.metadata` has them, at a tenth of its time: `orchestrate --help` looks them up.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Final, Generic, TypeVar

from orchestrator.errors import OrchestratorError

T = TypeVar("T")
METADATA: Final = (".dist-info", ".egg-info")
FILE: Final = "entry_points.txt"


@dataclass(frozen=True, slots=True)
class Point:
    """An entry point: what a package (its distribution) offers by a name. value: "module:ATTRIBUTE"."""

    name: str
    value: str
    package: str

    def load(self) -> object:
        """What it names. Raises whatever the import raises."""
        module, _, path = self.value.partition(":")
        found: object = import_module(module.strip())
        for attribute in filter(None, path.strip().split(".")):
            found = getattr(found, attribute)
        return found

    def __str__(self) -> str:
        return f"{self.package} ({self.value})"


def points(group: str) -> tuple[Point, ...]:
    """The entry points of a group, in the order of their names."""
    found = _by_group(tuple(sys.path)).get(group, ())
    return tuple(sorted(found, key=lambda point: (point.name, point.package)))


def names(group: str) -> tuple[str, ...]:
    """The names in a group."""
    return tuple(dict.fromkeys(point.name for point in points(group)))


@dataclass(frozen=True, slots=True)
class ExtensionPoint(Generic[T]):
    """A place where a package can put something of its own.

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
        """The one of that name. Raises `error`: nobody offers it, two packages do, or what is offered cannot be used."""
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


@lru_cache(maxsize=4)
def _by_group(path: tuple[str, ...]) -> dict[str, list[Point]]:
    found: dict[str, list[Point]] = {}
    for package, text in _texts(path):
        group = ""
        for line in map(str.strip, text.splitlines()):
            if line.startswith("["):
                group = line.strip("[]").strip()
            elif "=" in line and not line.startswith(("#", ";")):
                name, _, value = line.partition("=")
                found.setdefault(group, []).append(Point(name.strip(), value.partition("[")[0].strip(), package))
    return found


def _texts(path: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every package's entry points as text. The first on the path of two installations of a package counts."""
    seen = set()
    for folder in path:
        if folder and os.path.isfile(folder):  # noqa: PTH113 - a zip archive, which few have
            yield from _archived(folder)
            continue
        for entry in _entries(folder or "."):
            package = os.path.splitext(entry)[0].partition("-")[0].replace("_", "-").lower()  # noqa: PTH122 - a text
            if package not in seen:
                seen.add(package)
                yield package, _read(os.path.join(folder, entry, FILE))  # noqa: PTH118 - as above


def _entries(folder: str) -> list[str]:
    try:
        return sorted(entry for entry in os.listdir(folder) if entry.endswith(METADATA))  # noqa: PTH208 - many
    except OSError:
        return []


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - as above
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""


def _archived(archive: str) -> Iterator[tuple[str, str]]:
    from importlib import metadata  # noqa: PLC0415 - it takes three times as long to import as all else here

    for found in metadata.distributions(path=[archive]):
        yield found.name, found.read_text(FILE) or ""

"""Packages that are installed, and what they offer, read from the folders that say so.

`importlib.metadata` says the same, but loads a parser of mail for it, and reads more than is asked. It is asked where
something else than folders can hold packages.

Sources: https://packaging.python.org/en/latest/specifications/recording-installed-packages/ and
https://packaging.python.org/en/latest/specifications/entry-points/
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache, partial, reduce
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.records import dataclass

if TYPE_CHECKING:
    import importlib.metadata

ENDINGS: Final = (".dist-info", ".egg-info")
SEPARATORS: Final = re.compile(r"[-_.]+")


class NotInstalledError(LookupError):
    """There is no such package."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A package. key: its name as names are compared. read: a file that says what it is, "" where there is none."""

    key: str
    read: Callable[[str], str]

    @property
    def name(self) -> str:
        """As it calls itself."""
        return next(iter(self.stated("Name")), self.key)

    def stated(self, field: str) -> list[str]:
        """What its metadata state in this field, without the long description that comes after them.

        Source: https://packaging.python.org/en/latest/specifications/core-metadata/
        """
        text = self.read("METADATA") or self.read("PKG-INFO")
        lines = (line.partition(": ") for line in text.partition("\n\n")[0].split("\n"))
        return [value.strip() for name, _, value in lines if name == field]


@dataclass(frozen=True, slots=True)
class Point:
    """An entry point: what a package offers by that name. value: "module:ATTRIBUTE"; package: its name."""

    name: str
    value: str
    group: str = ""
    package: str = ""

    def load(self) -> object:
        """What it names. Raises what the import raises."""
        module, _, attributes = self.value.partition("[")[0].partition(":")
        return reduce(getattr, filter(None, attributes.strip().split(".")), import_module(module.strip()))


def distribution(name: str) -> Distribution:
    """Raises NotInstalledError."""
    found = _installed(tuple(sys.path)).get(_key(name))
    if found is None:
        raise NotInstalledError(name)
    return found


def version(name: str) -> str:
    """Raises NotInstalledError."""
    stated = distribution(name).stated("Version")
    if not stated:
        raise NotInstalledError(name)
    return stated[0]


def points(group: str) -> tuple[Point, ...]:
    """The entry points of a group, in the order of their names. Nothing that they name is imported."""
    offered = (point for point in _points(tuple(sys.path)) if point.group == group)
    return tuple(sorted(offered, key=lambda point: (point.name, point.value)))


@lru_cache(maxsize=1)
def _points(path: tuple[str, ...]) -> tuple[Point, ...]:
    """All there are, which are read once: a run asks for seven groups."""
    return tuple(point for each in _installed(path).values() for point in _offered(each))


@lru_cache(maxsize=1)
def _installed(path: tuple[str, ...]) -> dict[str, Distribution]:
    """By key. Of two of one name, the first on the path is the one that is imported."""
    found: dict[str, Distribution] = {}
    for each in _in_folders(path) if _only_folders(path) else _wherever():
        found.setdefault(each.key, each)
    return found


def _only_folders(path: tuple[str, ...]) -> bool:
    """Whether packages lie in folders alone, not in archives or where another finder looks."""
    finders = [each for each in sys.meta_path if each is not PathFinder and hasattr(each, "find_distributions")]
    return not finders and not any(map(os.path.isfile, path))


def _in_folders(path: tuple[str, ...]) -> Iterator[Distribution]:
    for folder in path:
        for entry in _entries(folder or "."):
            named, ending = os.path.splitext(entry)  # noqa: PTH122 - of thousands of names
            if ending in ENDINGS:
                yield Distribution(_key(named.partition("-")[0]), partial(_text, f"{folder or '.'}/{entry}"))


def _wherever() -> Iterator[Distribution]:
    from importlib.metadata import distributions  # noqa: PLC0415 - slow to load, and rarely needed

    for each in distributions():
        yield Distribution(_key(each.name), partial(_told, each))


def _told(distribution: "importlib.metadata.Distribution", file: str) -> str:
    return distribution.read_text(file) or ""


def _text(folder: str, file: str) -> str:
    try:
        return Path(folder, file).read_text(encoding="utf-8")
    except OSError:
        return ""


def _entries(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names alone
    except OSError:
        return []


def _key(name: str) -> str:
    return SEPARATORS.sub("-", name).lower()


def _offered(distribution: Distribution) -> Iterator[Point]:
    """The entry points of one package."""
    group = name = ""
    for line in map(str.strip, distribution.read("entry_points.txt").split("\n")):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif "=" in line and not line.startswith(("#", ";")):
            name, _, value = (part.strip() for part in line.partition("="))
            yield Point(name, value, group, distribution.name)

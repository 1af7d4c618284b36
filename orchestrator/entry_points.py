"""The entry points of installed packages, as `importlib.metadata` has them, at a tenth of its time: `orchestrate
--help` looks them up. Nothing that they name is imported before it is asked for.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

METADATA: Final = (".dist-info", ".egg-info")
FILE: Final = "entry_points.txt"


class Point(NamedTuple):
    """What a package (its distribution) offers by a name. value: "module:ATTRIBUTE"."""

    name: str
    value: str
    package: str

    def load(self) -> object:
        """What it names. Raises whatever the import raises."""
        from importlib import import_module  # noqa: PLC0415 - not for who only asks for names

        module, _, path = self.value.partition(":")
        found: object = import_module(module.strip())
        for attribute in filter(None, path.strip().split(".")):
            found = getattr(found, attribute)
        return found

    def __str__(self) -> str:
        return f"{self.package} ({self.value})"


def points(group: str) -> tuple[Point, ...]:
    """The entry points of a group, in the order of their names."""
    head = f"[{group}]".encode()
    texts = [(package, text) for package, text in _texts(tuple(sys.path)) if head in text]
    return tuple(sorted(point for package, text in texts for point in _parsed(package, text.decode(), group)))


def names(group: str) -> tuple[str, ...]:
    """The names in a group."""
    return tuple(dict.fromkeys(point.name for point in points(group)))


def _parsed(package: str, text: str, group: str) -> Iterator[Point]:
    of = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            of = line.strip("[]").strip()
        elif of == group and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield Point(name.strip(), value.partition("[")[0].strip(), package)


@lru_cache(maxsize=4)
def _texts(path: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    """Every package's entry points as text. The first on the path of two installations of a package counts."""
    found: dict[str, bytes] = {}
    for folder in path:
        if folder and os.path.isfile(folder):  # noqa: PTH113 - a zip archive, which few have
            found = {**dict(_archived(folder)), **found}
            continue
        for entry in _entries(folder or "."):
            package = entry.rpartition(".")[0].partition("-")[0].replace("_", "-").lower()
            if package not in found:
                found[package] = _read(os.path.join(folder, entry, FILE))  # noqa: PTH118 - many
    return tuple(found.items())


def _entries(folder: str) -> Sequence[str]:
    try:
        return sorted(entry for entry in os.listdir(folder) if entry.endswith(METADATA))  # noqa: PTH208 - many
    except OSError:
        return ()


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - many
            return file.readall()
    except OSError:
        return b""


def _archived(archive: str) -> Iterator[tuple[str, bytes]]:
    from importlib import metadata  # noqa: PLC0415 - it takes three times as long to import as all else here

    for found in metadata.distributions(path=[archive]):
        yield found.name, (found.read_text(FILE) or "").encode()

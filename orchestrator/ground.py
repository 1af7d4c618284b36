"""Find the files that a text names below a folder, by path or by name alone."""

import os
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Final, Self

MOST: Final = 200_000
"""Files of a folder that are known by name; beyond, only paths are looked at."""
PASSED: Final = frozenset(
    {
        ".git",
        ".hg",
        "node_modules",
        "__pycache__",
        ".venv",
        "venv",
        ".orchestrate",
        ".tox",
        ".mypy_cache",
        ".ruff_cache",
    }
)
LARGEST: Final = 4 << 20
"""Bytes of a file that is searched for a test."""


class Folder:
    """The files below a folder."""

    def __init__(self, root: Path, beside: Path) -> None:
        self._roots = (root, beside)

    @classmethod
    def around(cls, path: Path, root: Path | None) -> Self:
        """The checkout that holds a file, or its folder where it lies in none; `root` where that is given."""
        folder = path.absolute().parent
        checkout = next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)
        return cls(root or checkout, root or folder)

    def has(self, path: str) -> bool:
        """Whether there is such a file; a name without folders may be anywhere below."""
        return self._found(path) is not None

    def has_test(self, path: str, test: str) -> bool:
        """Whether the file holds a function or class of the test's name."""
        found = self._found(path)
        if found is None or found.stat().st_size > LARGEST:
            return False
        text = found.read_text("utf-8", "replace")
        names = [part.partition("[")[0] for part in test.split("::")]
        return all(re.search(rf"\b(?:def|class)\s+{re.escape(name)}\b", text) for name in names)

    def _found(self, path: str) -> Path | None:
        for root in self._roots:
            if _is_file(root / path):
                return root / path
        parts = Path(path).parts
        others = (Path(folder, parts[-1]) for folder in self._folders.get(parts[-1], ())) if parts else ()
        return next((one for one in others if one.parts[-len(parts) :] == parts), None)

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        """By name, the folders that contain such a file. The folder is walked once, if a path alone is not enough."""
        found: dict[str, list[str]] = {}
        for folder, name in islice(_walk(self._roots[0]), MOST):
            found.setdefault(name, []).append(folder)
        return found


def _walk(root: Path) -> Iterator[tuple[str, str]]:
    """Folder and name of each file, in order."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in PASSED)
        yield from ((folder, name) for name in sorted(files))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False

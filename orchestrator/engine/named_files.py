"""The content of the files and folders that a task's parameters name. Its result depends on them too.

A text among the parameters names a file if one of that name exists, relative to the project's folder. Some places
change when the plan runs, so they are ignored. These are places within the state folder, folders that contain the
project, and what a task of the plan `writes`.
"""

import hashlib
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

MOST_FILES: Final = 10_000
MOST_BYTES: Final = 2**30
"""How much content is read for one name. Files beyond that are known by their size and time of change."""


class NamedFiles:
    """Digests what texts name. Each place is read only once: make a new object for a new look.

    project, state: absolute folders. writes: paths that tasks write, relative to the project. `${project}` in a text
    is the project.
    """

    def __init__(self, project: Path, state: Path, writes: Collection[str] = ()) -> None:
        self._project = Path(os.path.abspath(project))  # noqa: PTH100 - links stay as they are
        self._left_out = frozenset({self._place(str(state)), *map(self._place, writes)})
        self._digests: dict[str, str] = {}

    def digests(self, params: Mapping[str, Any]) -> dict[str, str]:
        """A digest for each text in the parameters that names something, by the text."""
        found = {text: self._digest(text) for text in dict.fromkeys(_texts(params))}
        return {text: digest for text, digest in found.items() if digest}

    def _digest(self, text: str) -> str:
        if text not in self._digests:
            self._digests[text] = self._look(text)
        return self._digests[text]

    def _look(self, text: str) -> str:
        """A digest of what the text names, "" if that is nothing that counts."""
        if not text or len(text) > 4096 or "\0" in text:
            return ""
        place = self._place(text.replace("${project}", str(self._project)))
        if self._is_left_out(place):
            return ""
        if os.path.isfile(place):  # noqa: PTH113 - many texts, most of which name nothing
            return _content(place, MOST_BYTES)[0]
        if os.path.isdir(place) and not self._project.is_relative_to(place):  # noqa: PTH112 - as above
            return self._folder(place)
        return ""

    def _folder(self, place: str) -> str:
        """The names and contents of all files below, except hidden ones, linked folders and compiled caches."""
        files: list[str] = []
        for folder, folders, names in os.walk(place):
            folders[:] = sorted(one for one in folders if _counts(one) and not self._is_left_out(f"{folder}/{one}"))
            files += [f"{folder}/{name}" for name in sorted(names) if _counts(name)]
            if len(files) > MOST_FILES:
                return _short(f"a folder of more than {MOST_FILES} files")
        said, left = [], MOST_BYTES
        for each in files:
            if not self._is_left_out(each):
                digest, size = _content(each, left)
                left -= size
                said.append(f"{os.path.relpath(each, place)} {digest}")
        return _short("\n".join(said))

    def _place(self, text: str) -> str:
        return os.path.normpath(os.path.join(self._project, text))  # noqa: PTH118 - as above

    def _is_left_out(self, place: str) -> bool:
        return any(place == each or place.startswith(f"{each}/") for each in self._left_out)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever a plan's value may be
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _counts(name: str) -> bool:
    return not name.startswith(".") and name != "__pycache__"


def _content(path: str, most: int) -> tuple[str, int]:
    """A digest of a file's content, and how many bytes were read.

    If the file is too large, the digest covers its size and time of change. If it is not a regular file, it says so.
    """
    try:
        with open(path, "rb", opener=_at_once) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                return _short("no regular file"), 0
            if facts.st_size > most:
                return _short(f"{facts.st_size} bytes, changed at {facts.st_mtime_ns}"), 0
            return hashlib.file_digest(file, "sha256").hexdigest()[:16], facts.st_size
    except OSError as error:
        return _short(f"not to be read: {error.errno}"), 0


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]

"""Input files of an exact size, made for the time of a task."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from workstreams import corpus

TILE: Final = 4 << 20
"""Kinds that are slow to make are repeated from this size on: far beyond a block, so that no ratio improves by it."""

KINDS: Final[Mapping[str, Callable[[int, int], bytes]]] = {
    "JSON lines": corpus.json_lines,
    "CSV table": corpus.csv_table,
}


def write_kind(path: Path, kind: str, size: int, seed: int = 1) -> None:
    """Write exactly `size` bytes of "server log" or of one of `KINDS`."""
    if kind == "server log":
        corpus.write_large(path, size, seed)
        return
    tile = KINDS[kind](min(size, TILE), seed)
    with path.open("wb") as file:
        for start in range(0, size, len(tile)):
            file.write(tile[: size - start])


@contextmanager
def input_file(folder: Path, kind: str, size: int) -> Iterator[Path]:
    """A file that exists inside the `with` block."""
    path = folder / f"{kind.replace(' ', '-')}-{size}"
    write_kind(path, kind, size)
    try:
        yield path
    finally:
        path.unlink()

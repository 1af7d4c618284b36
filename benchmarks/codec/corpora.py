"""Windows of data to measure on: the interpreter's own files, generated data, and any folder of files that is given."""

import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.codec.generated import generate
from encoder.detect.records import cut_blocks

WINDOW = 1 << 20
SMALLEST = 1 << 16


@dataclass(frozen=True)
class Window:
    """At most 1 MiB of one corpus. source: where corpora come from; corpus: what is kept together in
    cross-validation.
    """

    source: str
    corpus: str
    data: bytes


def windows(source: str, corpus: str, data: bytes) -> Iterator[Window]:
    """The middle one of the blocks that the encoder would cut `data` into, so that a large file does not outvote the
    rest; none below 64 KiB, for which nothing is detected.
    """
    blocks = [bytes(block) for block in cut_blocks(memoryview(data), WINDOW) if len(block) >= SMALLEST]
    if blocks:
        yield Window(source, corpus, blocks[len(blocks) // 2])


def standard_library() -> Iterator[Window]:
    """The interpreter's own sources by package, its documents and tables, its byte code and its extension modules."""
    root = Path(sysconfig.get_path("stdlib"))
    packages = sorted(path for path in root.iterdir() if path.is_dir() and path.name != "site-packages")
    for package in packages:
        sources = sorted(package.rglob("*.py"))
        yield from windows("standard library", f"{package.name}/*.py", _joined(sources))
    yield from windows("standard library", "*.py", _joined(sorted(root.glob("*.py"))))
    others = [path for path in sorted(root.rglob("*")) if path.is_file() and "site-packages" not in path.parts]
    for suffix in (".txt", ".html", ".xml", ".json", ".csv", ".whl", ".so", ".pyc", ".a"):
        found = [path for path in others if path.suffix == suffix and path.stat().st_size >= 1024]
        yield from windows("standard library", f"*{suffix}", _joined(found[:400]))


def generated(size: int = WINDOW) -> Iterator[Window]:
    """Windows of every generated family."""
    for name, data in generate(size):
        yield from windows("generated", name, data)


def folder(path: Path) -> Iterator[Window]:
    """Windows of every file below `path` that is large enough, each file a corpus by its place below `path`."""
    for file in sorted(it for it in path.rglob("*") if it.is_file()):
        yield from windows(path.name, str(file.relative_to(path)), file.read_bytes())


def _joined(files: list[Path]) -> bytes:
    """The files' bytes one behind the other, until there are enough for every window."""
    out = bytearray()
    for file in files:
        out += file.read_bytes()
        if len(out) >= 2 * WINDOW:
            break
    return bytes(out)

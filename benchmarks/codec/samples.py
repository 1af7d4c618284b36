"""The files that the bars are measured on, each with its kind; a kind belongs to one of the groups that bars speak
of.
"""

import io
import lzma
import random
import sysconfig
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard

from benchmarks.codec.generated import generate

MIB = 1 << 20
SMALLEST = 1 << 16
"""Bytes below which a file says nothing about blocks; such files are left out."""

GROUPS = {
    "log": "structured",
    "jsonl": "structured",
    "csv": "structured",
    "json": "documents",
    "xml": "documents",
    "code": "text",
    "prose": "text",
    "opaque": "opaque",
    "binary": "binary",
}
"""Kind → group. `binary` has no bar: executables and arrays, which are neither records nor incompressible."""

ENDINGS = {
    ".log": "log",
    ".strace": "log",
    ".ndjson": "jsonl",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".xml": "xml",
    ".svg": "xml",
    ".html": "xml",
    ".txt": "prose",
    ".md": "prose",
    ".rst": "prose",
    ".so": "binary",
    ".pyc": "binary",
    ".zip": "opaque",
    ".whl": "opaque",
    ".gz": "opaque",
    ".xz": "opaque",
    ".zst": "opaque",
    ".jpg": "opaque",
    ".png": "opaque",
}
CODE = (".c", ".h", ".py", ".js", ".ts", ".go", ".rs", ".java", ".cc", ".cpp", ".sql", ".css")
FAMILY_KINDS = {
    "JSON lines": "jsonl",
    "JSON document": "json",
    "CSV": "csv",
    "XML": "xml",
    "prose": "prose",
    "minified": "code",
    "configuration": "code",
    "SQL": "code",
    "base64": "binary",
    "random": "opaque",
    "deflated": "opaque",
    "doubles": "binary",
    "counters": "binary",
}
"""First words of a generated family's name → its kind; all others are logs."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One file's bytes. source: "given", "servers", "machine", "generated" or "compressed"."""

    name: str
    kind: str
    source: str
    data: bytes

    @property
    def group(self) -> str:
        """What bars speak of."""
        return GROUPS[self.kind]


def kind_of(name: str, data: bytes) -> str:
    """By the name's ending; a .txt whose lines all have the same number of separators is CSV; unknown endings by
    NUL bytes.
    """
    ending = Path(name).suffix.lower()
    kind = "code" if ending in CODE else ENDINGS.get(ending)
    if kind == "prose" and _is_table(data):
        return "csv"
    if kind is None:
        return "opaque" if data.count(0) and len(zlib.compress(data[:MIB])) > 0.98 * len(data[:MIB]) else "prose"
    return kind


def given(paths: Iterable[Path], cap: int, source: str = "given") -> Iterator[Sample]:
    """Every file named and every file below every folder named, cut to `cap` bytes at a line's end where there is
    one.
    """
    for path in paths:
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            with file.open("rb") as stream:
                data = cut(stream.read(cap + 1), cap)
            if len(data) >= SMALLEST and file.name.lower() not in ("readme.md", "readme"):
                yield Sample(file.name, kind_of(file.name, data), source, data)


def cut(data: bytes, cap: int) -> bytes:
    """At most `cap` bytes, whole lines of them where the lines are short."""
    if len(data) <= cap:
        return data
    end = data.rfind(b"\n", cap - (cap >> 4), cap)
    return data[: end + 1 if end >= 0 else cap]


def machine(cap: int) -> Iterator[Sample]:
    """What every machine with this interpreter has: its sources and texts, the documents and extensions of its
    packages.
    """
    library = Path(sysconfig.get_path("stdlib"))
    packages = Path(sysconfig.get_path("purelib"))
    yield from _joined("standard library.py", "code", sorted(library.glob("*.py")), cap)
    yield from _joined("standard library.txt", "prose", sorted(library.rglob("*.txt")), cap)
    yield from _joined("package sources.py", "code", sorted(packages.glob("numpy/**/*.py")), cap)
    yield from _joined("package records.csv", "csv", sorted(packages.glob("*.dist-info/RECORD")), cap)
    for ending, kind in ((".json", "json"), (".xml", "xml")):
        files = sorted((file for file in packages.rglob(f"*{ending}")), key=lambda file: -file.stat().st_size)
        for file in [each for each in files if each.stat().st_size >= SMALLEST][:2]:
            yield Sample(file.name, kind, "machine", cut(file.read_bytes(), cap))
    for log in (Path("/var/log/dpkg.log"), Path("/var/lib/dpkg/status")):
        if log.is_file() and log.stat().st_size >= SMALLEST:
            yield Sample(log.name, "log", "machine", cut(log.read_bytes(), cap))


def families(cap: int) -> Iterator[Sample]:
    """Every generated family."""
    for name, data in generate(cap):
        kind = next((kind for start, kind in FAMILY_KINDS.items() if name.startswith(start)), "log")
        yield Sample(name, kind, "generated", cut(data, cap))


def compressed(material: bytes, cap: int) -> Iterator[Sample]:
    """Random bytes, and what xz, deflate (as zip), zstd and a JPEG-like entropy coder leave of `material`.

    The JPEG-like one is Huffman-coded noise with markers (`FF 00`) in it, as a photograph's scan data.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("material", material)
    random_bytes = random.Random(3).randbytes(min(cap, 4 * MIB))
    made = {
        "random.bin": random_bytes,
        "material.zip": archive.getvalue(),
        "material.xz": lzma.compress(material, preset=1),
        "material.zst": zstandard.ZstdCompressor(level=3).compress(material),
        "photograph.jpg": random_bytes.replace(b"\xff", b"\xff\x00"),
    }
    for name, data in made.items():
        if len(data) >= SMALLEST:
            yield Sample(name, "opaque", "compressed", data[:cap])


def _joined(name: str, kind: str, files: list[Path], cap: int) -> Iterator[Sample]:
    out = bytearray()
    for file in files:
        out += file.read_bytes()
        if len(out) >= cap:
            break
    if len(out) >= SMALLEST:
        yield Sample(name, kind, "machine", cut(bytes(out), cap))


def _is_table(data: bytes) -> bool:
    lines = data[: 1 << 14].split(b"\n")[:100][:-1]
    return any(
        len(counts) == 1 and min(counts) >= 3
        for counts in ({line.count(separator) for line in lines} for separator in (b",", b";", b"\t", b"|"))
    )

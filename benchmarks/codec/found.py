"""Files of many kinds that a machine has already: joined by kind, and by where they come from. Nothing is fetched."""

import gzip
import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

LEAST: Final = 1 << 20
MOST: Final = 12 << 20
_MOST_FILES: Final = 4000


@dataclass(frozen=True, slots=True)
class Place:
    """Files of one kind. half: "tune" or "held-out". patterns: globs below the root. joined: small ones become one
    file; else the largest alone.
    """

    name: str
    half: str
    patterns: tuple[str, ...]
    joined: bool = True


PLACES: Final = (
    Place("dpkg-status.txt", "tune", ("var/lib/dpkg/status",)),
    Place("dpkg.log", "held-out", ("var/log/dpkg.log*",)),
    Place("package-lists.txt", "held-out", ("var/lib/apt/lists/*Packages", "usr/share/package-lists/**/*")),
    Place("file-lists.txt", "tune", ("var/lib/dpkg/info/*.list",)),
    Place("md5sums.txt", "held-out", ("var/lib/dpkg/info/*.md5sums",)),
    Place("pip-metadata.txt", "held-out", ("usr/**/*.dist-info/METADATA", "usr/**/*.egg-info/PKG-INFO")),
    Place("mime.xml", "tune", ("usr/share/mime/**/*.xml",)),
    Place("iso-codes.xml", "held-out", ("usr/share/xml/**/*.xml", "usr/share/gir-1.0/*.gir")),
    Place("iso-codes.json", "held-out", ("usr/share/iso-codes/**/*.json",)),
    Place("icons.svg", "tune", ("usr/share/icons/[A-G]*/**/*.svg",)),
    Place("other-icons.svg", "held-out", ("usr/share/icons/[H-h]*/**/*.svg", "usr/share/**/*.svg")),
    Place("manual.man", "held-out", ("usr/share/man/man[2-8]/*.gz",)),
    Place("commands.man", "tune", ("usr/share/man/man1/*.gz",)),
    Place("changelogs.txt", "tune", ("usr/share/doc/[a-l]*/changelog*.gz",)),
    Place("notes.txt", "held-out", ("usr/share/doc/[m-z]*/README*", "usr/share/doc/[m-z]*/NEWS*")),
    Place("copyrights.txt", "tune", ("usr/share/doc/*/copyright",)),
    Place("manuals.html", "held-out", ("usr/share/doc/**/*.html",)),
    Place("catalogues.mo", "tune", ("usr/share/locale/[a-f]*/**/*.mo",)),
    Place("catalogues-others.mo", "held-out", ("usr/share/locale/[g-z]*/**/*.mo",)),
    Place("perl.pl", "held-out", ("usr/share/perl/**/*.p[lm]",)),
    Place("vim.vim", "tune", ("usr/share/vim/**/*.vim",)),
    Place("headers.h", "held-out", ("usr/include/**/*.h",)),
    Place("library.py", "tune", ("usr/lib/python3.*/**/*.py",)),
    Place("packages.py", "held-out", ("usr/lib/python3/dist-packages/**/*.py",)),
    Place("scripts.js", "held-out", ("usr/share/**/*.js", "usr/lib/node_modules/**/*.js")),
    Place("keyboard.txt", "tune", ("usr/share/X11/**/*",)),
    Place("scripts.sh", "tune", ("usr/share/bash-completion/**/*", "var/lib/dpkg/info/*.p??????")),
    Place("elf-libraries", "tune", ("usr/lib/x86_64-linux-gnu/lib[a-h]*.so.*",)),
    Place("elf-others", "held-out", ("usr/lib/x86_64-linux-gnu/lib[m-z]*.so.*",)),
    Place("elf-programs", "held-out", ("usr/bin/[a-m]*",)),
    Place("archives.a", "held-out", ("usr/lib/**/*.a",), joined=False),
    Place("byte-code.pyc", "held-out", ("usr/**/*.pyc",)),
    Place("java-archives.jar", "tune", ("usr/share/java/*.jar",)),
    Place("fonts.ttf", "held-out", ("usr/share/fonts/**/*.ttf",)),
    Place("hardware.hwdb", "tune", ("usr/lib/udev/hwdb.d/*.hwdb",)),
    Place("terminals", "held-out", ("usr/share/terminfo/**/*", "lib/terminfo/**/*")),
    Place("time-zones", "tune", ("usr/share/zoneinfo/**/*",)),
)
TREES: Final = (
    Place("documentation.tar", "tune", ("usr/share/doc/git*/**/*", "usr/share/perl/**/*")),
    Place("configuration.tar", "held-out", ("usr/include/**/*", "usr/share/vim/**/*")),
)
"""Trees of files, one behind the other as `tar` has them."""


def found(root: Path = Path("/")) -> Iterator[tuple[str, str, bytes]]:
    """Half, name and bytes of what there is, each of `LEAST` to about `MOST` bytes."""
    for place in PLACES:
        data = _joined(place, root)
        if len(data) >= LEAST:
            yield place.half, place.name, data
    for place in TREES:
        data = _tar(_files(place, root))
        if len(data) >= LEAST:
            yield place.half, place.name, data


def _files(place: Place, root: Path) -> Iterator[Path]:
    """Regular files in a fixed order; links are left out, so that nothing comes twice."""
    every = (file for pattern in place.patterns for file in sorted(islice(root.glob(pattern), 10 * _MOST_FILES)))
    return islice((file for file in every if file.is_file() and not file.is_symlink()), _MOST_FILES)


def _joined(place: Place, root: Path) -> bytes:
    if not place.joined:
        largest = max(_files(place, root), key=lambda file: file.stat().st_size, default=None)
        return b"" if largest is None else _read(largest)[:MOST]
    out = bytearray()
    for file in _files(place, root):
        out += _read(file)
        if len(out) >= MOST:
            break
    return bytes(out[:MOST])


def _read(file: Path) -> bytes:
    """Its bytes, unpacked; none of one that is not ours to read."""
    try:
        data = file.read_bytes()
        return gzip.decompress(data) if file.suffix == ".gz" else data
    except (OSError, EOFError):
        return b""


def _tar(files: Iterable[Path]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for file in files:
            archive.add(file, recursive=False)
            if out.tell() >= MOST:
                break
    return out.getvalue()[:MOST]

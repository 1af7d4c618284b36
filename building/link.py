"""From an object file to a shared library: by the system's C compiler or linker, else by zig's from PyPI.

The library needs no other: what it takes from the C library is in every Python process, so that it fits any version of
it.
"""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

ZIG: Final = "ziglang==0.15.2"
"""What pip installs where the system has no linker."""
_OPTIONS: Final = ("-shared", "-s", "-z", "noexecstack", "--build-id=none")


class LinkError(Exception):
    """No linker made a library of the object: says what each of them answered, and the mend."""


def system_linkers() -> list[list[str]]:
    """The commands of the system that link, without their arguments; the first is tried first."""
    linkers = [[path] for path in map(shutil.which, ("ld", "ld.lld", "ld.gold")) if path]
    compilers = [[path, "-nostdlib"] for path in map(shutil.which, ("cc", "gcc", "clang")) if path]
    return linkers + compilers


def needed() -> list[str]:
    """What pip is to install before anything is linked."""
    return [] if system_linkers() else [ZIG]


def link(made: Path, library: Path) -> str:
    """Writes the library, and returns the command that did. Raises LinkError."""
    commands = system_linkers()
    if find_spec("ziglang"):
        commands.append([sys.executable, "-m", "ziglang", "ld.lld"])
    answers = []
    for command in commands:
        called = [*command, *_spelled(command), "-o", str(library), str(made)]
        done = subprocess.run(called, capture_output=True, text=True, check=False)
        if done.returncode == 0 and library.exists():
            return " ".join(command)
        answers.append(f"{' '.join(called)}: exit code {done.returncode}: {done.stderr.strip()[-400:]}")
    told = "\n  ".join(answers) or "there is none"
    raise LinkError(
        f"no linker made the library of kernels\n  {told}\n  mend: install gcc or binutils, or `pip install {ZIG}`"
    )


def _spelled(command: list[str]) -> list[str]:
    """The options as a linker takes them, or as a compiler hands them on to its own."""
    if "-nostdlib" not in command:
        return list(_OPTIONS)
    return ["-shared", "-s", "-Wl,-z,noexecstack", "-Wl,--build-id=none"]
